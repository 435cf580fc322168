# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is not declared goes: only where that is asked for, within bounds, and never what is somebody else's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.bench import Bench
from tests.unit.engine.dial_plans import Options, done, plan, refused

FRESH = {"default", "from-extern", "to-extern"}
OLD = ("Achats", "Ancien-1", "Ancien-2", "Qualite")
LABELS = {"Qualite": "Qualité", "Achats": "Achats"}


def names(bench: Bench) -> set[str]:
    """The contexts of the tenant, in lower case; where the server makes the names, their labels."""
    key = "label" if bench.name == "wazo-26.09" else "name"
    return {c[key].lower() for c in bench.everything() if c.get("tenant", "master") == "master"}


def folded(*found: str) -> set[str]:
    return {name.lower() for name in found}


@pytest.fixture
def bench(anywhere: Bench) -> Bench:
    contexts = [{"name": name, "label": LABELS.get(name, name)} for name in OLD]
    assert plan(anywhere, contexts)["changed"]
    return anywhere


def left_after(bench: Bench, contexts: list[Options] | None = None, **options: Any) -> set[str]:
    """What is left of the old contexts."""
    before = names(bench)
    done(bench, contexts or [], **{"purge": True, "max_deletions": 99, **options})
    assert names(bench) <= before
    return names(bench) - FRESH - {"__switchboard_directory"}


def test_only_where_it_is_asked_for(bench: Bench) -> None:
    before = names(bench)
    assert plan(bench, [], max_deletions=99)["changed"] is False
    assert plan(bench, [{"name": "Achats"}], max_deletions=99)["changed"] is False
    assert names(bench) == before


def test_the_ceiling(bench: Bench) -> None:
    declared: list[Options] = [{"name": "Achats"}]
    for most in (0, 2):
        message = refused(bench, declared, purge=True, max_deletions=most)
        assert "The purge would delete contexts that are not declared: " in message
        assert f"That is 3, and max_deletions allows {most}." in message
        for name in OLD[1:]:
            assert name.lower() in message.lower()
    assert "allows 0" in refused(bench, declared, purge=True)  # which is the default
    # What is declared to be absent does not count.
    declared += [{"name": "Ancien-1", "state": "absent"}]
    assert "That is 2, and max_deletions" in refused(bench, declared, purge=True, max_deletions=1)
    assert left_after(bench, declared, max_deletions=2) == {"achats"}


def test_a_plan_that_is_in_place_may_purge_without_leave(bench: Bench) -> None:
    declared = [{"name": name} for name in OLD]
    assert plan(bench, declared, purge=True)["changed"] is False


def test_a_fresh_server_is_exempt(bench: Bench) -> None:
    assert left_after(bench) == set()
    assert names(bench) >= FRESH


@pytest.mark.parametrize(
    ("patterns", "kept"),
    [
        (["ancien-*"], ("Ancien-1", "Ancien-2")),
        (["ANCIEN-?", "achats"], ("Ancien-1", "Ancien-2", "Achats")),
        (["Ancien-[2-9]"], ("Ancien-2",)),
        (["Qualite"], ("Qualite",)),
        (["*"], OLD),
        (["Anc"], ()),
    ],
)
def test_exempt_by_name_and_pattern(bench: Bench, patterns: list[str], kept: tuple[str, ...]) -> None:
    exempt = [*FRESH, "__switchboard_directory", *patterns]
    if set(kept) == set(OLD):
        assert plan(bench, [], purge=True, purge_exclude=exempt)["changed"] is False
    else:
        labels = [LABELS[k] if bench.name == "wazo-26.09" and k in LABELS else k for k in kept]
        assert left_after(bench, purge_exclude=exempt) == folded(*labels)


def test_a_list_that_is_given_replaces_the_default(bench: Bench) -> None:
    assert "would delete" in refused(bench, [], purge=True, purge_exclude=["ancien*", "qualite", "achats"])
    result = plan(bench, [{"name": "default"}], purge=True, purge_exclude=["*-extern", "__*"], max_deletions=4)
    assert len(result["plan"]["delete"]) == 4
    assert plan(bench, [{"name": "default"}], purge=True, purge_exclude=[], max_deletions=4)["changed"]
    assert names(bench) == {"default"}


def test_a_label_is_a_name_where_the_server_makes_the_names(wazo26: Bench) -> None:
    """Also one that could be no name, and with its accents or without."""
    for label in ("Support technique", "Qualité"):
        assert wazo26.context(name=f"x{len(label)}", label=label)["changed"]
    for exempt in (["Support technique", "Qualité"], ["support*", "QUALITE"], ["ctx-*"]):
        result = plan(wazo26, [], purge=True, purge_exclude=["default", "*-extern", *exempt])
        assert result["changed"] is False


def test_what_is_included_is_not_purged_by_oversight(bench: Bench) -> None:
    if bench.name == "xivo-16.15":
        return  # it has no includes
    assert plan(bench, [{"name": "default", "includes": ["Achats", "to-extern"]}])["changed"]
    # Declared: then it is an error. Not declared: it leaves the includes, and the result says so.
    declared = [{"name": "default", "includes": ["Achats", "to-extern"]}]
    message = refused(bench, declared, purge=True, max_deletions=9)
    assert "Context 'default' includes 'Achats', which this task deletes." in message
    result = done(bench, [], purge=True, max_deletions=9)
    assert result["plan"]["includes"] == [{"name": "default", "includes": ["to-extern"]}]
    assert result["plan"]["update"] == []
    assert bench.stored("default")["includes"] == ["to-extern"]


# Somebody else's


def test_other_tenants_are_never_touched(wazo: Bench) -> None:
    branch = [c for c in wazo.everything() if c["tenant"] == "filiale"]
    assert len(branch) == 3
    assert plan(wazo, [], purge=True, purge_exclude=[], max_deletions=99)["changed"]
    assert wazo.everything() == branch
    wazo.reset()
    wazo.connection["tenant"] = "filiale"
    master = [c for c in wazo.everything() if c["tenant"] == "master"]
    assert plan(wazo, [], purge=True, purge_exclude=[], max_deletions=99)["changed"]
    assert wazo.everything() == master


@pytest.fixture
def entities(webservice: Bench) -> Bench:
    """Two entities, each with contexts of its own, and a context of none."""
    database = webservice.state.auth.database
    database.add_entity("filiale", "Filiale")
    for name, entity in (("achats", "xivo"), ("ventes", "xivo"), ("lyon", "filiale"), ("nantes", "filiale")):
        database.add_context(name, name, "internal", entity=entity)
    database.add_context("perdu", "perdu", "internal", entity=None)
    return webservice


@pytest.mark.parametrize(
    ("contexts", "gone"),
    [
        ([{"name": "achats"}], {"ventes"}),
        ([{"name": "Lyon"}], {"nantes"}),
        ([{"name": "caisse", "label": "Caisse", "entity": "filiale"}], {"lyon", "nantes"}),
        ([{"name": "achats"}, {"name": "lyon"}], {"ventes", "nantes"}),
        ([{"name": "achats", "entity": "filiale"}], {"lyon", "nantes"}),
        ([{"name": "lyon", "state": "absent"}, {"name": "achats"}], {"lyon", "ventes"}),
        ([{"name": "perdu"}], set()),
        ([], set()),
    ],
)
def test_other_entities_are_never_touched(entities: Bench, contexts: list[Options], gone: set[str]) -> None:
    before = names(entities)
    result = plan(entities, contexts, purge=True, max_deletions=9)
    assert not result.get("failed"), result
    assert names(entities) == (before - gone) | {c["name"].lower() for c in contexts if c.get("state") != "absent"}
    assert plan(entities, contexts, purge=True)["changed"] is False


def test_where_there_is_one_entity_everything_is_its_own(webservice: Bench) -> None:
    database = webservice.state.auth.database
    database.add_context("perdu", "perdu", "internal", entity=None)
    database.add_context("autre", "autre", "internal", entity="gone")
    assert "That is 2, and max_deletions" in refused(webservice, [], purge=True)
    webservice.forget()
    assert plan(webservice, [], purge=True, max_deletions=2)["changed"]
    assert names(webservice) - FRESH == {"__switchboard_directory"}
    asked = [entry for entry in webservice.requests() if "/entity/" in entry["path"]]
    assert len(asked) == 1  # once, for both
    webservice.forget()
    assert plan(webservice, [], purge=True)["changed"] is False
    assert not [entry for entry in webservice.requests() if "/entity/" in entry["path"]]

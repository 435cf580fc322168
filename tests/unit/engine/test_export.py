# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that was clicked together by hand is exported by the playbook, and applied again with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.telephony.xivo.plugins.filter.dial_plan_file import dial_plan_file
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.names import name_problem

from tests.simulated import SERVERS
from tests.simulator.wazo import contexts as wazo_contexts
from tests.simulator.xivo.database import Include, Numbers
from tests.unit.bench import Bench
from tests.unit.engine.dial_plans import Options, connect_to_both, plan, play, range_info, ranges

# What people type into a web page.
LABELS = {
    "a": "Comptabilité « Étage 2 »",
    "b": 'L\'atelier: "grand" \\ petit',
    "c": "{{ 1 / 0 }} {% raw %} {# x #}",
    "d": "- # & * ! | > % @ `",
    "e": "null",
}
DESCRIPTIONS = {
    "a": "Bâtiment: B\n\nporte 2\n- au fond\t# à droite",
    "b": "",
    "c": "{{ lookup('pipe', 'touch /nonexistent/owned') }}",
    "d": "0100",
    "e": "no",
}
RANGES = {
    # Leading zeros, single numbers, numbers that are another thing to YAML, and two that overlap.
    "a": {"user": ("0100-0199", "0777", "2001-2090"), "group": ("0010",)},
    "b": {"user": ("3000-3010", "3005-3020"), "conference_room": ("3030-3039",)},
    "d": {"incall": ("0123456700-0123456799/4", "0400/2")},
    # What no telephone can have: typed past a form, taken by a server that checks less, or digits of another script.
    "e": {"user": ("2166-2131", "20-2090", "٢٠٠١-٢٠٠٩", "2201-2202"), "group": ("{{ 1 + 0 }}", "0x10")},
}
# As the export tells of them.
WRONG = (
    "user range 2166-2131: the start is greater than the end",
    "user range 20-2090: start and end must have the same number of digits",
    "user range ٢٠٠١-٢٠٠٩: the start '٢٠٠١' is not a number",
    "group range {{ 1 + 0 }}: the start '{{ 1 + 0 }}' is not a number",
    "group range 0x10: the start '0x10' is not a number",
)
# Several, in an order that is no other.
INCLUDES = {"a": ["d", "b", "e", "c"], "b": ["c", "a"], "e": ["b"]}


@pytest.fixture
def clicked(anywhere: Bench) -> Bench:
    """A server with all that its own web page would let happen, put there past every API."""
    if anywhere.name.startswith("wazo"):
        _fill_wazo(anywhere)
    else:
        _fill_xivo(anywhere)
    return anywhere


def _rows(name: str, kind: str) -> list[Options]:
    return ranges(*RANGES.get(name, {}).get(kind, ()))


def _fill_wazo(bench: Bench) -> None:
    server = bench.state
    tenant = next(iter(server.db.tenants.values()))
    made = {}
    for name, label in LABELS.items():
        own = None if server.names_by_server else f"{name}-1"
        lists = {"meetme" if k == "conference_room" else k: _rows(name, k) for k in RANGES.get(name, {})}
        made[name] = wazo_contexts.add_context(
            server, tenant, own, "incall" if name == "d" else "internal", lists, label=label
        )
        made[name].description = DESCRIPTIONS[name] or None
        made[name].enabled = name != "c"
    for name, includes in INCLUDES.items():
        made[name].includes = [made[other].id for other in includes]
    # From before labels: empty, and none. And one whose label another one has too.
    for number, label in enumerate(("", None, "Jumeau", "Jumeau")):
        wazo_contexts.add_context(server, tenant, f"old-{number}", label=label)


def _fill_xivo(bench: Bench) -> None:
    database = bench.state.auth.database
    by_rest = bench.name == "xivo-16.15"
    for name, label in LABELS.items():
        # What was made by REST has no entity, and may have any name; the types of XiVO are rows that can be added to.
        own = f"{name}-1"
        kind = {"d": "incall", "e": "internal" if by_rest else "succursale"}.get(name, "internal")
        entity = None if by_rest or name == "e" else "xivo"
        context = database.add_context(own, label, kind, entity=entity, description=DESCRIPTIONS[name])
        context.commented = int(name == "c")
        for kind, texts in RANGES.get(name, {}).items():
            for row in ranges(*texts):
                end = "" if row["end"] == row["start"] else row["end"]
                php = "meetme" if kind == "conference_room" else kind
                database.numbers.append(Numbers(own, php, row["start"], end, row.get("did_length", 0)))
    if by_rest:
        for name, label in (("Bad Name ! {{ x }}", ""), ("0100", None), ("general", "no")):
            database.add_context(name, label, "internal")
        return
    for name, includes in INCLUDES.items():
        database.includes += [Include(f"{name}-1", f"{other}-1", n) for n, other in enumerate(includes)]
    # Left behind by a context that was deleted otherwise; and one that includes itself, which the web page lets one do.
    database.includes.append(Include("c-1", "disparu", 0))
    database.includes.append(Include("c-1", "a-1", 1))
    database.includes.append(Include("d-1", "d-1", 0))


APPLY = [
    {
        "name": "Apply",
        "hosts": "localhost",
        "gather_facts": False,
        "vars_files": ["dial_plan.yml"],
        "tasks": [{"name": "The dial plan", "telephony.xivo.xivo_contexts": {"contexts": "{{ dial_plan }}"}}],
    }
]


def test_the_playbook_writes_what_applies_with_nothing_changed(clicked: Bench, tmp_path: Path) -> None:
    before = clicked.everything()
    clicked.forget()
    printed = play(clicked, tmp_path, "telephony.xivo.export", "-e", "export_file=dial_plan.yml")
    assert "changed=1 " in printed  # the file
    told = " ".join(printed.split())
    assert [wrong for wrong in WRONG if f", {wrong}" not in told] == []
    assert told.count("The server has it so") == len(WRONG)
    assert clicked.writes() == []
    assert clicked.tokens() == []

    text = (tmp_path / "dial_plan.yml").read_text(encoding="utf-8")
    check_text(text)
    # Applied by the engine, from what the file says without Ansible; then as a person does it.
    result = plan(clicked, read(text))
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], result["diff"]) == (False, [])
    assert len(result["plan"]["unchanged"]) == len(read(text))
    (tmp_path / "apply.yml").write_text(yaml.safe_dump(APPLY), encoding="utf-8")
    assert "changed=0 " in play(clicked, tmp_path, "apply.yml")
    assert clicked.writes() == []
    assert clicked.everything() == before
    # All of it: a purge of everything else finds nothing.
    assert plan(clicked, read(text), purge=True, purge_exclude=[])["changed"] is False


@pytest.mark.parametrize("anywhere", ["xivo-2018", "wazo-26.09"], indirect=True)
def test_nothing_of_a_hostile_server_runs(clicked: Bench, tmp_path: Path) -> None:
    """It answers with a template in every field: names, labels, descriptions, types, entities, includes, numbers."""
    mark = tmp_path / "owned"
    poison = f"{{{{ lookup('pipe', 'touch {mark}') }}}}"
    header = "#jinja2:variable_start_string:'((', variable_end_string:'))'\n"
    if clicked.name.startswith("wazo"):
        for context in clicked.state.db.contexts.values():
            context.name = f"{poison} {context.id}"
            context.label = context.type = poison
            context.description = header + poison.replace("{{", "((").replace("}}", "))")
            for rows in context.ranges.values():
                for row in rows:
                    row.update(start=f"{poison} {row['start']}", end=poison)
    else:
        database = clicked.state.auth.database
        for row in database.numbers:
            row.context, row.numberbeg, row.numberend = f"{poison} {row.context}", f"{poison} {row.numberbeg}", poison
        for row in database.includes:
            row.context, row.include = f"{poison} {row.context}", f"{poison} {row.include}"
        for entity in database.entities:
            entity.name = poison
        for context in database.contexts:
            context.name = f"{poison} {context.name}"
            context.displayname = context.contexttype = poison
            context.description = header + poison.replace("{{", "((").replace("}}", "))")
            context.entity = context.entity and poison
    play(clicked, tmp_path, "telephony.xivo.export", "-v", "--diff")
    play(clicked, tmp_path, "telephony.xivo.report", "-v", "--diff")
    file = (tmp_path / "dial_plan.yml").read_text(encoding="utf-8")
    assert file.count("lookup('pipe'") == file.count('!unsafe "') > 3 * len(read(file)) > 20
    look = {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {"debug": {"var": "dial_plan"}},
            {"debug": {"msg": "{{ dial_plan }}"}},
            {"set_stats": {"data": {"plan": "{{ dial_plan }}"}}},
        ],
    }
    (tmp_path / "look.yml").write_text(yaml.safe_dump([look]))
    assert "lookup(" in play(clicked, tmp_path, "look.yml", "-v", "--check", "-e", "@dial_plan.yml")
    assert not mark.exists()
    # It would have run.
    (tmp_path / "dial_plan.yml").write_text(file.replace("!unsafe ", ""), encoding="utf-8")
    play(clicked, tmp_path, "look.yml", "--check", "-e", "@dial_plan.yml")
    assert mark.exists()


@pytest.mark.parametrize("elsewhere", SERVERS)
def test_what_a_server_that_makes_names_exports_is_taken_elsewhere(
    wazo26: Bench, benches: Callable[[str], Bench], elsewhere: str
) -> None:
    made = [
        {"name": "Ressources-humaines", "label": "Service des ressources humaines", "user_ranges": ranges("2001-2090")},
        {"name": "Ventes-Nord", "label": "Ventes Nord", "includes": ["default", "Ressources-humaines"]},
        {"name": "long", "label": "Direction générale de l'action régionale et de l'aménagement du territoire"},
        {"name": "signs", "label": "« … »"},
        {"name": "reserved", "label": "General"},
    ]
    assert not plan(wazo26, made).get("failed")
    text = dial_plan_file(wazo26.info())
    contexts = read(text)
    assert "ctx-master" not in text
    assert len({context["name"].lower() for context in contexts}) == len(contexts)
    assert all(name_problem(context["name"]) is None for context in contexts)
    assert plan(wazo26, contexts)["changed"] is False

    other = benches(elsewhere)
    if elsewhere == "xivo-16.15":
        for context in contexts:  # its confd has none
            del context["includes"]
    result = plan(other, contexts)
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert plan(other, contexts)["changed"] is False


@pytest.mark.parametrize("anywhere", ["xivo-2018"], indirect=True)
def test_the_report_shows_what_is_wrong(clicked: Bench, tmp_path: Path) -> None:
    database = clicked.state.auth.database
    database.add_context("neuf", LABELS["a"], "", entity="xivo")
    rows = database.rows("extensions").values()
    next(row for row in rows if row["context"] == "xivo-features")["context"] = "disparu"
    play(clicked, tmp_path, "telephony.xivo.report")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "None" not in page
    assert "no type" in page
    assert f"{LABELS['a']} (a-1)</a>" in page
    assert "(neuf)</title>" in page or "(neuf) (no type)</title>" in page
    assert f'<dt>Wrong ranges</dt><dd class="bad">{len(WRONG)}</dd>' in page
    assert '<dt>Numbers outside the ranges</dt><dd class="bad">1</dd>' in page
    assert "2166–2131" in page and "٢٠٠١–٢٠٠٩" in page
    assert "in a context that is not there: disparu" in page


class Loader(yaml.SafeLoader):
    """Reads what Ansible marks as no template as the text that it is."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type]


def loaded(text: str) -> dict[str, list[Any]]:
    """What a file of variables holds, as no template."""
    found: dict[str, list[Any]] = yaml.load(text, Loader)
    return found


def read(text: str) -> list[Any]:
    return loaded(text)["dial_plan"]


def check_text(text: str) -> None:
    """It can be read by a person: numbers in quotes, accents as they are, nothing that is cut or trails."""
    assert text.startswith("---\n# The dial plan of http")
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert '- {start: "0100", end: "0199"}' in text
    assert '- {start: "0123456700", end: "0123456799", did_length: 4}' in text
    assert "Comptabilité « Étage 2 »" in text
    for line in text.splitlines():
        assert line == line.rstrip()
        assert "\t" not in line
        assert len(line) <= 120
    numbers = [
        number for c in read(text) for key in c if key.endswith("_ranges") for r in c[key] for number in r.items()
    ]
    assert numbers
    assert all(isinstance(value, int if key == "did_length" else str) for key, value in numbers)
    # What looks like a template is marked: whoever may label a context must not run anything here.
    lines = [line for line in text.splitlines() if "{{" in line]
    assert lines
    assert all("!unsafe" in line for line in lines)


def test_a_server_without_contexts(wazo26: Bench, tmp_path: Path) -> None:
    wazo26.state.db.contexts.clear()
    play(wazo26, tmp_path, "telephony.xivo.export")
    assert read((tmp_path / "dial_plan.yml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("3000-3010", "3005-3021"), "user ranges 3000-3010 and 3005-3021 share numbers."),
        (("3000-3010", "3005-3020", "3020-3029"), "user ranges 3005-3020 and 3020-3029 share numbers."),
    ],
)
def test_ranges_that_share_numbers_stay_but_are_not_made(clicked: Bench, given: tuple[str, ...], says: str) -> None:
    label = LABELS["b"]
    name = next(c["name"] for c in clicked.everything() if c["label"] == label)
    kept = {"name": name, "user_ranges": ranges(*RANGES["b"]["user"])}
    assert plan(clicked, [kept])["changed"] is False
    for bad in ({"name": name, "user_ranges": ranges(*given)}, {**kept, "name": "Neuf", "label": "Neuf"}):
        result = plan(clicked, [bad])
        assert result["failed"]
        assert "share numbers." in result["msg"]
    assert says in plan(clicked, [{"name": name, "user_ranges": ranges(*given)}])["msg"]


def test_ranges_that_are_wrong_stay_but_are_not_made(clicked: Bench) -> None:
    name = next(c["name"] for c in clicked.everything() if c["label"] == LABELS["e"])
    stored = RANGES["e"]["user"]
    kept = {"name": name, "user_ranges": ranges(*reversed(stored))}
    assert plan(clicked, [kept])["changed"] is False
    assert plan(clicked, [{"name": "Neuf", "label": "Neuf", "user_ranges": kept["user_ranges"]}])["failed"]
    for given in (stored[1:], (*stored, "2301"), (*stored[:2], "٢٠٠١-٢٠٠٨", *stored[3:])):
        result = plan(clicked, [{"name": name, "user_ranges": ranges(*given)}])
        assert result["failed"]
        assert f"Context '{name}': {WRONG[1]}" in result["msg"]
    # They can go, and the context with them.
    assert plan(clicked, [{"name": name, "user_ranges": ranges("2201-2202"), "group_ranges": []}])["changed"]
    assert plan(clicked, [{"name": name, "state": "absent"}], check_mode=True)["plan"]["delete"]


def test_nothing_is_free_in_a_wrong_range(clicked: Bench) -> None:
    connect_to_both(clicked)
    found = {r["start"]: r for r in range_info(clicked)["ranges"]}
    for text in (*RANGES["e"]["user"][:3], *RANGES["e"]["group"]):
        start = text.partition("-")[0]
        assert (found[start]["size"], found[start]["first_free"]) == (0, [])
    assert found["2201"]["size"] == 2

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On every server, for any tasks one after the other: a check foretells the task, and a second run changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import TYPES
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, option_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.bench import Bench, Result
from tests.unit.domain.strategies import disjoint_ranges, public

pytestmark = pytest.mark.thorough

FRESH = ("default", "from-extern", "to-extern")
NEW = ("achats", "Comptabilite", "qualite")
LABELS = {"achats": "Achats", "Comptabilite": "Comptabilité", "qualite": "QUALITÉ"}


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    """The options of one xivo_context, some of which no server can do."""
    name = draw(st.sampled_from(NEW + FRESH))
    options = {
        "name": name,
        "state": draw(st.sampled_from(("present", "present", "present", "absent"))),
        "label": draw(st.none() | st.sampled_from([name, LABELS.get(name, name), f"Label of {name}"])),
        "type": draw(st.none() | st.sampled_from(TYPES)),
        "description": draw(st.none() | st.sampled_from(["", "Deuxième étage"])),
        "enabled": draw(st.none() | st.just(True) | st.booleans()),
        "includes": draw(st.none() | st.lists(st.sampled_from(FRESH * 3 + NEW), unique=True, max_size=3)),
        "conflicts": draw(st.sampled_from(("ignore", "warn", "error"))),
    }
    for kind in KINDS:
        found = draw(st.none() | disjoint_ranges(kind, most=2, did_from=1))
        options[option_of(kind)] = None if found is None else public(found, kind)
    return {option: value for option, value in options.items() if value is not None}


@st.composite
def single_ranges(draw: st.DrawFn) -> dict[str, Any]:
    """The options of one xivo_context_range."""
    kind = draw(st.sampled_from(KINDS))
    found = draw(disjoint_ranges(kind, most=1, did_from=1).filter(len))[0].public(kind)
    for option in ("end", "did_length"):
        if draw(st.booleans()):
            found.pop(option, None)
    state = draw(st.sampled_from(("present", "present", "absent")))
    return {"context": draw(st.sampled_from(FRESH)), "type": kind, "state": state, "conflicts": "ignore", **found}


def foretold(run: Any, options: dict[str, Any]) -> Result:
    checked = run(check_mode=True, **options)
    result: Result = run(**options)
    if result.get("context") and result["context"]["name"].startswith("ctx-"):
        # Made by the server, and no other name leads to it: the one thing that nobody can foretell.
        checked["context"]["name"] = result["context"]["name"]
    assert checked == result
    if not result.get("failed"):
        again = run(**options)
        assert (again["changed"], again["diff"]) == (False, [])
        assert again["context"] == result["context"]
    return result


def test_tasks(anywhere: Bench) -> None:
    changed = []

    @settings(max_examples=25)
    @given(st.lists(tasks(), min_size=1, max_size=3))
    def every(found: list[dict[str, Any]]) -> None:
        anywhere.reset()
        for options in found:
            result = foretold(anywhere.context, options)
            changed.append(result.get("changed"))
            if result.get("failed"):
                continue
            # What was declared is what is stored.
            name = result["context"]["name"] if result["context"] else options["name"]
            shown = anywhere.info(name=name)["contexts"]
            assert len(shown) == (options["state"] == "present")
            for context in shown:
                for option in set(options) & set(context) - {"name", "includes"}:
                    assert context[option] == (
                        sorted(options[option], key=lambda r: (len(r["start"]), r["start"]))
                        if option.endswith("_ranges")
                        else options[option]
                    )
                if "includes" in options:
                    assert [i.lower() for i in context["includes"]] == [i.lower() for i in options["includes"]]

    every()
    # The law means something only if there were changes, and things that did not change.
    assert True in changed
    assert {None, False} & set(changed)


def test_single_ranges(anywhere: Bench) -> None:
    changed = []

    @settings(max_examples=15)
    @given(st.lists(single_ranges(), min_size=1, max_size=3))
    def every(found: list[dict[str, Any]]) -> None:
        anywhere.reset()
        for options in found:
            changed.append(foretold(anywhere.range, options).get("changed"))

    every()
    assert {True, False} <= set(changed)


def test_what_is_exported_applies_again(anywhere: Bench) -> None:
    @settings(max_examples=10)
    @given(st.lists(tasks(), max_size=3))
    def every(found: list[dict[str, Any]]) -> None:
        anywhere.reset()
        for options in found:
            anywhere.context(**options | {"conflicts": "ignore"})
        before = anywhere.everything()
        for context in anywhere.info()["contexts"]:
            if anywhere.name == "xivo-16.15":
                assert context.pop("includes") == []
            result = anywhere.context(**context)
            assert result.get("changed") is False, result
        assert anywhere.everything() == before

    every()

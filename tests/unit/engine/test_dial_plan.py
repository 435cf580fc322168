# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One plan over everything: what it comes to, in which order it is written, and what is left when a write fails."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.bench import Bench, Result
from tests.unit.engine.dial_plans import Options, connect_to_both, done, plan, ranges, refused
from tests.unit.engine.test_laws import tasks


@pytest.fixture(params=("xivo-2018", "wazo-22.13", "wazo-26.09"))
def bench(request: pytest.FixtureRequest, benches: Callable[[str], Bench]) -> Bench:
    """The servers that have includes."""
    return benches(request.param)


def shown(bench: Bench, *names: str) -> list[str]:
    """The names as this server gives them back."""
    return [name.lower() if bench.name == "xivo-2018" else name for name in names]


def state(bench: Bench) -> list[dict[str, Any]]:
    """What the server holds, but for what it names by chance."""
    found = [
        {key: value for key, value in c.items() if key != "name" or bench.name != "wazo-26.09"}
        for c in bench.everything()
    ]
    return sorted(found, key=lambda c: (c.get("tenant", ""), c.get("name", ""), c["label"]))


# The plan

CIRCLE = [
    {"name": "Achats", "includes": ["Bureau", "default"]},
    {"name": "Bureau", "includes": ["Caisse", "Achats"]},
    {"name": "Caisse", "includes": ["default", "Achats"]},
    {"name": "default", "includes": ["Caisse", "to-extern"]},
]


def test_contexts_include_each_other_in_any_order(bench: Bench) -> None:
    for order in permutations(CIRCLE):
        bench.reset()
        result = done(bench, list(order))
        for wanted, context in zip(order, result["contexts"], strict=True):
            assert context["includes"] == shown(bench, *wanted["includes"])
            assert bench.stored(shown(bench, wanted["name"])[0])["includes"] == context["includes"]


def test_the_plan_is_told(bench: Bench) -> None:
    first = [{"name": "Vieux", "label": "Vieux"}, {"name": "Atelier", "label": "Atelier"}]
    assert plan(bench, first)["changed"]
    contexts: list[Options] = [
        {"name": "Comptabilite", "label": "Comptabilité", "includes": ["default"], "user_ranges": ranges("2001-2090")},
        {"name": "Atelier", "label": "L'atelier" if bench.name != "wazo-26.09" else "ATELIER", "includes": ["Caisse"]},
        {"name": "Caisse"},
        {"name": "default", "includes": ["Caisse", "to-extern"]},
        {"name": "from-extern"},
        {"name": "Vieux", "state": "absent"},
        {"name": "Nulle-part", "state": "absent"},
    ]
    result = done(bench, contexts)
    new, workshop, till, old = shown(bench, "Comptabilite", "Atelier", "Caisse", "Vieux")
    workshop = "ATELIER" if bench.name == "wazo-26.09" else workshop
    assert result["plan"] == {
        "create": [new, till],
        "update": [{"name": workshop, "fields": ["label"]}],
        "includes": [
            {"name": new, "includes": ["default"]},
            {"name": workshop, "includes": [till]},
            {"name": "default", "includes": [till, "to-extern"]},
        ],
        "delete": [old],
        "unchanged": ["from-extern"],
    }
    assert [c and c["name"] for c in result["contexts"]] == [new, workshop, till, "default", "from-extern", None, None]
    # One before and after for each that changes.
    assert [d["after_header"] for d in result["diff"]] == [
        f"context {new} (create)",
        f"context {workshop} (update)",
        f"context {till} (create)",
        "context default (update)",
        f"context {old} (delete)",
    ]
    assert (result["diff"][0]["before"], result["diff"][4]["after"]) == ("", "")
    assert "  - 2001-2090\n" in result["diff"][0]["after"]


def test_any_plan_is_foretold_and_then_in_place(anywhere: Bench) -> None:
    changed = []

    @settings(max_examples=20)
    @given(st.lists(tasks(), min_size=2, max_size=4, unique_by=lambda t: t["name"]), st.booleans())
    def every(contexts: list[Options], purge: bool) -> None:
        anywhere.reset()
        options = {"purge": purge, "max_deletions": 9, "purge_exclude": ["*-extern"], "conflicts": "warn"}
        for given_contexts in (contexts[:1], contexts):
            given_contexts = [{k: v for k, v in c.items() if k != "conflicts"} for c in given_contexts]
            checked = plan(anywhere, given_contexts, check_mode=True, **options)
            result = plan(anywhere, given_contexts, **options)
            for mine, theirs in zip(checked.get("contexts", ()), result.get("contexts", ()), strict=False):
                if mine and theirs["name"].startswith("ctx-"):
                    mine["name"] = theirs["name"]  # made by the server, and no other name leads to it
            assert {**checked, "check_mode": False} == {**result, "check_mode": False}
            changed.append(result.get("changed"))
            if not result.get("failed"):
                again = plan(anywhere, given_contexts, **options)
                assert (again["changed"], again["diff"]) == (False, [])

    every()
    assert True in changed
    assert {None, False} & set(changed)


# The order of the writes


def writes(bench: Bench) -> list[str]:
    found = []
    for entry in bench.writes():
        if ".php/" in entry["path"]:
            found.append(entry["query"].split("act=")[1].split("&")[0])
        else:
            words = {"POST": "add", "DELETE": "delete"}
            found.append(words.get(entry["method"], "includes" if entry["path"].endswith("/contexts") else "edit"))
    return found


MIXED = [
    {"name": "Vieux", "state": "absent"},
    {"name": "default", "label": "default", "description": "La maison", "includes": ["Achats", "to-extern"]},
    {"name": "Achats", "includes": ["Bureau"]},
    {"name": "from-extern", "description": "Dehors"},
    {"name": "Bureau", "includes": ["Achats", "default"]},
    {"name": "Ancien", "state": "absent"},
]
WROTE = {
    "xivo-2018": ["add", "add", "edit", "edit", "delete", "delete"],
    "": ["add", "add", "edit", "edit", "includes", "includes", "includes", "delete", "delete"],
}


def prepare(bench: Bench) -> None:
    """Two contexts that will go, one of them included by one that stays."""
    bench.reset()
    assert plan(bench, [{"name": "Ancien"}, {"name": "Vieux"}, {"name": "to-extern", "includes": ["Vieux"]}])["changed"]
    bench.forget()


def test_create_then_change_then_includes_then_delete(bench: Bench) -> None:
    prepare(bench)
    assert plan(bench, MIXED, check_mode=True)["changed"]
    assert writes(bench) == []
    assert not plan(bench, MIXED).get("failed")
    assert writes(bench) == WROTE.get(bench.name, WROTE[""])
    assert bench.stored("to-extern")["includes"] == []


# A failure in the middle


def arm(bench: Bench, number: int, **fault: Any) -> None:
    """Let the write of this number go wrong, of those that the plan makes."""
    asked = [e for e in bench.requests() if "context" in e["path"]]
    made = [index for index, entry in enumerate(asked) if entry in bench.writes()]
    bench.reset()
    prepare(bench)
    bench.arm(path="context", skip=made[number], **fault)


def steps_of(bench: Bench) -> list[str]:
    steps = ["make the context 'Achats'", "make the context 'Bureau'"]
    steps += ["change the context 'default'", "change the context 'from-extern'"]
    if bench.name != "xivo-2018":
        steps += [f"set the includes of the context '{name}'" for name in ("default", "Achats", "Bureau")]
    return [*steps, "delete the context 'Vieux'", "delete the context 'Ancien'"]


@pytest.mark.parametrize("on_error", ["stop", "continue"])
@pytest.mark.parametrize("number", range(9))
def test_the_write_of_any_number_fails(bench: Bench, number: int, on_error: str) -> None:
    prepare(bench)
    whole = plan(bench, MIXED)
    steps = steps_of(bench)
    if number >= len(steps):
        return  # this server needs fewer
    wanted = state(bench)
    arm(bench, number, kind="error_before")
    result = plan(bench, MIXED, on_error=on_error)
    assert result["failed"]
    assert (result["changed"], bool(result["done"])) == (bool(result["done"]),) * 2
    assert sorted(result["done"] + result["left"]) == sorted(steps)
    assert steps[number] in result["left"]
    assert result["plan"] == whole["plan"]
    assert "HTTP 500" in result["msg"]
    if on_error == "stop":
        assert (result["done"], result["left"]) == (steps[:number], steps[number:])
    else:
        assert result["left"] == [step for step in steps if step == steps[number] or needs(bench, step, steps[number])]
    if result["done"]:
        assert "Run the task again to finish it." in result["msg"]
    # Once more, without the fault.
    assert plan(bench, MIXED)["changed"]
    assert state(bench) == wanted
    assert plan(bench, MIXED)["changed"] is False


def needs(bench: Bench, step: str, failed: str) -> bool:
    """Whether a step builds on one that failed: of the same context, or including one that was not made."""
    name = failed.split("'")[1]
    if f"'{name}'" in step:
        return steps_of(bench).index(step) > steps_of(bench).index(failed)
    includes = {c["name"]: c.get("includes", ()) for c in MIXED}
    target = step.split("'")[1]
    if not failed.startswith("make") or name not in includes[target] or "delete" in step:
        return False
    sets = bench.name == "xivo-2018" or step.startswith("set")
    return sets and steps_of(bench).index(step) > steps_of(bench).index(failed)


@pytest.mark.parametrize("number", range(9))
def test_the_answer_to_any_write_is_lost(bench: Bench, number: int) -> None:
    """It was done: reading shows it, and the plan goes on to its end."""
    prepare(bench)
    assert plan(bench, MIXED)["changed"]
    if number >= len(steps_of(bench)):
        return
    wanted = state(bench)
    arm(bench, number, kind="reset", after=True)
    result = plan(bench, MIXED)
    assert result["changed"], result
    assert len(result["warnings"]) == 1
    assert "Reading back shows that it was done all the same." in result["warnings"][0]
    assert state(bench) == wanted
    assert plan(bench, MIXED)["changed"] is False


def test_several_failures_are_all_told(bench: Bench) -> None:
    contexts = [{"name": f"Bureau-{n}"} for n in range(4)]
    bench.arm("error_before", method="POST", path=r"context", times=2)
    result = plan(bench, contexts, on_error="continue")
    assert result["msg"].count("HTTP 500") == 2
    assert (len(result["done"]), len(result["left"])) == (2, 2)
    assert [len(d) for d in plan(bench, contexts)["plan"].values()] == [2, 0, 0, 0, 2]


# Conflicts


def house(*last: str, **numbers: str) -> list[Options]:
    """A chain of contexts: each includes the one after it, and the end of it `last`."""
    chain = list(zip(numbers, [[name] for name in numbers][1:] + [list(last)], strict=True))
    return [
        {"name": name, "includes": includes, "user_ranges": ranges(*numbers[name].split())} for name, includes in chain
    ]


def conflict(bench: Bench, left: tuple[str, str], right: tuple[str, str], dialer: str) -> str:
    (mine, first), (theirs, second), who = left, right, shown(bench, dialer)[0]
    mine, theirs = shown(bench, mine, theirs)
    return (
        f"The user range {first} of '{mine}' and the user range {second} of '{theirs}' share numbers, "
        f"and '{who}' could dial both."
    )


def test_through_a_chain_of_three_includes(bench: Bench) -> None:
    chain = house(Achats="3001-3010", Bureau="", Caisse="", Depot="3010-3020")
    message = refused(bench, chain)
    assert conflict(bench, ("Achats", "3001-3010"), ("Depot", "3010-3020"), "Achats") in message
    assert "Choose other numbers, or set the option conflicts to warn or ignore if this is meant." in message
    warned = plan(bench, chain, conflicts="warn")
    assert warned["changed"]
    assert warned["warnings"] == [conflict(bench, ("Achats", "3001-3010"), ("Depot", "3010-3020"), "Achats")]
    bench.reset()
    assert plan(bench, chain, conflicts="ignore")["warnings"] == []


def test_only_from_further_up_can_both_be_dialled(bench: Bench) -> None:
    contexts = [
        *house(Achats="", Bureau="", Caisse="3001-3010"),
        {"name": "Depot", "user_ranges": ranges("3005-3006")},
    ]
    assert plan(bench, contexts, conflicts="reachable")["changed"]
    # Now Achats leads to both, in one step and in two.
    message = refused(bench, [{"name": "Achats", "includes": ["Bureau", "Depot"]}])
    assert conflict(bench, ("Caisse", "3001-3010"), ("Depot", "3005-3006"), "Achats") in message


def test_a_circle_is_dialled_all_around(bench: Bench) -> None:
    message = refused(bench, house("Achats", Achats="3001", Bureau="", Caisse="3001"))
    assert conflict(bench, ("Achats", "3001"), ("Caisse", "3001"), "Caisse") in message


def test_a_conflict_that_was_there_is_a_warning(bench: Bench) -> None:
    chain = house(Achats="3001-3010", Bureau="", Caisse="", Depot="3010-3020")
    assert plan(bench, chain, conflicts="ignore")["changed"]
    old = conflict(bench, ("Achats", "3001-3010"), ("Depot", "3010-3020"), "Achats")
    for contexts in (chain, [{"name": "Achats", "description": "Premier étage"}], [{"name": "Caisse"}]):
        result = plan(bench, contexts)
        assert not result.get("failed")
        assert result["warnings"] == [f"Not made by this task: {old}"]
    # A range that is changed, and one that is added, are this task's.
    assert old.replace("3020", "3019") in refused(bench, [{"name": "Depot", "user_ranges": ranges("3010-3019")}])
    assert "3002" in refused(bench, [{"name": "Depot", "user_ranges": ranges("3010-3020", "3002")}])
    assert plan(bench, [{"name": "Depot", "user_ranges": ranges("3011-3020")}])["warnings"] == []


def test_numbers_that_a_department_has_already(anywhere: Bench) -> None:
    includes = {} if anywhere.name == "xivo-16.15" else {"includes": ["default"]}
    ours = {"name": "Comptabilite", "label": "Comptabilité", "user_ranges": ranges("2001-2090"), **includes}
    theirs = {"name": "Atelier", "user_ranges": ranges("2050-2120"), **includes}
    assert plan(anywhere, [ours])["changed"]
    for contexts in ([theirs], [ours, theirs]):
        message = refused(anywhere, contexts)
        mine, other = shown(anywhere, "Comptabilite", "Atelier")
        assert f"The user range 2001-2090 of '{mine}' and the user range 2050-2120 of '{other}' share nu" in message
        assert "nobody can dial both today" in message
    one = {"context": "default", "type": "user", "start": "2090", "end": "2099"}
    assert "and the user range 2090-2099 of 'default' share numbers" in anywhere.refused(anywhere.range, **one)


def test_incoming_lines_of_which_the_same_arrives(anywhere: Bench) -> None:
    lines = [
        {"name": "from-extern", "incall_ranges": ranges("0145678000-0145678099/4")},
        {"name": "Grenoble", "type": "incall", "incall_ranges": ranges("0476128050-0476128149/4")},
    ]
    message = refused(anywhere, lines)
    assert "share numbers by the digits that arrive (8050-8099); nobody can dial both today." in message
    assert plan(anywhere, lines, conflicts="reachable")["changed"]
    together = [{"name": "from-extern", "incall_ranges": ranges("0145678000-0145678099/4", "0476128050-0476128149/4")}]
    assert "share numbers by the digits that arrive (8050-8099)." in refused(anywhere, together, conflicts="ignore")


def test_two_that_nobody_dials_both_of(bench: Bench) -> None:
    numbers = ranges("3001-3010")
    apart = [{"name": "Achats", "user_ranges": numbers}, {"name": "Bureau", "group_ranges": numbers}]
    message = refused(bench, apart)
    one, two = shown(bench, "Achats", "Bureau")
    assert (
        f"The group range 3001-3010 of '{two}' and the user range 3001-3010 of '{one}' share numbers; nobody can dial "
        "both today."
        in message
        or f"The user range 3001-3010 of '{one}' and the group range 3001-3010 of '{two}' share numbers; nobody can "
        "dial both today."
        in message
    )
    assert "conflicts: reachable refuses only numbers that somebody could dial in two ways." in message
    assert plan(bench, apart, conflicts="reachable")["warnings"] == []
    # They stay as they are, and are told of as long as they do.
    [told] = plan(bench, [{"name": "Achats", "description": "Premier étage"}])["warnings"]
    assert told.startswith("Not made by this task: The ")
    assert plan(bench, apart, conflicts="reachable")["warnings"] == []
    both = [{"name": "default", "includes": ["to-extern", "Achats", "Bureau"]}]
    assert "'default' could dial both." in refused(bench, both)


def test_kinds_of_one_context(anywhere: Bench) -> None:
    contexts = [{"name": "Achats", "user_ranges": ranges("3001-3010"), "group_ranges": ranges("3010")}]
    name = "achats" if anywhere.name == "xivo-2018" else "Achats"
    words = f"The user range 3001-3010 of '{name}' and the group range 3010 of '{name}' share numbers"
    assert words in refused(anywhere, contexts)


# What is refused, all at once and before the first request


def test_nothing_is_asked_of_a_server_before_the_options_are_good(anywhere: Bench) -> None:
    anywhere.forget()
    bad = [
        {"name": "Achats", "user_ranges": [{"start": "2090", "end": "2001"}]},
        {"name": "Bureau", "includes": ["default", "default"]},
        {"name": "Caisse", "group_ranges": ranges("20-30", "20-30")},
    ]
    result: Result = plan(anywhere, bad)
    assert result["failed"]
    for name in ("Achats", "Bureau", "Caisse"):
        assert f"Context '{name}'" in result["msg"]
    assert anywhere.requests() == []


def test_every_fault_of_a_plan_is_told_at_once(wazo26: Bench) -> None:
    contexts = [
        {"name": "Compta1", "user_ranges": ranges("2090-2001")},
        {"name": "Compta2", "user_ranges": ranges("2001/4")},
        {"name": "Compta3", "incall_ranges": ranges("0145678000-0145678199/2")},
    ]
    message = refused(wazo26, contexts)
    assert [line.split(":")[0] for line in message.splitlines()] == [f"Context 'Compta{n}'" for n in (1, 2, 3)]


@pytest.mark.parametrize("states", [("present", "present"), ("present", "absent"), ("absent", "present")])
def test_a_group_or_a_room_that_departments_declare_twice(anywhere: Bench, states: tuple[str, str]) -> None:
    connect_to_both(anywhere)
    context = {"name": "Bureau", "group_ranges": ranges("3091-3094"), "conference_room_ranges": ranges("3095-3099")}
    for key, word in {"groups": "group", "conferences": "conference room"}.items():
        if anywhere.name == "xivo-16.15" and key == "conferences":
            continue
        twice = [{"name": "accueil", "context": "Bureau", "state": state} for state in states]
        message = refused(anywhere, [context], also_check={key: twice})
        assert message == f"The {word} 'accueil' is declared twice."
        assert plan(anywhere, [context], check_mode=True, also_check={key: twice[:1]})["changed"]

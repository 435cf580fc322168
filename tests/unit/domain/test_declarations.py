# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations that get in each other's way: a refusal in words, or a plan that leads somewhere, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import (
    NAMES_KEPT,
    NAMES_LOWERED,
    NAMES_MADE,
    Context,
    Directory,
)
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.extensions import Extension
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range, option_of
from ansible_collections.telephony.xivo.plugins.module_utils.engine.execution import Execution
from ansible_collections.telephony.xivo.plugins.module_utils.engine.resources import plan as plan_many
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import UNCHANGED
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.contexts import (
    Abilities,
    ContextDeclaration,
    ContextKind,
    make_plan,
)
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.state import Policy, State
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users import (
    Line,
    User,
    UserDeclaration,
    UserKind,
    Voicemail,
    fields_of,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.unit.domain.fakes import state_with
from tests.unit.domain.test_plan import FakeServer, made_name, uuid

WAYS = (NAMES_LOWERED, NAMES_KEPT, NAMES_MADE)
# Names of the same context to one server or another, and of different ones to others.
SAME = ("a", "A", "Ete", "ete", "Été", "ete-1", "Ete 1", "b", "default", made_name(1), made_name(9), uuid(1))
GOOD = ("a", "A", "Ete", "ete", "ete-1", "b", "default")
TEXTS = (None, *SAME[:8])
RANGES = ("10-19", "15-24", "20", "019", "12-11", "x")


def span(text: str, did_length: int | None = None) -> dict[str, Any]:
    start, _dash, end = text.partition("-")
    return {"start": start, "end": end or start} | ({} if did_length is None else {"did_length": did_length})


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    """Whatever a list of contexts can say of one."""
    said: dict[str, Any] = {
        "name": draw(st.sampled_from(SAME)),
        "label": draw(st.sampled_from(TEXTS)),
        "state": draw(st.sampled_from(("present", "present", "absent"))),
        "type": draw(st.sampled_from((None, "internal", "incall"))),
        "includes": draw(st.none() | st.lists(st.sampled_from(SAME), max_size=3)),
        "reciprocal": draw(st.booleans()),
        "entity": draw(st.sampled_from((None, "here", "nowhere"))),
    }
    for kind in ("user", "incall"):
        numbers = st.builds(
            span, st.sampled_from(RANGES), st.none() | st.integers(0, 3) if kind == "incall" else st.none()
        )
        said[option_of(kind)] = draw(st.none() | st.lists(numbers, max_size=2))
    return {option: value for option, value in said.items() if value is not None}


@st.composite
def servers(draw: st.DrawFn) -> FakeServer:
    """Whatever a server can hold: labels twice, includes of what is gone, ranges that share numbers."""
    names = draw(st.sampled_from(WAYS))
    held: list[Context] = []
    for key in range(1, draw(st.integers(0, 4)) + 1):
        name = made_name(key) if names == NAMES_MADE else draw(st.sampled_from(GOOD))
        if names == NAMES_LOWERED and draw(st.booleans()):
            name = name.lower()
        if name in [c.name for c in held]:
            continue
        held.append(
            Context(
                name,
                label=draw(st.sampled_from(TEXTS)),
                type=draw(st.sampled_from((None, "internal", "incall"))),
                entity=draw(st.sampled_from((None, "here"))),
                ranges={
                    "user": draw(st.lists(st.sampled_from([Range("10", "19", 0), Range("15", "24", 0)]), max_size=2)),
                    "incall": draw(
                        st.lists(st.sampled_from([Range("110", "119", 1), Range("095", "104", 2)]), max_size=2)
                    ),
                },
                # Only XiVO keeps includes of what is gone.
                includes=draw(st.lists(st.sampled_from(SAME), unique=True, max_size=3))
                if names == NAMES_LOWERED
                else (),
                id=key,
                uuid=uuid(key) if names == NAMES_MADE else None,
            )
        )
    if names != NAMES_LOWERED:
        there = st.lists(st.sampled_from([c.name for c in held] or ["none"]), unique=True, max_size=3)
        held = [replace(c, includes=tuple(i for i in draw(there) if i != "none")) for c in held]
    return FakeServer(names, held)


@given(
    servers(),
    st.lists(contexts(), max_size=4),
    st.booleans(),
    st.sampled_from(("error", "reachable", "warn", "ignore")),
)
def test_contexts_of_one_list(server: FakeServer, said: list[dict[str, Any]], purge: bool, conflicts: str) -> None:
    options = {"purge": purge, "purge_exclude": ["default"], "max_deletions": 9}

    def planned() -> tuple[State, list[Any]]:
        state = server.state()
        state.policy = Policy(conflicts, False)
        declared = [ContextDeclaration(one) for one in said]
        problems = [problem for one in declared for problem in one.problems()]
        if problems:
            raise InputError(problems)
        return state, plan_many(ContextKind(), state, declared, options)

    # Nobody knows the name that the server is about to make.
    assume(1 in server.held or not {made_name(1), uuid(1)} & {options["name"] for options in said})
    try:
        state, changes = planned()
    except InputError as error:
        assert error.problems
        assert all(error.problems)
        return
    if any(change.action != UNCHANGED for change in changes):
        Execution(ContextKind(), state, changes, [], False).run()
    assert [c for c in planned()[1] if c.action != UNCHANGED] == []


@pytest.mark.parametrize(
    ("names", "first", "second"),
    [
        (NAMES_KEPT, {"name": "a"}, {"name": "a"}),
        (NAMES_LOWERED, {"name": "A"}, {"name": "a"}),
        (NAMES_MADE, {"name": "ete"}, {"name": "Ete"}),
        (NAMES_MADE, {"name": "ete"}, {"name": "b", "label": "Été"}),
        (NAMES_MADE, {"name": "b", "label": "Ete"}, {"name": "b", "label": "B"}),
        (NAMES_MADE, {"name": uuid(1)}, {"name": "a"}),
        (NAMES_MADE, {"name": made_name(1)}, {"name": "A"}),
    ],
)
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("states", [("present", "absent"), ("absent", "present"), ("absent", "absent")])
def test_once_present_and_once_absent(
    names: str, first: dict[str, Any], second: dict[str, Any], there: bool, states: tuple[str, str]
) -> None:
    if not there and first["name"] in (uuid(1), made_name(1)):
        there = True  # nobody else is called so
    held = [Context(made_name(1) if names == NAMES_MADE else "a", label="a", id=1, uuid=uuid(1))] if there else []
    said = [options | {"state": state} for options, state in zip((first, second), states, strict=True)]
    for declarations in ([ContextDeclaration(s) for s in said], [ContextDeclaration(s) for s in said[::-1]]):
        one, two = (d.name for d in declarations)
        with pytest.raises(InputError) as caught:
            make_plan(Directory(held, names), declarations, Abilities())
        [problem] = caught.value.problems
        assert problem.startswith(f"'{one}' and '{two}' are one and the same context.")
        assert problem.endswith(" the other that it is to go.") == (states[0] != states[1])


NAMES = ("Anne", "anne", "Zoé")
EMAILS = ("anne@example.com", "ANNE@example.com", "zoe@example.com")
NUMBERS = ("10", "11", "15", "19", "20", "_1X")


@st.composite
def users(draw: st.DrawFn) -> dict[str, Any]:
    """Whatever a list of users can say of one."""
    said = {
        "uuid": draw(st.sampled_from((None, None, None, uuid(1), uuid(2), uuid(9)))),
        "firstname": draw(st.none() | st.sampled_from(NAMES)),
        "lastname": draw(st.none() | st.sampled_from(("", "Durand"))),
        "email": draw(st.none() | st.sampled_from(("", *EMAILS))),
        "context": draw(st.sampled_from((None, "a", "b", "A", "nowhere"))),
        "extension": draw(st.sampled_from((None, "auto", *NUMBERS[:5]))),
        "state": draw(st.sampled_from(("present", "present", "absent"))),
        "update_password": draw(st.sampled_from((None, "always"))),
        "sip_password": draw(st.sampled_from((None, "phone"))),
        "voicemail": draw(
            st.none()
            | st.fixed_dictionaries(
                {"state": st.sampled_from(("present", "absent"))},
                optional={
                    "number": st.sampled_from(NUMBERS[:3]),
                    "context": st.sampled_from(("a", "nowhere")),
                    "password": st.just("1234"),
                },
            )
        ),
    }
    return {option: value for option, value in said.items() if value is not None}


@st.composite
def houses(draw: st.DrawFn) -> State:
    """Whatever a server can hold: namesakes, half a telephone, a voicemail that others share."""
    contexts = [
        Context("a", type="internal", id=1, ranges={"user": [Range("10", "19", 0)]}),
        Context("b", type=draw(st.sampled_from(("internal", "incall"))), id=2),
    ]
    people: list[User] = []
    boxes: list[Voicemail] = []
    extensions: list[Extension] = []
    for key in range(1, draw(st.integers(0, 3)) + 1):
        number = draw(st.sampled_from((None, "10", "11", "15")))
        line = box = None
        if draw(st.booleans()):
            line = Line(
                key, "a", draw(st.sampled_from((None, "sip"))), number and key, number, None, draw(st.booleans())
            )
        if number is not None:
            box = draw(
                st.none()
                | st.builds(
                    Voicemail,
                    st.just(key),
                    st.just(number),
                    st.just("a"),
                    st.just("Anne"),
                    st.just(""),
                    st.none(),
                    st.none(),
                    st.integers(0, 2),
                )
            )
            extensions.append(Extension(key, number, "a", draw(st.none() | st.just("user Anne"))))
        boxes += [box] if box else []
        said = {"firstname": draw(st.sampled_from(NAMES)), "lastname": draw(st.sampled_from(("", "Durand")))}
        said["email"] = draw(st.sampled_from(("", *EMAILS)))
        people.append(User(fields_of(said), key, uuid(key), line, box))
    extensions += [
        Extension(9, e, "a", draw(st.none() | st.just("group x"))) for e in draw(st.sets(st.sampled_from(NUMBERS)))
    ]
    owners = draw(st.sampled_from((None, "group x")))
    return state_with(Directory(contexts, NAMES_KEPT), people, boxes, extensions, lambda _extension: owners)


@given(houses(), st.lists(users(), max_size=4))
def test_users_of_one_list(house: State, said: list[dict[str, Any]]) -> None:
    try:
        house.numbers.plan_again()
        changes = UserKind().plan(house, [UserDeclaration(options) for options in said])
    except InputError as error:
        assert error.problems
        assert all(error.problems)
        return
    there = [change.after for change in changes if change.after]
    assert len({person.uuid for person in there if person.uuid}) == len([person for person in there if person.uuid])
    numbers = [(p.line.exten, p.line.context) for p in there if p.line and p.line.exten]
    made = [(p.line.exten, p.line.context) for p in there if p.line and p.line.exten and p.uuid is None]
    assert len(set(made)) == len(made)
    assert all(numbers.count(number) == 1 for number in made)

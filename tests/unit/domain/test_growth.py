# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning grows with the number of what is declared and of what is there, and not with its square.

Calls of functions are counted, for time says more about the machine. Twice as many of everything may take little more
than twice the calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import NAMES_KEPT, Context, Directory
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.extensions import Extension
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import in_order
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.state import State
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users import (
    Line,
    User,
    UserDeclaration,
    UserKind,
    Users,
    Voicemail,
    fields_of,
)

from tests.unit.domain.fakes import state_with

SIZE = 150


def house(size: int, loose: bool) -> State:
    """So many users with a line, and so many voicemails and numbers that are nobody's."""
    contexts = [Context("staff", type="internal", ranges={"user": [Range("00000", "99999", 0)]})]
    users = [
        User(
            fields_of({"firstname": f"P{n}", "email": f"p{n}@example.com"}),
            id=n,
            uuid=f"uuid-{n}",
            line=Line(n, "staff", f"sip{n}", n, f"{n:05d}"),
        )
        for n in range(size)
    ]
    numbers = [Extension(n, f"{n:05d}", "staff", f"line {n}") for n in range(size)]
    if loose:
        numbers += [Extension(size + n, f"{size + n:05d}", "staff", None) for n in range(size)]
    boxes = [Voicemail(n, f"{n + 50000}", "staff", f"P{n}") for n in range(size)]
    return state_with(Directory(contexts, NAMES_KEPT), users, boxes, numbers)


def made(size: int, **options: Any) -> list[UserDeclaration]:
    said = {"context": "staff", "voicemail": {}, **options}
    return [UserDeclaration({"firstname": f"N{n}", "email": f"n{n}@example.com", **said}) for n in range(size)]


def moved(size: int) -> list[UserDeclaration]:
    """As when a whole house moves up by one."""
    return [UserDeclaration({"email": f"p{n}@example.com", "extension": f"{n + 1:05d}"}) for n in range(size)]


def gone(size: int) -> list[UserDeclaration]:
    return [UserDeclaration({"email": f"p{n}@example.com", "state": "absent"}) for n in range(size)]


def found(state: State, size: int) -> None:
    for n in range(size):
        state.index("user", Users).find(f"p{n}@example.com")


def planned(state: State, declared: list[UserDeclaration]) -> None:
    in_order(UserKind(), UserKind().plan(state, declared))


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions that a piece of work makes, those of C among them."""
    count = 0

    def watch(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("loose", [False, True], ids=["owned", "loose"])
@pytest.mark.parametrize(
    "work",
    [
        lambda state, size: planned(state, made(size, extension="auto")),
        lambda state, size: planned(state, moved(size)),
        lambda state, size: planned(state, gone(size)),
        found,
    ],
    ids=["auto", "moved", "gone", "found"],
)
def test_twice_as_many_are_twice_the_work(work: Callable[[State, int], None], loose: bool) -> None:
    once, twice = (calls(partial(work, house(size, loose), size)) for size in (SIZE, 2 * SIZE))
    assert twice < 2.3 * once


def test_what_a_service_reads_is_made_once_for_all() -> None:
    state = house(10, loose=False)
    service = state.service("user")
    asked: list[str] = []
    service.sip_usernames = lambda: asked.append("usernames") or {}
    service.sip_passwords = lambda: asked.append("passwords") or {}
    kind = UserKind()
    for user in state.resources("user"):
        kind.told(state, user)
    said = {"sip_password": "s3cret", "update_password": "always"}
    kind.plan(state, [UserDeclaration({"email": f"p{n}@example.com", **said}) for n in range(10)])
    assert asked == ["usernames", "passwords"]
    state.forget(kind.rests_on)
    kind.told(state, state.resources("user")[0])
    assert asked == ["usernames", "passwords", "usernames"]

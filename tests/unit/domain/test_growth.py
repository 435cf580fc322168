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
from types import FrameType, SimpleNamespace
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users import UserDeclaration, UserKind, Users
from ansible_collections.telephony.xivo.plugins.module_utils.servers.confd.server import ConfdServer
from ansible_collections.telephony.xivo.plugins.module_utils.servers.wazo.users import WazoUsers
from ansible_collections.telephony.xivo.plugins.module_utils.servers.xivo.users import XivoUsers

from tests.unit.domain.grown import KINDS, TASKS, house, planned

SIZE = 100


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
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", KINDS)
def test_twice_as_many_are_twice_the_work(kind: str, task: str, loose: bool) -> None:
    def work(size: int) -> Callable[[], object]:
        # XiVO makes its rooms anew to change them.
        return partial(planned, house(size, loose, keeps_id=kind != "conference"), kind, TASKS[task](kind, size))

    assert calls(work(2 * SIZE)) < 2.3 * calls(work(SIZE))


def test_finding_twice_as_many_is_twice_the_work() -> None:
    def find(size: int) -> None:
        for n in range(size):
            state.index("user", Users).find(f"p{n}@example.com")

    state = house(SIZE)
    once = calls(partial(find, SIZE))
    state = house(2 * SIZE)
    assert calls(partial(find, 2 * SIZE)) < 2.3 * once


class Item(dict):  # type: ignore[type-arg]
    """What a server listed, and how often all of them were looked into."""

    looks = 0

    def __getitem__(self, key: str) -> Any:
        Item.looks += 1
        return super().__getitem__(key)


@pytest.mark.parametrize("users", [XivoUsers, WazoUsers])
def test_the_number_or_the_context_of_a_line_is_looked_up(users: Any) -> None:
    """Where the list of users, or of lines, does not tell it: on XiVO and on Wazo 22.13."""

    def looks(size: int) -> int:
        confd = ConfdServer.__new__(ConfdServer)
        confd._by_id = {}
        confd._lists = {
            ("/extensions",): [Item(id=n, exten=f"{n}", context="staff") for n in range(size)],
            ("/lines",): [Item(id=n, context="staff") for n in range(size)],
            **{(f"/lines/{n}/extensions",): [{"extension_id": n}] for n in range(size)},
        }
        service = users(SimpleNamespace(confd=confd), house(1))
        Item.looks = 0
        for n in range(size):
            if users is XivoUsers:
                assert service._number_on({"id": n})["exten"] == f"{n}"
            else:
                assert service._line({"id": n, "extensions": []}).context == "staff"
        return Item.looks

    assert 0 < looks(2 * SIZE) < 2.3 * looks(SIZE)


def test_what_a_service_reads_is_made_once_for_all() -> None:
    state = house(10)
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

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a server that is none: what the tests say is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any

from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import Directory
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.extensions import Extension, Numbers
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import Service
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.state import State
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users import User, UserService, Voicemail


class FakeNumbers(Numbers):
    def __init__(self, extensions: Sequence[Extension], owner: Callable[[Extension], str | None]) -> None:
        super().__init__()
        self._extensions = extensions
        self._owner = owner

    def listed(self) -> Sequence[Extension]:
        return self._extensions

    def hidden_owner(self, extension: Extension) -> str | None:
        return self._owner(extension)


class FakeUsers(UserService):
    users: Sequence[User] = ()
    boxes: Sequence[Voicemail] = ()

    def listed(self) -> list[User]:
        return list(self.users)

    def voicemails(self) -> list[Voicemail]:
        return list(self.boxes)

    def lines_of(self, user: User) -> list[Any]:
        return []

    def sip_passwords(self) -> dict[Any, str]:
        return {}


class FakeService(Service[Any, Any]):
    """What has a number, and no details that the list leaves out."""

    def __init__(self, state: State, there: Sequence[Any], keeps_id: bool) -> None:
        super().__init__(None, state)
        self._there = there
        self.keeps_id = keeps_id

    def listed(self) -> list[Any]:
        return list(self._there)


def state_with(
    directory: Directory,
    users: Sequence[User] = (),
    boxes: Sequence[Voicemail] = (),
    extensions: Sequence[Extension] = (),
    owner: Callable[[Extension], str | None] = lambda extension: extension.owner,
    others: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    keeps_id: bool = True,
) -> State:
    """A state that holds these. ``owner`` is what a closer look at a number finds, ``others`` what else there is, by
    its kind, and ``keeps_id`` whether such a thing keeps its id when it is changed."""

    def services(kind: str, state: State) -> Service[Any, Any]:
        if kind in others:
            return FakeService(state, others[kind], keeps_id)
        service = FakeUsers(None, state)
        service.users, service.boxes = users, boxes
        return service

    server = SimpleNamespace(forget=lambda: None)
    state = State(server, services, lambda _state: FakeNumbers(extensions, owner))
    state.directory = directory
    return state

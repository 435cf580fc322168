# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a server that is none: what the tests say is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import Directory
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.extensions import Extension, Numbers
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


def state_with(
    directory: Directory,
    users: Sequence[User] = (),
    boxes: Sequence[Voicemail] = (),
    extensions: Sequence[Extension] = (),
    owner: Callable[[Extension], str | None] = lambda extension: extension.owner,
) -> State:
    """A state that holds these. ``owner`` is what a closer look at a number finds."""

    def services(_kind: str, state: State) -> FakeUsers:
        service = FakeUsers(None, state)
        service.users, service.boxes = users, boxes
        return service

    server = SimpleNamespace(forget=lambda: None)
    state = State(server, services, lambda _state: FakeNumbers(extensions, owner))
    state.directory = directory
    return state

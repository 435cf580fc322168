# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers of a confd: how they are read, and how one is moved or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dialplan.extensions import Extension, Numbers
from ...errors import RequestError

if TYPE_CHECKING:
    import typing as t

    from ...kinds.state import State
    from .server import ConfdServer


class ConfdNumbers(Numbers):
    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    @property
    def confd(self) -> ConfdServer:
        confd: ConfdServer = self.state.server.confd
        return confd

    def unowned(self, exten: str | None, context: str | None) -> Extension | None:
        """Return a number that exists and is nobody's, None if it does not exist. Raises RequestError if it is
        somebody's."""
        found = self.at(exten, context) if exten and context else None
        owner = self.hidden_owner(found) if found is not None else None
        if owner is not None:
            raise RequestError(f"The extension {exten} is taken by {owner}.")
        return found

    def delete(self, identity: t.Any, exten: str | None, what: str = "the extension") -> None:
        self.confd.request("DELETE", f"/extensions/{identity}")
        self.state.done.append(f"delete {what} {exten}")
        self.gone(identity)

    def clear(self, exten: str | None, context: str | None, what: str = "the extension") -> None:
        """Delete a number that is nobody's, so that another can take its place."""
        there = self.unowned(exten, context)
        if there is not None:
            self.delete(there.id, exten, what)

    def move(self, identity: t.Any, exten: str, context: str, owner: str) -> None:
        """Make another number of one."""
        self.clear(exten, context)
        self.confd.request("PUT", f"/extensions/{identity}", {"exten": exten, "context": context})
        self.state.done.append(f"change the number to {exten}")
        self.taken(identity, exten, context, owner)

    def taken(self, identity: t.Any, exten: str, context: str, owner: str) -> None:
        """Note whose a number is since a write."""
        if not self.is_read:
            self.confd.unread("/extensions")
        self.written(Extension(identity, exten, context, owner))

    def gone(self, identity: t.Any) -> None:
        if not self.is_read:
            self.confd.unread("/extensions")
        super().gone(identity)

    def moved(self, before: tuple[str | None, str | None], after: tuple[str | None, str | None], owner: str) -> None:
        """Note that a server took a number away from an owner, and gave it another one, by itself: number and context,
        before and after."""
        if not self.is_read:
            self.confd.unread("/extensions")
            return
        if before != after:
            there = self.at(before[0] or "", before[1] or "")
            if there is not None:
                self.gone(there.id)
        if after[0] and after[1] and self.at(after[0], after[1]) is None:
            # Its id is not told; nobody asks for it before the numbers are read again.
            self.written(Extension(after, after[0], after[1], owner))

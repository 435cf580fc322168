# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every resource of a confd is read and written by: lists that are read once, and writes that are noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...kinds.base import D, R, Service

if TYPE_CHECKING:
    import typing as t

    from ...kinds.state import State
    from .server import ConfdServer


class ConfdService(Service[R, D]):
    """A kind on a confd; on a XiVO with a web service, on the xivo-confd beside it."""

    def __init__(self, server: t.Any, state: State) -> None:
        super().__init__(server, state)
        self.confd: ConfdServer = server.confd

    def items(self, path: str, **params: str) -> list[dict[str, t.Any]]:
        return self.confd.listed(path, **params)

    def write(
        self, text: str, method: str, path: str, body: t.Any = None, params: t.Mapping[str, str] | None = None
    ) -> t.Any:
        """Make one write and return the body of its answer; ``text`` says what it does."""
        answer = self.confd.request(method, path, body, params)
        self.state.done.append(text)
        return answer.body

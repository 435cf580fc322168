# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contexts of a Wazo, with their includes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dialplan.contexts import NAMES_MADE
from ...errors import must
from ..confd.contexts import ConfdContexts

if TYPE_CHECKING:
    import typing as t

    from ..contexts import ContextChange
    from .server import WazoServer


class WazoContexts(ConfdContexts):
    server: WazoServer

    def taken(self, names: t.Collection[str]) -> set[str]:
        if self.server.names == NAMES_MADE:
            return set()
        params = {"name": next(iter(names))} if len(names) == 1 else {}
        found = {item["name"] for item in self.server.elsewhere("/contexts", params)} & set(names)
        # None of the own tenant was among the names; but another run may have made one there since.
        return found - {context.name for context in self.server.list_contexts()} if found else found

    def include(self, change: ContextChange) -> None:
        there = self.state.directory.by_name
        ids = [
            change.needs[name].id if name in change.needs else there[name].id
            for name in must(change.after).includes
            if name in change.needs or name in there
        ]
        self.server.request("PUT", f"/contexts/{change.id}/contexts", {"contexts": [{"id": one} for one in ids]})

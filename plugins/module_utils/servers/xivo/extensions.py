# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers of a XiVO: its xivo-confd tells whose some are, its web service of groups, rooms and queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dialplan.extensions import Extension
from ..confd.extensions import ConfdNumbers
from ..confd.server import owner_of

if TYPE_CHECKING:
    import typing as t


class XivoNumbers(ConfdNumbers):
    """The numbers of groups, rooms and queues look free to xivo-confd, and changing one leaves its owner with the
    old."""

    def listed(self) -> t.Iterable[Extension]:
        server, confd = self.state.server, self.confd
        found = []
        directory: dict[tuple[str, str], str] = {}
        users = confd.listed("/users")
        if not (users and "lines" in users[0]):  # the fork embeds nothing
            for entry in confd.listed("/users", view="directory"):
                name = " ".join(part for part in (entry["firstname"], entry["lastname"]) if part)
                directory[(entry["exten"], entry["context"])] = f"the user {name}"
        others: dict[tuple[str, str], str] | None = None
        for item in confd.listed("/extensions"):
            key = (item["exten"], item["context"])
            owner = owner_of(item)[1] or directory.get(key)
            if not owner and server.has_webservice:
                # Also 16.15 shows no rooms and no queues.
                if others is None:
                    others = server.owners_of_numbers()
                owner = others.get(key)
            found.append(Extension(item["id"], item["exten"], item["context"], owner or None))
        return found

    def hidden_owner(self, extension: Extension) -> str | None:
        """Its lines are asked for, since only main lines show, and the web service must have been asked."""
        if extension.owner is not None:
            return extension.owner
        if self.confd.items(f"/extensions/{extension.id}/lines"):
            return "another line"
        if not self.state.server.has_webservice and not self._shows_owners:
            return "somebody that xivo-confd does not show; set webservices_url, which does"
        return None

    @property
    def _shows_owners(self) -> bool:
        """Whether an extension shows the group that has it (16.15)."""
        extensions = self.confd.listed("/extensions")
        return bool(extensions) and "group" in extensions[0]

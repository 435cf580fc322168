# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers of a Wazo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dialplan.extensions import Extension
from ..confd.extensions import ConfdNumbers
from ..confd.server import owner_of

if TYPE_CHECKING:
    import typing as t


class WazoNumbers(ConfdNumbers):
    def listed(self) -> t.Iterable[Extension]:
        return [
            Extension(item["id"], item["exten"], item["context"], owner_of(item)[1] or None)
            for item in self.confd.listed("/extensions")
        ]

    def hidden_owner(self, extension: Extension) -> str | None:
        """A line is named for its user, and a group by its label: their own names are made by the server."""
        return self.confd.in_words(extension.owner, extension.exten, extension.context) if extension.owner else None

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conference rooms of a confd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...kinds.conferences import Conference, ConferenceDeclaration
from .with_number import ConfdWithNumber

if TYPE_CHECKING:
    import typing as t


class ConfdConferences(ConfdWithNumber[Conference, ConferenceDeclaration]):
    noun = ConferenceDeclaration.noun
    path = "/conferences"

    def resource_of(self, item: t.Mapping[str, t.Any]) -> Conference:
        return Conference(item["name"] or "", pin=item["pin"] or "")

    def body(self, before: Conference | None, after: Conference) -> dict[str, t.Any]:
        body: dict[str, t.Any] = {} if before else {"name": after.name}
        if after.pin != (before.pin if before else ""):
            body["pin"] = after.pin or None
        return body

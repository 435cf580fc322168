# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Incoming calls, which are the same on every confd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import must
from ...kinds.incalls import Destination, Incall, IncallDeclaration
from .with_number import ConfdWithNumber

if TYPE_CHECKING:
    import typing as t

    from ...kinds.base import Change


class ConfdIncalls(ConfdWithNumber[Incall, IncallDeclaration]):
    noun = IncallDeclaration.noun
    path = "/incalls"

    def resource_of(self, item: t.Mapping[str, t.Any]) -> Incall:
        return Incall(destination=_destination_of(item["destination"]))

    def body(self, before: Incall | None, after: Incall) -> dict[str, t.Any]:
        old, new = before.destination if before else None, must(after.destination)
        if old and old.key == new.key:
            return {}
        return {"destination": {"type": new.type, new.type + "_id": new.id}}

    def create(self, change: Change[Incall, IncallDeclaration]) -> None:
        after = must(change.after)
        # The number first, for only by it is an incoming call found again by a run that finishes what was cut off.
        identity = self.make_number(after)
        # What a run made that was cut off before it had a number.
        left = next((there for kind, there in change.takes if kind == "incall"), None)
        if left is None:
            left = self.write("make the incoming call", "POST", self.path, self.body(None, after))["id"]
            change.made = left
        path = f"{self.path}/{left}/extensions/{identity}"
        self.write(f"give it the number {after.exten}", "PUT", path)
        self.numbers.taken(identity, must(after.exten), must(after.context), "another incoming call")

    def delete(self, change: Change[Incall, IncallDeclaration]) -> None:
        if change.declared.purged:
            # What is left where that is cut off, another purge finds.
            super().delete(change)
            return
        self.remove_leftover(change)
        before = change.before
        if before is None:
            return
        # The number last, for by it an incoming call is declared: a run that finishes what was cut off finds it so.
        self.write("delete the incoming call", "DELETE", f"{self.path}/{self.key(before)}")
        if before.extension_id is not None:
            self.numbers.delete(before.extension_id, before.exten)


def _destination_of(item: t.Mapping[str, t.Any]) -> Destination:
    kind = item["type"]
    name = item.get(f"{kind}_label") or item.get(f"{kind}_name")
    if kind == "user":
        name = " ".join(item[key] for key in ("user_firstname", "user_lastname") if item.get(key))
    return Destination(kind, item.get(kind + "_id"), name or None)

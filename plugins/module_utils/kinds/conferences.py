# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conference rooms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..dialplan.numbers import is_number
from .base import text_or_none
from .users import UPDATE_PASSWORD
from .with_number import WithNumber, WithNumberDeclaration, WithNumberKind, WithNumberPlanner

if TYPE_CHECKING:
    import typing as t

    from .base import Change, Options, Spec


@dataclass(frozen=True)
class Conference(WithNumber):
    pin: str = ""


class ConferenceDeclaration(WithNumberDeclaration):
    noun = "conference room"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.pin = text_or_none(options.get("pin"))
        self.always_password = options.get("update_password") == "always"

    def problems(self) -> list[str]:
        found = super().problems()
        if self.pin and not is_number(self.pin):
            found.append(f"The pin of {self.text} may hold the digits 0 to 9 only.")
        return found


class ConferenceKind(WithNumberKind[Conference, ConferenceDeclaration]):
    name, plural, noun = "conference", "conferences", ConferenceDeclaration.noun
    range_kind = "conference_room"

    def options(self) -> Spec:
        return {**super().options(), "pin": {"type": "str", "no_log": True}, "update_password": UPDATE_PASSWORD}

    def declare(self, options: Options) -> ConferenceDeclaration:
        return ConferenceDeclaration(options)

    def words(self, resource: Conference) -> Options:
        return {"name": resource.name}

    def new(self, name: str) -> Conference:
        return Conference(name)

    def over(
        self,
        planner: WithNumberPlanner[Conference, ConferenceDeclaration],
        one: ConferenceDeclaration,
        before: Conference | None,
        after: Conference,
    ) -> Conference:
        return replace(after, pin=one.pin) if one.pin is not None and (before is None or one.always_password) else after

    def values(self, resource: Conference) -> dict[str, t.Any]:
        return {**super().values(resource), "pin": resource.pin}

    def complete(
        self, again: Change[Conference, ConferenceDeclaration], change: Change[Conference, ConferenceDeclaration]
    ) -> None:
        # A pin that was to be set with it: it is there now, and would stay as it is.
        if again.after is not None and change.after is not None:
            again.after = replace(again.after, pin=change.after.pin)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the makers of the recordings did by SQL in between, before the exchange that is named."""

from __future__ import annotations

from tests.simulator.xivo.database import Context, Database, Member, Numbers


class RecordingSteps:
    def __init__(self) -> None:
        self._taken_out: list[Context] = []

    def before(self, database: Database, recording: str, case: str) -> None:
        if recording != "xivo-webservices-2018.02":
            return
        if case == "rest-made.view":
            database.add_context("rrest", "Rest", "internal")
            database.numbers.append(Numbers("rrest", "user", "100", "199"))
        elif case == "member.view":
            database.members += [Member(name, "queue", "1", "context") for name in ("rj", "ra")]
        elif case == "list.empty":
            self._taken_out, database.contexts = database.contexts, []
        elif case == "add.live-reload-off":
            # They came back in another order: the rows that had been on the first page of the table were the last.
            first = [context.name for context in self._taken_out].index("rh")
            database.contexts = self._taken_out[first:] + self._taken_out[:first]

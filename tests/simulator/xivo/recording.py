# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the makers of the recordings did by SQL in between, before the exchange that is named."""

from __future__ import annotations

from tests.simulator.xivo.database import Context, Database, Member, Numbers

Ranges = tuple[tuple[str, str, str], ...]
STAFF: Ranges = (
    ("user", "2000", "2099"),
    ("group", "2100", "2119"),
    ("queue", "2120", "2139"),
    ("meetme", "2140", "2159"),
)
# Contexts that were made before an exchange of the recordings of people: name, label, type and ranges.
CONTEXTS: dict[str, tuple[tuple[str, str, str, Ranges], ...]] = {
    "exists.users": (
        ("staff", "Staff", "internal", STAFF),
        ("staff2", "Staff2", "internal", (("user", "3000", "3099"),)),
        ("noranges", "No ranges", "internal", ()),
        ("svc", "Services", "services", (("user", "6000", "6099"),)),
        ("oth", "Others", "others", (("user", "5000", "5099"),)),
    ),
    "bulk.import-300": (("bulk", "Bulk", "internal", (("user", "40000", "40999"),)),),
}


class RecordingSteps:
    def __init__(self) -> None:
        self._taken_out: list[Context] = []

    def before(self, database: Database, recording: str, case: str) -> None:
        if recording.startswith("people-xivo-confd"):
            for name, label, contexttype, ranges in CONTEXTS.get(case, ()):
                database.add_context(name, label, contexttype)
                database.numbers += [Numbers(name, kind, start, end) for kind, start, end in ranges]
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

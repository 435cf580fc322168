# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/incalls``: where a call from outside goes."""

from __future__ import annotations

from typing import Any

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Created, Listing, input_error
from tests.simulator.xivo.database import Row
from tests.simulator.xivo.python2 import Str
from tests.simulator.xivo.resources import Resource
from tests.simulator.xivo.schema import Field, Invalid, Schema

# The kinds of destinations that are simulated, each with the name of its id, the resource in messages and its table.
DESTINATIONS = {
    "user": ("user_id", "User", "users"),
    "group": ("group_id", "Group", "groups"),
    "queue": ("queue_id", "Queue", "queues"),
    "conference": ("conference_id", "Conference", "meetme"),
    "voicemail": ("voicemail_id", "Voicemail", "voicemails"),
}
TIMED = ("user", "group", "queue")


def destination(value: Any) -> Row:
    if not isinstance(value, dict) or "type" not in value:
        raise Invalid({Str("type"): ["Missing data for required field."]})
    if value["type"] == "none":
        return {"type": "none"}
    if value["type"] not in DESTINATIONS:
        raise Invalid({Str("type"): ["Not a valid choice."]})
    name = DESTINATIONS[value["type"]][0]
    fields = {name: Field(schema.integer, required=True)}
    if value["type"] in TIMED:
        fields["ring_time"] = Field(schema.integer, null=True)
    return {"type": value["type"], **dict.fromkeys(fields), **schema.load(fields, value)}


TEXT = Field(schema.string, null=True)
PUT: Schema = {
    "destination": Field(destination),
    "preprocess_subroutine": TEXT,
    "caller_id_mode": TEXT,
    "caller_id_name": TEXT,
    "description": TEXT,
}


class Incalls(Resource):
    path = "incalls"
    title = "Incall"
    listing = Listing(("id", "description"))

    def create(self) -> Created:
        # Left out, the destination is looked into all the same.
        values = self.confd.body({**PUT, "destination": Field(destination, required=True, missing={})})
        self._check(values)
        return self.add({**dict.fromkeys(PUT), **values})

    def edit(self, number: int) -> None:
        incall = self.find(number)
        values = self.confd.body(PUT, partial=True)
        self._check(values)
        incall |= values

    def delete(self, number: int) -> None:
        self.find(number)
        if extension := self.database.extension_of("incall", number):
            extension |= {"_type": "user", "_typeval": "0"}
        del self.rows[number]

    def _check(self, values: Row) -> None:
        kind = values.get("destination", {}).get("type", "none")
        if kind != "none":
            name, title, table = DESTINATIONS[kind]
            number = values["destination"][name]
            if number not in self.database.rows(table):
                raise input_error(f"field 'actionarg1': {title} was not found ('actionarg1': {number})")

    def shown(self, row: Row) -> Row:
        shown = super().shown(row)
        if self.community:
            shown["destination"] = {**row["destination"], **self._named(row["destination"])}
        return shown

    def _named(self, target: Row) -> Row:
        """16.15 tells the names of what is called, as long as it exists."""
        if target["type"] == "none":
            return {}
        name, _title, table = DESTINATIONS[target["type"]]
        row = self.database.rows(table).get(target[name])
        if row is None:
            return {}
        if target["type"] == "user":
            return {f"user_{part}": row[part] for part in ("firstname", "lastname")}
        return {f"{target['type']}_name": row["name"]}

    def associated(self, row: Row) -> Row:
        extension = self.database.extension_of("incall", row["id"])
        return {"extensions": [self.people.extensions.number(extension)] if extension else []}

    def to(self, kind: str, number: int) -> list[Row]:
        """The incalls that go to one user, group …, as these show them."""
        return [
            {"id": row["id"], **self.associated(row), "links": self.links(row["id"])}
            for row in self.rows.values()
            if row["destination"]["type"] == kind and row["destination"][DESTINATIONS[kind][0]] == number
        ]

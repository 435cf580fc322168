# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/groups``, which only 16.15 has; their rows are those of the web services too."""

from __future__ import annotations

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Created, Listing, resource_error
from tests.simulator.xivo.database import Row
from tests.simulator.xivo.resources import Resource
from tests.simulator.xivo.schema import Field, Schema

TEXT = Field(schema.string, null=True)
TIME = Field(schema.integer, null=True, checks=(schema.least(0),))
FLAG = Field(schema.boolean)
DEFAULTS: Row = {
    **dict.fromkeys(("preprocess_subroutine", "caller_id_mode", "caller_id_name", "timeout", "music_on_hold")),
    "ring_strategy": "all",
    "user_timeout": 15,
    "retry_delay": 5,
    "ring_in_use": True,
    "enabled": True,
}
SCHEMA: Schema = {
    "name": Field(schema.string, required=True, checks=(schema.longest(128),)),
    "preprocess_subroutine": TEXT,
    "ring_strategy": Field(schema.string),
    "caller_id_mode": TEXT,
    "caller_id_name": TEXT,
    "timeout": TIME,
    "user_timeout": TIME,
    "retry_delay": TIME,
    "music_on_hold": TEXT,
    "ring_in_use": FLAG,
    "enabled": FLAG,
}


class Groups(Resource):
    path = "groups"
    title = "Group"
    listing = Listing(("id", "name", "preprocess_subroutine"), order="name")

    def create(self) -> Created:
        values = self.confd.body(SCHEMA)
        self._check(values)
        return self.add({**new_group(values["name"]), **values})

    def edit(self, number: int) -> None:
        group = self.find(number)
        values = self.confd.body(SCHEMA, partial=True)
        self._check(values, group)
        group |= values

    def delete(self, number: int) -> None:
        self.find(number)
        if extension := self.database.extension_of("group", number):
            extension |= {"_type": "user", "_typeval": "0"}
        del self.rows[number]

    def _check(self, values: Row, group: Row | None = None) -> None:
        if any(row["name"] == values.get("name") for row in self.rows.values() if row is not group):
            raise resource_error("Group already exists", name=values["name"])

    def associated(self, row: Row) -> Row:
        extension = self.database.extension_of("group", row["id"])
        users = self.people.users
        return {
            "extensions": [self.people.extensions.number(extension)] if extension else [],
            "incalls": self.people.incalls.to("group", row["id"]),
            "members": {"users": [users.brief(user, "uuid", "firstname", "lastname") for user in row["_members"]]},
        }


def new_group(name: str) -> Row:
    """The row of a group; the number and the context are what the web services show."""
    return {"name": name, **DEFAULTS, "_number": None, "_context": None, "_members": []}

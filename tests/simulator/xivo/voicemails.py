# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/voicemails``."""

from __future__ import annotations

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Created, Listing, input_error, resource_error
from tests.simulator.xivo.database import Row
from tests.simulator.xivo.resources import Resource, ids
from tests.simulator.xivo.schema import Field, Schema
from tests.simulator.xivo.users import FLAG, LANGUAGE

SHORT = Field(schema.string, null=True, checks=(schema.longest(80),))
DEFAULTS: Row = {
    **dict.fromkeys(("password", "email", "language", "timezone", "pager", "max_messages", "attach_audio")),
    "delete_messages": False,
    "ask_password": True,
    "enabled": True,
    "options": [],
}
POST: Schema = {
    "name": Field(schema.string, required=True, checks=(schema.longest(80),)),
    "number": Field(schema.string, required=True, checks=(schema.pattern(r"[0-9]+$"),)),
    "context": Field(schema.string, required=True),
    "password": Field(schema.string, null=True, checks=(schema.pattern(r"[0-9]+$"),)),
    "email": SHORT,
    "language": LANGUAGE,
    "timezone": Field(schema.string, null=True),
    "pager": SHORT,
    "max_messages": Field(schema.integer, null=True),
    "attach_audio": FLAG,
    "delete_messages": FLAG,
    "ask_password": FLAG,
    "enabled": FLAG,
    "options": Field(schema.pairs),
}
PUT = schema.not_null(POST, "delete_messages", "ask_password", "enabled")
# A zone is one of the voicemail's own, not of the tz database.
ZONES = ("eu-fr",)


class Voicemails(Resource):
    path = "voicemails"
    title = "Voicemail"
    listing = Listing(("number", "context", "name", "email"), order="number")

    def create(self) -> Created:
        values = self.confd.body(POST)
        self._check(values)
        key = {name: values[name] for name in ("name", "number", "context")}
        given = {name: values[name] for name in DEFAULTS if values.get(name) is not None}
        return self.add({**key, **DEFAULTS, **given})

    def edit(self, number: int) -> None:
        voicemail = self.find(number)
        values = self.confd.body(PUT, partial=True)
        self._check({**voicemail, **values}, voicemail)
        voicemail |= values

    def delete(self, number: int) -> None:
        voicemail = self.find(number)
        if users := self.users(number):
            raise resource_error("Voicemail is associated with a User", voicemail_id=number, user_ids=ids(users))
        self.context_type(voicemail["context"])
        del self.rows[number]

    def users(self, number: int) -> list[int]:
        return [user["id"] for user in self.people.users.rows.values() if user["_voicemail"] == number]

    def _check(self, values: Row, voicemail: Row | None = None) -> None:
        key = {name: values[name] for name in ("number", "context")}
        self.context_type(values["context"])
        if any({name: row[name] for name in key} == key for row in self.rows.values() if row is not voicemail):
            raise resource_error("Voicemail already exists", **key)
        zone = values.get("timezone")
        if zone is not None and zone not in ZONES:
            raise input_error(f"field 'timezone': Timezone was not found ('timezone': u'{zone}')")

    def embedded(self, row: Row) -> Row:
        users = self.users(row["id"])
        return {"users": [self.people.users.brief(user, "uuid", "firstname", "lastname") for user in users]}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/users``, with their views and the export."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import flask
from werkzeug.routing import Rule

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Created, Listing, input_error, not_found, resource_error
from tests.simulator.xivo.database import Row
from tests.simulator.xivo.resources import Resource
from tests.simulator.xivo.schema import Field, Schema

TEXT = Field(schema.string, null=True)
NAME = Field(schema.string, null=True, checks=(schema.longest(128),))
FLAG = Field(schema.boolean, null=True)
LANGUAGE = Field(schema.string, null=True, checks=(schema.pattern(r"[a-z]{2}_[A-Z]{2}$"),))
CREDENTIAL = r"[a-zA-Z0-9\-._~!$&'()*+,;=%]"

# What a user is when only the first name is given.
DEFAULTS: Row = {
    **dict.fromkeys(("lastname", "email", "timezone", "language", "description", "caller_id", "outgoing_caller_id")),
    **dict.fromkeys(("mobile_phone_number", "username", "password", "music_on_hold", "preprocess_subroutine")),
    "userfield": None,
    "call_transfer_enabled": False,
    "dtmf_hangup_enabled": False,
    "call_record_enabled": False,
    "online_call_record_enabled": False,
    "supervision_enabled": True,
    "ring_seconds": 30,
    "simultaneous_calls": 5,
    "call_permission_password": None,
    "enabled": True,
}
POST: Schema = {
    "firstname": Field(schema.string, required=True, checks=(schema.longest(128),)),
    **{name: FLAG if isinstance(value, bool) else TEXT for name, value in DEFAULTS.items()},
    "lastname": NAME,
    "email": Field(schema.string, null=True, checks=(schema.longest(254),)),
    "language": LANGUAGE,
    "caller_id": Field(schema.string, null=True, checks=(schema.pattern(r'"[^"]*"( <\+?[0-9]+>)?$'),)),
    "mobile_phone_number": Field(schema.string, null=True, checks=(schema.pattern(r"\+?[0-9*#]+$"),)),
    "username": Field(schema.string, null=True, checks=(schema.pattern(CREDENTIAL + r"{2,254}$"),)),
    "password": Field(schema.string, null=True, checks=(schema.pattern(CREDENTIAL + r"{4,64}$"),)),
    "ring_seconds": Field(schema.integer, null=True, checks=(schema.between(0, 60),)),
    "simultaneous_calls": Field(schema.integer, null=True, checks=(schema.between(1, 20),)),
    "call_permission_password": Field(schema.string, null=True, checks=(schema.pattern(r"[0-9*#]{1,16}$"),)),
}
PUT = schema.not_null(POST, *(name for name, value in DEFAULTS.items() if value is not None), "caller_id")

# The columns by which users are filtered and ordered; all but the first come from what is associated with them.
COLUMNS = (
    *("id", "uuid", "firstname", "lastname", "email", "mobile_phone_number", "userfield", "description"),
    *("music_on_hold", "outgoing_caller_id", "enabled"),
    *("exten", "extension", "context", "voicemail_number", "provisioning_code", "entity"),
)
SEARCHED = ("full_name", "firstname", "lastname", "email", "mobile_phone_number", "userfield", "description", "exten")
VIEWS = {
    "directory": (
        *("id", "uuid", "line_id", "agent_id", "firstname", "lastname", "email", "exten", "context"),
        *("voicemail_number", "mobile_phone_number", "userfield", "description"),
    ),
    "summary": (
        *("id", "uuid", "firstname", "lastname", "email", "extension", "context", "provisioning_code"),
        *("protocol", "entity", "enabled"),
    ),
}
EXPORTED = (
    *("uuid", "entity_id", "firstname", "lastname", "email", "mobile_phone_number", "outgoing_caller_id", "language"),
    *("call_permission_password", "enabled", "ring_seconds", "simultaneous_calls", "supervision_enabled"),
    *("call_transfer_enabled", "dtmf_hangup_enabled", "call_record_enabled", "online_call_record_enabled"),
    *("userfield", "username", "password", "cti_profile_name", "cti_profile_enabled"),
    *("voicemail_name", "voicemail_number", "voicemail_context", "voicemail_password", "voicemail_email"),
    *("voicemail_attach_audio", "voicemail_delete_messages", "voicemail_ask_password"),
    *("line_protocol", "provisioning_code", "context", "sip_username", "sip_secret", "exten"),
    *("incall_exten", "incall_context", "call_permissions"),
)


class Users(Resource):
    path = "users"
    title = "User"
    listing = Listing(COLUMNS, order="lastname", search=SEARCHED, booleans=("enabled",))

    def rules(self) -> Iterable[Rule]:
        yield from super().rules()
        yield Rule("/users/<uuid:number>", endpoint=self.get, methods=["GET"])
        yield Rule("/users/<uuid:number>", endpoint=self.edit, methods=["PUT"])
        yield Rule("/users/<uuid:number>", endpoint=self.delete, methods=["DELETE"])
        yield Rule("/users/export", endpoint=self.export, methods=["GET"])

    def find(self, number: int | uuid.UUID) -> Row:
        if isinstance(number, int):
            return super().find(number)
        for row in self.rows.values():
            if row["uuid"] == str(number):
                return row
        raise not_found(self.title, id=number)

    def collection(self) -> Row:
        view = flask.request.args.get("view")
        if view is None:
            return super().collection()
        if view not in VIEWS:
            raise input_error(f"view '{view}' does not exist")
        total, page = self.listing.find(self.rows.values(), self.value, self.bad_filter)
        items = [{name: self.value(row, name) for name in VIEWS[view]} for row in page]
        return {"total": total, "items": items}

    def value(self, row: Row, name: str) -> Any:
        line = self.main_line(row["id"])
        if name in ("exten", "extension", "context"):
            extension = line and self.people.extensions.rows.get(line["_extension"])
            if not extension or extension["commented"]:  # one that is commented out is as good as none
                return None
            return extension["context" if name == "context" else "exten"]
        if name in ("protocol", "provisioning_code"):
            return line and line[name]
        if name == "line_id":
            return line and line["id"]
        if name == "voicemail_number":
            voicemail = self.people.voicemails.rows.get(row["_voicemail"])
            return voicemail and voicemail["number"]
        if name == "full_name":
            return f"{row['firstname']} {row['lastname'] or ''}"
        if name == "entity":
            return next((entity.name for entity in self.database.entities if entity.id == row["_entity"]), None)
        return row.get(name)

    def main_line(self, user: int) -> Row | None:
        for link in self.database.user_lines:
            if link.user_id == user and link.main_line:
                return self.people.lines.rows[link.line_id]
        return None

    def create(self) -> Created:
        values = self.confd.body(POST)
        self._unique(values)
        given = {name: value for name, value in values.items() if value is not None}
        user = {"firstname": None, **DEFAULTS, **given}
        user["lastname"] = user["lastname"] or None
        user["caller_id"] = user["caller_id"] or f'"{full_name(user)}"'
        entity = min((entity.id for entity in self.database.entities), default=None)
        return self.add({"uuid": str(uuid.uuid4()), **user, "_entity": entity, "_voicemail": None})

    def edit(self, number: int | uuid.UUID) -> None:
        user = self.find(number)
        values = self.confd.body(PUT, partial=True)
        self._unique(values, user)
        user |= values
        user["lastname"] = user["lastname"] or None
        # Whatever was changed, these are written again.
        if user["_voicemail"]:
            self.people.voicemails.rows[user["_voicemail"]]["name"] = full_name(user)
        for link in self.database.user_lines:
            if link.user_id == user["id"]:
                self.people.lines.write_again(self.people.lines.rows[link.line_id])

    def delete(self, number: int | uuid.UUID) -> None:
        user = self.find(number)
        if user["_voicemail"]:
            raise resource_error(
                "User is associated with a Voicemail", voicemail_id=user["_voicemail"], user_id=user["id"]
            )
        lines = tuple(link.line_id for link in self.database.user_lines if link.user_id == user["id"])
        if lines:
            raise resource_error("User is associated with a Line", line_ids=lines)
        self.database.leave_groups(user["id"])
        del self.rows[user["id"]]

    def _unique(self, values: Row, user: Row | None = None) -> None:
        for name in ("email", "username"):
            if values.get(name) is not None and any(
                row[name] == values[name] for row in self.rows.values() if row is not user
            ):
                raise resource_error("User already exists", **{name: values[name]})

    def embedded(self, row: Row) -> Row:
        links = [link for link in self.database.user_lines if link.user_id == row["id"]]
        lines = [self.people.lines.rows[link.line_id] for link in sorted(links, key=lambda link: not link.main_line)]
        groups = [group["id"] for group in self.people.groups.rows.values() if row["id"] in group["_members"]]
        return {
            "groups": [self.people.groups.brief(group, "id", "name") for group in groups],
            "incalls": self.people.incalls.to("user", row["id"]),
            "lines": [self.people.lines.of_user(line) for line in lines],
            "forwards": {
                name: {"enabled": False, "destination": None} for name in ("busy", "noanswer", "unconditional")
            },
            "services": {name: {"enabled": False} for name in ("dnd", "incallfilter")},
            "voicemail": row["_voicemail"] and self.people.voicemails.brief(row["_voicemail"], "id", "name"),
        }

    def export(self) -> Row:
        """Everything about everybody, passwords too, whatever format is asked for; all values are texts."""
        return {"headers": list(EXPORTED), "content": [self._exported(row) for row in self.rows.values()]}

    def _exported(self, row: Row) -> dict[str, str]:
        line: Row = self.main_line(row["id"]) or {"_sip": None}
        sip: Row = self.people.sip.rows.get(line["_sip"], {})
        voicemail: Row = self.people.voicemails.rows.get(row["_voicemail"], {})
        mailbox = (name for name in EXPORTED if name.startswith("voicemail_"))
        values = {
            **row,
            **{name: self.value(row, name) for name in ("exten", "context", "provisioning_code")},
            **{name: voicemail.get(name.removeprefix("voicemail_")) for name in mailbox},
            "entity_id": row["_entity"],
            "line_protocol": line.get("protocol"),
            "sip_username": sip.get("username"),
            "sip_secret": sip.get("secret"),
            "cti_profile_enabled": False,
        }
        for incall in self.people.incalls.to("user", row["id"]):
            for extension in incall["extensions"]:
                values |= {"incall_exten": extension["exten"], "incall_context": extension["context"]}
        return {name: _text(values.get(name)) for name in EXPORTED}


def full_name(user: Row) -> str:
    return " ".join(filter(None, (user["firstname"], user["lastname"])))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's resources that use a context: extensions, lines, users, SIP endpoints, voicemails, trunks.

As much of them as decides what may be done with a context: they can be made, shown, listed and put together, and an
extension or a voicemail can be deleted. To change them is not there yet.
"""

from __future__ import annotations

import secrets
import string
import uuid
from collections.abc import Iterable
from typing import Any

from werkzeug.routing import Rule

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import (
    Confd,
    Created,
    Listing,
    input_error,
    not_found,
    resource_error,
    unexpected,
    unknown_context,
)
from tests.simulator.xivo.python2 import Str
from tests.simulator.xivo.schema import Field, Schema

Row = dict[str, Any]

TEXT = Field(schema.string, null=True)
NAME = Field(schema.string, null=True, checks=(schema.longest(128),))
SHORT = Field(schema.string, null=True, checks=(schema.longest(80),))
DIGITS = Field(schema.string, null=True, checks=(schema.pattern(r"[0-9]+$"),))
LANGUAGE = Field(schema.string, null=True, checks=(schema.pattern(r"[a-z]{2}_[A-Z]{2}$"),))
CALLER_ID = Field(schema.string, null=True, checks=(schema.pattern(r'"[^"]*"( <\+?[0-9]+>)?$'),))
FLAG = Field(schema.boolean, null=True)
NUMBER = Field(schema.integer, null=True)
CONTEXT = Field(schema.string, required=True)

# What a user is when only the first name is given, and what his fields take.
USER_DEFAULTS = {
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
USER: Schema = {
    "firstname": Field(schema.string, required=True, checks=(schema.longest(128),)),
    **{name: FLAG if isinstance(value, bool) else TEXT for name, value in USER_DEFAULTS.items()},
    "lastname": NAME,
    "language": LANGUAGE,
    "caller_id": CALLER_ID,
    "ring_seconds": NUMBER,
    "simultaneous_calls": NUMBER,
}
LINE: Schema = {"context": CONTEXT, "provisioning_code": DIGITS, "position": NUMBER}
SIP: Schema = {"username": TEXT, "secret": TEXT}
SIP_OPTIONS = [["call-limit", "10"], ["subscribemwi", "no"], ["amaflags", "default"], ["regseconds", "0"]]
EXTENSION: Schema = {
    "exten": Field(schema.string, required=True, checks=(schema.pattern(r"_?[0-9NXZ*#+\[\].!-]+$"),)),
    "context": CONTEXT,
    "commented": FLAG,
}
VOICEMAIL: Schema = {
    "name": Field(schema.string, required=True, checks=(schema.longest(80),)),
    "number": Field(schema.string, required=True, checks=(schema.pattern(r"[0-9]+$"),)),
    "context": CONTEXT,
    "password": DIGITS,
    "email": SHORT,
    "language": LANGUAGE,
    "timezone": TEXT,
    "pager": SHORT,
    "max_messages": NUMBER,
    "attach_audio": FLAG,
    "delete_messages": FLAG,
    "ask_password": FLAG,
    "enabled": FLAG,
}
TRUNK: Schema = {"context": Field(schema.string, null=True)}

# The resources by path: the name in messages, and the columns that are searched, filtered and ordered by; the first is
# the default order.
RESOURCES = {
    "users": ("User", ("lastname", "firstname", "id", "uuid", "email", "mobile_phone_number", "userfield")),
    "lines": ("Line", ("name", "context", "provisioning_code", "protocol", "position", "device_id")),
    "extensions": ("Extension", ("exten", "context")),
    "endpoints/sip": ("SIPEndpoint", ("username", "type")),
    "voicemails": ("Voicemail", ("number", "context", "name", "email")),
    "trunks": ("Trunk", ("id", "context")),
    "incalls": ("Incall", ("id",)),
    "outcalls": ("Outcall", ("name", "description", "id")),
}


class People:
    def __init__(self, confd: Confd, embed: bool) -> None:
        self.confd = confd
        self.embed = embed  # show associated resources inside each other

    def rules(self) -> Iterable[Rule]:
        for path in RESOURCES:
            yield Rule(f"/{path}", endpoint=lambda path=path: self.collection(path), methods=["GET"])
            yield Rule(
                f"/{path}/<int:number>",
                endpoint=lambda number, path=path: self.shown(path, self.find(path, number)),
                methods=["GET"],
            )
        for path, create in (
            ("users", self.create_user),
            ("lines", self.create_line),
            ("endpoints/sip", self.create_sip),
            ("extensions", self.create_extension),
            ("voicemails", self.create_voicemail),
            ("trunks", self.create_trunk),
        ):
            yield Rule(f"/{path}", endpoint=create, methods=["POST"])
        yield Rule("/extensions/<int:number>", endpoint=self.delete_extension, methods=["DELETE"])
        yield Rule("/voicemails/<int:number>", endpoint=self.delete_voicemail, methods=["DELETE"])
        yield Rule("/lines/<int:line>/endpoints/sip/<int:sip>", endpoint=self.associate_sip, methods=["PUT"])
        yield Rule("/lines/<int:line>/extensions/<int:extension>", endpoint=self.associate_extension, methods=["PUT"])
        yield Rule("/users/<int:user>/lines/<int:line>", endpoint=self.associate_line, methods=["PUT"])
        yield Rule("/users/<int:user>/voicemails/<int:voicemail>", endpoint=self.associate_voicemail, methods=["PUT"])

    # Showing

    def find(self, path: str, number: int) -> Row:
        row = self.confd.database.rows(path).get(number)
        if row is None:
            raise not_found(RESOURCES[path][0], id=number)
        return row

    def collection(self, path: str) -> Row:
        columns = RESOURCES[path][1]
        listing = Listing(columns, order=columns[0])
        total, page = listing.find(
            self.confd.database.rows(path).values(),
            lambda row, name: row.get(name),
            lambda name, value: unexpected(f'(DataError) invalid input syntax for integer: "{value}"'),
        )
        return {"total": total, "items": [self.shown(path, row) for row in page]}

    def shown(self, path: str, row: Row) -> Row:
        shown = {key: value for key, value in row.items() if not key.startswith("_")}
        shown["links"] = self._links(path, row["id"])
        if path == "users":
            del shown["entity_id"]
        elif path == "extensions":
            shown |= {"incall": None, "outcall": None}
        elif path == "endpoints/sip":
            shown["trunk"] = None
        elif path == "trunks":
            shown |= {"endpoint_sip": None, "endpoint_custom": None, "outcalls": []}
        if self.embed:
            shown |= self._embedded(path, row)
        return shown

    def _embedded(self, path: str, row: Row) -> Row:
        rows = self.confd.database.rows
        if path == "users":
            return {
                "groups": [],
                "incalls": [],
                "lines": [self._user_line(line) for line in rows("lines").values() if line["_user"] == row["id"]],
                "forwards": {
                    name: {"enabled": False, "destination": None} for name in ("busy", "noanswer", "unconditional")
                },
                "services": {name: {"enabled": False} for name in ("dnd", "incallfilter")},
                "voicemail": self._brief("voicemails", row["_voicemail"], "id", "name"),
            }
        if path == "lines":
            return {
                **self._endpoints(row),
                "extensions": self._extensions(row),
                "users": [self._brief("users", row["_user"], "uuid", "firstname", "lastname")] if row["_user"] else [],
            }
        if path == "extensions":
            lines = [line["id"] for line in rows("lines").values() if line["_extension"] == row["id"]]
            return {"group": None, "lines": [self._brief("lines", line, "id") for line in lines]}
        if path == "endpoints/sip":
            lines = [line["id"] for line in rows("lines").values() if line["_sip"] == row["id"]]
            return {"line": self._brief("lines", lines[0], "id") if lines else None}
        if path == "voicemails":
            users = [user["id"] for user in rows("users").values() if user["_voicemail"] == row["id"]]
            return {"users": [self._brief("users", user, "uuid", "firstname", "lastname") for user in users]}
        return {}

    def _user_line(self, line: Row) -> Row:
        return {
            "id": line["id"],
            **self._endpoints(line),
            "extensions": self._extensions(line),
            "links": self._links("lines", line["id"]),
        }

    def _endpoints(self, line: Row) -> Row:
        sip = self._brief("endpoints/sip", line["_sip"], "id", "username")
        return {"endpoint_sip": sip, "endpoint_sccp": None, "endpoint_custom": None}

    def _extensions(self, line: Row) -> list[Row | None]:
        number = line["_extension"]
        return [self._brief("extensions", number, "id", "exten", "context")] if number else []

    def _brief(self, path: str, number: int | None, *columns: str) -> Row | None:
        if number is None:
            return None
        row = self.confd.database.rows(path)[number]
        return {**{name: row[name] for name in columns}, "links": self._links(path, number)}

    def _links(self, path: str, number: int) -> list[dict[str, str]]:
        return self.confd.links(path, number, "endpoint_sip" if path == "endpoints/sip" else path)

    # Making

    def create_user(self) -> Created:
        values = self.confd.body(USER)
        for name in ("email", "username"):
            if values.get(name) and any(
                row[name] == values[name] for row in self.confd.database.rows("users").values()
            ):
                raise resource_error("User already exists", **{name: values[name]})
        given = {name: value for name, value in values.items() if value is not None}
        user = {"firstname": None, **USER_DEFAULTS, **given}
        user["lastname"] = user["lastname"] or None
        user["caller_id"] = user["caller_id"] or f'"{" ".join(filter(None, (user["firstname"], user["lastname"])))}"'
        entities = self.confd.database.entities
        entity = min((entity.id for entity in entities), default=None)
        return self._add("users", {"uuid": str(uuid.uuid4()), **user, "entity_id": entity, "_voicemail": None})

    def create_line(self) -> Created:
        values = self.confd.body(LINE)
        self._context(values["context"])
        code = values.get("provisioning_code") or str(secrets.randbelow(900000) + 100000)
        line = {
            **dict.fromkeys(("name", "protocol", "device_id")),
            "device_slot": values.get("position") or 1,
            "provisioning_extension": code,
            "context": values["context"],
            "provisioning_code": code,
            "position": values.get("position") or 1,
            **dict.fromkeys(("caller_id_name", "caller_id_num")),
            "registrar": "default",
        }
        return self._add("lines", {**line, **dict.fromkeys(("_sip", "_extension", "_user"))})

    def create_sip(self) -> Created:
        values = self.confd.body(SIP)
        sip = {
            "username": values.get("username") or _random(),
            "secret": values.get("secret") or _random(),
            "type": "friend",
            "host": "dynamic",
            "options": SIP_OPTIONS,
        }
        return self._add("endpoints/sip", sip)

    def create_extension(self) -> Created:
        values = self.confd.body(EXTENSION)
        exten, name = values["exten"], values["context"]
        context_type = self._context(name)
        for row in self.confd.database.rows("extensions").values():
            if (row["exten"], row["context"]) == (exten, name):
                raise resource_error("Extension already exists", exten=exten, context=name)
        if context_type != "outcall" and not exten.startswith("_") and not self._in_range(exten, name):
            raise input_error(f"Extension '{exten}' is outside of range for context '{name}'")
        row = {"exten": exten, "context": name, "commented": values.get("commented") or False}
        return self._add("extensions", row)

    def _in_range(self, exten: str, name: str) -> bool:
        """Whatever kind of range it is in; of an incall range the last digits count, and the extension stays whole."""
        for row in self.confd.database.numbers_of(name):
            start, end = row.numberbeg[-row.didlength :], (row.numberend or row.numberbeg)[-row.didlength :]
            if _int(start) <= _int(exten) <= _int(end):
                return True
        return False

    def create_voicemail(self) -> Created:
        values = self.confd.body(VOICEMAIL)
        self._context(values["context"])
        key = {"number": values["number"], "context": values["context"]}
        voicemails = self.confd.database.rows("voicemails").values()
        if any((row["number"], row["context"]) == (key["number"], key["context"]) for row in voicemails):
            raise resource_error("Voicemail already exists", **key)
        voicemail = {
            "name": values["name"],
            **key,
            **{name: values.get(name) for name in ("password", "email", "language", "timezone", "pager")},
            "max_messages": values.get("max_messages"),
            "attach_audio": values.get("attach_audio"),
            "delete_messages": values.get("delete_messages") or False,
            "ask_password": values.get("ask_password") is not False,
            "enabled": values.get("enabled") is not False,
            "options": [],
        }
        return self._add("voicemails", voicemail)

    def create_trunk(self) -> Created:
        context = self.confd.body(TRUNK).get("context")
        if context is not None:
            self._context(context)
        return self._add("trunks", {"context": context})

    def _context(self, name: str) -> str:
        context = self.confd.database.context(name)
        if context is None:
            raise unknown_context(name)
        return context.contexttype

    def _add(self, path: str, values: Row) -> Created:
        database = self.confd.database
        row = {"id": database.next_id(path), **values}
        database.rows(path)[row["id"]] = row
        return Created(path, self.shown(path, row))

    # Deleting

    def delete_extension(self, number: int) -> None:
        self.find("extensions", number)
        for line in self.confd.database.rows("lines").values():
            if line["_extension"] == number:
                raise resource_error("Extension is associated with a Line", line_id=line["id"], extension_id=number)
        del self.confd.database.rows("extensions")[number]

    def delete_voicemail(self, number: int) -> None:
        self.find("voicemails", number)
        users = [user["id"] for user in self.confd.database.rows("users").values() if user["_voicemail"] == number]
        if users:
            ids = {"voicemail_id": number, "user_ids": Str(", ".join(map(str, users)))}
            raise resource_error("Voicemail is associated with a User", **ids)
        del self.confd.database.rows("voicemails")[number]

    # Putting together

    def associate_sip(self, line: int, sip: int) -> None:
        row, endpoint = self.find("lines", line), self.find("endpoints/sip", sip)
        row |= {"_sip": sip, "name": endpoint["username"], "protocol": "sip"}

    def associate_extension(self, line: int, extension: int) -> None:
        row, exten = self.find("lines", line), self.find("extensions", extension)
        self._need_endpoint(row)
        if row["_extension"]:
            ids = {"line_id": line, "extension_id": row["_extension"]}
            raise resource_error("Line is associated with a Extension", **ids)
        context_type = self._context(exten["context"])
        if context_type != "internal":
            ids = {"id": extension, "context": exten["context"]}
            raise resource_error(f"ContextType '{context_type}' cannot be associated", **ids)
        row["_extension"] = extension
        self._name_line(row)

    def associate_line(self, user: int, line: int) -> None:
        self.find("users", user)
        row = self.find("lines", line)
        self._need_endpoint(row)
        row["_user"] = user
        self._name_line(row)

    def associate_voicemail(self, user: int, voicemail: int) -> None:
        row = self.find("users", user)
        self.find("voicemails", voicemail)
        if row["_voicemail"]:
            raise resource_error("User is associated with a Voicemail", voicemail_id=voicemail, user_id=user)
        row["_voicemail"] = voicemail

    def _need_endpoint(self, line: Row) -> None:
        if line["_sip"] is None:
            raise resource_error("Line must be associated with a Endpoint", line_id=line["id"])

    def _name_line(self, line: Row) -> None:
        """The caller id of a line is its user's name and its extension."""
        rows = self.confd.database.rows
        if line["_user"]:
            line["caller_id_name"] = rows("users")[line["_user"]]["caller_id"].partition('" <')[0].strip('"')
            if line["_extension"]:
                line["caller_id_num"] = rows("extensions")[line["_extension"]]["exten"]


def _int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise unexpected(f"invalid literal for int() with base 10: '{text}'") from None


def _random() -> str:
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(8))

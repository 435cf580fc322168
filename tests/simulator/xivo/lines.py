# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/lines`` and the SIP endpoints, which are the two halves of a telephone; and the old ``/lines_sip``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from werkzeug.routing import Rule

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Created, Failure, Listing, input_error, not_found, resource_error, unexpected
from tests.simulator.xivo.database import Row
from tests.simulator.xivo.resources import Resource
from tests.simulator.xivo.schema import Field, Schema

CONTEXT = Field(schema.string, required=True)
LINE: Schema = {
    "context": CONTEXT,
    "provisioning_code": Field(schema.string, null=True, checks=(schema.digits, schema.exactly(6))),
    "position": Field(schema.integer, checks=(schema.least(1),)),
    "caller_id_name": Field(schema.string, null=True),
    "caller_id_num": Field(schema.string, null=True, checks=(schema.digits,)),
    "registrar": Field(schema.string),
}
LINE_PUT = schema.not_null(LINE, "provisioning_code")
SIP: Schema = {
    "username": Field(schema.string, null=True, checks=(schema.pattern(r"[a-zA-Z0-9_-]{1,40}$"),)),
    "secret": Field(schema.string, null=True, checks=(schema.pattern(r"[ -~]{1,80}$"),)),
    "type": Field(schema.string, checks=(schema.one_of("friend", "peer", "user"),)),
    "host": Field(schema.string),
    "options": Field(schema.pairs),
}
SIP_PUT = schema.not_null(SIP, "username", "secret")
# The options that every endpoint has come first.
SIP_OPTIONS = {"call-limit": "10", "subscribemwi": "no", "amaflags": "default", "regseconds": "0"}
NAT = ("no", "force_rport", "comedia", "force_rport,comedia")
CALLER_ID = re.compile(r'"(?P<name>[^"]*)"(?: <(?P<num>[^>]*)>)?')


class Lines(Resource):
    path = "lines"
    title = "Line"
    listing = Listing(("name", "context", "provisioning_code", "protocol", "position", "device_id"), order="name")

    def rules(self) -> Iterable[Rule]:
        yield from super().rules()
        yield Rule("/lines_sip", endpoint=self.list_with_sip, methods=["GET"])
        yield Rule("/lines_sip", endpoint=self.create_with_sip, methods=["POST"])
        yield Rule("/lines_sip/<int:number>", endpoint=self.get_with_sip, methods=["GET"])

    def create(self) -> Created:
        values = self.confd.body(LINE)
        if values.get("caller_id_name") is not None or values.get("caller_id_num") is not None:
            raise Failure(400, ["Unsupported caller id protocol"])
        self._check(values)
        return self.add(self._new(values))

    def _new(self, values: Row) -> Row:
        code = values.get("provisioning_code") or self.drawn("provisioning_code", 6, "123456789")
        return {
            **dict.fromkeys(("name", "protocol", "device_id")),
            "context": values["context"],
            "provisioning_code": str(int(code)),
            "position": values.get("position", 1),
            "registrar": "default",
            **dict.fromkeys(("_sip", "_extension")),
        }

    def edit(self, number: int) -> None:
        line = self.find(number)
        values = self.confd.body(LINE_PUT, partial=True)
        caller_id = {name: values.pop(f"caller_id_{name}") for name in ("name", "num") if f"caller_id_{name}" in values}
        self._check({**line, **values}, line)
        sip = self.people.sip.rows.get(line["_sip"])
        if sip is None and any(value is not None for value in caller_id.values()):
            raise Failure(400, ["Unsupported caller id protocol"])
        if "provisioning_code" in values:
            values["provisioning_code"] = str(int(values["provisioning_code"]))
        line |= values
        if sip:
            parts = {**_caller_id(sip["_callerid"]), **caller_id}
            sip["_callerid"] = print_caller_id(parts["name"], parts["num"]) if parts["name"] else None
        self.write_contexts_again(line)

    def delete(self, number: int) -> None:
        line = self.find(number)
        database = self.database
        linked = [link for link in database.user_lines if link.line_id == number]
        if not self.community:
            if linked:
                raise _dependency("user_line", "UserLine")
            if line["_extension"]:
                raise _dependency("line_extension", "LineExtension")
        for link in linked:
            database.leave_groups(link.user_id)
        database.user_lines = [link for link in database.user_lines if link.line_id != number]
        if line["_sip"]:
            del self.people.sip.rows[line["_sip"]]
        del self.rows[number]

    def _check(self, values: Row, line: Row | None = None) -> None:
        self.context_type(values["context"])
        if values.get("registrar", "default") != "default":
            raise input_error(f"field 'registrar': Registrar was not found ('registrar': u'{values['registrar']}')")
        code = values.get("provisioning_code")
        if code and any(row["provisioning_code"] == code for row in self.rows.values() if row is not line):
            raise resource_error("Line already exists", provisioning_code=code)

    def associated(self, row: Row) -> Row:
        sip = self.people.sip.rows.get(row["_sip"])
        return {
            "device_slot": row["position"],
            "provisioning_extension": row["provisioning_code"],
            **{f"caller_id_{name}": value for name, value in _shown_caller_id(sip).items()},
        }

    def embedded(self, row: Row) -> Row:
        users = [link.user_id for link in self.database.user_lines if link.line_id == row["id"]]
        return {
            **self._endpoints(row),
            "users": [self.people.users.brief(user, "uuid", "firstname", "lastname") for user in users],
        }

    def of_user(self, row: Row) -> Row:
        return {"id": row["id"], **self._endpoints(row), "links": self.links(row["id"])}

    def _endpoints(self, row: Row) -> Row:
        extension = self.people.extensions.rows.get(row["_extension"])
        return {
            "endpoint_sip": row["_sip"] and self.people.sip.brief(row["_sip"], "id", "username"),
            "endpoint_sccp": None,
            "endpoint_custom": None,
            "extensions": [self.people.extensions.number(extension)] if extension else [],
        }

    def main_user(self, line: Row) -> Row | None:
        for link in self.database.user_lines:
            if link.line_id == line["id"] and link.main_user:
                return self.people.users.rows[link.user_id]
        return None

    def write_again(self, line: Row) -> None:
        """What confd derives, and writes after most changes of what is put together in a line."""
        sip = self.people.sip.rows.get(line["_sip"])
        user = self.main_user(line)
        if sip and user:
            extension = self.people.extensions.rows.get(line["_extension"])
            parts = _caller_id(user["caller_id"])
            number = extension["exten"] if extension else None
            sip["_callerid"] = print_caller_id(parts["name"], parts["num"] or number)
        self.write_contexts_again(line)

    def write_contexts_again(self, line: Row) -> None:
        """The peer gets the line's context, and only then the line that of its extension.

        So a peer stays in the old context when its extension moves, until the next change.
        """
        if sip := self.people.sip.rows.get(line["_sip"]):
            sip["_context"] = line["context"]
        if extension := self.people.extensions.rows.get(line["_extension"]):
            line["context"] = extension["context"]

    # The resource that this one replaced

    def create_with_sip(self) -> Created:
        values = self.confd.body({"context": CONTEXT})
        self.context_type(values["context"])
        number = self.people.sip.add(self.people.sip.new({})).body["id"]
        if code := self.database.dice.pop("provisioning_extension", None):
            values["provisioning_code"] = code
        made = self.add({**self._new(values), "protocol": "sip", "_sip": number})
        return Created("lines_sip", self.get_with_sip(made.body["id"]))

    def get_with_sip(self, number: int) -> Row:
        line = self.find(number)
        if line["_sip"] is None:
            raise not_found("Line", id=number)
        sip = self.people.sip.rows[line["_sip"]]
        return {
            "id": number,
            "username": sip["username"],
            "secret": sip["secret"],
            "callerid": sip["_callerid"],
            "device_slot": line["position"],
            "context": line["context"],
            "provisioning_extension": line["provisioning_code"],
            "links": self.links(number) + self.confd.links("lines_sip", number, "lines_sip"),
        }

    def list_with_sip(self) -> Row:
        items = [self.get_with_sip(number) for number, line in self.rows.items() if line["_sip"]]
        return {"total": len(self.rows), "items": items}


class SipEndpoints(Resource):
    path = "endpoints/sip"
    title = "SIPEndpoint"
    listing = Listing(("username", "type"), order="username")

    def create(self) -> Created:
        values = self.confd.body(SIP)
        self._check(values)
        return self.add(self.new(values))

    def new(self, values: Row) -> Row:
        sip = {
            "username": values.get("username") or self.drawn("username"),
            "secret": values.get("secret") or self.drawn("secret"),
            "type": values.get("type", "friend"),
            "host": values.get("host", "dynamic"),
            "_context": None,
        }
        return {**sip, **_options(values.get("options", []))}

    def edit(self, number: int) -> None:
        sip = self.find(number)
        values = self.confd.body(SIP_PUT, partial=True)
        self._check(values, sip)
        if "options" in values:
            sip |= _options(values.pop("options"))
        sip |= values
        for line in self.lines(number):
            line["name"] = sip["username"]
            self.people.lines.write_again(line)

    def delete(self, number: int) -> None:
        self.find(number)
        for line in self.lines(number):
            line |= dict.fromkeys(("_sip", "name", "protocol"))
        del self.rows[number]

    def lines(self, number: int) -> list[Row]:
        return [line for line in self.people.lines.rows.values() if line["_sip"] == number]

    def _check(self, values: Row, sip: Row | None = None) -> None:
        username = values.get("username")
        if username and any(row["username"] == username for row in self.rows.values() if row is not sip):
            raise resource_error("SIPEndpoint already exists", name=username)
        for name, value in values.get("options", []):
            if name == "nat" and value not in NAT:
                # The real text goes on with the whole statement.
                raise unexpected(f'(InvalidTextRepresentation) invalid input value for enum usersip_nat: "{value}"')

    def shown(self, row: Row) -> Row:
        callerid = [["callerid", row["_callerid"]]] if row["_callerid"] else []
        fixed = [[name, value] for name, value in row["_fixed"].items()]
        return super().shown({**row, "options": [*fixed, *callerid, *row["_options"]]})

    def associated(self, row: Row) -> Row:
        return {"trunk": None}

    def embedded(self, row: Row) -> Row:
        lines = self.lines(row["id"])
        return {"line": self.people.lines.brief(lines[0]["id"], "id") if lines else None}

    def links(self, number: int) -> list[dict[str, str]]:
        return self.confd.links(self.path, number, "endpoint_sip")


def _options(given: list[list[str]]) -> Row:
    """The options as they are stored: those that each endpoint has, the caller id, and the others in their order."""
    fixed, callerid, others = dict(SIP_OPTIONS), None, []
    for name, value in given:
        if name in fixed:
            fixed[name] = value
        elif name == "callerid":
            callerid = value
        else:
            others.append([name, value])
    return {"_fixed": fixed, "_callerid": callerid, "_options": others}


def _caller_id(text: str | None) -> dict[str, Any]:
    match = CALLER_ID.fullmatch(text or "")
    return match.groupdict() if match else {"name": None, "num": None}


def _shown_caller_id(sip: Row | None) -> dict[str, Any]:
    """A line shows the name only beside a number."""
    parts = _caller_id(sip["_callerid"] if sip else None)
    return parts if parts["num"] else {"name": None, "num": None}


def print_caller_id(name: str, num: str | None) -> str:
    return f'"{name}" <{num}>' if num else f'"{name}"'


def _dependency(table: str, model: str) -> Failure:
    """Where SQLAlchemy has no rule for what hangs on a row that is deleted; the address is any."""
    column, instance = f"{table}.line_id", f"<{model} at 0x7f0000000000>"
    return unexpected(f"Dependency rule tried to blank-out primary key column '{column}' on instance '{instance}'")

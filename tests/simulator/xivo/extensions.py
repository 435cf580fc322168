# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/extensions``."""

from __future__ import annotations

from typing import Any

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Created, Listing, resource_error, unexpected
from tests.simulator.xivo.database import Row
from tests.simulator.xivo.resources import Resource, in_range, outside_of_range
from tests.simulator.xivo.schema import Field, Schema

POST: Schema = {
    "exten": Field(schema.string, required=True, checks=(schema.pattern(r"_?[0-9NXZ*#+\[\].!-]+$"),)),
    "context": Field(schema.string, required=True),
    "commented": Field(schema.boolean, null=True),
}
PUT = schema.not_null(POST, "commented")


class Extensions(Resource):
    path = "extensions"
    title = "Extension"
    listing = Listing(("exten", "context", "type"), order="exten", search=("exten", "context"))

    def value(self, row: Row, name: str) -> Any:
        if name == "type":  # that of its context
            context = self.database.context(row["context"])
            return context and context.contexttype
        return row[name]

    def create(self) -> Created:
        values = self.confd.body(POST)
        values["commented"] = values.get("commented") or False
        self._check(values)
        return self.add({**values, "_type": "user", "_typeval": "0"})

    def edit(self, number: int) -> None:
        extension = self.find(number)
        values = self.confd.body(PUT, partial=True)
        changed = {**extension, **values}
        self._check(changed, extension)
        lines = self.lines(number)
        if lines and self.community:
            context_type = self.context_type(changed["context"])
            if context_type != "internal":
                raise resource_error(f"ContextType '{context_type}' cannot be associated")
        if lines and not self.community and changed != extension and not any(map(self.people.lines.main_user, lines)):
            raise unexpected("'NoneType' object has no attribute 'user_id'")
        extension |= values
        for line in lines:
            self.people.lines.write_again(line)

    def delete(self, number: int) -> None:
        extension = self.find(number)
        for line in self.lines(number):
            raise resource_error("Extension is associated with a Line", line_id=line["id"], extension_id=number)
        if extension["_type"] != "user":
            ids = {"associated_id": extension["_typeval"], "extension_id": number}
            raise resource_error(f"Extension is associated with a {extension['_type']}", **ids)
        self.context_type(extension["context"])
        del self.rows[number]

    def _check(self, values: Row, extension: Row | None = None) -> None:
        exten, name = values["exten"], values["context"]
        context_type = self.context_type(name)
        for row in self.rows.values():
            if row is not extension and (row["exten"], row["context"]) == (exten, name):
                raise resource_error("Extension already exists", exten=exten, context=name)
        if context_type != "outcall" and not exten.startswith("_") and not in_range(self.database, exten, name):
            raise outside_of_range(exten, name)

    def lines(self, number: int) -> list[Row]:
        return [line for line in self.people.lines.rows.values() if line["_extension"] == number]

    def number(self, row: Row) -> Row:
        """The extension as what it belongs to shows it."""
        return self.brief(row["id"], "id", "exten", "context")

    def associated(self, row: Row) -> Row:
        incall = int(row["_typeval"]) if row["_type"] == "incall" else None
        return {"incall": incall and self.people.incalls.brief(incall, "id"), "outcall": None}

    def embedded(self, row: Row) -> Row:
        group = int(row["_typeval"]) if row["_type"] == "group" else None
        return {
            "group": group and self.people.groups.brief(group, "id", "name"),
            "lines": [self.people.lines.brief(line["id"], "id") for line in self.lines(row["id"])],
        }

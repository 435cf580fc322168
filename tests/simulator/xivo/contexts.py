# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/contexts``, which only 16.15 has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.routing import Rule

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import (
    Confd,
    Created,
    Failure,
    Listing,
    not_found,
    resource_error,
    unexpected,
)
from tests.simulator.xivo.database import KINDS, Context, Numbers
from tests.simulator.xivo.python2 import Str, py2_repr
from tests.simulator.xivo.schema import Field

NUMBER = (schema.digits, schema.longest(16))
RANGE = {
    "start": Field(schema.string, required=True, checks=NUMBER),
    "end": Field(schema.string, checks=NUMBER),
}
INCALL_RANGE = {**RANGE, "did_length": Field(schema.integer, checks=(schema.least(0),))}
# A name cannot be changed: on PUT it is not even looked at.
PUT_SCHEMA = {
    "label": Field(schema.string, null=True, checks=(schema.longest(128),)),
    "type": Field(schema.string, checks=(schema.one_of("internal", "incall", "outcall", "services", "others"),)),
    **{name: Field(schema.many(INCALL_RANGE if name == "incall_ranges" else RANGE)) for name in KINDS},
    "description": Field(schema.string, null=True),
    "enabled": Field(schema.boolean),
}
POST_SCHEMA = {"name": Field(schema.string, required=True, checks=(schema.longest(39),)), **PUT_SCHEMA}
COLUMNS = ("id", "name", "type", "description")
# What keeps a context from being deleted, in the order in which confd looks; lines do not.
GUARDS = {"extensions": "Extension", "voicemails": "Voicemail", "trunks": "Trunk"}


class Contexts:
    def __init__(self, confd: Confd) -> None:
        self.confd = confd
        self.listing = Listing(COLUMNS)

    def rules(self) -> Iterable[Rule]:
        yield Rule("/contexts", endpoint=self.list, methods=["GET"])
        yield Rule("/contexts", endpoint=self.create, methods=["POST"])
        yield Rule("/contexts/<int:number>", endpoint=self.get, methods=["GET"])
        yield Rule("/contexts/<int:number>", endpoint=self.edit, methods=["PUT"])
        yield Rule("/contexts/<int:number>", endpoint=self.delete, methods=["DELETE"])

    def list(self) -> dict[str, Any]:
        total, page = self.listing.find(self.confd.database.contexts, _column, _bad_filter)
        return {"total": total, "items": [self._json(context) for context in page]}

    def create(self) -> Created:
        values = self.confd.body(POST_SCHEMA)
        database = self.confd.database
        if database.context(values["name"]):
            raise resource_error("Context already exists", name=values["name"])
        context = Context(
            database.next_id("context"),
            values["name"],
            values.get("label"),
            values.get("type", "internal"),
            description=values.get("description"),
            commented=int(not values.get("enabled", True)),
        )
        self._write_ranges(context.name, values)
        database.contexts.append(context)
        return Created("contexts", self._json(context))

    def get(self, number: int) -> dict[str, Any]:
        return self._json(self._find(number))

    def edit(self, number: int) -> None:
        context = self._find(number)
        values = self.confd.body(PUT_SCHEMA, partial=True)
        self._write_ranges(context.name, values)
        before = vars(context).copy()
        context.displayname = values.get("label", context.displayname)
        context.contexttype = values.get("type", context.contexttype)
        context.description = values.get("description", context.description)
        if "enabled" in values:
            context.commented = int(not values["enabled"])
        if vars(context) != before:
            self.confd.database.updated(context)

    def delete(self, number: int) -> None:
        context = self._find(number)
        database = self.confd.database
        for table, resource in GUARDS.items():
            for row in database.rows(table).values():
                if row["context"] == context.name:
                    ids = {f"{resource.lower()}_id": row["id"], "context_id": number}
                    raise resource_error(f"Context is associated with a {resource}", **ids)
        database.delete_context(context)
        database.members = [member for member in database.members if member.context != context.name]

    def _find(self, number: int) -> Context:
        for context in self.confd.database.contexts:
            if context.id == number:
                return context
        raise not_found("Context", id=number)

    def _json(self, context: Context) -> dict[str, Any]:
        numbers = self.confd.database.numbers_of(context.name)
        return {
            "id": context.id,
            "name": context.name,
            "label": context.displayname,
            "type": context.contexttype,
            **{name: [_range(row) for row in numbers if row.type == kind] for name, kind in KINDS.items()},
            "description": context.description,
            "enabled": not context.commented,
            "links": self.confd.links("contexts", context.id, "contexts"),
        }

    def _write_ranges(self, name: str, values: dict[str, Any]) -> None:
        """Replace the lists that are given."""
        database = self.confd.database
        numbers = list(database.numbers)
        for field, kind in KINDS.items():
            if field in values:
                stored = [row for row in numbers if (row.context, row.type) == (name, kind)]
                numbers = _replace(numbers, stored, name, kind, values[field])
        database.numbers = numbers


def _replace(
    numbers: list[Numbers], stored: list[Numbers], name: str, kind: str, ranges: list[dict[str, Any]]
) -> list[Numbers]:
    """As SQLAlchemy does it: rows with the same key are updated in place, then the new ones are inserted, and only
    then the others deleted. An ``end`` that was left out is no part of a key yet: such a row is always a new one,
    and clashes with the one that is there from the last time.
    """
    old = {row.key: row for row in stored}
    inserts, kept = [], set()
    for given in ranges:
        row = Numbers(name, kind, given["start"], given.get("end", ""), given.get("did_length", 0))
        if "end" in given and row.key in old and row.key not in kept:
            kept.add(row.key)
            old[row.key].didlength = given.get("did_length", old[row.key].didlength)
        else:
            inserts.append((row, given))
    keys = set(old)
    for row, _given in inserts:
        if row.key in keys:
            raise _violation(row, inserts)
        keys.add(row.key)
    numbers = [row for row in numbers if row not in stored or row.key in kept]
    return numbers + [row for row, _given in inserts]


def _violation(clash: Numbers, inserts: list[tuple[Numbers, dict[str, Any]]]) -> Failure:
    """PostgreSQL's complaint about the rows that went into one statement with the one that clashes."""
    alike = [(row, given) for row, given in inserts if set(given) == _keys_of(clash, inserts)]
    parameters = [_parameters(row, given) for row, given in alike]
    if "numberend" not in parameters[0]:  # the default is to be read back, which forbids many rows at once
        parameters = parameters[-1:]
    columns = [name for name in ("context", "type", "numberbeg", "numberend", "didlength") if name in parameters[0]]
    statement = (
        f"INSERT INTO contextnumbers ({', '.join(columns)}) VALUES ({', '.join(f'%({name})s' for name in columns)})"
    )
    if "numberend" not in columns:
        statement += " RETURNING contextnumbers.numberend"
    printed = [py2_repr({Str(key): value for key, value in row.items()}) for row in parameters]
    return unexpected(
        '(UniqueViolation) duplicate key value violates unique constraint "contextnumbers_pkey"\n'
        f"DETAIL:  Key (context, type, numberbeg, numberend)=({', '.join(clash.key)}) already exists.\n"
        f" '{statement}' {printed[0] if len(printed) == 1 else '(' + ', '.join(printed) + ')'}"
    )


def _keys_of(clash: Numbers, inserts: list[tuple[Numbers, dict[str, Any]]]) -> set[str]:
    return next(set(given) for row, given in reversed(inserts) if row.key == clash.key)


def _parameters(row: Numbers, given: dict[str, Any]) -> dict[str, Any]:
    parameters: dict[str, Any] = {"context": row.context, "type": Str(row.type), "numberbeg": row.numberbeg}
    if "end" in given:
        parameters["numberend"] = row.numberend
    if "did_length" in given:
        parameters["didlength"] = row.didlength
    return parameters


def _range(row: Numbers) -> dict[str, Any]:
    shown: dict[str, Any] = {"start": row.numberbeg, "end": row.numberend or row.numberbeg}
    if row.type == "incall":
        shown["did_length"] = row.didlength
    return shown


def _column(context: Context, name: str) -> Any:
    return context.contexttype if name == "type" else getattr(context, name)


def _bad_filter(name: str, value: str) -> Failure:
    columns = ("id", "name", "displayname", "entity", "contexttype", "commented", "description")
    select = ", ".join(f"context.{column} AS context_{column}" for column in columns)
    where = f"WHERE context.{name} = "
    return unexpected(
        f'(InvalidTextRepresentation) invalid input syntax for type integer: "{value}"\n'
        f"LINE 3: {where}'{value}' ORDER BY context.id ASC\n{' ' * (len('LINE 3: ') + len(where))}^\n"
        f" 'SELECT {select} \\nFROM context \\n{where}%({name}_1)s ORDER BY context.id ASC' "
        f"{py2_repr({Str(name + '_1'): value})}"
    )

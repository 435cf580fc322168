# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web service ``system_management/context``: contexts with their ranges and includes."""

from __future__ import annotations

import re
from typing import Any

from tests.simulator.xivo import php
from tests.simulator.xivo.database import KINDS, Context, Database, Include, Numbers
from tests.simulator.xivo.php import Refused, text
from tests.simulator.xivo.webservice import WebService

NAME = r"(?!(?i:xivo)-)[a-zA-Z0-9_-]{1,39}"
RESERVED = ("general", "global", "globals", "parkedcalls", "xivo-features", "authentication", "zonemessages")


class ContextSection:
    def __init__(self, webservice: WebService) -> None:
        self.webservice = webservice

    @property
    def database(self) -> Database:
        return self.webservice.database

    def all(self) -> Any:
        return [self._listed(context) for context in self.database.contexts]

    def search(self, wanted: str) -> Any:
        wanted = wanted.lower()
        return [
            self._listed(context)
            for context in self.database.contexts
            if any(wanted in (column or "").lower() for column in (context.name, context.displayname, context.entity))
        ]

    def view(self, name: str) -> Any:
        context = self.database.context(name)
        return context and self._viewed(context)

    def add(self, body: dict[Any, Any] | None) -> int:
        if body is None:
            return 400
        try:
            columns, numbers, includes = _form(body)
        except Refused:
            return 400
        if self.database.context(columns["name"].lower()):
            return 400
        columns["name"] = columns["name"].lower()
        context = self.database.add_context(**columns)
        self.database.numbers += numbers or []
        # What was written before an include fails stays: the answer is a 400 all the same.
        return 200 if self._add_includes(context, includes) else 400

    def edit(self, name: str, body: dict[Any, Any] | None) -> int:
        context = self.database.context(name)
        if context is None:
            return 404
        if body is None:
            return 400
        # The body is merged into what view shows. The includes of a view are objects, which are no names: unless the
        # body has some, there are none afterwards.
        merged = php.merge(php.array(self._viewed(context)), body)
        if isinstance(merged.get("context"), dict):
            merged["context"]["name"] = context.name
        try:
            columns, numbers, includes = _form(merged)
        except Refused:
            return 400
        database = self.database
        columns["name"] = name.lower()  # so a name that confd made with capitals loses them
        if name != columns["name"] and database.context(columns["name"]):
            return 400
        if numbers is None and database.numbers_of(name) and database.members_of(name):
            return 400
        before = database.numbers, database.includes, vars(context).copy()
        vars(context).update(columns)
        database.updated(context)
        database.numbers = [row for row in database.numbers if row.context != name] + (numbers or [])
        # The name is written again wherever it is included, which moves those rows to the end of the table.
        others = [row for row in database.includes if row.context != name]
        including = [Include(row.context, context.name, row.priority) for row in others if row.include == name]
        database.includes = [row for row in others if row.include != name] + including
        if self._add_includes(context, includes):
            return 200
        database.numbers, database.includes, columns_before = before
        vars(context).update(columns_before)
        return 400

    def delete(self, name: str) -> int:
        context = self.database.context(name)
        if context is None:
            return 404
        if self.database.members_of(name):
            return 500
        self.database.delete_context(context)
        return 200

    def _add_includes(self, context: Context, includes: list[str]) -> bool:
        """The names differ, but may become the same in lower case: then the row is there already."""
        for priority, include in enumerate(includes):
            if any(row.include == include.lower() for row in self.database.includes_of(context.name)):
                return False
            self.database.includes.append(Include(context.name, include.lower(), priority))
        return True

    def _viewed(self, context: Context) -> dict[str, Any]:
        numbers: dict[str, list[dict[str, str]]] = {}
        for row in self.database.numbers_of(context.name):
            numbers.setdefault(row.type, []).append(_number_json(row))
        includes = sorted(self.database.includes_of(context.name), key=lambda row: (row.priority, row.include))
        members: dict[str, list[dict[str, str]]] = {}
        for member in self.database.members_of(context.name):
            members.setdefault(member.type, []).append(vars(member).copy())
        return {
            "context": _context_json(context),
            "contextnumbers": numbers or False,
            "contextinclude": [_include_json(row) for row in includes] or False,
            "contexttype": self._type(context),
            "contextmember": members or False,
            "deletablemember": not members,
            "deletable": not members,
        }

    def _listed(self, context: Context) -> dict[str, Any]:
        """Another shape than a view: ranges only where the entity exists, and one include of many."""
        shown = _context_json(context)
        numbers = []
        entity = self.database.entity(context.entity)
        if entity:
            shown["entityid"] = str(entity.id)
            numbers = [_number_json(row) for row in self.database.numbers_of(context.name)]
        includes = self.database.includes_of(context.name)
        return {
            "context": shown,
            "contextnumbers": numbers or False,
            "contexttype": self._type(context),
            "deletable": not self.database.members_of(context.name),
            "contextinclude": _include_json(includes[0]) if includes else False,
        }

    def _type(self, context: Context) -> Any:
        for row in self.database.contexttypes:
            if row.name == context.contexttype:
                return {**vars(row), "commented": bool(row.commented), "deletable": bool(row.deletable)}
        return False


def _form(body: dict[Any, Any]) -> tuple[dict[str, str], list[Numbers] | None, list[str]]:
    """The columns, the ranges (None where none were given) and the names of the includes; raises Refused."""
    given = body.get("context")
    if not isinstance(given, dict) or not _is_name(given.get("name")):
        raise Refused("context")
    columns = {
        "name": text(given["name"]),
        "contexttype": php.field(given, "contexttype", most=64, regexp=r"[a-z0-9_-]+", optional=True),
        "displayname": php.field(given, "displayname", least=3, most=128),
        "entity": php.field(given, "entity", most=64, regexp=r"[a-z0-9_.-]+"),
        "description": php.field(given, "description", most=1000, lines=True, optional=True),
    }
    numbers = body.get("contextnumbers")
    includes = body.get("contextinclude")
    return (
        columns,
        _numbers(columns["name"].lower(), numbers) if isinstance(numbers, dict) else None,
        _includes(includes) if isinstance(includes, dict) else [],
    )


def _is_name(value: Any) -> bool:
    """PHP compares loosely: true and the number 0 are each equal to a reserved word."""
    if value is True or (isinstance(value, int | float) and not value):
        return False
    return text(value) not in RESERVED and re.fullmatch(NAME, text(value)) is not None


def _includes(given: dict[Any, Any]) -> list[str]:
    """What is no name is skipped without a word, and so is what was there before."""
    return list(dict.fromkeys(text(value) for value in given.values() if _is_name(value)))


def _numbers(name: str, given: dict[Any, Any]) -> list[Numbers]:
    rows: dict[tuple[str, ...], Numbers] = {}
    for kind, ranges in given.items():
        for value in ranges.values() if isinstance(ranges, dict) else ():
            row = _number(name, str(kind), value)
            if row:
                rows.setdefault(row.key, row)
    if not rows:
        raise Refused("contextnumbers")
    return list(rows.values())


def _number(name: str, kind: str, value: Any) -> Numbers | None:
    """One range; None where it is blank, or of a kind that does not exist."""
    if not isinstance(value, dict) or "numberbeg" not in value:
        raise Refused("numberbeg")
    beg, end = text(value["numberbeg"]), text(value.get("numberend"))
    length = text(value.get("didlength"))
    if kind == "incall" and not length:
        raise Refused("didlength")
    if end and value["numberbeg"] != value["numberend"]:
        if not (_digits(beg) and _digits(end)) or len(beg) != len(end) or int(end) < int(beg):
            raise Refused("numberend")
    elif not beg:
        return None
    else:
        end = ""
    if kind not in KINDS.values():
        return None
    if not _digits(beg) or len(beg) > 16:
        raise Refused("numberbeg")
    if kind != "incall":
        return Numbers(name, kind, beg, end)
    if not _digits(length) or not 1 <= int(length) <= 20:
        raise Refused("didlength")
    return Numbers(name, kind, beg, end, int(length))


def _digits(value: str) -> bool:
    return re.fullmatch("[0-9]{1,40}", value) is not None


def _context_json(context: Context) -> dict[str, Any]:
    return {
        "name": context.name,
        "displayname": context.displayname,
        "entity": context.entity,
        "contexttype": context.contexttype,
        "commented": bool(context.commented),
        "description": context.description,
        "identity": f"{context.displayname or ''} ({context.name})",
    }


def _number_json(row: Numbers) -> dict[str, str]:
    return {**vars(row), "didlength": str(row.didlength)}


def _include_json(row: Include) -> dict[str, str]:
    return {**vars(row), "priority": str(row.priority)}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collections of confd have in common: how they are found, listed and shown."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from werkzeug.routing import Rule

from tests.simulator.xivo.confd import Created, Failure, Listing, input_error, not_found, unexpected, unknown_context
from tests.simulator.xivo.database import Database, Row
from tests.simulator.xivo.python2 import Str

if TYPE_CHECKING:
    from tests.simulator.xivo.people import People


class Resource:
    """One collection of confd.

    Its rows are in the database's table of the same name. A key that begins with ``_`` is not shown.
    """

    path: ClassVar[str]
    title: ClassVar[str]  # its name in messages
    listing: ClassVar[Listing]

    def __init__(self, people: People) -> None:
        self.people = people
        self.confd = people.confd
        self.community = people.community

    @property
    def database(self) -> Database:
        return self.confd.database

    @property
    def rows(self) -> dict[int, Row]:
        return self.database.rows(self.path)

    def rules(self) -> Iterable[Rule]:
        one = f"/{self.path}/<int:number>"
        yield Rule(f"/{self.path}", endpoint=self.collection, methods=["GET"])
        yield Rule(one, endpoint=self.get, methods=["GET"])
        for path, method, name in (
            (f"/{self.path}", "POST", "create"),
            (one, "PUT", "edit"),
            (one, "DELETE", "delete"),
        ):
            if endpoint := getattr(self, name, None):
                yield Rule(path, endpoint=endpoint, methods=[method])

    def find(self, number: int) -> Row:
        row = self.rows.get(number)
        if row is None:
            raise not_found(self.title, id=number)
        return row

    def collection(self) -> Row:
        total, page = self.listing.find(self.rows.values(), self.value, self.bad_filter)
        return {"total": total, "items": [self.shown(row) for row in page]}

    def get(self, number: int) -> Row:
        return self.shown(self.find(number))

    def value(self, row: Row, name: str) -> Any:
        """What a row has in a column by which lists are filtered and ordered."""
        return row.get(name)

    def bad_filter(self, name: str, value: str) -> Failure:
        kind = "boolean" if name in self.listing.booleans else "integer"
        return unexpected(f'(InvalidTextRepresentation) invalid input syntax for type {kind}: "{value}"')

    def shown(self, row: Row) -> Row:
        columns = {key: value for key, value in row.items() if not key.startswith("_")}
        shown = {**columns, "links": self.links(row["id"]), **self.associated(row)}
        return {**shown, **self.embedded(row)} if self.community else shown

    def associated(self, row: Row) -> Row:
        """What confd always showed of the associated resources."""
        return {}

    def embedded(self, row: Row) -> Row:
        """What 16.15 shows of them in addition."""
        return {}

    def brief(self, number: int, *columns: str) -> Row:
        row = self.rows[number]
        return {**{name: row[name] for name in columns}, "links": self.links(number)}

    def links(self, number: int) -> list[dict[str, str]]:
        return self.confd.links(self.path, number, self.path)

    def add(self, values: Row) -> Created:
        row = {"id": self.database.next_id(self.path), **values}
        self.rows[row["id"]] = row
        return Created(self.path, self.shown(row))

    def context_type(self, name: str) -> str:
        context = self.database.context(name)
        if context is None:
            raise unknown_context(name)
        return context.contexttype

    def drawn(self, name: str, length: int = 8, alphabet: str = string.ascii_lowercase + string.digits) -> str:
        """A random value for the column."""
        return self.database.dice.pop(name, None) or "".join(secrets.choice(alphabet) for _unused in range(length))


def ids(numbers: Iterable[int]) -> Str:
    """Ids as some messages print them."""
    return Str(", ".join(map(str, numbers)))


def whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise unexpected(f"invalid literal for int() with base 10: '{text}'") from None


def in_range(database: Database, exten: str, name: str, kind: str | None = None) -> bool:
    """Whether a range of the context has the number; to confd it does not matter what kind of range it is.

    Of an incall range the last digits count, and the extension stays whole.
    """
    for row in database.numbers_of(name):
        if kind in (None, row.type):
            start, end = row.numberbeg[-row.didlength :], (row.numberend or row.numberbeg)[-row.didlength :]
            if whole_number(start) <= whole_number(exten) <= whole_number(end):
                return True
    return False


def outside_of_range(exten: str, name: str) -> Failure:
    return input_error(f"Extension '{exten}' is outside of range for context '{name}'")

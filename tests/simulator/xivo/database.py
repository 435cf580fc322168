# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XiVO's database, which its confd and its web interface share.

A table is a list of rows in the order in which PostgreSQL would give them without an ORDER BY: a row that is updated
goes to the end. The web interface shows contexts, ranges and includes in that order.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.accounts import LOGIN, OPERATOR, OPERATOR_PASSWORD, PASSWORD

Row = dict[str, Any]

# How the two APIs call the kinds of ranges.
KINDS = {
    "user_ranges": "user",
    "group_ranges": "group",
    "queue_ranges": "queue",
    "conference_room_ranges": "meetme",
    "incall_ranges": "incall",
}

# The star codes of a new server.
FEATURES = (
    *("_*31.", "_*32.", "_*30.", "_*37.", "_*664.", "*34", "_*667.", "_*665.", "*26", "_*666.", "*36", "*25", "*90"),
    *("_*90.", "_*23.", "_*22.", "_*21.", "*20", "*48378", "*27", "*10", "_*735.", "_*8.", "*9", "_*99.", "_*93."),
    *("_*97.", "*98", "*92", "_*92.", "_*96.", "_*11.", "*40"),
)
FEATURES_OFF = ("*26", "*34", "*92", "_*92.", "_*93.")


@dataclass
class Account:
    """A web services access: Configuration > Management > Web Services Access."""

    id: int
    login: str | None
    password: str | None
    acls: list[str] = field(default_factory=list)
    host: str | None = None
    disabled: bool = False


@dataclass
class ContextType:
    id: int
    name: str
    commented: int = 0
    deletable: int = 0
    description: str = ""


@dataclass
class Entity:
    id: int
    name: str
    displayname: str
    phonenumber: str = ""
    faxnumber: str = ""
    email: str = ""
    url: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    zipcode: str = ""
    country: str = ""
    disable: int = 0
    dcreate: int = 0
    description: str = ""


@dataclass
class Context:
    id: int
    name: str
    displayname: str | None
    contexttype: str
    entity: str | None = None
    commented: int = 0
    description: str | None = ""


@dataclass
class Numbers:
    """A range of a context: its key is all but the length of the DID."""

    context: str
    type: str
    numberbeg: str
    numberend: str = ""
    didlength: int = 0

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.context, self.type, self.numberbeg, self.numberend


@dataclass
class Include:
    context: str
    include: str
    priority: int


@dataclass
class Member:
    """What the web interface writes down when a queue, an agent, a room … is put into a context."""

    context: str
    type: str
    typeval: str
    varname: str


@dataclass
class UserLine:
    """A line of a user: several users can share a line, and a user can have several."""

    user_id: int
    line_id: int
    main_user: bool
    main_line: bool


class Database:
    def __init__(self) -> None:
        self.uuid = str(uuid.uuid4())
        self.accounts: list[Account] = []
        # Type 4 was "services" on the recorded server, between outcall and others.
        self.contexttypes = [
            ContextType(number, name)
            for number, name in enumerate(("internal", "incall", "outcall", "services", "others"), 1)
        ]
        self.entities: list[Entity] = []
        self.contexts: list[Context] = []
        self.numbers: list[Numbers] = []
        self.includes: list[Include] = []
        self.members: list[Member] = []
        # The telephony of the people: one table of rows for each resource of confd, by id.
        self.people: dict[str, dict[int, Row]] = {}
        self.user_lines: list[UserLine] = []
        self._last_id: dict[str, int] = {}
        # Random values that are drawn next, by column, where a replay knows them.
        self.dice: dict[str, str] = {}

    def next_id(self, table: str) -> int:
        """As a sequence of PostgreSQL: a number is never given twice, also when the write that took it failed."""
        self._last_id[table] = self._last_id.get(table, 0) + 1
        return self._last_id[table]

    def rows(self, table: str) -> dict[int, Row]:
        return self.people.setdefault(table, {})

    def extension_of(self, kind: str, number: int) -> Row | None:
        """The extension of a group, queue, room or incall: what it belongs to is written down in its row."""
        for row in self.rows("extensions").values():
            if (row["_type"], row["_typeval"]) == (kind, str(number)):
                return row
        return None

    def set_extension(self, kind: str, number: int, exten: str | None, context: str | None) -> None:
        """As the web interface writes it: the extension is made, changed or deleted with what it belongs to."""
        row = self.extension_of(kind, number)
        if exten is None:
            if row:
                del self.rows("extensions")[row["id"]]
        elif row:
            row |= {"exten": exten, "context": context}
        else:
            made = self.next_id("extensions")
            columns = {"id": made, "exten": exten, "context": context, "commented": False}
            self.rows("extensions")[made] = {**columns, "_type": kind, "_typeval": str(number)}

    def leave_groups(self, user: int) -> None:
        for table in ("groups", "queues"):
            for row in self.rows(table).values():
                row["_members"] = [member for member in row["_members"] if member != user]

    def context(self, name: str) -> Context | None:
        return next((context for context in self.contexts if context.name == name), None)

    def entity(self, name: str | None) -> Entity | None:
        return next((entity for entity in self.entities if entity.name == name), None)

    def add_context(self, name: str, displayname: str | None, contexttype: str, **columns: Any) -> Context:
        context = Context(self.next_id("context"), name, displayname, contexttype, **columns)
        self.contexts.append(context)
        return context

    def add_entity(self, name: str, displayname: str, **columns: Any) -> Entity:
        entity = Entity(self.next_id("entity"), name, displayname, **columns)
        self.entities.append(entity)
        return entity

    def updated(self, context: Context) -> None:
        self.contexts.remove(context)
        self.contexts.append(context)

    def numbers_of(self, name: str) -> list[Numbers]:
        return [row for row in self.numbers if row.context == name]

    def includes_of(self, name: str) -> list[Include]:
        return [row for row in self.includes if row.context == name]

    def members_of(self, name: str) -> list[Member]:
        return [row for row in self.members if row.context == name]

    def delete_context(self, context: Context) -> None:
        """The context with its ranges, and its includes both ways."""
        self.contexts.remove(context)
        self.numbers = [row for row in self.numbers if row.context != context.name]
        self.includes = [row for row in self.includes if context.name not in (row.context, row.include)]


def fresh() -> Database:
    """What the set-up wizard leaves behind."""
    database = Database()
    database.accounts = [
        Account(7, LOGIN, PASSWORD, ["#"]),
        Account(8, "reader", PASSWORD, ["confd.contexts.read"]),
        Account(9, OPERATOR, OPERATOR_PASSWORD, ["#"]),
    ]
    database.add_entity("xivo", "XiVO", description="Wizard Entity")
    _wizard_contexts(
        database, {"default": "Appels internes", "from-extern": "Appels entrants", "to-extern": "Appels sortants"}
    )
    return database


def recorded() -> Database:
    """The state from which the recordings started."""
    database = Database()
    database.accounts = [
        Account(7, LOGIN, "proformatique", ["confd.#"]),
        Account(8, "readonly", "proformatique", ["confd.contexts.read", "confd.contexts.*.read"]),
        Account(9, "noacl", "proformatique"),
        Account(10, "disabled", "proformatique", ["confd.#"], disabled=True),
        Account(11, "userreader", "proformatique", ["confd.users.read", "confd.users.*.read", "confd.lines.#"]),
        Account(12, "hosted", "proformatique", host="127.0.0.4"),
        Account(13, None, None, host="127.0.0.3"),
    ]
    database.add_entity("avencall", "Avencall", description="Wizard Entity")
    _wizard_contexts(database, {"default": "Default", "from-extern": "Incalls", "to-extern": "Outcalls"})
    database.numbers.append(Numbers("from-extern", "incall", "0123456700", "0123456799", 4))
    return database


def _wizard_contexts(database: Database, labels: dict[str, str]) -> None:
    (entity,) = database.entities
    for name, label, contexttype in (
        ("__switchboard_directory", "Switchboard", "others"),
        ("from-extern", labels["from-extern"], "incall"),
        ("default", labels["default"], "internal"),
        ("to-extern", labels["to-extern"], "outcall"),
    ):
        database.add_context(name, label, contexttype, entity=entity.name)
    database.numbers.append(Numbers("default", "user", "1000", "1999"))
    database.includes.append(Include("default", "to-extern", 0))
    for exten in FEATURES:
        number = database.next_id("extensions")
        row = {"id": number, "exten": exten, "context": "xivo-features", "commented": exten in FEATURES_OFF}
        row |= {"_type": "extenfeatures", "_typeval": str(number)}
        database.rows("extensions")[number] = row

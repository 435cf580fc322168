# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated Wazo remembers: plain objects in dictionaries, one for each table, by id."""

from __future__ import annotations

import pickle
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

# How the range lists are named in a context, and which kind each holds.
RANGE_LISTS = {
    "user_ranges": "user",
    "group_ranges": "group",
    "queue_ranges": "queue",
    "conference_room_ranges": "meetme",
    "incall_ranges": "incall",
}


def now() -> datetime:
    """UTC, and naive as the dates of a Wazo are."""
    return datetime.now(UTC).replace(tzinfo=None)


def check_text(value: object) -> None:
    """Refuse what PostgreSQL and its driver refuse, in their words."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        value.encode()


@dataclass
class Tenant:
    uuid: str
    name: str
    slug: str | None
    parent_uuid: str
    sip_templates: dict[str, str]


@dataclass
class Account:
    uuid: str
    login: str
    password: str
    tenant: Tenant
    acl: list[str]
    refresh_tokens: dict[str, str] = field(default_factory=dict)  # by client id


@dataclass
class Token:
    id: str
    account: Account
    issued_at: datetime
    expires_at: datetime
    session_uuid: str
    user_agent: str
    remote_addr: str

    def allows(self, access: str) -> bool:
        """Whether the rights hold ``access``: ``*`` stands for one word, ``#`` for any number, ``!`` takes away."""
        refused = [right[1:] for right in self.account.acl if right.startswith("!")]
        granted = [right for right in self.account.acl if not right.startswith("!")]
        return not _any_matches(refused, access) and _any_matches(granted, access)


def _any_matches(rights: list[str], access: str) -> bool:
    for right in rights:
        pattern = re.escape(right).replace(r"\*", "[^.#]*?").replace(r"\#", ".*?")
        if re.fullmatch(pattern, access):
            return True
    return False


@dataclass
class Context:
    id: int
    uuid: str
    tenant_uuid: str
    name: str
    label: str | None = None
    type: str = "internal"
    description: str | None = None
    enabled: bool = True
    # By kind; a range is {start[, end][, did_length]} as it was sent.
    ranges: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    includes: list[int] = field(default_factory=list)  # ids of contexts


@dataclass
class Extension:
    id: int
    tenant_uuid: str
    exten: str
    context: str  # its name
    enabled: bool = True
    line_ids: list[int] = field(default_factory=list)
    # What it belongs to other than lines: the resource and the id of its row.
    owner: tuple[str, int] | None = None

    @property
    def in_use(self) -> bool:
        return bool(self.line_ids or self.owner)


@dataclass
class Line:
    id: int
    tenant_uuid: str
    context: str
    provisioning_code: str
    position: int = 1
    registrar: str | None = "default"
    sip_uuid: str | None = None
    # That of an endpoint which is gone, where the server keeps it.
    old_name: str | None = None


@dataclass
class Row:
    """A resource of which little more is kept than what was sent."""

    id: int
    uuid: str
    tenant_uuid: str
    # What is shown as it is.
    values: dict[str, Any]
    # What else it is bound to or set to, and is shown in another form.
    related: dict[str, Any] = field(default_factory=dict)

    @property
    def context(self) -> str | None:
        return self.values.get("context")


class Database:
    def __init__(self) -> None:
        self.wazo_uuid = str(uuid4())
        self.last_ids: Counter[str] = Counter()
        self.tenants: dict[str, Tenant] = {}
        self.accounts: dict[str, Account] = {}
        self._tokens: dict[str, Token] = {}
        self.contexts: dict[int, Context] = {}
        self.extensions: dict[int, Extension] = {}
        self.lines: dict[int, Line] = {}
        # Who has which line: the line's id and the user's uuid, in the order of their association. The first user of a
        # line is its main user, the first line of a user his main line.
        self.line_users: list[tuple[int, str]] = []
        self._rows: dict[str, dict[int, Row]] = {}
        self._rows_by_uuid: dict[str, Row] = {}
        # What is to be drawn next, by what it is for.
        self.dice: dict[str, list[str]] = {}

    def next_id(self, table: str) -> int:
        """Of a sequence: a failed insert burns one, and none is used again."""
        self.last_ids[table] += 1
        return self.last_ids[table]

    def draw(self, what: str, alphabet: str, length: int) -> str:
        if known := self.dice.get(what):
            return known.pop(0)
        return "".join(random.choices(alphabet, k=length))

    def draw_uuid(self, what: str) -> str:
        known = self.dice.get(what)
        return known.pop(0) if known else str(uuid4())

    # Tenants, accounts, tokens

    def add_tenant(self, name: str, slug: str, parent: Tenant | None = None) -> Tenant:
        uuid = str(uuid4())
        tenant = Tenant(uuid, name, slug, parent.uuid if parent else uuid, {})
        self.tenants[uuid] = tenant
        return tenant

    def add_account(self, login: str, password: str, tenant: Tenant, acl: list[str]) -> Account:
        account = Account(str(uuid4()), login, password, tenant, acl)
        self.accounts[account.uuid] = account
        return account

    def tenant_tree(self, tenant_uuid: str) -> set[str]:
        """The tenant and those below it."""
        found = {tenant_uuid}
        for tenant in self.tenants.values():  # a parent was made before its children
            if tenant.parent_uuid in found:
                found.add(tenant.uuid)
        return found

    def add_token(self, account: Account, seconds: int, user_agent: str, remote_addr: str) -> Token:
        issued = now()
        token = Token(
            id=str(uuid4()),
            account=account,
            issued_at=issued,
            expires_at=issued + timedelta(seconds=seconds),
            session_uuid=str(uuid4()),
            user_agent=user_agent,
            remote_addr=remote_addr,
        )
        self._tokens[token.id] = token
        return token

    def live_tokens(self) -> list[Token]:
        self._tokens = {token.id: token for token in self._tokens.values() if token.expires_at > now()}
        return list(self._tokens.values())

    def token(self, token_id: str) -> Token | None:
        token = self._tokens.get(token_id)
        return token if token and token.expires_at > now() else None

    def drop_token(self, token_id: str) -> None:
        self._tokens.pop(token_id, None)

    # Contexts

    def context(self, context_id: int, tenants: Iterable[str]) -> Context | None:
        context = self.contexts.get(context_id)
        return context if context and context.tenant_uuid in tenants else None

    def context_named(self, name: str, tenants: Iterable[str] | None = None) -> Context | None:
        for context in self.contexts.values():
            if context.name == name and (tenants is None or context.tenant_uuid in tenants):
                return context
        return None

    def delete_context(self, context: Context, keeps_lines_of_users: bool) -> None:
        """It leaves its parents, and its lines go along."""
        del self.contexts[context.id]
        for parent in self.contexts.values():
            parent.includes = [included for included in parent.includes if included != context.id]
        for line in [line for line in self.lines.values() if line.context == context.name]:
            if not (keeps_lines_of_users and self.users_of(line)):
                self.delete_line(line)

    # Others

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is made within is there wholly or not at all. Sequences do not go back."""
        tables = ("contexts", "extensions", "lines", "line_users", "_rows", "_rows_by_uuid")
        # Together, so that what is in two tables stays one object; pickle is several times faster than deepcopy.
        kept = pickle.dumps({name: getattr(self, name) for name in tables})
        try:
            yield
        except Exception:
            self.__dict__.update(pickle.loads(kept))
            raise

    def users_of(self, line: Line) -> list[Row]:
        return [self._rows_by_uuid[user_uuid] for line_id, user_uuid in self.line_users if line_id == line.id]

    def lines_of(self, user: Row) -> list[Line]:
        return [self.lines[line_id] for line_id, user_uuid in self.line_users if user_uuid == user.uuid]

    def extensions_of(self, line: Line) -> list[Extension]:
        return [extension for extension in self.extensions.values() if line.id in extension.line_ids]

    def sip_of(self, line: Line) -> Row | None:
        return self.row_by_uuid(line.sip_uuid) if line.sip_uuid else None

    def delete_line(self, line: Line) -> None:
        del self.lines[line.id]
        self.line_users = [pair for pair in self.line_users if pair[0] != line.id]
        for extension in self.extensions.values():
            extension.line_ids = [line_id for line_id in extension.line_ids if line_id != line.id]

    def touch(self, extension: Extension) -> None:
        """An updated row is the last that PostgreSQL finds, where no order is asked for."""
        self.extensions[extension.id] = self.extensions.pop(extension.id)

    def touch_row(self, resource: str, row: Row) -> None:
        self._rows[resource][row.id] = self._rows[resource].pop(row.id)

    def rows(self, resource: str) -> dict[int, Row]:
        return self._rows.setdefault(resource, {})

    def row_by_uuid(self, uuid: str) -> Row | None:
        return self._rows_by_uuid.get(uuid)

    def add_row(self, resource: str, tenant_uuid: str, values: dict[str, Any]) -> Row:
        for value in values.values():
            check_text(value)
        row = Row(self.next_id(resource), self.draw_uuid(resource), tenant_uuid, values)
        self.rows(resource)[row.id] = row
        self._rows_by_uuid[row.uuid] = row
        return row

    def delete_row(self, resource: str, row: Row) -> None:
        del self.rows(resource)[row.id]
        del self._rows_by_uuid[row.uuid]

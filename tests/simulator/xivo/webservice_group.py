# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web services ``pbx_settings/groups`` and ``settings/queues``: both are queues of Asterisk with members."""

from __future__ import annotations

from typing import Any

from tests.simulator.xivo import php
from tests.simulator.xivo.database import Database, Row
from tests.simulator.xivo.groups import new_group
from tests.simulator.xivo.php import Refused
from tests.simulator.xivo.resources import in_range
from tests.simulator.xivo.webservice import WebService

NAME = r"[a-zA-Z0-9_.-]+"
RESERVED = ("general", "global", "globals")
PROMPTS = ("youarenext", "thereare", "callswaiting", "holdtime", "minutes", "seconds", "thankyou", "reporthold")
# The columns of a queue of Asterisk, as a view shows them.
QUEUE: Row = {
    "name": None,
    "musicclass": "",
    "announce": "",
    "context": None,
    "timeout": "15",
    "monitor-type": None,
    "monitor-format": None,
    **{f"queue-{prompt}": f"queue-{prompt}" for prompt in PROMPTS},
    "periodic-announce": "queue-periodic-announce",
    "announce-frequency": "0",
    "periodic-announce-frequency": "0",
    "announce-round-seconds": "0",
    "announce-holdtime": "no",
    "retry": "1",
    "wrapuptime": "0",
    "maxlen": "0",
    "servicelevel": None,
    "strategy": "rrmemory",
    "joinempty": "",
    "leavewhenempty": "",
    "ringinuse": "0",
    "reportholdtime": "0",
    "memberdelay": "0",
    "weight": "0",
    "timeoutrestart": "0",
    "commented": False,
    "category": None,
    "timeoutpriority": "app",
    "autofill": "0",
    "autopause": "no",
    "setinterfacevar": "0",
    "setqueueentryvar": "0",
    "setqueuevar": "0",
    "membermacro": None,
    "min-announce-frequency": "60",
    "random-periodic-announce": "0",
    "announce-position": "no",
    "announce-position-limit": "5",
    "defaultrule": None,
}
GROUP_FEATURES: Row = {
    **dict.fromkeys(("transfer_user", "transfer_call", "write_caller", "write_calling", "ignore_forward"), "0"),
    "timeout": "0",
    "preprocess_subroutine": None,
}
QUEUE_FEATURES: Row = {
    **dict.fromkeys(("data_quality", "hitting_callee", "hitting_caller", "retries", "ring"), "0"),
    **dict.fromkeys(("transfer_user", "transfer_call", "write_caller", "write_calling", "ignore_forward"), "0"),
    "url": "",
    "announceoverride": "",
    "timeout": "0",
    "preprocess_subroutine": None,
    "announce_holdtime": "0",
    "waittime": None,
    "waitratio": None,
}
# Without any of these a queue is refused; a group has defaults.
QUEUE_REQUIRED = (
    *("strategy", "timeout", "retry", "weight", "wrapuptime", "maxlen", "autofill", "autopause", "announce-position"),
    *("announce-frequency", "periodic-announce-frequency", "announce-holdtime", "announce-round-seconds"),
    *("memberdelay", "reportholdtime", "ringinuse", "timeoutrestart", "timeoutpriority"),
)


class GroupSection:
    kind = "group"
    table = "groups"
    features = "groupfeatures"

    def __init__(self, webservice: WebService) -> None:
        self.webservice = webservice

    @property
    def database(self) -> Database:
        return self.webservice.database

    @property
    def rows(self) -> dict[int, Row]:
        return self.database.rows(self.table)

    def all(self) -> Any:
        return [self._listed(row) for row in self.rows.values()]

    def search(self, wanted: str) -> Any:
        wanted = wanted.lower()
        return [
            self._listed(row)
            for row in self.rows.values()
            if any(wanted in (row[column] or "").lower() for column in ("name", "_number", "_context"))
        ]

    def view(self, number: str) -> Any:
        row = self._find(number)
        if row is None:
            return None
        members = [self._member(row, user, at) for at, user in enumerate(row["_members"], 1)]
        features = {**self._shown(row), **self._deleted(), "identity": self._identity(row["name"], row)}
        return {
            self.features: {"id": row["id"], **features},
            "queue": {**QUEUE, **row.get("_queue", {}), "name": row["name"], "category": self.kind},
            "user": members or False,
            **self._others(),
        }

    def add(self, body: dict[Any, Any] | None) -> int:
        try:
            values = self._form(body)
        except Refused:
            return 400
        number = self.database.next_id(self.table)
        self.rows[number] = {"id": number, **new_group(values["name"]), **values}
        self.database.set_extension(self.kind, number, values["_number"], values["_context"])
        return 200

    def edit(self, number: str, body: dict[Any, Any] | None) -> int:
        """The body is merged into what view shows, but for the members: whoever is not in it is none any more."""
        row = self._find(number)
        if row is None:
            return 404
        if body is None:
            return 400
        merged = php.merge(php.array(self.view(number)), body)
        merged["user"] = body.get("user")
        try:
            values = self._form(merged, row)
        except Refused:
            return 400
        row |= values
        self.database.set_extension(self.kind, row["id"], values["_number"], values["_context"])
        return 200

    def delete(self, number: str) -> int:
        row = self._find(number)
        if row is None:
            return 404
        self.database.set_extension(self.kind, row["id"], None, None)
        del self.rows[row["id"]]
        return 200

    def _find(self, number: str) -> Row | None:
        return next((row for row in self.rows.values() if str(row["id"]) == number), None)

    def _form(self, body: dict[Any, Any] | None, row: Row | None = None) -> Row:
        given = (body or {}).get(self.features)
        queue = (body or {}).get("queue")
        if not isinstance(given, dict) or not isinstance(queue, dict):
            raise Refused(self.features)
        name = php.field(given, "name", most=128, regexp=NAME).lower()
        if name in RESERVED or any(other["name"] == name for other in self.rows.values() if other is not row):
            raise Refused("name")
        number = php.field(given, "number", most=40, regexp="[0-9]+", optional=True) or None
        context = php.field(given, "context", most=39, optional=number is None) or None
        own = row and self.database.extension_of(self.kind, row["id"])
        if number and not new_number(self.database, number, context or "", self.kind, own):
            raise Refused("number")
        return {"name": name, "_number": number, "_context": context, **self._more(body or {}, given, queue)}

    def _more(self, body: dict[Any, Any], given: dict[Any, Any], queue: dict[Any, Any]) -> Row:
        members = body.get("user")
        wanted = dict.fromkeys(map(php.text, members.values())) if isinstance(members, dict) else {}
        users = {str(user): user for user in self.database.rows("users")}
        with_line = {link.user_id for link in self.database.user_lines}
        return {
            "_members": [users[user] for user in wanted if users.get(user) in with_line],
            "_features": _given(GROUP_FEATURES, given),
            "_queue": _given(QUEUE, queue),
        }

    def _shown(self, row: Row) -> Row:
        features = {**GROUP_FEATURES, **row.get("_features", {})}
        return {"name": row["name"], "number": row["_number"] or "", "context": row["_context"], **features}

    def _listed(self, row: Row) -> Row:
        return {
            "id": str(row["id"]),
            **self._shown(row),
            **self._deleted(),
            "commented": False,
            "category": self.kind,
            "nb_qmember": str(len(row["_members"])),
            "entity_displayname": entity_of(self.database, row["_context"]),
            "identity": self._identity(row.get("_displayname") or row["name"], row),
        }

    def _identity(self, name: str, row: Row) -> str:
        return f"{name} ({row['_number'] or ''}@{row['_context'] or ''})"

    def _deleted(self) -> Row:
        return {"deleted": False}

    def _others(self) -> Row:
        return {"rightcall": False, "dialaction": False, "callerid": False}

    def _member(self, row: Row, user: int, position: int) -> Row:
        lines = [link.line_id for link in self.database.user_lines if link.user_id == user and link.main_line]
        name = self.database.rows("lines")[lines[0]]["name"] if lines else None
        return {
            "queue_name": row["name"],
            "interface": f"SIP/{name}",
            "penalty": "0",
            "commented": False,
            "usertype": "user",
            "userid": user,
            "channel": "SIP",
            "category": self.kind,
            "position": position,
        }


class QueueSection(GroupSection):
    kind = "queue"
    table = "queues"
    features = "queuefeatures"

    def _more(self, body: dict[Any, Any], given: dict[Any, Any], queue: dict[Any, Any]) -> Row:
        if any(not php.text(queue.get(name)) for name in QUEUE_REQUIRED):
            raise Refused("queue")
        more = super()._more(body, given, queue)
        return {
            **more,
            "_features": _given(QUEUE_FEATURES, given),
            "_displayname": php.field(given, "displayname", most=128),
        }

    def _shown(self, row: Row) -> Row:
        return {
            "name": row["name"],
            "displayname": row["_displayname"],
            "number": row["_number"] or "",
            "context": row["_context"],
            **QUEUE_FEATURES,
            **row["_features"],
        }

    def _deleted(self) -> Row:
        return {}

    def _others(self) -> Row:
        return {"agent": False, "dialaction": False, "callerid": False}


def _given(columns: Row, given: dict[Any, Any]) -> Row:
    """Of the columns those that the form fills in; what is left empty keeps its default."""
    return {name: php.text(given[name]) for name in columns if php.text(given.get(name))}


def new_number(database: Database, exten: str, name: str, kind: str, own: Row | None = None) -> bool:
    """Whether the number is in a range of its kind, and nothing else has it."""
    taken = {(row["exten"], row["context"]) for row in database.rows("extensions").values() if row is not own}
    return in_range(database, exten, name, kind) and (exten, name) not in taken


def entity_of(database: Database, name: str | None) -> str | None:
    """The entity that a context belongs to, by the name that people read."""
    context = database.context(name or "")
    entity = context and database.entity(context.entity)
    return entity.displayname if entity else None

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a simulated server holds, read past its APIs: its rows, whose each is, and what is there but for chance."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import Any

from tests.unit.bench import Bench

Key = tuple[str, Any]

# What a playbook brings about; all other rows belong to one of these.
ROOTS = ("users", "groups", "conferences", "incalls", "entities")
# What differs from one run to the next, and what only repeats another row.
CHANCE = (
    *("id", "uuid", "tenant_uuid", "created_at", "provisioning_code", "meetmeid", "dcreate", "old_name"),
    *("sip_uuid", "line_ids", "owner", "_voicemail", "_extension", "_sip", "_typeval", "_members", "destination"),
    *("username", "secret", "auth_section_options"),
)


class Stored:
    """``rows`` by table and id, ``owners`` by the same: those that a row belongs to, which may have owners too.

    ``refers`` tells to what a root leads: the members of a group, the destination of an incoming call.
    """

    def __init__(self, bench: Bench) -> None:
        self.rows: dict[Key, dict[str, Any]] = {}
        self.owners: dict[Key, list[Key]] = {}
        self.refers: dict[Key, list[Key]] = {}
        if bench.name.startswith("xivo"):
            self._read_xivo(bench.state.auth.database)
        else:
            self._read_wazo(bench.state.db)
        # Nothing that changes later.
        self.rows = pickle.loads(pickle.dumps(self.rows))

    def _add(self, table: str, identity: Any, row: dict[str, Any], owners: Iterable[Key] = ()) -> None:
        self.rows[table, identity] = row
        self.owners[table, identity] = list(owners)

    def _read_wazo(self, db: Any) -> None:
        by_uuid = {row.uuid: ("users", row.id) for row in db.rows("users").values()}
        for table in ("users", "groups", "conferences", "incalls"):
            for row in db.rows(table).values():
                self._add(table, row.id, {"uuid": row.uuid, **row.values, **row.related})
        for line in db.lines.values():
            users = [by_uuid[uuid] for line_id, uuid in db.line_users if line_id == line.id]
            self._add("lines", line.id, dict(vars(line)), users)
        for row in db.rows("endpoints/sip").values():
            lines = [("lines", line.id) for line in db.lines.values() if line.sip_uuid == row.uuid]
            self._add("endpoints", row.id, {"uuid": row.uuid, **row.values}, lines)
        for extension in db.extensions.values():
            owner = [tuple(extension.owner)] if extension.owner else []
            self._add(
                "extensions", extension.id, dict(vars(extension)), [*(("lines", i) for i in extension.line_ids), *owner]
            )
        for row in db.rows("voicemails").values():
            users = [("users", u.id) for u in db.rows("users").values() if u.related.get("voicemail") == row.id]
            self._add("voicemails", row.id, dict(row.values), users)
        for context in db.contexts.values():
            self._add("contexts", context.id, dict(vars(context)))
        for row in db.rows("groups").values():
            self.refers["groups", row.id] = [by_uuid[uuid] for _place, uuid in sorted(row.related.get("users") or ())]
        for row in db.rows("incalls").values():
            self._refer(row.id, row.related["destination"])

    def _read_xivo(self, db: Any) -> None:
        tables = {"users": "users", "groups": "groups", "conferences": "meetme", "incalls": "incalls"}
        kinds = {"group": "groups", "meetme": "conferences", "incall": "incalls"}
        for table, path in tables.items():
            for row in db.rows(path).values():
                self._add(table, row["id"], row)
        for entity in db.entities:
            self._add("entities", entity.id, dict(vars(entity)))
        for row in db.rows("lines").values():
            users = [("users", link.user_id) for link in db.user_lines if link.line_id == row["id"]]
            self._add("lines", row["id"], row, users)
        for row in db.rows("endpoints/sip").values():
            lines = [("lines", line["id"]) for line in db.rows("lines").values() if line.get("_sip") == row["id"]]
            self._add("endpoints", row["id"], row, lines)
        for row in db.rows("extensions").values():
            if row["_type"] == "extenfeatures":
                continue
            lines = [("lines", i["id"]) for i in db.rows("lines").values() if i.get("_extension") == row["id"]]
            owner = [(kinds[row["_type"]], int(row["_typeval"]))] if row["_type"] in kinds else []
            self._add("extensions", row["id"], row, [*lines, *owner])
        for row in db.rows("voicemails").values():
            users = [("users", user["id"]) for user in db.rows("users").values() if user["_voicemail"] == row["id"]]
            self._add("voicemails", row["id"], row, users)
        for context in db.contexts:
            ranges = sorted(map(str, db.numbers_of(context.name)))
            self._add("contexts", context.id, {**vars(context), "ranges": ranges})
        for row in db.rows("groups").values():
            self.refers["groups", row["id"]] = [("users", user) for user in row["_members"]]
        for row in db.rows("incalls").values():
            self._refer(row["id"], row["destination"])

    def _refer(self, incall: int, destination: dict[str, Any]) -> None:
        table = {"user": "users", "group": "groups", "conference": "conferences"}.get(destination["type"])
        identity = destination.get(f"{destination['type']}_id")
        self.refers["incalls", incall] = [(table, identity)] if table else []

    def roots(self, key: Key) -> set[Key]:
        """Whose a row is in the end."""
        if key[0] in ROOTS:
            return {key}
        return set().union(*(self.roots(owner) for owner in self.owners.get(key, ())))

    def orphans(self) -> list[Key]:
        return [key for key in self.rows if key[0] not in (*ROOTS, "contexts") and not self.roots(key)]

    def name(self, key: Key) -> str:
        row = self.rows.get(key)
        if row is None:
            return f"{key[0]} that is gone"
        if key[0] == "users":
            return f"{row['firstname']} {row['lastname']} {row['email']}"
        if key[0] == "incalls":
            return str(sorted((e["exten"], e["context"]) for e in self._of(key, "extensions")))
        return str(row.get("label") or row.get("name"))

    def _of(self, owner: Key, table: str) -> list[dict[str, Any]]:
        return [row for key, row in self.rows.items() if key[0] == table and owner in self.owners[key]]

    def plain(self) -> list[Any]:
        """Everything but for chance, in an order that is always the same."""
        children: dict[Key, list[Key]] = {}
        for key in self.rows:
            for owner in self.owners[key]:
                children.setdefault(owner, []).append(key)

        def tree(key: Key) -> Any:
            row = self.rows[key]
            kept = {
                name: value
                for name, value in row.items()
                if name not in CHANCE and not (name == "name" and key[0] in ("lines", "endpoints"))
            }
            if str(kept.get("name", "")).startswith("grp-"):
                del kept["name"]
            kept.pop("users", None)
            kept.pop("voicemail", None)
            kept = {name: value for name, value in kept.items() if value not in (None, "", [], {})}
            below = sorted((tree(child) for child in children.get(key, ())), key=str)
            return [key[0], kept, [self.name(other) for other in self.refers.get(key, ())], below]

        tops = [key for key in self.rows if key[0] in ROOTS or not self.owners[key]]
        return sorted((tree(key) for key in tops), key=str)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web service ``call_management/incall``."""

from __future__ import annotations

from typing import Any

from tests.simulator.xivo import php
from tests.simulator.xivo.database import Database, Row
from tests.simulator.xivo.incalls import DESTINATIONS, TIMED
from tests.simulator.xivo.php import Refused
from tests.simulator.xivo.webservice import NOT_SIMULATED, WebService
from tests.simulator.xivo.webservice_group import entity_of, new_number

# What a list tells of the destination: the names of its columns there, and in the table.
TOLD = {
    "user": {"userfirstname": "firstname", "userlastname": "lastname"},
    "group": {"groupname": "name", "groupnumber": "_number", "groupcontext": "_context"},
    "queue": {"queuename": "name", "queuenumber": "_number", "queuecontext": "_context"},
    "meetme": {"meetmename": "name", "meetmenumber": "confno", "meetmecontext": "context"},
    "voicemail": {"voicemailfullname": "name", "voicemailmailbox": "number", "voicemailcontext": "context"},
}
# confd calls one kind of destination differently.
NAMES = {"conference": "meetme"}


class IncallSection:
    def __init__(self, webservice: WebService) -> None:
        self.webservice = webservice

    @property
    def database(self) -> Database:
        return self.webservice.database

    @property
    def rows(self) -> dict[int, Row]:
        return self.database.rows("incalls")

    def all(self) -> Any:
        return [self._listed(row) for row in self.rows.values()]

    def search(self, wanted: str) -> Any:
        return [shown for shown in self.all() if wanted in shown["exten"]]

    def view(self, number: str) -> Any:
        return NOT_SIMULATED if self._find(number) else None

    def add(self, body: dict[Any, Any] | None) -> int:
        try:
            exten, context, values = self._form(body)
        except Refused:
            return 400
        number = self.database.next_id("incalls")
        self.rows[number] = {"id": number, **values}
        self.database.set_extension("incall", number, exten, context)
        return 200

    def edit(self, number: str, body: dict[Any, Any] | None) -> int:
        return NOT_SIMULATED if self._find(number) else 404

    def delete(self, number: str) -> int:
        row = self._find(number)
        if row is None:
            return 404
        self.database.set_extension("incall", row["id"], None, None)
        del self.rows[row["id"]]
        return 200

    def _find(self, number: str) -> Row | None:
        return next((row for row in self.rows.values() if str(row["id"]) == number), None)

    def _form(self, body: dict[Any, Any] | None) -> tuple[str, str, Row]:
        given, dialaction = (body or {}).get("incall"), (body or {}).get("dialaction")
        answer = dialaction.get("answer") if isinstance(dialaction, dict) else None
        if not isinstance(given, dict) or not isinstance(answer, dict):
            raise Refused("incall")
        exten = php.field(given, "exten", most=40, regexp="[0-9]+")
        context = php.field(given, "context", most=39)
        if not new_number(self.database, exten, context, "incall"):
            raise Refused("exten")
        kinds = {NAMES.get(kind, kind): kind for kind in DESTINATIONS}
        kind = kinds.get(php.field(answer, "actiontype", most=64))
        if kind is None:
            raise Refused("actiontype")
        name, _title, table = DESTINATIONS[kind]
        number = int(php.field(answer, "actionarg1", most=9, regexp="[0-9]+"))
        if number not in self.database.rows(table):
            raise Refused("actionarg1")
        destination = {"type": kind, name: number, **({"ring_time": None} if kind in TIMED else {})}
        description = php.field(given, "description", most=1000, lines=True, optional=True)
        empty = dict.fromkeys(("preprocess_subroutine", "caller_id_mode", "caller_id_name"))
        return exten, context, {**empty, "destination": destination, "description": description}

    def _listed(self, row: Row) -> Row:
        extension = self.database.extension_of("incall", row["id"]) or {"exten": "", "context": ""}
        destination = row["destination"]
        kind = NAMES.get(destination["type"], destination["type"])
        told: Row = {name: None for columns in TOLD.values() for name in columns}
        number = None
        if kind in TOLD:
            name, _title, table = DESTINATIONS[destination["type"]]
            number = destination[name]
            target = self.database.rows(table).get(number, {})
            told |= {shown: target.get(column) for shown, column in TOLD[kind].items()}
        names = [told[name] for name in TOLD.get(kind, {})]
        identity = " ".join(filter(None, names)) if kind == "user" else names[0] if names else None
        return {
            "id": str(row["id"]),
            "exten": extension["exten"],
            "context": extension["context"],
            "preprocess_subroutine": row["preprocess_subroutine"],
            "commented": False,
            "description": row["description"] or "",
            "linked": True,
            "action": kind,
            "actionarg1": number and str(number),
            "actionarg2": None,
            **told,
            "entity_displayname": entity_of(self.database, extension["context"]),
            "destination": kind,
            "identity": f"{extension['exten']} ({extension['context']})",
            "destidentity": identity,
        }

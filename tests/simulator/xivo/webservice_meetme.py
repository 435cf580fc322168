# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web service ``pbx_settings/meetme``: conference rooms, which cannot be edited."""

from __future__ import annotations

from typing import Any

from tests.simulator.xivo import php
from tests.simulator.xivo.database import Database, Row
from tests.simulator.xivo.php import Refused
from tests.simulator.xivo.webservice import WebService
from tests.simulator.xivo.webservice_group import NAME, entity_of, new_number

# What a view shows of a room, and a list as texts.
ROOM: Row = {
    "admin_typefrom": None,
    "admin_internalid": None,
    "admin_externalid": None,
    "admin_identification": "pin",
    "admin_mode": "all",
    "admin_announceusercount": False,
    "admin_announcejoinleave": "no",
    "admin_moderationmode": False,
    "admin_initiallymuted": False,
    "admin_musiconhold": None,
    "admin_poundexit": False,
    "admin_quiet": False,
    "admin_starmenu": False,
    "admin_closeconflastmarkedexit": False,
    "admin_enableexitcontext": False,
    "admin_exitcontext": None,
    "user_mode": None,
    "user_announceusercount": False,
    "user_hiddencalls": False,
    "user_announcejoinleave": None,
    "user_initiallymuted": False,
    "user_musiconhold": None,
    "user_poundexit": False,
    "user_quiet": False,
    "user_starmenu": False,
    "user_enableexitcontext": False,
    "user_exitcontext": None,
    "talkeroptimization": True,
    "record": False,
    "talkerdetection": True,
    "noplaymsgfirstenter": False,
    "durationm": None,
    "closeconfdurationexceeded": "0",
    "nbuserstartdeductduration": None,
    "timeannounceclose": None,
    "maxusers": None,
    "startdate": None,
    "emailfrom": "no-reply+meetme@xivo.solutions",
    "emailfromname": None,
    "emailsubject": None,
    "emailbody": "",
    "preprocess_subroutine": None,
    "description": "",
}
REQUIRED = {
    "maxusers": "[0-9]+",
    "admin_typefrom": "none|internal|external|undefined",
    "user_mode": "all|listen|talk",
    "user_announcejoinleave": "no|yes|noreview",
}
# The rows of its configuration file that were there before the first room.
STATIC_ROWS = 6


class MeetmeSection:
    def __init__(self, webservice: WebService) -> None:
        self.webservice = webservice

    @property
    def database(self) -> Database:
        return self.webservice.database

    @property
    def rows(self) -> dict[int, Row]:
        return self.database.rows("meetme")

    def all(self) -> Any:
        return [self._listed(row) for row in self.rows.values()]

    def search(self, wanted: str) -> Any:
        wanted = wanted.lower()
        return [
            self._listed(row)
            for row in self.rows.values()
            if any(wanted in row[column].lower() for column in ("name", "confno", "context"))
        ]

    def view(self, number: str) -> Any:
        row = self._find(number)
        if row is None:
            return None
        return {
            "meetmefeatures": {**self._shown(row), "commented": "0", "identity": _identity(row)},
            "meetmeroom": {
                "id": row["meetmeid"],
                "cat_metric": "1",
                "var_metric": "0",
                "commented": False,
                "filename": "meetme.conf",
                "category": "rooms",
                "var_name": "conf",
                "var_val": ",".join([row["confno"], row["_pin"], row["_pinadmin"]]).rstrip(","),
                "confno": row["confno"],
                "pin": row["_pin"],
                "pinadmin": row["_pinadmin"],
            },
            "meetmeguest": False,
        }

    def add(self, body: dict[Any, Any] | None) -> int:
        try:
            values = self._form(body)
        except Refused:
            return 400
        number = self.database.next_id("meetme")
        self.rows[number] = {"id": number, "meetmeid": number + STATIC_ROWS, **values}
        self.database.set_extension("meetme", number, values["confno"], values["context"])
        return 200

    def delete(self, number: str) -> int:
        row = self._find(number)
        if row is None:
            return 404
        self.database.set_extension("meetme", row["id"], None, None)
        del self.rows[row["id"]]
        return 200

    def _find(self, number: str) -> Row | None:
        return next((row for row in self.rows.values() if str(row["id"]) == number), None)

    def _form(self, body: dict[Any, Any] | None) -> Row:
        given, room = (body or {}).get("meetmefeatures"), (body or {}).get("meetmeroom")
        if not isinstance(given, dict) or not isinstance(room, dict):
            raise Refused("meetmefeatures")
        name = php.field(given, "name", most=80, regexp=NAME).lower()
        confno = php.field(given, "confno", most=40, regexp="[0-9]+")
        context = php.field(given, "context", most=39)
        if php.field(room, "confno", most=40) != confno or any(row["name"] == name for row in self.rows.values()):
            raise Refused("confno")
        if not new_number(self.database, confno, context, "meetme"):
            raise Refused("confno")
        values = {column: php.field(given, column, most=40, regexp=regexp) for column, regexp in REQUIRED.items()}
        values["description"] = php.field(given, "description", most=1000, lines=True, optional=True)
        pins = {f"_{pin}": php.field(room, pin, most=12, regexp="[0-9]+", optional=True) for pin in ("pin", "pinadmin")}
        return {"name": name, "confno": confno, "context": context, **values, **pins}

    def _shown(self, row: Row) -> Row:
        own = {key: value for key, value in row.items() if not key.startswith("_")}
        return {**ROOM, **own}

    def _listed(self, row: Row) -> Row:
        shown = {key: str(int(value)) if isinstance(value, int) else value for key, value in self._shown(row).items()}
        return {
            **shown,
            "commented": False,
            "entity_displayname": entity_of(self.database, row["context"]),
            "identity": _identity(row),
            "pin": row["_pin"],
            "pinadmin": row["_pinadmin"],
        }


def _identity(row: Row) -> str:
    return f"{row['name']} ({row['confno']}@{row['context']})"

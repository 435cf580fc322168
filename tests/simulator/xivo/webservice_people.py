# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web services about people and their numbers, of which confd is the better half.

They are ``pbx_settings/users``, ``pbx_settings/lines`` and the free numbers of ``system_management/extensions``.
"""

from __future__ import annotations

from typing import Any

import flask

from tests.simulator.xivo.database import Database, Row
from tests.simulator.xivo.users import full_name
from tests.simulator.xivo.webservice import NOT_SIMULATED, WebService
from tests.simulator.xivo.webservice_entity import entity_json


class PeopleSection:
    def __init__(self, webservice: WebService) -> None:
        self.webservice = webservice

    @property
    def database(self) -> Database:
        return self.webservice.database


class UserSection(PeopleSection):
    def all(self) -> Any:
        """As measured: nobody, however many there are."""
        return []

    def search(self, text: str) -> Any:
        return []

    def view(self, number: str) -> Any:
        return NOT_SIMULATED if number in map(str, self.database.rows("users")) else None

    def add(self, body: dict[Any, Any] | None) -> int:
        return NOT_SIMULATED

    def edit(self, number: str, body: dict[Any, Any] | None) -> int:
        return NOT_SIMULATED if number in map(str, self.database.rows("users")) else 404

    def delete(self, number: str) -> int:
        """The lines go along, but the extension and the voicemail stay behind."""
        database = self.database
        user = next((user for user in database.rows("users") if str(user) == number), None)
        if user is None:
            return 404
        lines = [link.line_id for link in database.user_lines if link.user_id == user and link.main_user]
        database.user_lines = [
            link for link in database.user_lines if link.user_id != user and link.line_id not in lines
        ]
        for line in lines:
            row = database.rows("lines").pop(line)
            database.rows("endpoints/sip").pop(row["_sip"], None)
        database.leave_groups(user)
        del database.rows("users")[user]
        return 200


class LineSection(PeopleSection):
    def all(self) -> Any:
        users, lines = self.database.rows("users"), self.database.rows("lines")
        return [
            self._listed(lines[link.line_id], users[link.user_id])
            for link in self.database.user_lines
            if link.main_user and lines[link.line_id]["_sip"]
        ]

    def search(self, text: str) -> Any:
        """As measured: none, also in a context where there are some."""
        return []

    def view(self, number: str) -> Any:
        return NOT_SIMULATED

    def _listed(self, line: Row, user: Row) -> Row:
        """The row of the SIP peer with that of the line; its context is that of the peer."""
        sip = self.database.rows("endpoints/sip")[line["_sip"]]
        extension = self.database.rows("extensions").get(line["_extension"], {})
        entity = next((entity for entity in self.database.entities if entity.id == user["_entity"]), None)
        options = {**sip["_fixed"], "subscribemwi": str(int(sip["_fixed"]["subscribemwi"] == "yes"))}
        options |= {name: value for name, value in sip["_options"] if name in PEER_EMPTY}
        return {
            "id": line["id"],
            **dict.fromkeys(PEER_EMPTY),
            **options,
            "name": sip["username"],
            "type": sip["type"],
            "secret": sip["secret"],
            "md5secret": "",
            "context": sip["_context"],
            "callerid": sip["_callerid"],
            "host": sip["host"],
            "ipaddr": "",
            "lastms": "",
            "protocol": "sip",
            "category": "user",
            "encryption": False,
            "commented": False,
            "options": "{}",
            "identity": f"SIP/{sip['username']}",
            "protocolid": line["_sip"],
            "device": line["device_id"],
            "configregistrar": line["registrar"],
            "number": extension.get("exten"),
            "provisioningid": int(line["provisioning_code"]),
            "num": line["position"],
            "ipfrom": "",
            "description": None,
            "useridentity": full_name(user),
            "entity": entity and entity_json(entity),
        }


# The columns of a SIP peer that are empty unless an option fills them.
PEER_EMPTY = (
    *("username", "language", "accountcode", "allowtransfer", "fromuser", "fromdomain", "buggymwi", "fullname"),
    *("cid_number", "maxcallbitrate", "insecure", "nat", "promiscredir", "usereqphone", "videosupport", "trustrpid"),
    *("sendrpid", "allowsubscribe", "allowoverlap", "dtmfmode", "rfc2833compensate", "qualify", "g726nonstandard"),
    *("disallow", "allow", "autoframing", "mohinterpret", "useclientcode", "progressinband", "t38pt_udptl"),
    *("t38pt_usertpsource", "rtptimeout", "rtpholdtimeout", "rtpkeepalive", "deny", "permit", "defaultip", "port"),
    *("regexten", "subscribecontext", "fullcontact", "vmexten", "callingpres", "regserver", "parkinglot"),
    *("outboundproxy", "transport", "remotesecret", "directmedia", "callcounter", "busylevel", "ignoresdpversion"),
    *("session-timers", "session-expires", "session-minse", "session-refresher", "callbackextension", "timert1"),
    *("timerb", "qualifyfreq", "contactpermit", "contactdeny", "unsolicited_mailbox", "use_q850_reason"),
    *("snom_aoc_enabled", "maxforwards", "disallowed_methods", "textsupport"),
)


class ExtensionSection(PeopleSection):
    """Not the extensions themselves, but the numbers of a context that are free, as numbers."""

    def all(self) -> Any:
        return NOT_SIMULATED

    def search(self, text: str) -> Any:
        args = flask.request.args
        name, kind, begin = args.get("context", ""), args.get("obj", ""), args.get("number", "")
        if self.database.context(name) is None:
            return 404
        taken = {row["exten"] for row in self.database.rows("extensions").values() if row["context"] == name}
        numbers = (
            number[-row.didlength :]
            for row in self.database.numbers_of(name)
            if row.type == kind
            for number in _numbers(row.numberbeg, row.numberend or row.numberbeg)
        )
        return [int(number) for number in numbers if number not in taken and number.startswith(begin)]

    def view(self, number: str) -> Any:
        return NOT_SIMULATED


def _numbers(start: str, end: str) -> list[str]:
    return [str(number).zfill(len(start)) for number in range(int(start), int(end) + 1)]

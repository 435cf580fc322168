# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, lines and voicemails on Wazo, of both ages."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from ...dialplan.contexts import NAMES_MADE
from ...errors import known
from ...kinds.users import Extension, Held, Line, Person
from ..confd.server import name_of, owner_of
from ..confd.users import People, sip_name, voicemail_of

if TYPE_CHECKING:
    import typing as t

    from ...kinds.users import Change, Voicemail
    from .server import WazoServer


def _random(length: int) -> str:
    choose = SystemRandom().choice
    return "".join(choose("abcdefghijklmnopqrstuvwxyz0123456789") for _unused in range(length))


class WazoPeople(People):
    confd: WazoServer

    @property
    def _nested(self) -> bool:
        """Whether one POST makes a user with all that belongs to it, and one DELETE takes it away: 22.13 ignores what
        it does not know, and answers 201."""
        return self.confd.names == NAMES_MADE

    def people(self) -> list[Person]:
        boxes = {voicemail.id: voicemail for voicemail in self.voicemails()}
        found = []
        for item in self.items("/users"):
            box = item.get("voicemail")
            found.append(
                Person(
                    item,
                    id=item["id"],
                    uuid=item["uuid"],
                    line=self._line_of(item),
                    voicemail=boxes.get(box["id"]) if box else None,
                )
            )
        return found

    def _line_of(self, user: t.Mapping[str, t.Any]) -> Line | None:
        """Return the main line of a user, which is the first."""
        return self._line(user["lines"][0]) if user["lines"] else None

    def _line(self, line: t.Mapping[str, t.Any]) -> Line | None:
        """Return a line as it is listed with its user; None where it went since."""
        extension = line["extensions"][0] if line["extensions"] else None
        context = line.get("context") or (extension or {}).get("context")
        if context is None:
            # 22.13 shows no context there, and a line without a number has no other place that tells it.
            context = next((other["context"] for other in self.items("/lines") if other["id"] == line["id"]), None)
            if context is None:
                return None
        endpoint = line.get("endpoint_sip")
        other = line.get("endpoint_sccp") or line.get("endpoint_custom")
        return Line(
            line["id"],
            extension["context"] if extension else context,
            endpoint["uuid"] if endpoint else (other or {}).get("id"),
            extension["id"] if extension else None,
            extension["exten"] if extension else None,
            line.get("device_id"),
            False,
        )

    def more_lines(self) -> list[tuple[str, Line]]:
        found = [(item["uuid"], self._line(line)) for item in self.items("/users") for line in item["lines"][1:]]
        return [(uuid, line) for uuid, line in found if line is not None]

    def sip_usernames(self) -> dict[str, str]:
        return {
            item["uuid"]: dict(endpoint["auth_section_options"]).get("username") or endpoint["name"]
            for item in self.items("/users")
            for endpoint in (line.get("endpoint_sip") for line in item["lines"][:1])
            if endpoint
        }

    def lines_of(self, person: Person) -> list[Held]:
        found = []
        for line in self.items("/lines"):
            if any(user["uuid"] == person.uuid for user in line["users"]):
                others = [name_of(user) for user in line["users"] if user["uuid"] != person.uuid]
                # Its main user, who is the first, cannot leave before the others.
                main = line["users"][0]["uuid"] == person.uuid
                found.append(Held(known(self._line(line)), others, not (main and others)))
        return found

    def voicemails(self) -> list[Voicemail]:
        return [voicemail_of(item, len(item.get("users") or ())) for item in self.items("/voicemails")]

    def list_extensions(self) -> list[Extension]:
        return [
            Extension(item["id"], item["exten"], item["context"], owner_of(item)[1] or None)
            for item in self.items("/extensions")
        ]

    def hidden_owner(self, extension: Extension) -> str | None:
        """A line is named for its user, and a group by its label: their own names are made by the server."""
        return self.confd.in_words(extension.owner, extension.exten, extension.context) if extension.owner else None

    def taken_emails(self) -> set[str]:
        mine = {item["uuid"] for item in self.items("/users")}
        users = self.confd.elsewhere("/users", {"view": "summary"})
        return {user["email"].lower() for user in users if user["email"] and user["uuid"] not in mine}

    def sip_passwords(self) -> dict[t.Any, str]:
        found = {}
        for item in self.items("/endpoints/sip"):
            for key, value in item["auth_section_options"]:
                if key == "password":
                    found[item["uuid"]] = value
        return found

    def bring(self, change: Change) -> None:
        before, after = change.before, known(change.after)
        if before is None and self._nested:
            self._make_at_once(change)
            return
        if before is None:
            made = self.write("make the user", "POST", "/users", self.user_body(None, after))
            self.made = uuid = made["uuid"]
        else:
            uuid = before.uuid
            self.change_voicemail(change)
            body = self.user_body(before, after)
            if body:
                self.write("change the user", "PUT", f"/users/{uuid}", body)
        if after.line is not None:
            self._put_line(change, uuid)
        self.put_voicemail(change, uuid)

    def _endpoint_body(self, change: Change, name: str | None) -> dict[str, t.Any]:
        """Return a SIP endpoint with the server's global settings, and with a password: neither is there by itself."""
        name = change.wanted.sip_username or name or _random(8)
        return {
            "name": name,
            "auth_section_options": [["username", name], ["password", change.secrets.get("sip") or _random(16)]],
            "templates": [
                {"uuid": item["uuid"]} for item in self.items("/endpoints/sip/templates") if item["label"] == "global"
            ],
        }

    def _make_at_once(self, change: Change) -> None:
        after = known(change.after)
        body = self.user_body(None, after)
        there: Extension | None = None
        if after.line is not None:
            line = {"context": after.line.context, "endpoint_sip": self._endpoint_body(change, None)}
            if after.line.exten:
                there = self.there(after.line.exten, after.line.context)
                line["extensions"] = [{"exten": after.line.exten, "context": after.line.context}]
            body["lines"] = [line]
        taken_over = after.voicemail is not None and after.voicemail.id is not None
        if after.voicemail is not None and not taken_over:
            body["voicemail"] = self.voicemail_body(change)
        made = self.write("make the user with all that belongs to it", "POST", "/users", body)
        self.made = made["uuid"]
        if there is not None:
            self._check_alone(made["lines"][0]["id"], there)
        if taken_over:
            self.put_voicemail(change, made["uuid"])

    def _put_line(self, change: Change, uuid: str) -> None:
        before = change.before.line if change.before else None
        after = known(known(change.after).line)
        line_id, endpoint = (before.id, before.endpoint) if before else (None, None)
        name = change.wanted.sip_username or sip_name(uuid)
        if line_id is None and change.before is not None:
            # What an earlier run made before it was cut off.
            mine = self._left_line(name, after.context)
            if mine is not None:
                line_id = mine["id"]
                endpoint = mine["endpoint_sip"]["uuid"] if mine.get("endpoint_sip") else None
                self.items("/lines").remove(mine)
        if line_id is None:
            line_id = self.write("make a line", "POST", "/lines", {"context": after.context})["id"]
        if endpoint is None:
            endpoint = self._left_endpoint(name) if change.before is not None else None
            if endpoint is None:
                body = self._endpoint_body(change, name)
                endpoint = self.write("make a SIP endpoint", "POST", "/endpoints/sip", body)["uuid"]
            self.write("give the line its endpoint", "PUT", f"/lines/{line_id}/endpoints/sip/{endpoint}")
        elif "sip" in change.secrets:
            self._set_password(endpoint, change.secrets["sip"])
        if before is None:
            # Before the number, so that a line that has one is always somebody's.
            self.write("give it the line", "PUT", f"/users/{uuid}/lines/{line_id}")
        if after.exten is None:
            return
        if before is None or before.extension_id is None:
            self._give_number(line_id, after)
        elif (before.exten, before.context) != (after.exten, after.context):
            if before.context != after.context:
                # First, for afterwards nothing that is read would tell that it is to be done.
                self._mend_endpoint(endpoint, before.context, after.context)
            self.move_number(before, after)

    def _left_line(self, name: str, context: str) -> dict[str, t.Any] | None:
        """Return a line without a user that has our endpoint, or that has nothing at all."""
        loose = [item for item in self.items("/lines") if not item["users"] and not item["extensions"]]
        mine = [item for item in loose if item.get("endpoint_sip") and item["endpoint_sip"]["name"] == name]
        empty = [
            item
            for item in loose
            if item["context"] == context
            and not (item.get("endpoint_sip") or item.get("endpoint_sccp") or item.get("endpoint_custom"))
        ]
        return next(iter(mine + empty), None)

    def _left_endpoint(self, name: str) -> str | None:
        found = [e for e in self.items("/endpoints/sip") if e["name"] == name and not e["line"] and not e["trunk"]]
        return found[0]["uuid"] if found else None

    def _give_number(self, line_id: int, line: Line) -> None:
        there = self.there(line.exten, line.context)
        text = f"give the line the number {line.exten}"
        if there is None:
            # One request that makes and associates, or does nothing.
            body = {"exten": line.exten, "context": line.context}
            identity = self.write(text, "POST", f"/lines/{line_id}/extensions", body)["id"]
        else:
            identity = there.id
            self.write(text, "PUT", f"/lines/{line_id}/extensions/{identity}")
            self._check_alone(line_id, there)
        self.number_written(identity, line)

    def _check_alone(self, line_id: int, extension: Extension) -> None:
        """Read back a number that was there already; one that is made with its line is nobody else's."""
        item = self.confd.request("GET", f"/extensions/{extension.id}").body
        self.check_alone(line_id, extension.id, extension.exten, item["lines"])

    def _set_password(self, endpoint: str, password: str) -> None:
        # A section that is sent replaces the stored one, so the other options go along.
        item = self.confd.request("GET", f"/endpoints/sip/{endpoint}").body
        options = [pair for pair in item["auth_section_options"] if pair[0] != "password"] + [["password", password]]
        self.write("change the SIP password", "PUT", f"/endpoints/sip/{endpoint}", {"auth_section_options": options})

    def _mend_endpoint(self, endpoint: t.Any, old: str, new: str) -> None:
        """A line that was made with its user keeps the old context in its endpoint when it moves."""
        item = self.confd.request("GET", f"/endpoints/sip/{endpoint}").body
        options = item["endpoint_section_options"]
        if ["context", old] not in options:
            return
        moved = [["context", new] if pair == ["context", old] else pair for pair in options if pair[0] != "callerid"]
        self.write("move the SIP endpoint", "PUT", f"/endpoints/sip/{endpoint}", {"endpoint_section_options": moved})

    def remove(self, change: Change) -> None:
        person = known(change.before)
        user = f"/users/{person.uuid}"
        if person.line is None:
            self._delete_left(change.wanted.sip_username or sip_name(known(person.uuid)))
        for held in person.lines:
            if held.others:  # it stays theirs
                self.write("take its shared line away", "DELETE", f"{user}/lines/{held.line.id}")
        lines = [held.line for held in person.lines if not held.others]
        if self._nested:
            if person.voicemail is not None and not person.voicemail.users:
                self.drop_voicemail(person.uuid, person.voicemail)
            self.write("delete the user with all that belongs to it", "DELETE", user, params={"recursive": "true"})
            for line in lines:
                self.number_written(line.extension_id, None)
            return
        # The voicemail while the line is there: their number tells whose it is.
        if person.voicemail is not None:
            self.drop_voicemail(person.uuid, person.voicemail)
        for line in lines:
            # The number first: once the line is gone, nothing would tell whose it was.
            if line.extension_id is not None:
                self.delete_number(line.extension_id, line.exten)
            self.write("delete the line", "DELETE", f"/lines/{line.id}")
        self.write("delete the user", "DELETE", user)

    def _delete_left(self, name: str) -> None:
        """Delete what a run that was cut off made for somebody who never got it."""
        for line in self.items("/lines"):
            if not line["users"] and line.get("endpoint_sip") and line["endpoint_sip"]["name"] == name:
                self.write("delete its line", "DELETE", f"/lines/{line['id']}")
                return
        endpoint = self._left_endpoint(name)
        if endpoint is not None:
            self.write("delete its SIP endpoint", "DELETE", f"/endpoints/sip/{endpoint}")

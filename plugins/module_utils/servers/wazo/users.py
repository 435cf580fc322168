# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, lines and voicemails on Wazo, of both ages."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from ...dialplan.contexts import NAMES_MADE
from ...errors import InputError, must
from ...kinds.users import Line, SharedLine, User, fields_of
from ..confd.server import name_of
from ..confd.users import ConfdUsers, sip_name, voicemail_of

if TYPE_CHECKING:
    import typing as t

    from ...dialplan.extensions import Extension
    from ...kinds.users import UserChange, Voicemail
    from .server import WazoServer


def _random(length: int) -> str:
    choose = SystemRandom().choice
    return "".join(choose("abcdefghijklmnopqrstuvwxyz0123456789") for _unused in range(length))


class WazoUsers(ConfdUsers):
    confd: WazoServer

    @property
    def _nested(self) -> bool:
        """Whether one POST makes a user with all that belongs to it, and one DELETE takes it away: 22.13 ignores what
        it does not know, and answers 201."""
        return self.confd.names == NAMES_MADE

    def listed(self) -> list[User]:
        boxes = {voicemail.id: voicemail for voicemail in self.voicemails()}
        found = []
        for item in self.items("/users"):
            box = item.get("voicemail")
            found.append(
                User(
                    fields_of(item),
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
            other_view = self.confd.listed_by_id("/lines").get(line["id"])
            if other_view is None:
                return None
            context = other_view["context"]
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

    def lines_of(self, user: User) -> list[SharedLine]:
        found = []
        for line in self.state.once(self._lines_by_user).get(must(user.uuid), ()):
            others = [name_of(other) for other in line["users"] if other["uuid"] != user.uuid]
            # Its main user, who is the first, cannot leave before the others.
            main = line["users"][0]["uuid"] == user.uuid
            found.append(SharedLine(must(self._line(line)), others, not (main and others)))
        return found

    def _lines_by_user(self) -> dict[str, list[dict[str, t.Any]]]:
        found: dict[str, list[dict[str, t.Any]]] = {}
        for line in self.items("/lines"):
            for user in line["users"]:
                found.setdefault(user["uuid"], []).append(line)
        return found

    def voicemails(self) -> list[Voicemail]:
        return [voicemail_of(item, len(item.get("users") or ())) for item in self.items("/voicemails")]

    def sip_passwords(self) -> dict[t.Any, str]:
        found = {}
        for item in self.items("/endpoints/sip"):
            for key, value in item["auth_section_options"]:
                if key == "password":
                    found[item["uuid"]] = value
        return found

    def check(self, changes: t.Sequence[UserChange]) -> None:
        """Refuse an email of somebody in another tenant: Wazo has each once over all tenants."""
        new = [c for c in changes if c.after and c.after.fields["email"]]
        new = [c for c in new if c.before is None or "email" in c.fields]
        for _again in range(2):
            taken = self._taken_emails() if new else set()
            new = [c for c in new if must(c.after).fields["email"].lower() in taken]
            if new:
                self.confd.unread("/users")  # another run may have made somebody of this very tenant since
        if new:
            emails = [(must(c.after).name, must(c.after).fields["email"]) for c in new]
            raise InputError(
                [
                    f"User '{name}': the email '{email}' is that of a user of another tenant already."
                    for name, email in emails
                ]
            )

    def _taken_emails(self) -> set[str]:
        """Return, in lower case, the emails of users who are not seen here, for they are of another tenant."""
        mine = {item["uuid"] for item in self.items("/users")}
        users = self.confd.elsewhere("/users", {"view": "summary"})
        return {user["email"].lower() for user in users if user["email"] and user["uuid"] not in mine}

    def create(self, change: UserChange) -> None:
        if self._nested:
            self._make_at_once(change)
            return
        after = must(change.after)
        made = self.write("make the user", "POST", "/users", self.user_body(None, after))
        change.made = made["id"]
        self._put_rest(change, made["uuid"])

    def update(self, change: UserChange) -> None:
        before, after = must(change.before), must(change.after)
        self.change_voicemail(change)
        body = self.user_body(before, after)
        if body:
            self.write("change the user", "PUT", f"/users/{before.uuid}", body)
        self._put_rest(change, must(before.uuid))

    def _put_rest(self, change: UserChange, uuid: str) -> None:
        if must(change.after).line is not None:
            self._put_line(change, uuid)
        self.put_voicemail(change, uuid)

    def _endpoint_body(self, change: UserChange, name: str | None) -> dict[str, t.Any]:
        """Return a SIP endpoint with the server's global settings, and with a password: neither is there by itself."""
        name = change.declared.sip_username or name or _random(8)
        return {
            "name": name,
            "auth_section_options": [["username", name], ["password", change.secrets.get("sip") or _random(16)]],
            "templates": [
                {"uuid": item["uuid"]} for item in self.items("/endpoints/sip/templates") if item["label"] == "global"
            ],
        }

    def _make_at_once(self, change: UserChange) -> None:
        after = must(change.after)
        body = self.user_body(None, after)
        there: Extension | None = None
        if after.line is not None:
            line: dict[str, t.Any] = {"context": after.line.context, "endpoint_sip": self._endpoint_body(change, None)}
            if after.line.exten:
                there = self.numbers.unowned(after.line.exten, after.line.context)
                line["extensions"] = [{"exten": after.line.exten, "context": after.line.context}]
            body["lines"] = [line]
        taken_over = after.voicemail is not None and after.voicemail.id is not None
        if after.voicemail is not None and not taken_over:
            body["voicemail"] = self.voicemail_body(change)
        made = self.write("make the user with all that belongs to it", "POST", "/users", body)
        change.made = made["id"]
        if there is not None:
            self._check_alone(made["lines"][0]["id"], there)
        if taken_over or after.voicemail is None:
            self.put_voicemail(change, made["uuid"])

    def _put_line(self, change: UserChange, uuid: str) -> None:
        before = change.before.line if change.before else None
        after = must(must(change.after).line)
        line_id, endpoint = (before.id, before.endpoint) if before else (None, None)
        name = change.declared.sip_username or sip_name(uuid)
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
            self.numbers.move(before.extension_id, after.exten, after.context, "another user")

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
        there = self.numbers.unowned(line.exten, line.context)
        text = f"give the line the number {line.exten}"
        if there is None:
            # One request that makes and associates, or does nothing.
            body = {"exten": line.exten, "context": line.context}
            identity = self.write(text, "POST", f"/lines/{line_id}/extensions", body)["id"]
        else:
            identity = there.id
            self.write(text, "PUT", f"/lines/{line_id}/extensions/{identity}")
            self._check_alone(line_id, there)
        self.numbers.taken(identity, must(line.exten), line.context, "another user")

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

    def delete(self, change: UserChange) -> None:
        user = must(change.before)
        path = f"/users/{user.uuid}"
        if user.line is None:
            self._delete_left(change.declared.sip_username or sip_name(must(user.uuid)))
        for shared in user.lines:
            if shared.others:  # it stays theirs
                self.write("take its shared line away", "DELETE", f"{path}/lines/{shared.line.id}")
        lines = [shared.line for shared in user.lines if not shared.others]
        if self._nested:
            if user.voicemail is not None and not user.voicemail.users:
                self.drop_voicemail(user.uuid, user.voicemail)
            self.write("delete the user with all that belongs to it", "DELETE", path, params={"recursive": "true"})
            for line in lines:
                self.numbers.gone(line.extension_id)
            return
        # The voicemail while the line is there: their number tells whose it is.
        if user.voicemail is not None:
            self.drop_voicemail(user.uuid, user.voicemail)
        for line in lines:
            # The number first: once the line is gone, nothing would tell whose it was.
            if line.extension_id is not None:
                self.numbers.delete(line.extension_id, line.exten)
            self.write("delete the line", "DELETE", f"/lines/{line.id}")
        self.write("delete the user", "DELETE", path)

    def _delete_left(self, name: str) -> None:
        """Delete what a run that was cut off made for somebody who never got it."""
        for line in self.items("/lines"):
            if not line["users"] and line.get("endpoint_sip") and line["endpoint_sip"]["name"] == name:
                self.write("delete its line", "DELETE", f"/lines/{line['id']}")
                return
        endpoint = self._left_endpoint(name)
        if endpoint is not None:
            self.write("delete its SIP endpoint", "DELETE", f"/endpoints/sip/{endpoint}")

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, lines and voicemails on XiVO, through xivo-confd: as XiVO took it over in 2016 ("fork"), and of 16.15."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ...errors import must
from ...kinds.users import Line, SharedLine, User, default_caller_id, fields_of
from ..confd.server import name_of
from ..confd.users import ConfdUsers, sip_name, voicemail_of

if TYPE_CHECKING:
    import typing as t

    from ...kinds.state import State
    from ...kinds.users import UserChange, Voicemail


# The number of a user in the caller id.
_NOTED = re.compile(r"<([0-9]+)>\Z")


class XivoUsers(ConfdUsers):
    def __init__(self, server: t.Any, state: State) -> None:
        super().__init__(server, state)
        # Lines that are being moved: where there is no web service, only this run knows that their peers must follow.
        self._moving: set[int] = set()

    def _peers(self) -> dict[int, str]:
        """Return the context of the SIP peer of each line, which xivo-confd does not show: nothing without a web
        service."""
        return self.server.contexts_of_peers() if self.server.has_webservice else {}

    @property
    def _embeds(self) -> bool:
        """Whether a user shows its lines (16.15); on the fork nothing is embedded."""
        users = self.items("/users")
        return bool(users) and "lines" in users[0]

    def listed(self) -> list[User]:
        users = self.items("/users")
        if self._embeds:
            boxes = {voicemail.id: voicemail for voicemail in self.voicemails()}
            lines = {item["id"]: item for item in self.items("/lines")}
            peers = self._peers()
            return [
                User(
                    fields_of(user),
                    user["id"],
                    user["uuid"],
                    # One that went since the users were listed is none any more.
                    self._embedded_line(lines[user["lines"][0]["id"]], peers)
                    if user["lines"] and user["lines"][0]["id"] in lines
                    else None,
                    boxes.get(user["voicemail"]["id"]) if user["voicemail"] else None,
                )
                for user in users
            ]
        return self._people_of_the_fork(users)

    def _line(
        self, item: t.Mapping[str, t.Any], extension: t.Mapping[str, t.Any] | None, peers: t.Mapping[int, str]
    ) -> Line:
        context = extension["context"] if extension else item["context"]
        return Line(
            item["id"],
            context,
            item["name"] if item["protocol"] else None,
            extension["id"] if extension else None,
            extension["exten"] if extension else None,
            item["device_id"],
            peers.get(item["id"], context) != context or item["id"] in self._moving,
        )

    def _embedded_line(self, item: t.Mapping[str, t.Any], peers: t.Mapping[int, str]) -> Line:
        return self._line(item, self._number_on(item), peers)

    def _number_on(self, item: t.Mapping[str, t.Any]) -> dict[str, t.Any] | None:
        """Return the extension of a line: by its own resource, where lines do not show it."""
        if "extensions" in item:
            return item["extensions"][0] if item["extensions"] else None
        links = self.items(f"/lines/{item['id']}/extensions")
        return self.confd.listed_by_id("/extensions").get(links[0]["extension_id"]) if links else None

    def more_lines(self) -> list[tuple[str, Line]]:
        users = self.items("/users")
        if self._embeds:
            lines = {item["id"]: item for item in self.items("/lines")}
            return [
                (user["uuid"], self._line(lines[line["id"]], self._number_on(lines[line["id"]]), {}))
                for user in users
                for line in user["lines"][1:]
            ]
        uuids = {user["id"]: user["uuid"] for user in users}
        return [
            (uuids[link["user_id"]], self._line(item, self._number_on(item), {}))
            for item in self._loose_lines()
            for link in self.items(f"/lines/{item['id']}/users")
        ]

    def sip_usernames(self) -> dict[str, str]:
        lines = {item["id"]: item for item in self.items("/lines")}
        return {
            must(user.uuid): lines[user.line.id]["name"]
            for user in self.state.resources("user")
            if user.line and lines[user.line.id]["protocol"] == "sip"
        }

    def lines_of(self, user: User) -> list[SharedLine]:
        found = []
        lines = self.state.once(self._lines_by_id)
        # One that went since the lines were listed is none any more.
        for _place, item in sorted(lines[identity] for identity in self._line_ids(user) if identity in lines):
            users = self.items(f"/lines/{item['id']}/users")
            others = [link["user_id"] for link in users if link["user_id"] != user.id]
            main = any(link["main_user"] for link in users if link["user_id"] == user.id)
            names = [name_of(other) for other in self.items("/users") if other["id"] in others] if others else []
            found.append(SharedLine(self._line(item, self._number_on(item), {}), names, not (main and others)))
        main_line = user.line.id if user.line else None
        return sorted(found, key=lambda shared: shared.line.id == main_line)

    def _lines_by_id(self) -> dict[int, tuple[int, dict[str, t.Any]]]:
        """Return the lines, each with its place in the list."""
        return {item["id"]: (place, item) for place, item in enumerate(self.items("/lines"))}

    def _line_ids(self, user: User) -> set[int]:
        return {link["line_id"] for link in self.items(f"/users/{user.id}/lines")}

    def _people_of_the_fork(self, users: t.Sequence[t.Mapping[str, t.Any]]) -> list[User]:
        """Put people together from five lists: only the directory tells whose a line is, and by number alone which
        voicemail somebody has."""
        entries = {entry["uuid"]: entry for entry in self.items("/users", view="directory")}
        lines = {item["id"]: item for item in self.items("/lines")}
        numbers = {(item["exten"], item["context"]): item for item in self.items("/extensions")}
        peers = self._peers()
        boxes: dict[str, list[Voicemail]] = {}
        for voicemail in self.voicemails():
            boxes.setdefault(voicemail.number, []).append(voicemail)
        found = []
        for user in users:
            entry = entries.get(user["uuid"]) or {}
            line = None
            item = lines.get(entry.get("line_id"))
            if item is not None:
                # One that is commented out does not show in the directory, and the line has it all the same.
                extension = numbers.get((entry["exten"], entry["context"])) or self._number_on(item)
                line = self._line(item, extension, peers)
            box = self._box_of(user, boxes.get(entry.get("voicemail_number") or "", ()))
            found.append(User(fields_of(user), user["id"], user["uuid"], line, box))
        return found

    def _box_of(self, user: t.Mapping[str, t.Any], boxes: t.Sequence[Voicemail]) -> Voicemail | None:
        if len(boxes) < 2:
            return next(iter(boxes), None)
        # One number in several contexts: only the voicemails' own resources tell which.
        return next((box for box in boxes if user["id"] in self._users_of(box.id)), None)

    def _users_of(self, voicemail_id: int) -> list[int]:
        return [item["user_id"] for item in self.items(f"/voicemails/{voicemail_id}/users")]

    def voicemails(self) -> list[Voicemail]:
        items = self.items("/voicemails")
        if items and "users" in items[0]:
            return [voicemail_of(item, len(item["users"])) for item in items]
        using = Counter(entry["voicemail_number"] for entry in self.items("/users", view="directory"))
        same = Counter(item["number"] for item in items)
        return [
            voicemail_of(item, using[item["number"]] if same[item["number"]] == 1 else len(self._users_of(item["id"])))
            for item in items
        ]

    def sip_passwords(self) -> dict[t.Any, str]:
        return {item["username"]: item["secret"] for item in self.items("/endpoints/sip")}

    def create(self, change: UserChange) -> None:
        made = self.write("make the user", "POST", "/users", self.user_body(None, must(change.after)))
        change.made = made["id"]
        self._put_rest(change, made["id"], made["uuid"])

    def update(self, change: UserChange) -> None:
        before, after = must(change.before), must(change.after)
        self.change_voicemail(change)
        body = self.user_body(before, after)
        if body:
            self.write("change the user", "PUT", f"/users/{before.id}", body)
        self._put_rest(change, before.id, must(before.uuid))

    def _put_rest(self, change: UserChange, user_id: int, uuid: str) -> None:
        if must(change.after).line is not None:
            self._put_line(change, user_id, uuid)
        self.put_voicemail(change, user_id)

    def _put_line(self, change: UserChange, user_id: int, uuid: str) -> None:
        before = change.before.line if change.before else None
        after = must(must(change.after).line)
        name = change.declared.sip_username or sip_name(uuid)
        line_id, endpoint = (before.id, before.endpoint) if before else (None, None)
        if line_id is None and change.before is not None:
            # What an earlier run made before it was cut off: the line takes the name of its endpoint.
            mine = self._left_line(name, after.context)
            if mine is not None:
                line_id = mine["id"]
                endpoint = mine["name"] if mine["protocol"] else None
                self.items("/lines").remove(mine)
        if line_id is None:
            # In the context of the number: a line in another one puts the SIP peer there.
            line_id = self.write("make a line", "POST", "/lines", {"context": after.context})["id"]
        if endpoint is None:
            endpoint_id = self._left_endpoint(name) if change.before is not None else None
            if endpoint_id is None:
                body = {"username": name}
                if "sip" in change.secrets:
                    body["secret"] = change.secrets["sip"]
                endpoint_id = self.write("make a SIP endpoint", "POST", "/endpoints/sip", body)["id"]
            self.write("give the line its endpoint", "PUT", f"/lines/{line_id}/endpoints/sip/{endpoint_id}")
        elif "sip" in change.secrets:
            identity = next(e["id"] for e in self.items("/endpoints/sip") if e["username"] == endpoint)
            self.write(
                "change the SIP password", "PUT", f"/endpoints/sip/{identity}", {"secret": change.secrets["sip"]}
            )
        if before is None:
            # Before the number: the fork answers 500 to a change of a number whose line has no user.
            self.write("give it the line", "PUT", f"/users/{user_id}/lines/{line_id}")
        if after.exten is None:
            return
        if before is None or before.extension_id is None:
            self._give_number(line_id, after)
        elif (before.exten, before.context) != (after.exten, after.context):
            if before.context != after.context:
                self._moving.add(line_id)
            self.numbers.move(before.extension_id, after.exten, after.context, "another user")
        if before is not None and (before.left_behind or before.context != after.context):
            # A move leaves the SIP peer in the old context, which no list shows; any PUT on the user mends that.
            self.write("bring the SIP peer along", "PUT", f"/users/{user_id}", {})
            self._moving.discard(line_id)

    def _give_number(self, line_id: int, line: Line) -> None:
        there = self.numbers.unowned(line.exten, line.context)
        if there is None:
            body = {"exten": line.exten, "context": line.context}
            identity = self.write(f"make the extension {line.exten}", "POST", "/extensions", body)["id"]
        else:
            identity = there.id
        self.write(f"give the line the number {line.exten}", "PUT", f"/lines/{line_id}/extensions/{identity}")
        self.numbers.taken(identity, must(line.exten), line.context, "another user")
        lines = self.confd.items(f"/extensions/{identity}/lines")
        self.check_alone(line_id, identity, line.exten, lines)

    def _left_line(self, name: str, context: str) -> dict[str, t.Any] | None:
        """Return a line that has our endpoint, or that has nothing at all."""
        loose = self._loose_lines()
        mine = [item for item in loose if item["protocol"] and item["name"] == name]
        # Without an endpoint a line can have neither a user nor a number.
        empty = [item for item in loose if not item["protocol"] and item["context"] == context]
        return next(iter(mine + empty), None)

    def _loose_lines(self) -> list[dict[str, t.Any]]:
        """Return the lines that are nobody's main line."""
        taken = {entry["line_id"] for entry in self.items("/users", view="directory")}
        return [item for item in self.items("/lines") if item["id"] not in taken]

    def _left_endpoint(self, name: str) -> int | None:
        found = [item for item in self.items("/endpoints/sip") if item["username"] == name and not item["trunk"]]
        return found[0]["id"] if found else None

    def delete(self, change: UserChange) -> None:
        user = must(change.before)
        for shared in user.lines:
            if shared.others:  # it stays theirs
                self.write("take its shared line away", "DELETE", f"/users/{user.id}/lines/{shared.line.id}")
        lines = [shared.line for shared in user.lines if not shared.others]
        box = user.voicemail
        if box is not None and not any(_is_number_of(box, line) for line in lines):
            self.drop_voicemail(user.id, box)
            box = None
        for line in lines:
            if line.device:
                self.write("take its telephone away", "DELETE", f"/lines/{line.id}/devices/{line.device}")
            # The number first: once the line is gone, nothing would tell whose it was. And as it leaves its line before
            # it can be deleted, something must tell it between the two: the voicemail, or else the caller id.
            if line.extension_id is not None:
                if box is None or not _is_number_of(box, line):
                    body = {"caller_id": f"{default_caller_id(user.name)} <{line.exten}>"}
                    self.write("note its number", "PUT", f"/users/{user.id}", body)
                self.write("take its number away", "DELETE", f"/lines/{line.id}/extensions/{line.extension_id}")
                self.numbers.delete(line.extension_id, line.exten)
            else:
                noted = _NOTED.search(user.fields["caller_id"])
                for number in ([box.number] if box else []) + (list(noted.groups()) if noted else []):
                    self._delete_left_number(number, line.context)
        if box is not None:
            self.drop_voicemail(user.id, box)
        for line in lines:
            self.write("take its line away", "DELETE", f"/users/{user.id}/lines/{line.id}")
            self.write("delete the line", "DELETE", f"/lines/{line.id}")
        if not lines:
            self._delete_left(change.declared.sip_username or sip_name(must(user.uuid)))
        self.write("delete the user", "DELETE", f"/users/{user.id}")

    def _delete_left(self, name: str) -> None:
        """Delete what a run that was cut off made for somebody who never got it, or took away already."""
        line = next((item for item in self._loose_lines() if item["protocol"] and item["name"] == name), None)
        if line is not None:
            self.write("delete its line", "DELETE", f"/lines/{line['id']}")
            return
        endpoint = self._left_endpoint(name)
        if endpoint is not None:
            self.write("delete its SIP endpoint", "DELETE", f"/endpoints/sip/{endpoint}")

    def _delete_left_number(self, exten: str, context: str) -> None:
        there = self.numbers.at(exten, context)
        if there is not None and self.numbers.hidden_owner(there) is None:
            self.numbers.delete(there.id, exten)


def _is_number_of(box: Voicemail, line: Line) -> bool:
    """Whether a voicemail has the number of a line, or may have had it before that was taken away."""
    return box.context == line.context and line.exten in (None, box.number)

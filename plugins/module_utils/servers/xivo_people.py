# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, lines and voicemails on XiVO, through xivo-confd: as XiVO took it over in 2016 ("fork"), and of 16.15."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ..domain.people import Extension, Line, Person
from ..errors import RequestError, known
from .confd import owner_of
from .people import People, sip_name, voicemail_of

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from ..domain.people import Change, Voicemail  # noqa: F401
    from .confd import ConfdServer  # noqa: F401

UNSEEN = "somebody that xivo-confd does not show"


class XivoPeople(People):
    """``owners_of_numbers`` tells what the web service knows of groups, rooms and queues: their numbers look free to
    xivo-confd, and changing one leaves its owner with the old. It is None where there is no web service."""

    def __init__(self, confd, owners_of_numbers=None):
        # type: (ConfdServer, t.Optional[t.Callable[[], t.Dict[t.Tuple[str, str], str]]]) -> None
        super(XivoPeople, self).__init__(confd)
        self._owners_of_numbers = owners_of_numbers

    @property
    def _embeds(self):
        # type: () -> bool
        """Whether a user shows its lines (16.15); on the fork nothing is embedded."""
        users = self.items("/users")
        return bool(users) and "lines" in users[0]

    def people(self):
        # type: () -> t.List[Person]
        users = self.items("/users")
        if self._embeds:
            boxes = {voicemail.id: voicemail for voicemail in self.voicemails()}
            lines = {item["id"]: item for item in self.items("/lines")}
            return [
                Person(
                    user,
                    user["id"],
                    user["uuid"],
                    self._embedded_line(lines[user["lines"][0]["id"]]) if user["lines"] else None,
                    boxes.get(user["voicemail"]["id"]) if user["voicemail"] else None,
                )
                for user in users
            ]
        return self._people_of_the_fork(users)

    @staticmethod
    def _embedded_line(item):
        # type: (t.Mapping[str, t.Any]) -> Line
        extension = item["extensions"][0] if item["extensions"] else None
        return Line(
            item["id"],
            extension["context"] if extension else item["context"],
            item["name"] if item["protocol"] else None,
            extension["id"] if extension else None,
            extension["exten"] if extension else None,
            item["device_id"],
        )

    def _people_of_the_fork(self, users):
        # type: (t.Sequence[t.Mapping[str, t.Any]]) -> t.List[Person]
        """Put people together from five lists: only the directory tells whose a line is, and by number alone which
        voicemail somebody has."""
        entries = {entry["uuid"]: entry for entry in self.items("/users", view="directory")}
        lines = {item["id"]: item for item in self.items("/lines")}
        numbers = {(item["exten"], item["context"]): item for item in self.items("/extensions")}
        found = []
        for user in users:
            entry = entries.get(user["uuid"]) or {}
            line = None
            item = lines.get(entry.get("line_id"))
            if item is not None:
                extension = numbers.get((entry["exten"], entry["context"])) if entry["exten"] else None
                line = Line(
                    item["id"],
                    extension["context"] if extension else item["context"],
                    item["name"] if item["protocol"] else None,
                    extension["id"] if extension else None,
                    extension["exten"] if extension else None,
                    item["device_id"],
                )
            found.append(Person(user, user["id"], user["uuid"], line, self._box_of(user, entry)))
        return found

    def _box_of(self, user, entry):
        # type: (t.Mapping[str, t.Any], t.Mapping[str, t.Any]) -> t.Optional[Voicemail]
        number = entry.get("voicemail_number")
        if not number:
            return None
        boxes = [voicemail for voicemail in self.voicemails() if voicemail.number == number]
        if len(boxes) == 1:
            return boxes[0]
        # One number in several contexts: only the user's own resource tells which.
        own = self.confd.request("GET", "/users/%s/voicemails" % user["id"]).body
        return next((voicemail for voicemail in boxes if voicemail.id == own["voicemail_id"]), None)

    def voicemails(self):
        # type: () -> t.List[Voicemail]
        items = self.items("/voicemails")
        if items and "users" in items[0]:
            return [voicemail_of(item, len(item["users"])) for item in items]
        using = [entry["voicemail_number"] for entry in self.items("/users", view="directory")]
        return [voicemail_of(item, using.count(item["number"])) for item in items]

    def list_extensions(self):
        # type: () -> t.List[Extension]
        found = []
        directory = {}  # type: t.Dict[t.Tuple[str, str], str]
        if not self._embeds:
            for entry in self.items("/users", view="directory"):
                name = " ".join(part for part in (entry["firstname"], entry["lastname"]) if part)
                directory[(entry["exten"], entry["context"])] = "the user %s" % name
        others = None  # type: t.Optional[t.Dict[t.Tuple[str, str], str]]
        for item in self.items("/extensions"):
            key = (item["exten"], item["context"])
            owner = owner_of(item)[1] or directory.get(key)
            if not owner and "lines" not in item:
                if others is None:
                    others = self._owners_of_numbers() if self._owners_of_numbers else {}
                owner = others.get(key)
            found.append(Extension(item["id"], item["exten"], item["context"], owner or None))
        return found

    def _check_unowned(self, extension):
        # type: (Extension) -> None
        """Before a number that looks free is used: its lines are asked for, and the web service must have been."""
        lines = self.confd.request("GET", "/extensions/%s/lines" % extension.id).body["items"]
        if lines or (self._owners_of_numbers is None and not self._embeds):
            raise RequestError(
                "The extension %s is there already, and belongs to %s."
                % (extension.exten, "another line" if lines else UNSEEN + "; set webservices_url, which does")
            )

    def sip_passwords(self):
        # type: () -> t.Dict[t.Any, str]
        return {item["username"]: item["secret"] for item in self.items("/endpoints/sip")}

    def bring(self, change):
        # type: (Change) -> None
        before, after = change.before, known(change.after)
        if before is None:
            made = self.write("make the user", "POST", "/users", self.user_body(None, after))
            user_id, uuid = made["id"], made["uuid"]
        else:
            user_id, uuid = before.id, before.uuid
            body = self.user_body(before, after)
            if body:
                self.write("change the user", "PUT", "/users/%s" % user_id, body)
        if after.line is not None:
            self._put_line(change, user_id, uuid)
        self.put_voicemail(change, user_id)

    def _put_line(self, change, user_id, uuid):
        # type: (Change, int, str) -> None
        before = change.before.line if change.before else None
        after = known(known(change.after).line)
        name = change.wanted.sip_username or sip_name(uuid)
        line_id, endpoint = (before.id, before.endpoint) if before else (None, None)
        if line_id is None and change.before is not None:
            # What an earlier run made before it was cut off: the line takes the name of its endpoint.
            mine = self._left_line(name, after.context)
            if mine is not None:
                line_id = mine["id"]
                endpoint = mine["name"] if mine["protocol"] else None
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
            self.write("give the line its endpoint", "PUT", "/lines/%s/endpoints/sip/%s" % (line_id, endpoint_id))
        elif "sip" in change.secrets:
            identity = next(e["id"] for e in self.items("/endpoints/sip") if e["username"] == endpoint)
            self.write(
                "change the SIP password", "PUT", "/endpoints/sip/%s" % identity, {"secret": change.secrets["sip"]}
            )
        if before is None:
            # Before the number: the fork answers 500 to a change of a number whose line has no user.
            self.write("give it the line", "PUT", "/users/%s/lines/%s" % (user_id, line_id))
        if after.exten is None:
            return
        if before is None or before.extension_id is None:
            self._give_number(line_id, after)
        elif (before.exten, before.context) != (after.exten, after.context):
            there = self._there(after)
            if there is not None:
                self._check_unowned(there)
                self.make_way(after.exten, after.context)
            self.write(
                "change the number to %s" % after.exten,
                "PUT",
                "/extensions/%s" % before.extension_id,
                {"exten": after.exten, "context": after.context},
            )
            if before.context != after.context:
                # A move leaves the SIP peer in the old context, which nothing shows; any PUT on the user mends that.
                self.write("bring the SIP peer along", "PUT", "/users/%s" % user_id, {})

    def _there(self, line):
        # type: (Line) -> t.Optional[Extension]
        return next((e for e in self.extensions() if (e.exten, e.context) == (line.exten, line.context)), None)

    def _give_number(self, line_id, line):
        # type: (int, Line) -> None
        there = self._there(line)
        if there is None:
            body = {"exten": line.exten, "context": line.context}
            identity = self.write("make the extension %s" % line.exten, "POST", "/extensions", body)["id"]
        else:
            self._check_unowned(there)
            identity = there.id
        self.write("give the line the number %s" % line.exten, "PUT", "/lines/%s/extensions/%s" % (line_id, identity))
        # Two lines can end up on one number when two programs do this at once, and no list shows it.
        others = self.confd.request("GET", "/extensions/%s/lines" % identity).body["items"]
        if len(others) > 1:
            raise RequestError("The extension %s is on %d lines now, by somebody else too." % (line.exten, len(others)))

    def _left_line(self, name, context):
        # type: (str, str) -> t.Optional[t.Dict[str, t.Any]]
        """Return a line that has our endpoint, or that has nothing at all."""
        taken = [entry["line_id"] for entry in self.items("/users", view="directory")]
        loose = [item for item in self.items("/lines") if item["id"] not in taken]
        mine = [item for item in loose if item["protocol"] and item["name"] == name]
        # Without an endpoint a line can have neither a user nor a number.
        empty = [item for item in loose if not item["protocol"] and item["context"] == context]
        return next(iter(mine + empty), None)

    def _left_endpoint(self, name):
        # type: (str) -> t.Optional[int]
        found = [item for item in self.items("/endpoints/sip") if item["username"] == name and not item["trunk"]]
        return found[0]["id"] if found else None

    def remove(self, change):
        # type: (Change) -> None
        person = known(change.before)
        line = person.line
        if line is not None:
            if line.device:
                self.write("take its telephone away", "DELETE", "/lines/%s/devices/%s" % (line.id, line.device))
            # The number first: once the line is gone, nothing would tell whose it was.
            if line.extension_id is not None:
                self.write("take its number away", "DELETE", "/lines/%s/extensions/%s" % (line.id, line.extension_id))
                self.write("delete the extension %s" % line.exten, "DELETE", "/extensions/%s" % line.extension_id)
            elif person.voicemail is not None and person.voicemail.number:
                # A run that was cut off here: the number is free already, and the voicemail still tells it.
                self._delete_left_number(person.voicemail.number, line.context)
            self.write("take its line away", "DELETE", "/users/%s/lines/%s" % (person.id, line.id))
            self.write("delete the line", "DELETE", "/lines/%s" % line.id)
        if person.voicemail is not None:
            self.drop_voicemail(person.id, person.voicemail)
        self.write("delete the user", "DELETE", "/users/%s" % person.id)

    def _delete_left_number(self, exten, context):
        # type: (str, str) -> None
        there = next((e for e in self.extensions() if (e.exten, e.context) == (exten, context)), None)
        if there is not None and there.owner is None:
            self._check_unowned(there)
            self.make_way(exten, context)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups and conference rooms on XiVO: groups through xivo-confd 16.15, both through the web service.

The web service makes and deletes the number together with its owner, and gives no reason for a refusal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..domain.names import suggest
from ..domain.numbered import GROUP, ROOM, WORDS, Member, Thing
from ..errors import RequestError, TelephonyError, known
from .numbered import ConfdGroups, Numbered

if TYPE_CHECKING:
    import typing as t

    from .people import People
    from .xivo_webservice import XivoWebserviceServer

GROUPS = "/service/ipbx/json.php/%s/pbx_settings/groups/"
ROOMS = "/service/ipbx/json.php/%s/pbx_settings/meetme/"
_NAME = re.compile(r"^[a-zA-Z0-9_.-]+\Z")
_RESERVED = ("general", "global", "globals")
# Without these a room is refused.
_NEW_ROOM = {"maxusers": "0", "admin_typefrom": "none", "user_mode": "all", "user_announcejoinleave": "no"}


def _name_problems(thing: Thing, maximum: int) -> list[str]:
    word = WORDS[thing.kind]
    if not _NAME.match(thing.name) or len(thing.name) > maximum:
        return [
            "The name '%s' of a %s may hold only the letters a-z and A-Z, digits, '.', '_' and '-' on XiVO, at most "
            "%d. Write name: '%s'." % (thing.name, word, maximum, suggest(thing.name))
        ]
    if thing.name.lower() in _RESERVED:
        return [f"The name '{thing.name}' is reserved by the telephone system itself; choose another one."]
    return []


class XivoConfdGroups(ConfdGroups):
    def problems(self, thing: Thing) -> list[str]:
        # xivo-confd takes any name, and breaks the configuration of Asterisk with some.
        return _name_problems(thing, 128)


class WebserviceNumbered(Numbered):
    leaves_extension = False
    path = ""
    number_key = ""
    maximum = 0

    def __init__(self, server: XivoWebserviceServer, people: People) -> None:
        super().__init__(people)
        self.server = server

    def stored_name(self, name: str) -> str:
        return name.lower()

    def problems(self, thing: Thing) -> list[str]:
        return _name_problems(thing, self.maximum)

    def listed(self) -> list[Thing]:
        return [
            Thing(
                self.kind,
                to_text(row["name"]),
                id=int(row["id"]),
                context=row["context"] or None,
                exten=row[self.number_key] or None,
                pin=row.get("pin"),
            )
            for row in self.server.rows(self.path, f"the {WORDS[self.kind]}s")
        ]

    def detail(self, thing: Thing) -> Thing:
        return thing.replace(raw=self.server.view(self.path, thing.id, f"the {thing.name}"))

    def act(self, act: str, thing: Thing, body: t.Any = None) -> None:
        word = WORDS[self.kind]
        self.server.act(self.path, act, f"the {word} '{thing.name}'", thing.id, body)
        self.people.done.append(f"{act} the {word}")

    def make_way(self, after: Thing) -> None:
        """The web service makes the number itself, and refuses one that is there already although nobody's."""
        there = self.there(after) if after.exten is not None else None
        if there is not None:
            self.remove_number(there)

    def remove(self, before: Thing) -> None:
        self.act("delete", before)


class WebserviceGroups(WebserviceNumbered):
    kind = GROUP
    path = GROUPS
    number_key = "number"
    maximum = 128

    def detail(self, thing: Thing) -> Thing:
        thing = super().detail(thing)
        rows = thing.raw["user"] or ()
        people = {person.id: person for person in self.people.people()} if rows else {}
        members = []
        for row in sorted(rows, key=lambda row: int(row["position"])):
            person = people.get(int(row["userid"]))
            if person:
                members.append(Member(person.uuid, person.id, person.name))
        return thing.replace(members=tuple(members))

    def make(self, after: Thing) -> None:
        self.make_way(after)
        self.act("add", after, _group_body(after, {}))

    def change(self, before: Thing, after: Thing) -> None:
        if (before.exten, before.context) != (after.exten, after.context):
            self.make_way(after)
        self.act("edit", before, _group_body(after, before.raw))


def _group_body(group: Thing, view: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return a whole group. What an edit leaves out is reset or deleted: members, queue options, what happens when
    nobody answers, caller id, rights, schedule. So what ``view`` shows of it goes back, each in the shape of a form."""
    features = dict(view.get("groupfeatures") or {"timeout": "0"})
    features.update(name=group.name, number=group.exten or "", context=group.context)
    body: dict[str, t.Any] = {
        "groupfeatures": features,
        "queue": dict(view.get("queue") or {}),
        "user": [known(member.id) for member in group.members],
    }
    if view.get("dialaction"):
        actions = body["dialaction"] = {}
        for event, row in view["dialaction"].items():
            kind, separator, action = row["action"].partition(":")
            actions[event] = dict(row, actiontype=kind, action=action)
    if view.get("rightcall"):
        body["rightcall"] = [row["rightcallid"] for row in view["rightcall"]]
    for key in ("callerid", "schedule_id"):
        if view.get(key):
            body[key] = view[key]
    return body


class WebserviceConferences(WebserviceNumbered):
    """A room cannot be edited: it is deleted and made again, with what it had."""

    kind = ROOM
    keeps_id = False
    path = ROOMS
    number_key = "confno"
    maximum = 80

    def make(self, after: Thing) -> None:
        self.make_way(after)
        self.act("add", after, _room_body(after, {}))

    def change(self, before: Thing, after: Thing) -> None:
        if (before.exten, before.context) != (after.exten, after.context):
            self.make_way(after)
        calls = [
            call for call in self.people.items("/incalls") if call["destination"].get("conference_id") == before.id
        ]
        self.act("delete", before)
        try:
            self.act("add", after.replace(id=None), _room_body(after, before.raw))
        except TelephonyError as error:
            if self._find(after) is None:
                self.act("add", before.replace(id=None), _room_body(before, before.raw))
                raise RequestError(f"{error.text} The room was made again as it was before.") from error
        new = known(self._find(after))
        for call in calls:
            # The room has another id now, and the old one is dead.
            destination = dict(call["destination"], conference_id=new.id)
            path = f"/incalls/{call['id']}"
            self.people.write("bring an incoming call along", "PUT", path, {"destination": destination})

    def _find(self, room: Thing) -> Thing | None:
        key = (room.name, room.exten, room.context)
        return next((other for other in self.listed() if (other.name, other.exten, other.context) == key), None)


def _room_body(room: Thing, view: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    features = dict(view.get("meetmefeatures") or _NEW_ROOM)
    features.update(name=room.name, confno=known(room.exten), context=room.context)
    features.pop("id", None)
    pins = {"pin": room.pin, "pinadmin": (view.get("meetmeroom") or {}).get("pinadmin") or ""}
    return {"meetmefeatures": features, "meetmeroom": dict(pins, confno=room.exten)}

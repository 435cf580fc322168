# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups and conference rooms on XiVO: groups through xivo-confd 16.15, both through the web service.

The web service makes and deletes the number together with its owner, and gives no reason for a refusal.
"""

from __future__ import annotations

import re
from collections import namedtuple
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ...dialplan.menus import MENU_ROOMS
from ...dialplan.names import suggest
from ...dialplan.numbers import is_number
from ...errors import RequestError, TelephonyError, UncertainError, known
from ...kinds.numbered import GROUP, ROOM, WORDS, Member, Thing
from ..confd.numbered import ConfdGroups, Numbered

if TYPE_CHECKING:
    import typing as t

    from ..confd.users import People
    from .webservice import XivoWebserviceServer

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
                raw=row,
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

    def change(self, before: Thing, after: Thing, spare: tuple[str, str] | None) -> None:
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


# A room that holds the place of one that is being made again: it has all that the other had but for its number and its
# name, and tells these: with the id, to which incoming calls still lead.
_STAND_IN = re.compile(r"\.was-([0-9]+)\Z")
_STANDS_FOR = re.compile(r"^([a-z0-9_.-]+) ([0-9]+)@([a-z0-9_-]+)(?:\n|\Z)")


class StandIn(namedtuple("StandIn", ("room", "was", "stands_for"))):
    """``room`` is the one that holds the place, ``was`` the id of the other, ``stands_for`` the other as it was."""


class WebserviceConferences(WebserviceNumbered):
    """A room cannot be edited: it is deleted and made again, with what it had.

    So that nothing is lost wherever that is cut off, a copy of it, the stand-in, is made before and deleted after.
    """

    kind = ROOM
    keeps_id = False
    path = ROOMS
    number_key = "confno"
    maximum = 80

    def listed(self) -> list[Thing]:
        rooms, stand_ins = self._rooms()
        found = [room.replace(unfinished=name in stand_ins) for name, room in rooms.items()]
        return found + [stand_in.stands_for for name, stand_in in stand_ins.items() if name not in rooms]

    def _rooms(self) -> tuple[dict[str, Thing], dict[str, StandIn]]:
        """Return the rooms, and what stands in for some, by name of the room."""
        rooms: dict[str, Thing] = {}
        stand_ins: dict[str, StandIn] = {}
        for room in super().listed():
            was = _STAND_IN.search(room.name)
            told = _STANDS_FOR.match(room.raw["description"] or "") if was else None
            if was and told:
                name, exten, context = told.groups()
                other = room.replace(name=name, exten=exten, context=context, unfinished=True)
                stand_ins[name] = StandIn(room, int(was.group(1)), other)
            else:
                rooms[room.name] = room
        return rooms, stand_ins

    def remake_problems(self, before: Thing) -> list[str]:
        row = before.raw.get("meetmeroom")
        pins = [row.get(key) for key in ("pin", "pinadmin")] if isinstance(row, dict) else [None]
        if all(pin == "" or is_number(to_text(pin)) for pin in pins):
            return []
        return [
            f"The conference room '{before.name}' would have to be made again, and XiVO does not tell its pins. Change "
            f"it in its web page (menu {MENU_ROOMS}), or delete it and make it with its pin."
        ]

    def losses(self, before: Thing) -> list[str]:
        if not before.raw.get("meetmeguest"):
            return []
        return [
            f"The conference room '{before.name}' is made again, and the guests who were invited to it by mail are not "
            "kept. Invite them again."
        ]

    def make(self, after: Thing) -> None:
        self.make_way(after)
        self.act("add", after, _room_body(after, {}))

    def remove(self, before: Thing) -> None:
        rooms, stand_ins = self._rooms()
        if before.name in stand_ins:
            self.act("delete", stand_ins[before.name].room)
        if before.name in rooms:
            self.act("delete", rooms[before.name])

    def change(self, before: Thing, after: Thing, spare: tuple[str, str] | None) -> None:
        if (before.exten, before.context) != (after.exten, after.context):
            self.make_way(after)
        # Before anything is written: without them it cannot be finished.
        calls = [call for call in self.people.items("/incalls") if "conference_id" in call["destination"]]
        rooms, stand_ins = self._rooms()
        room, stand_in = rooms.get(before.name), stand_ins.get(before.name)
        if room is not None and _seen(room) != _seen(after):
            if stand_in is not None:
                # Of an earlier change: its number is free then.
                spare = spare or (known(stand_in.room.exten), known(stand_in.room.context))
                self._finish(stand_in, room, calls)
            stand_in = self._stand_in_for(room, before.raw, known(spare))
            self._surely("delete", room)
            room = None
        if room is None:
            room = self._made_again(after, known(stand_in), calls)
        if stand_in is not None:
            self._finish(stand_in, room, calls)

    def _stand_in_for(self, room: Thing, view: t.Mapping[str, t.Any], spare: tuple[str, str]) -> StandIn:
        suffix = f".was-{room.id}"
        exten, context = spare
        held = room.replace(
            id=None, name=room.name[: self.maximum - len(suffix)] + suffix, exten=exten, context=context
        )
        body = _room_body(held, view)
        told = f"{room.name} {room.exten}@{room.context}"
        described = body["meetmefeatures"].get("description")
        body["meetmefeatures"]["description"] = f"{told}\n{described}" if described else told
        self._surely("add", held, body)
        return known(self._rooms()[1].get(room.name))

    def _made_again(self, after: Thing, stand_in: StandIn, calls: t.Sequence[t.Any]) -> Thing:
        view = self.server.view(self.path, stand_in.room.id, f"the {stand_in.room.name}")
        features = view["meetmefeatures"]
        features["description"] = _STANDS_FOR.sub("", features["description"] or "")
        try:
            return known(self._surely("add", after.replace(id=None), _room_body(after, view)))
        except TelephonyError as error:
            old = stand_in.stands_for.replace(id=None)
            try:
                room = known(self._surely("add", old, _room_body(old, view)))
            except TelephonyError:
                raise RequestError(
                    "%s Nothing answers on its number %s now. What the room had is kept in the room '%s' with the "
                    "number %s: run the task again to have it made again."
                    % (error.text, old.exten, stand_in.room.name, stand_in.room.exten)
                ) from error
            self._finish(stand_in, room, calls)
            raise RequestError(f"{error.text} The room was made again as it was before.") from error

    def _finish(self, stand_in: StandIn, room: Thing, calls: t.Sequence[t.Any]) -> None:
        """Let what led to the room lead to it again: it has another id now, and the old one is dead."""
        for call in calls:
            destination = call["destination"]
            if destination["conference_id"] == stand_in.was and room.id != stand_in.was:
                destination["conference_id"] = room.id
                path = f"/incalls/{call['id']}"
                self.people.write("bring an incoming call along", "PUT", path, {"destination": destination})
        self._surely("delete", stand_in.room)

    def _surely(self, act: str, thing: Thing, body: t.Any = None) -> Thing | None:
        """Add or delete a room, and read: return it as it is now. Raises RequestError where it was not done."""
        problem = ""
        try:
            self.act(act, thing, body)
        except UncertainError as error:
            problem = error.text
        key = (thing.name, thing.exten, thing.context)
        found = (
            next((o for o in super().listed() if (o.name, o.exten, o.context) == key), None)
            if body or problem
            else None
        )
        if (found is not None) != (act == "add"):
            raise RequestError(f"{problem} Reading back shows that it was not done.".lstrip())
        if problem:
            self.people.done.append(f"{act} the {WORDS[self.kind]}")
        return found


def _seen(room: Thing) -> tuple[t.Any, ...]:
    return room.exten, room.context, room.pin


def _room_body(room: Thing, view: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    features = dict(view.get("meetmefeatures") or _NEW_ROOM)
    features.update(name=room.name, confno=known(room.exten), context=room.context)
    features.pop("id", None)
    pins = {"pin": room.pin, "pinadmin": (view.get("meetmeroom") or {}).get("pinadmin") or ""}
    return {"meetmefeatures": features, "meetmeroom": dict(pins, confno=room.exten)}

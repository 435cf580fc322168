# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conference rooms on XiVO, which only the web service has."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ...dialplan.menus import MENU_ROOMS
from ...dialplan.numbers import is_number
from ...errors import RequestError, TelephonyError, UncertainError, must
from ...kinds.conferences import Conference, ConferenceDeclaration
from .webservice import ROOMS
from .with_number import WebserviceWithNumber

if TYPE_CHECKING:
    import typing as t

    from ...kinds.base import Change

_NEW_ROOM = {"maxusers": "0", "admin_typefrom": "none", "user_mode": "all", "user_announcejoinleave": "no"}
_STAND_IN = re.compile(r"\.was-([0-9]+)\Z")
_STANDS_FOR = re.compile(r"^([a-z0-9_.-]+) ([0-9]+)@([^\n]+)(?:\n|\Z)")


@dataclass(frozen=True)
class StandIn:
    """``room`` is the one that holds the place, ``was`` the id of the other, ``stands_for`` the other as it was."""

    room: Conference
    was: int
    stands_for: Conference


class WebserviceConferences(WebserviceWithNumber[Conference, ConferenceDeclaration]):
    """A room cannot be edited: it is deleted and made again, with what it had.

    So that nothing is lost wherever that is cut off, a copy of it, the stand-in, is made before and deleted after.
    """

    noun = ConferenceDeclaration.noun
    keeps_id = False
    path = ROOMS
    number_key = "confno"
    maximum = 80

    def resource_of(self, row: t.Mapping[str, t.Any], **parts: t.Any) -> Conference:
        return Conference(**parts, pin=row.get("pin") or "")

    def viewed(self, resource: Conference, view: dict[str, t.Any]) -> Conference:
        return replace(resource, raw=view)

    def listed(self) -> list[Conference]:
        rooms, stand_ins = self._rooms()
        found = [replace(room, unfinished=name in stand_ins) for name, room in rooms.items()]
        return found + [stand_in.stands_for for name, stand_in in stand_ins.items() if name not in rooms]

    def _rooms(self) -> tuple[dict[str, Conference], dict[str, StandIn]]:
        """Return the rooms, and what stands in for some, by name of the room."""
        rooms: dict[str, Conference] = {}
        stand_ins: dict[str, StandIn] = {}
        for room in super().listed():
            was = _STAND_IN.search(room.name)
            told = _STANDS_FOR.match(room.raw["description"] or "") if was else None
            if was and told:
                name, exten, context = told.groups()
                other = replace(room, name=name, exten=exten, context=context, unfinished=True)
                stand_ins[name] = StandIn(room, int(was.group(1)), other)
            else:
                rooms[room.name] = room
        return rooms, stand_ins

    def remake_problems(self, before: Conference) -> list[str]:
        row = before.raw.get("meetmeroom")
        pins = [row.get(key) for key in ("pin", "pinadmin")] if isinstance(row, dict) else [None]
        if all(pin == "" or is_number(to_text(pin)) for pin in pins):
            return []
        return [
            f"The conference room '{before.name}' would have to be made again, and XiVO does not tell its pins. Change "
            f"it in its web page (menu {MENU_ROOMS}), or delete it and make it with its pin."
        ]

    def losses(self, before: Conference) -> list[str]:
        if not before.raw.get("meetmeguest"):
            return []
        return [
            f"The conference room '{before.name}' is made again, and the guests who were invited to it by mail are not "
            "kept. Invite them again."
        ]

    def create(self, change: Change[Conference, ConferenceDeclaration]) -> None:
        after = must(change.after)
        self.clear_number(change)
        self.act("add", None, after, _room_body(after, {}))

    def delete(self, change: Change[Conference, ConferenceDeclaration]) -> None:
        rooms, stand_ins = self._rooms()
        name = must(change.before).name
        if name in stand_ins:
            self.act("delete", stand_ins[name].room, None)
        if name in rooms:
            self.act("delete", rooms[name], None)

    def update(self, change: Change[Conference, ConferenceDeclaration]) -> None:
        before, after, spare = must(change.before), must(change.after), change.spare
        self.clear_number(change)
        # Before anything is written: without them it cannot be finished.
        calls = [call for call in self.server.confd.listed("/incalls") if "conference_id" in call["destination"]]
        rooms, stand_ins = self._rooms()
        room, stand_in = rooms.get(before.name), stand_ins.get(before.name)
        if room is not None and _seen(room) != _seen(after):
            if stand_in is not None:
                # Of an earlier change: its number is free then.
                spare = spare or (must(stand_in.room.exten), must(stand_in.room.context))
                self._finish(stand_in, room, calls)
            stand_in = self._stand_in_for(room, before.raw, must(spare))
            self._surely("delete", room)
            room = None
        if room is None:
            room = self._made_again(after, must(stand_in), calls)
        if stand_in is not None:
            self._finish(stand_in, room, calls)

    def _stand_in_for(self, room: Conference, view: t.Mapping[str, t.Any], spare: tuple[str, str]) -> StandIn:
        suffix = f".was-{room.id}"
        exten, context = spare
        held = replace(
            room, id=None, name=room.name[: self.maximum - len(suffix)] + suffix, exten=exten, context=context
        )
        body = _room_body(held, view)
        told = f"{room.name} {room.exten}@{room.context}"
        described = body["meetmefeatures"].get("description")
        body["meetmefeatures"]["description"] = f"{told}\n{described}" if described else told
        self._surely("add", held, body)
        stand_in = self._rooms()[1].get(room.name)
        if stand_in is None:
            raise RequestError(
                f"The room '{held.name}', which was to hold the place of '{room.name}' while it is made again, went "
                "again. Another run may be changing the same room. Run the task again."
            )
        return stand_in

    def _made_again(self, after: Conference, stand_in: StandIn, calls: t.Sequence[t.Any]) -> Conference:
        view = self.server.view(self.path, stand_in.room.id, f"the {stand_in.room.name}")
        features = view["meetmefeatures"]
        features["description"] = _STANDS_FOR.sub("", features["description"] or "")
        try:
            return must(self._surely("add", replace(after, id=None), _room_body(after, view)))
        except TelephonyError as error:
            old = replace(stand_in.stands_for, id=None)
            try:
                room = must(self._surely("add", old, _room_body(old, view)))
            except TelephonyError:
                raise RequestError(
                    "%s Nothing answers on its number %s now. What the room had is kept in the room '%s' with the "
                    "number %s: run the task again to have it made again."
                    % (error.text, old.exten, stand_in.room.name, stand_in.room.exten)
                ) from error
            self._finish(stand_in, room, calls)
            raise RequestError(f"{error.text} The room was made again as it was before.") from error

    def _finish(self, stand_in: StandIn, room: Conference, calls: t.Sequence[t.Any]) -> None:
        """Let what led to the room lead to it again: it has another id now, and the old one is dead."""
        for call in calls:
            destination = call["destination"]
            if destination["conference_id"] == stand_in.was and room.id != stand_in.was:
                destination["conference_id"] = room.id
                self.server.confd.request("PUT", f"/incalls/{call['id']}", {"destination": destination})
                self.state.done.append("bring an incoming call along")
        self._surely("delete", stand_in.room)

    def _surely(self, act: str, room: Conference, body: t.Any = None) -> Conference | None:
        """Add or delete a room, and read: return it as it is now. Raises RequestError where it was not done."""
        problem = ""
        before, after = (None, room) if act == "add" else (room, None)
        try:
            self.act(act, before, after, body)
        except UncertainError as error:
            problem = error.text
        key = (room.name, room.exten, room.context)
        found = (
            next((o for o in super().listed() if (o.name, o.exten, o.context) == key), None)
            if body or problem
            else None
        )
        if (found is not None) != (act == "add"):
            raise RequestError(f"{problem} Reading back shows that it was not done.".lstrip())
        if problem:
            self.state.done.append(f"{act} the {self.noun}")
        return found


def _seen(room: Conference) -> tuple[t.Any, ...]:
    return room.exten, room.context, room.pin


def _room_body(room: Conference, view: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    features = dict(view.get("meetmefeatures") or _NEW_ROOM)
    features.update(name=room.name, confno=must(room.exten), context=room.context)
    features.pop("id", None)
    pins = {"pin": room.pin, "pinadmin": (view.get("meetmeroom") or {}).get("pinadmin") or ""}
    return {"meetmefeatures": features, "meetmeroom": dict(pins, confno=room.exten)}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface behind which the groups, conference rooms and incoming calls of every API stand, and what the confds
have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import known
from ...kinds.numbered import GROUP, INCALL, ROOM, WORDS, Destination, Member, Thing

if TYPE_CHECKING:
    import typing as t

    from ...kinds.users import Extension
    from .users import People


class Numbered:
    """The things of one kind on one server.

    ``people`` reads and writes, keeps what was read, and notes what was done: see there.
    """

    kind = ""
    has_labels = False
    # Whether the number stays when its owner is deleted.
    leaves_extension = True
    # Whether a thing that is changed keeps its id.
    keeps_id = True

    def __init__(self, people: People) -> None:
        self.people = people
        # The id of what this run made.
        self.made: int | None = None

    def listed(self) -> list[Thing]:
        raise NotImplementedError

    def detail(self, thing: Thing) -> Thing:
        """Return a listed thing with what the list leaves out."""
        return thing

    def stored_name(self, name: str) -> str:
        """Return what the server makes of a name that it is given."""
        return name

    def problems(self, thing: Thing) -> list[str]:
        """Say why the server would refuse a thing as it is to be."""
        return []

    def make(self, after: Thing) -> None:
        raise NotImplementedError

    def change(self, before: Thing, after: Thing, spare: tuple[str, str] | None) -> None:
        """Change one thing. ``spare`` is a free number and its context, given where things are made again instead."""
        raise NotImplementedError

    def remake_problems(self, before: Thing) -> list[str]:
        """Say why a thing that does not keep its id could not be made again with all that it has."""
        return []

    def losses(self, before: Thing) -> list[str]:
        """Say what a change of this thing loses."""
        return []

    def remove(self, before: Thing) -> None:
        raise NotImplementedError

    def remove_number(self, extension: Extension) -> None:
        """Delete a number that nobody has."""
        path = f"/extensions/{extension.id}"
        self.people.write(f"delete the unused extension {extension.exten}", "DELETE", path)

    def there(self, thing: Thing) -> Extension | None:
        """Return the number of a thing where it exists already. Raises RequestError where it is somebody's."""
        return self.people.there(thing.exten, known(thing.context))


class ConfdNumbered(Numbered):
    """Things of a confd: the number is an extension of its own, which is associated."""

    path = ""

    def key(self, thing: Thing) -> t.Any:
        return thing.id

    def body(self, before: Thing | None, after: Thing) -> dict[str, t.Any]:
        """Return the fields that a request must carry; nothing where none changes."""
        raise NotImplementedError

    def thing_of(self, item: t.Mapping[str, t.Any]) -> Thing:
        raise NotImplementedError

    def listed(self) -> list[Thing]:
        found = []
        for item in self.people.items(self.path):
            extension = item["extensions"][0] if item["extensions"] else {}
            found.append(
                self.thing_of(item).replace(
                    id=item["id"],
                    context=extension.get("context"),
                    exten=extension.get("exten"),
                    extension_id=extension.get("id"),
                    raw=item,
                )
            )
        return found

    def make(self, after: Thing) -> None:
        made = self.people.write(f"make the {WORDS[self.kind]}", "POST", self.path, self.body(None, after))
        new = after.replace(id=made["id"], uuid=made.get("uuid"))
        self.made = made["id"]
        if new.exten is not None:
            self.give_number(new)
        self.put_members(None, new)

    def change(self, before: Thing, after: Thing, spare: tuple[str, str] | None) -> None:
        body = self.body(before, after)
        if body:
            text = f"change the {WORDS[self.kind]}"
            self.people.write(text, "PUT", f"{self.path}/{self.key(before)}", body)
        if after.exten is not None and (before.exten, before.context) != (after.exten, after.context):
            if before.extension_id is None:
                self.give_number(after)
            else:
                there = self.there(after)
                if there is not None:
                    self.remove_number(there)
                self.people.write(
                    f"change the number to {after.exten}",
                    "PUT",
                    f"/extensions/{before.extension_id}",
                    {"exten": after.exten, "context": after.context},
                )
        self.put_members(before, after)

    def put_members(self, before: Thing | None, after: Thing) -> None:
        old = [member.uuid for member in before.members] if before else []
        new = [member.uuid for member in after.members]
        if old != new:
            path = f"{self.path}/{self.key(after)}/members/users"
            self.people.write("set the members", "PUT", path, {"users": [{"uuid": uuid} for uuid in new]})

    def give_number(self, thing: Thing) -> None:
        identity = self.make_number(thing)
        path = f"{self.path}/{self.key(thing)}/extensions/{identity}"
        self.people.write(f"give it the number {thing.exten}", "PUT", path)

    def make_number(self, thing: Thing) -> int:
        there = self.there(thing)
        if there is not None:
            return int(there.id)
        body = {"exten": thing.exten, "context": thing.context}
        return int(self.people.write(f"make the extension {thing.exten}", "POST", "/extensions", body)["id"])

    def remove(self, before: Thing) -> None:
        # The owner last: by its name a run that finishes what was cut off finds it, and so knows of the number.
        path = f"{self.path}/{self.key(before)}"
        if before.extension_id is not None:
            number = f"/extensions/{before.extension_id}"
            self.people.write(f"take the number {before.exten} away", "DELETE", path + number)
            self.people.write(f"delete the extension {before.exten}", "DELETE", number)
        self.people.write(f"delete the {WORDS[self.kind]}", "DELETE", path)


class ConfdGroups(ConfdNumbered):
    kind = GROUP
    path = "/groups"

    def thing_of(self, item: t.Mapping[str, t.Any]) -> Thing:
        # Since they have a priority, they come in any order.
        users = sorted(item["members"]["users"], key=lambda user: user.get("priority") or 0)
        return Thing(
            GROUP,
            item["name"],
            uuid=item.get("uuid"),
            label=item.get("label"),
            members=[Member(user["uuid"], None, _full_name(user)) for user in users],
        )

    def body(self, before: Thing | None, after: Thing) -> dict[str, t.Any]:
        return {} if before else {"name": after.name}


class ConfdConferences(ConfdNumbered):
    kind = ROOM
    path = "/conferences"

    def thing_of(self, item: t.Mapping[str, t.Any]) -> Thing:
        return Thing(ROOM, item["name"] or "", pin=item["pin"])

    def body(self, before: Thing | None, after: Thing) -> dict[str, t.Any]:
        body: dict[str, t.Any] = {} if before else {"name": after.name}
        if after.pin != (before.pin if before else ""):
            body["pin"] = after.pin or None
        return body


class ConfdIncalls(ConfdNumbered):
    """Incoming calls, which are the same on every confd."""

    kind = INCALL
    path = "/incalls"

    def thing_of(self, item: t.Mapping[str, t.Any]) -> Thing:
        return Thing(INCALL, "", destination=_destination_of(item["destination"]))

    def body(self, before: Thing | None, after: Thing) -> dict[str, t.Any]:
        old, new = before.destination if before else None, known(after.destination)
        if old and old[:2] == new[:2]:
            return {}
        return {"destination": {"type": new.type, new.type + "_id": new.id}}

    def make(self, after: Thing) -> None:
        # The number first, for only by it is an incoming call found again by a run that finishes what was cut off.
        identity = self.make_number(after)
        left = self._left(after)
        if left is None:
            left = self.people.write("make the incoming call", "POST", self.path, self.body(None, after))["id"]
            self.made = left
        path = f"{self.path}/{left}/extensions/{identity}"
        self.people.write(f"give it the number {after.exten}", "PUT", path)

    def remove(self, before: Thing) -> None:
        # The number last, for by it an incoming call is declared: a run that finishes what was cut off finds it so.
        self.people.write("delete the incoming call", "DELETE", f"{self.path}/{self.key(before)}")
        if before.extension_id is not None:
            path = f"/extensions/{before.extension_id}"
            self.people.write(f"delete the extension {before.exten}", "DELETE", path)

    def _left(self, after: Thing) -> int | None:
        """Return an incoming call without a number that goes where ours shall: a run was cut off before it had one."""
        target = known(after.destination)[:2]
        for thing in self.listed():
            there = thing.destination and thing.destination[:2]
            if thing.exten is None and there == target and not thing.raw.get("description"):
                return thing.id
        return None


def _destination_of(item: t.Mapping[str, t.Any]) -> Destination:
    kind = item["type"]
    name = item.get(f"{kind}_label") or item.get(f"{kind}_name")
    if kind == "user":
        name = " ".join(item[key] for key in ("user_firstname", "user_lastname") if item.get(key))
    return Destination(kind, item.get(kind + "_id"), name or None)


def _full_name(user: t.Mapping[str, t.Any]) -> str:
    return " ".join(user[key] for key in ("firstname", "lastname") if user.get(key))

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Incoming calls: where a call goes from the public network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.numbers import is_number
from ..dialplan.patterns import is_pattern, looks_like_a_pattern, normal_pattern, parse_pattern
from ..errors import InputError, must, some
from .base import CREATE
from .conferences import ConferenceKind
from .groups import GroupKind
from .state import by_id
from .users import UserKind, Users
from .with_number import WithNumber, WithNumberDeclaration, WithNumberKind, WithNumberPlanner

if TYPE_CHECKING:
    import typing as t

    from .base import Change, Options, Spec
    from .state import State


@dataclass(frozen=True)
class Destination:
    """Where an incoming call goes: the id says it, the name is for people, and None where nothing tells it."""

    type: str
    id: Any
    name: str | None

    @property
    def key(self) -> tuple[str, t.Any]:
        return self.type, self.id


@dataclass(frozen=True)
class Incall(WithNumber):
    destination: Destination | None = None


# What an incoming call is called that a run left behind which was cut off.
NO_NUMBER = "without a number"


class IncallDeclaration(WithNumberDeclaration):
    noun = "incoming call"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        if self.extension and looks_like_a_pattern(self.extension):
            self.extension = normal_pattern(self.extension)
        self.destination: t.Mapping[str, t.Any] | None = options.get("destination")
        # Whether it goes without any task that declares it: then only the server tells of it.
        self.purged = False

    @property
    def label(self) -> str:
        return self.extension or NO_NUMBER

    def problems(self) -> list[str]:
        extension = self.extension or ""
        if is_number(extension):
            return []
        if not is_pattern(extension):
            return [f"The extension '{extension}' of an incoming call is no number, and no pattern such as _80XX."]
        try:
            parse_pattern(extension)
        except InputError as error:
            return [f"The extension of an incoming call: {error.text}"]
        return []


class IncallKind(WithNumberKind[Incall, IncallDeclaration]):
    name, plural, noun = "incall", "incalls", IncallDeclaration.noun
    range_kind = context_type = "incall"

    def options(self) -> Spec:
        destination: Spec = {
            "type": {"type": "str", "required": True, "choices": list(DESTINATIONS)},
            "name": {"type": "str", "required": True},
        }
        return {
            "context": {"type": "str", "required": True},
            "extension": {"type": "str", "required": True},
            "destination": {"type": "dict", "options": destination},
        }

    def declare(self, options: Options) -> IncallDeclaration:
        return IncallDeclaration(options)

    def words(self, resource: Incall) -> Options:
        return {"context": resource.context, "extension": resource.exten}

    def gone(self, state: State, resource: Incall) -> IncallDeclaration:
        declared = super().gone(state, resource)
        declared.extension = resource.exten  # a pattern keeps its letters as they are
        declared.purged = True
        return declared

    def new(self, name: str) -> Incall:
        return Incall(name)

    def match(
        self, state: State, resources: t.Sequence[Incall], declared: t.Sequence[IncallDeclaration]
    ) -> list[Incall | None]:
        by_id = {incall.id: incall for incall in resources}
        by_place = {(incall.exten, incall.context): incall for incall in resources}
        # A pattern that has its letters in another case is the same, and keeps them.
        by_pattern = {
            (normal_pattern(incall.exten), incall.context): incall
            for incall in resources
            if is_pattern(incall.exten or "") and incall.exten
        }
        found: list[Incall | None] = []
        for one in declared:
            if one.id is not None:
                found.append(by_id.get(one.id))
                continue
            exten, context = self._key(state, one)
            incall = by_place.get((exten, context)) or by_pattern.get((exten or "", context))
            if incall is not None:
                one.extension = incall.exten
            found.append(incall)
        return found

    def plan(self, state: State, declared: t.Sequence[IncallDeclaration]) -> list[Change[Incall, IncallDeclaration]]:
        changes = super().plan(state, declared)
        new = [change for change in changes if change.action == CREATE]
        loose = _loose(state) if new else {}
        for change in new:
            left = loose.get(must(must(change.after).destination).key)
            if left:
                change.takes += (("incall", left.pop(0)),)
        return changes

    def purgeable(self, state: State, declared: t.Sequence[IncallDeclaration]) -> t.Callable[[Incall], bool]:
        # What lies about is left to what is declared and made of it.
        loose = _loose(state)
        taken = set()
        found = self.match(state, state.resources(self.name), declared) if loose else []
        for one, there in zip(declared, found):
            if there is None and not one.is_absent and one.destination is not None:
                try:
                    left = loose.get(self._target(state, one.destination).key)
                except InputError:
                    continue  # told where it is planned
                if left:
                    taken.add(left.pop(0))
        return lambda incall: incall.id not in taken

    def identity(self, state: State, one: IncallDeclaration) -> t.Any:
        return self._key(state, one)

    def over(
        self,
        planner: WithNumberPlanner[Incall, IncallDeclaration],
        one: IncallDeclaration,
        before: Incall | None,
        after: Incall,
    ) -> Incall:
        if one.destination is not None:
            try:
                return replace(after, destination=self._target(planner.state, one.destination))
            except InputError as error:
                planner.say(one, error.text)
        elif before is None:
            planner.say(one, "it does not exist yet, and needs a destination.")
        return after

    def _target(self, state: State, said: t.Mapping[str, t.Any]) -> Destination:
        """Return where an incoming call is to go. Raises InputError where that does not exist."""
        kind, name = said["type"], to_text(said["name"])
        if kind == "user":
            user = state.index(kind, Users).find(name)
            return Destination(kind, user.id, user.name)
        target = DESTINATIONS[kind]
        found = state.index(kind, target.index).find(name)
        if found is None:
            names = sorted(target.named(state, resource) for resource in state.resources(kind))
            raise InputError(f"There is no {target.noun} '{name}'. There are: {some(names)}.")
        return Destination(kind, found.id, target.named(state, found))

    def gives_way(self, own: Incall) -> bool:
        # Only one can have the number, and that is the one that an incoming call is known by.
        return own.exten is None

    def values(self, resource: Incall) -> dict[str, t.Any]:
        destination = resource.destination and resource.destination.key
        return {"context": resource.context, "extension": resource.exten, "destination": destination}

    def names(self, state: State, resource: Incall) -> list[str]:
        return [resource.exten or ""]

    def named(self, state: State, resource: Incall) -> str:
        return resource.exten or NO_NUMBER

    def public(self, state: State, resource: Incall, declared: IncallDeclaration | None = None) -> dict[str, t.Any]:
        return {
            "context": state.directory.handle_of_name(resource.context) if resource.context else None,
            "extension": resource.exten,
            "destination": _shape_of(state, resource.destination),
        }

    def shown(self, state: State, resource: Incall, declared: IncallDeclaration | None = None) -> dict[str, t.Any]:
        shape = self.public(state, resource)
        if shape["destination"]:
            shape["destination"] = f"{shape['destination']['type']} {shape['destination']['name']}"
        return shape


def _loose(state: State) -> dict[tuple[str, t.Any], list[t.Any]]:
    """Return the incoming calls without a number, by where they go: a run that was cut off left them."""
    found: dict[tuple[str, t.Any], list[t.Any]] = {}
    for incall in state.resources("incall"):
        if incall.exten is None and incall.destination and not incall.raw.get("description"):
            found.setdefault(incall.destination.key, []).append(incall.id)
    return found


# What an incoming call can go to, by what a destination calls it.
DESTINATIONS: dict[str, Any] = {kind.name: kind for kind in (UserKind(), GroupKind(), ConferenceKind())}


def _shape_of(state: State, destination: Destination | None) -> dict[str, t.Any] | None:
    if destination is None:
        return None
    name, kind = destination.name, destination.type
    if name is None and kind in DESTINATIONS:
        try:
            resource = state.index(kind, by_id).get(destination.id)
        except InputError:  # xivo-confd alone knows no rooms
            resource = None
        name = DESTINATIONS[kind].named(state, resource) if resource else None
    return {"type": kind, "name": name or to_text(destination.id or "")}

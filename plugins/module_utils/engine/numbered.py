# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines of the modules that deal with groups, conference rooms and incoming calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.contexts import Directory
from ..errors import InputError, PartialError, RequestError, TelephonyError, UncertainError, known, some
from ..kinds.contexts import CREATE, DELETE, UNCHANGED, UPDATE
from ..kinds.numbered import (
    GROUP,
    INCALL,
    ROOM,
    WORDS,
    Destination,
    Estate,
    Wanted,
    differences,
    find,
    find_person,
    plan_numbered,
)
from .others import Meeting, once_clear, was_first

if TYPE_CHECKING:
    import typing as t

    from ..kinds.numbered import Change, Thing
    from ..servers.base import Server
    from ..servers.confd.numbered import Numbered

    Params = t.Mapping[str, t.Any]
    Connect = t.Callable[[], Server]
    Result = dict[str, t.Any]

# How a destination calls what it leads to.
_KINDS = {"group": GROUP, "conference": ROOM}


def run_group(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Bring one group to what is declared."""
    return Task(connect(), Wanted(GROUP, params)).run("group", check_mode)


def run_conference(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Bring one conference room to what is declared."""
    return Task(connect(), Wanted(ROOM, params)).run("conference", check_mode)


def run_incall(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Bring one incoming call to what is declared."""
    return Task(connect(), Wanted(INCALL, params)).run("incall", check_mode)


class Task:
    """One thing on one server, from what is declared to what is there. Every list is read once, but for what is read
    again after the writes."""

    def __init__(self, server: Server, wanted: Wanted, directory: Directory | None = None) -> None:
        self.server = server
        self.wanted = wanted
        self.directory = directory or Directory(server.contexts(), server.names)
        self.people = server.people()
        self.services: dict[str, Numbered] = {}
        # What was there when it was planned, by id.
        self.old: set[int | None] = set()
        self.warnings: list[str] = []

    def service(self, kind: str) -> Numbered:
        if kind not in self.services:
            makers = {GROUP: self.server.groups, ROOM: self.server.conferences, INCALL: self.server.incalls}
            self.services[kind] = makers[kind](self.people)
        return self.services[kind]

    @property
    def own(self) -> Numbered:
        return self.service(self.wanted.kind)

    def run(self, noun: str, check_mode: bool) -> Result:
        change = once_clear(self.plan, self.people.forget, self.server.session.wait)
        self.old = {thing.id for thing in self.own.listed()} if change.action == CREATE else set()
        self.warnings += change.warnings
        if change.action == UPDATE and change.before:
            self.warnings += self.own.losses(change.before)
            if change.before.unfinished:
                self.warnings.append(
                    f"A run was cut off while it changed the {self.wanted.text}; this one finishes it."
                )
        result: Result = {
            "changed": change.action != UNCHANGED,
            "changes": change.fields,
            "warnings": self.warnings,
            "diff": [] if change.action == UNCHANGED else [self.diff_of(change)],
            "server": self.server.found(),
        }
        after = change.after
        if change.action != UNCHANGED and not check_mode:
            try:
                after = self._carry_out(change)
            except PartialError as error:
                error.result = {key: result[key] for key in ("warnings", "server")}
                raise
        result[noun] = self._public(after) if after else None
        return result

    def plan(self) -> Change:
        own = self.own
        estate = Estate(
            self.directory,
            own.listed(),
            self.people.people,
            self.people.extensions,
            self.people.hidden_owner,
            own.detail,
            self._target,
            own.stored_name,
            own.problems,
            own.has_labels,
            own.leaves_extension,
            None if own.keeps_id else own.remake_problems,
        )
        return plan_numbered(estate, self.wanted)

    def _target(self, said: t.Mapping[str, t.Any]) -> Destination:
        """Return where an incoming call is to go. Raises InputError where that does not exist."""
        kind, name = said["type"], to_text(said["name"])
        if kind == "user":
            person = find_person(self.people.people(), name)
            return Destination(kind, person.id, person.name)
        things = self.service(_KINDS[kind]).listed()
        found = find(things, _KINDS[kind], name)
        if found is None:
            names = sorted(thing.label or thing.name for thing in things)
            raise InputError(f"There is no {WORDS[_KINDS[kind]]} '{name}'. There are: {some(names)}.")
        return Destination(kind, found.id, found.label or found.name)

    # Writing

    def _carry_out(self, change: Change) -> Thing | None:
        self.people.done = []
        try:
            try:
                self._write(change)
            except RequestError as error:
                if change.action == CREATE and (was_first(error) or error.status == 400):
                    self._settle(change, error)
                elif isinstance(error, UncertainError):
                    self._once_more(change, error)
                else:
                    raise
            else:
                self._meet_others(change)
        except TelephonyError as error:
            done, text = self.people.done, error.text
            if done:
                text += f" Done: {', '.join(done)}. Run the task again to finish it."
            raise PartialError(f"{_words(change)}: {text}", done, [_words(change)]) from error
        return self._verify(change)

    def _meet_others(self, change: Change) -> None:
        """Look whether other runs made the same meanwhile: Wazo takes a name as often as it comes."""
        self.people.forget()
        if change.action == CREATE and self.own.made is not None and len(self.meant()) > 1:
            self._settle(change, None)

    def _settle(self, change: Change, error: RequestError | None) -> None:
        """Come to one thing with the other runs that make the same at this moment."""
        meeting = _Meeting(self, change, error)
        meeting.settle()
        change.after = meeting.after

    def meant(self) -> list[Thing]:
        """Return what came since the plan was made and is meant by what is declared."""
        wanted = self.wanted
        fresh = [thing for thing in self.own.listed() if thing.id not in self.old]
        if wanted.kind == INCALL:
            context = self.directory.find(wanted.context or "")
            key = (wanted.extension, context and context.name)
            return [thing for thing in fresh if (thing.exten, thing.context) == key or thing.id == self.own.made]
        return [thing for thing in fresh if find([thing], wanted.kind, wanted.name, wanted.label)]

    def _write(self, change: Change) -> None:
        own = self.own
        if change.leftover is not None:
            # Before its owner, by which a run that finishes what was cut off knows of it.
            own.remove_number(change.leftover)
        if change.action == CREATE:
            own.make(known(change.after))
        elif change.action == UPDATE:
            own.change(known(change.before), known(change.after), change.spare)
        elif change.before is not None:
            own.remove(change.before)

    def _once_more(self, change: Change, error: UncertainError) -> None:
        """After an answer that does not tell: read, and do only what is then still missing, once."""
        self.people.forget()
        if change.action == DELETE and change.before and change.before.exten:
            # So that its number is found, if it is all that is left.
            self.wanted.context, self.wanted.extension = change.before.context, change.before.exten
        elif change.after is not None and change.after.exten:
            # A number that was chosen stays the one that was chosen.
            self.wanted.context, self.wanted.extension = change.after.context, change.after.exten
        again = self.plan()
        if again.after is not None and change.after is not None and again.after.pin != change.after.pin:
            again.after = again.after.replace(pin=change.after.pin)
        if again.action == UNCHANGED:
            self.warnings.append(f"{error.text} Reading back shows that it was done all the same.")
            self.people.done.append("the rest, which the server did in spite of its answer")
            return
        if again.same_as(change):
            raise TelephonyError(f"{error.text} Reading back shows that it was not done.")
        self.warnings.append(f"{error.text} Reading back shows that it was done in part; the rest was done then.")
        self._write(again)

    def _verify(self, change: Change) -> Thing | None:
        self.people.forget()
        wanted, after = self.wanted, change.after
        try:
            found = self._found(after or known(change.before)) if after or change.before else None
        except TelephonyError as error:
            text = f"Everything was written, but could not be read back: {error.text}"
            raise PartialError(text, self.people.done, []) from error
        if after is None and found is None:
            return None
        wrong: list[str] = []
        if after is None:
            wrong.append("it was deleted and is still there")
        elif found is None:
            wrong.append("it was written and is not there")
        else:
            wrong = [f"its {field}" for field in differences(after, found)]
        if wrong:
            raise PartialError(
                "The server took everything, but of the %s shows something else now: %s. Somebody else may be changing "
                "it, or it does not keep such values." % (wanted.text, "; ".join(wrong)),
                self.people.done,
                [],
            )
        return found

    def _found(self, thing: Thing) -> Thing | None:
        """Return a thing as the server shows it now."""
        things = self.own.listed()
        key = (thing.exten, thing.context)
        if thing.kind == INCALL:
            found = next((other for other in things if (other.exten, other.context) == key), None)
        elif thing.id is not None and self.own.keeps_id:
            found = next((other for other in things if other.id == thing.id), None)
        else:
            found = find(things, thing.kind, thing.name, thing.label, key)
        return self.own.detail(found) if found else None

    # Showing

    def _public(self, thing: Thing) -> dict[str, t.Any]:
        """Return a thing in the shape that the modules' options take."""
        shape: dict[str, t.Any] = {
            "context": self.directory.handle_of_name(thing.context) if thing.context else None,
            "extension": thing.exten,
        }
        if thing.kind == INCALL:
            shape["destination"] = self._destination(thing.destination)
            return shape
        # A name that the server makes is no better than the one by which the playbook finds it.
        shape["name"] = self.wanted.name if self.own.has_labels else thing.name
        if thing.kind == GROUP:
            shape["label"] = thing.label
            shape["uuid"] = thing.uuid
            shape["members"] = [member.uuid for member in thing.members]
        return shape

    def _destination(self, destination: Destination | None) -> dict[str, t.Any] | None:
        if destination is None:
            return None
        name = destination.name
        if name is None and destination.type == "user":
            name = next((p.name for p in self.people.people() if p.id == destination.id), None)
        elif name is None and destination.type in _KINDS:
            try:
                things = self.service(_KINDS[destination.type]).listed()
            except InputError:  # xivo-confd alone knows no rooms
                things = []
            name = next((thing.label or thing.name for thing in things if thing.id == destination.id), None)
        return {"type": destination.type, "name": name or to_text(destination.id or "")}

    def diff_of(self, change: Change) -> dict[str, str]:
        name = self.wanted.text
        return {
            "before": self._as_lines(change.before),
            "after": self._as_lines(change.after),
            "before_header": name,
            "after_header": f"{name} ({change.action})",
        }

    def _as_lines(self, thing: Thing | None) -> str:
        if thing is None:
            return ""
        shape = self._public(thing)
        lines = [f"{key}: {shape[key]}" for key in ("name", "label", "context", "extension") if shape.get(key)]
        if thing.members:
            lines.append("members:")
            lines += [f"  - {member.name}" for member in thing.members]
        if shape.get("destination"):
            lines.append(f"destination: {shape['destination']['type']} {shape['destination']['name']}")
        return "".join(line + "\n" for line in lines)


class _Meeting(Meeting):
    def __init__(self, task: Task, change: Change, error: RequestError | None) -> None:
        self.task = task
        self.change = change
        self.error = error
        self.wait = task.server.session.wait
        self.after = change.after

    def look(self) -> tuple[int | None, list[int]]:
        self.task.people.forget()
        found = self.task.meant()
        made = self.task.own.made
        own = next((thing for thing in found if thing.id == made), None)
        others = [known(thing.id) for thing in found if thing.id != made]
        if own is not None and own.kind == INCALL and own.exten is None and others:
            # Only one can have the number, and that is the one that an incoming call is known by.
            return own.id, [-1]
        return (own.id if own else None), others

    def give_way(self) -> None:
        own = self.task.own
        mine = next(thing for thing in own.listed() if thing.id == own.made)
        own.remove(mine)
        own.made = None
        self.task.warnings.append(
            f"Another run made the {self.task.wanted.text} at the same moment; its own stays, and what this run had "
            "made was deleted again."
        )

    def finish(self, write: bool) -> bool:
        task, change = self.task, self.change
        again = task.plan()
        if again.after is not None and change.after is not None and again.action == UPDATE:
            # A pin that was to be set with it.
            again.after = again.after.replace(pin=change.after.pin)
        if again.action == UNCHANGED:
            self.after = again.after
            return True
        if self.error and again.same_as(change) and known(again.after).exten == known(change.after).exten:
            raise TelephonyError(self.error.text)
        if write:
            task._write(again)
        return False


_WORDS = {CREATE: "make", UPDATE: "change", DELETE: "delete"}


def _words(change: Change) -> str:
    return f"{_WORDS[change.action]} the {change.wanted.text}"

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking at what later tasks declare in the contexts of a plan, before the first write of that plan.

Users, groups and conference rooms are planned over the contexts as they will be, and each over those before it, in the
order of the later tasks. Nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..arguments import conference_spec, group_spec, merged, state_spec, user_spec
from ..errors import InputError, known
from ..kinds import numbered
from ..kinds import users as people
from ..kinds.contexts import UNCHANGED
from ..kinds.numbered import GROUP, ROOM
from ..kinds.users import Extension, plan_people
from .numbered import Task
from .people import diff_of, house_of, summary_of

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Declaration
    from ..kinds.contexts import Plan
    from ..kinds.numbered import Thing
    from ..kinds.users import Person
    from ..servers.base import Server

    Options = t.Mapping[str, t.Any]

_SECRETS = ("sip_password", "password", "pin")
_KINDS = (("groups", GROUP, group_spec), ("conferences", ROOM, conference_spec))


def _spec(spec: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return a spec without what must not show: the options are shown as they are given."""
    return {
        option: dict(entry, options=_spec(entry["options"])) if "options" in entry else entry
        for option, entry in spec.items()
        if option not in _SECRETS
    }


def also_check(server: Server, plan: Plan, declarations: t.Sequence[Declaration], options: Options) -> dict[str, t.Any]:
    """Return what later tasks will do, by kind, and the ``diff`` of it. Raises InputError with every problem."""
    return _Check(server, plan, declarations).run(options)


class _Planned:
    def __init__(self, part: t.Any, answers: t.Mapping[str, t.Any]) -> None:
        self._part = part
        self.__dict__.update(answers)

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._part, name)


def _planned(part: t.Any, **answers: t.Any) -> t.Any:
    """Return a part of a server with other answers in place of some of its own: those that it will give."""
    return _Planned(part, answers)


class _Check:
    def __init__(self, server: Server, plan: Plan, declarations: t.Sequence[Declaration]) -> None:
        self.server = server
        self.directory = plan.after
        # A later task finds a context by what this one calls it; the plan has it under the server's name.
        self.names = {d.name: target.name for d, target in zip(declarations, plan.targets) if target}
        self.people = server.people()
        self.residents: list[Person] | None = None
        # Numbers that come and go, by number and context, over those that the server has.
        self.moved: dict[tuple[str, str], Extension | None] = {}
        self.problems: list[str] = []
        self.diff: list[dict[str, str]] = []

    def run(self, options: Options) -> dict[str, t.Any]:
        users = self._wanted(options.get("users"), user_spec())
        things = [
            (key, kind, self._wanted(options.get(key), merged(spec(), state_spec()))) for key, kind, spec in _KINDS
        ]
        if self.problems:
            raise InputError(self.problems)
        found = {"users": summary_of(self._users(users))}
        for key, kind, declared in things:
            found[key] = summary_of(self._things(kind, declared))
        if self.problems:
            raise InputError(self.problems)
        return {"plans": found, "diff": self.diff}

    def _wanted(self, things: t.Sequence[Options] | None, spec: dict[str, t.Any]) -> list[dict[str, t.Any]]:
        found = []
        for thing in things or ():
            validation = ArgumentSpecValidator(_spec(spec)).validate(dict(thing))
            self.problems += [f"also_check: {message}" for message in validation.error_messages]
            given = self._placed(validation.validated_parameters)
            if given.get("voicemail"):
                given["voicemail"] = self._placed(given["voicemail"])
            found.append(given)
        return found

    def _placed(self, options: Options) -> dict[str, t.Any]:
        """Return options with the context called as the plan calls it."""
        context = options.get("context")
        return dict(options, context=self.names.get(context or "", context))

    # Users

    def _users(self, declared: t.Sequence[Options]) -> list[people.Change]:
        if not declared:
            return []
        try:
            changes = plan_people(house_of(self.directory, self.people), [people.Wanted(one) for one in declared])
        except InputError as error:
            self.problems += error.problems
            return []
        planned = {change.before.uuid for change in changes if change.before}
        self.residents = [person for person in self.people.people() if person.uuid not in planned]
        for number, change in enumerate(changes, 1):
            if change.action != UNCHANGED:
                self.diff.append(diff_of(change, self.directory))
            if change.before:
                self._move(change.before.holds(), None)
            if change.after:
                self._move(change.after.holds(), f"the user {change.after.name}")
                self.residents.append(_living(change.after, f"new {number}"))
        return changes

    def _move(self, held: t.Iterable[tuple[str, str, str]], owner: str | None) -> None:
        for what, number, context in held:
            if what == "extension":
                self.moved[(number, context)] = Extension(None, number, context, owner) if owner else None

    def _people(self) -> t.Sequence[Person]:
        return self.people.people() if self.residents is None else self.residents

    def _extensions(self) -> list[Extension]:
        kept = [e for e in self.people.extensions() if (e.exten, e.context) not in self.moved]
        return kept + [extension for extension in self.moved.values() if extension]

    # Groups and conference rooms

    def _things(self, kind: str, declared: t.Sequence[Options]) -> list[numbered.Change]:
        if not declared:
            return []
        try:
            service = {GROUP: self.server.groups, ROOM: self.server.conferences}[kind](self.people)
            things = list(service.listed())
        except InputError as error:
            self.problems += error.problems
            return []
        planned: list[Thing] = []
        gone: set[str] = set()

        def detail(thing: Thing) -> Thing:
            return thing if any(thing is other for other in planned) else service.detail(thing)

        complete = not self.problems
        changes = []
        for options in declared:
            wanted = numbered.Wanted(kind, options)
            if not complete:
                wanted.members = None  # somebody who is missing was told of already
            task = Task(self.server, wanted, self.directory)
            task.people = _planned(self.people, people=self._people, extensions=self._extensions)
            task.services[kind] = _planned(service, listed=lambda: things, detail=detail)
            try:
                change = task.plan()
            except InputError as error:
                self.problems += error.problems
                continue
            changes.append(change)
            if any(change.before is other for other in planned) or (wanted.state == "present" and wanted.name in gone):
                self.problems.append(f"The {wanted.text} is declared twice.")
                continue
            if wanted.state == "absent":
                gone.add(wanted.name)
            if change.action != UNCHANGED:
                self.diff.append(task.diff_of(change))
            for thing in (change.before, change.after):
                if thing and thing.exten:
                    owner = f"the {wanted.text}" if thing is change.after else None
                    self._move([("extension", thing.exten, known(thing.context))], owner)
            if change.before:
                things.remove(next(thing for thing in things if _is_same(thing, change.before)))
            if change.after:
                planned.append(change.after)
                things.append(change.after)
        return changes


def _is_same(one: Thing, other: Thing) -> bool:
    return one is other if one.id is None else one.id == other.id


def _living(person: Person, name: str) -> Person:
    """Return somebody as the server will hold him or her, whom later tasks can make a member of something."""
    line = person.line and person.line._replace(endpoint=person.line.endpoint or name)
    return people.Person(person.fields, person.id, person.uuid or name, line, person.voicemail)

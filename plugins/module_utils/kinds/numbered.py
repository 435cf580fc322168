# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has one number and is no user: groups, conference rooms and incoming calls. What is declared of one, and what it
comes to."""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.contexts import text_or_none
from ..dialplan.names import fold
from ..dialplan.numbers import is_number
from ..dialplan.patterns import (
    answers_in,
    free_numbers,
    is_pattern,
    looks_like_a_pattern,
    normal_pattern,
    parse_pattern,
)
from ..errors import AmbiguousError, InputError, known, some
from .contexts import CREATE, DELETE, UNCHANGED, UPDATE
from .users import AUTO, nearest
from .users import describe as describe_person

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context, Directory
    from ..dialplan.numbers import Range
    from .users import Extension, Person

# Named as the kind of range that each takes its number from.
GROUP, ROOM, INCALL = "group", "conference_room", "incall"
WORDS = {GROUP: "group", ROOM: "conference room", INCALL: "incoming call"}
# The order in which a person reads what can change.
FIELDS = ("label", "context", "extension", "members", "pin", "destination")

# ``id`` is what the server's confd calls the user by beside the uuid.
Member = namedtuple("Member", ("uuid", "id", "name"))
# Where an incoming call goes: the id says it, the name is for people, and None where nothing tells it.
Destination = namedtuple("Destination", ("type", "id", "name"))


class Thing:
    """A group, a room or an incoming call as the server holds it, or as it will: then ``id`` is None.

    ``context`` is a server's name of a context. ``raw`` is what its API said of it. ``unfinished`` tells that a run was
    cut off while it changed it.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        id: int | None = None,
        uuid: str | None = None,
        label: str | None = None,
        context: str | None = None,
        exten: str | None = None,
        extension_id: int | None = None,
        members: t.Iterable[Member] = (),
        pin: str | None = None,
        destination: Destination | None = None,
        raw: t.Any = None,
        unfinished: bool = False,
    ) -> None:
        self.kind = kind
        self.name = name
        self.id = id
        self.uuid = uuid
        self.label = label
        self.context = context
        self.exten = exten
        self.extension_id = extension_id
        self.members = tuple(members)
        self.pin = pin or ""
        self.destination = destination
        self.raw = raw
        self.unfinished = unfinished

    def replace(self, **changes: t.Any) -> Thing:
        copy = Thing.__new__(Thing)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        return copy

    def describe(self) -> str:
        """Return one of several that could be meant, as a person tells it from the others."""
        parts = [f"name {self.name}"]
        parts += [f"label '{self.label}'"] if self.label else []
        parts += [f"uuid {self.uuid}"] if self.uuid else []
        parts.append(f"extension {self.exten}" if self.exten else "without an extension")
        return ", ".join(parts)


class Wanted:
    """What a playbook says of one thing. A value that is None was left out: it stays as it is."""

    def __init__(self, kind: str, options: t.Mapping[str, t.Any]) -> None:
        self.kind = kind
        self.state = options.get("state") or "present"
        self.name = text_or_none(options.get("name")) or ""
        self.label = text_or_none(options.get("label"))
        self.context = text_or_none(options.get("context"))
        self.extension = text_or_none(options.get("extension"))
        if kind == INCALL and self.extension and looks_like_a_pattern(self.extension):
            self.extension = normal_pattern(self.extension)
        members = options.get("members")
        self.members = None if members is None else [to_text(handle) for handle in members]
        self.pin = text_or_none(options.get("pin"))
        self.always_password = options.get("update_password") == "always"
        self.destination: t.Mapping[str, t.Any] | None = options.get("destination")

    @property
    def text(self) -> str:
        return f"{WORDS[self.kind]} '{self.name or self.extension}'"

    def problems(self) -> list[str]:
        found: list[str] = []
        digits = is_number(self.extension or "")
        if self.kind == INCALL:
            found += [] if digits else _pattern_problems(self.extension or "")
        elif self.kind != INCALL and not self.name:
            found.append(f"A {WORDS[self.kind]} needs a name.")
        elif self.extension not in (None, AUTO) and not digits:
            found.append(f"The extension '{self.extension}' of the {self.text} is no number, and not auto.")
        if self.pin and not is_number(self.pin):
            found.append(f"The pin of the {self.text} may hold the digits 0 to 9 only.")
        return found


def _pattern_problems(extension: str) -> list[str]:
    """Say why the extension of an incoming call, which is no number, is no pattern either."""
    if not is_pattern(extension):
        return [f"The extension '{extension}' of an incoming call is no number, and no pattern such as _80XX."]
    try:
        parse_pattern(extension)
    except InputError as error:
        return [f"The extension of an incoming call: {error.text}"]
    return []


class Change:
    """What happens to one thing.

    ``leftover`` is a number that nobody has and that goes too: it was left by a run that was cut off. ``spare`` is a
    free number and its context, for what holds the place of a thing that is made again. ``warnings`` are for a person.
    """

    def __init__(
        self,
        action: str,
        wanted: Wanted,
        before: Thing | None,
        after: Thing | None,
        fields: t.Sequence[str] = (),
        leftover: Extension | None = None,
        spare: tuple[str, str] | None = None,
        warnings: t.Sequence[str] = (),
    ) -> None:
        self.action = action
        self.wanted = wanted
        self.before = before
        self.after = after
        self.fields = list(fields)
        self.leftover = leftover
        self.spare = spare
        self.warnings = list(warnings)

    @property
    def name(self) -> str:
        return self.wanted.name or self.wanted.extension or ""

    def same_as(self, other: Change) -> bool:
        """Tell whether this is still to do what the other was to do, all of it."""
        return _to_do(self) == _to_do(other)


def _to_do(change: Change) -> tuple[t.Any, ...]:
    before = change.before
    there = (before.id, before.exten, before.context, before.unfinished) if before else None
    return change.action, change.fields, change.leftover, there


class Estate:
    """What a plan for a thing looks at. All but the directory and the things are functions, called only where they are
    needed: most runs need few of them."""

    def __init__(
        self,
        directory: Directory,
        things: t.Sequence[Thing],
        people: t.Callable[[], t.Sequence[Person]],
        extensions: t.Callable[[], t.Sequence[Extension]],
        hidden_owner: t.Callable[[Extension], str | None],
        detail: t.Callable[[Thing], Thing],
        target: t.Callable[[t.Mapping[str, t.Any]], Destination],
        stored_name: t.Callable[[str], str],
        problems: t.Callable[[Thing], t.Sequence[str]],
        has_labels: bool = False,
        leaves_extension: bool = True,
        remake: t.Callable[[Thing], t.Sequence[str]] | None = None,
    ) -> None:
        self.directory = directory
        self.things = things
        self.people = people
        self.extensions = extensions
        self.hidden_owner = hidden_owner
        self.detail = detail
        self.target = target
        self.stored_name = stored_name
        self.problems = problems
        self.has_labels = has_labels
        self.leaves_extension = leaves_extension
        # Where a thing cannot be changed, only made again: says why one could not be made again whole.
        self.remake = remake


def find(
    things: t.Sequence[Thing],
    kind: str,
    name: str,
    label: str | None = None,
    key: tuple[t.Any, t.Any] | None = None,
) -> Thing | None:
    """Return the one thing that a playbook's name means: by name or uuid, else by name or label without accents and
    case. ``key`` is the number and context that picks one of several. Raises InputError where there are several."""
    hits = [thing for thing in things if name in (thing.name, thing.uuid)]
    if not hits:
        meant = {fold(name), fold(label or name)}
        hits = [thing for thing in things if fold(thing.name) == fold(name) or fold(thing.label or "") in meant]
    if len(hits) > 1 and key:
        hits = [thing for thing in hits if (thing.exten, thing.context) == key] or hits
    if len(hits) > 1:
        raise AmbiguousError(
            "%d %ss are meant by '%s': %s. Give context and extension%s of one of them."
            % (
                len(hits),
                WORDS[kind],
                name,
                "; ".join(thing.describe() for thing in hits),
                ", or as the name the uuid," if any(thing.uuid for thing in hits) else "",
            )
        )
    return hits[0] if hits else None


def find_person(people: t.Sequence[Person], handle: str) -> Person:
    """Return the user who is meant by a uuid, an email, or a first and last name. Raises InputError."""
    handle = handle.strip()
    hits = [p for p in people if p.uuid == handle]
    hits = hits or [p for p in people if p.fields["email"] and p.fields["email"].lower() == handle.lower()]
    hits = hits or [p for p in people if p.name == handle]
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise InputError(
            f"There is no user '{handle}'; a user is found by uuid, by email, or by first and last name."
            + nearest(people, handle)
        )
    raise InputError(
        "%d users are meant by '%s': %s. Give the uuid of one of them."
        % (len(hits), handle, "; ".join(describe_person(p) for p in hits))
    )


def plan_numbered(estate: Estate, wanted: Wanted) -> Change:
    """Work out what happens to a declared thing. Raises InputError with every problem."""
    problems = wanted.problems()
    if problems:
        raise InputError(problems)
    return _Planner(estate, wanted).plan()


class _Planner:
    def __init__(self, estate: Estate, wanted: Wanted) -> None:
        self.estate = estate
        self.wanted = wanted
        self.problems: list[str] = []
        self._extensions: dict[tuple[str, str], Extension] | None = None

    @property
    def extensions(self) -> dict[tuple[str, str], Extension]:
        """The numbers that exist, by number and context."""
        if self._extensions is None:
            self._extensions = {(e.exten, e.context): e for e in self.estate.extensions()}
        return self._extensions

    def _say(self, text: str) -> None:
        self.problems.append(f"The {self.wanted.text}: {text}")

    def plan(self) -> Change:
        wanted, directory = self.wanted, self.estate.directory
        context = directory.find(wanted.context) if wanted.context is not None else None
        before = self._before(context)
        if wanted.state == "absent":
            return self._gone(before, context)
        if wanted.context is not None and context is None:
            self._say(directory.unknown(wanted.context, f"there is no context '{wanted.context}'."))
        elif context is None and before and before.context:
            context = directory.by_name.get(before.context)
        elif context is None and before is None:
            needed = _type_of_context(wanted.kind)
            names = sorted(directory.handle(c) for c in directory.contexts if c.type == needed)
            self._say(
                f"it does not exist yet, and a new one needs a context of the type {needed}. There are: {some(names)}."
            )
        elif context is None and wanted.extension is not None:
            self._say("it needs a context to have its number in.")
        after = self._after(before, context)
        if not self.problems:
            self.problems += self.estate.problems(after)
        if self.problems:
            raise InputError(self.problems)
        if before is None:
            return Change(CREATE, wanted, before, after)
        fields = differences(before, after)
        spare = self._spare(before, after) if fields else None
        if self.problems:
            raise InputError(self.problems)
        action = UPDATE if fields or before.unfinished else UNCHANGED
        return Change(action, wanted, before, after, fields, spare=spare)

    def _spare(self, before: Thing, after: Thing) -> tuple[str, str] | None:
        """Return a number for what holds the place of a thing while it is made again, where that is how it changes."""
        if self.estate.remake is None:
            return None
        self.problems += self.estate.remake(before)
        taken = {*self.extensions, (after.exten, after.context)}
        contexts = sorted(self.estate.directory.contexts, key=lambda c: c.name not in (before.context, after.context))
        for context in contexts:
            for r in self._ranges(context) if context.type == "internal" else ():
                free = free_numbers(r, {exten for exten, name in taken if exten and name == context.name})
                if free:
                    return free[0].start, context.name
        if not before.unfinished:
            self._say(
                "this server cannot change one, so it is deleted and made again, while a second one holds its place. "
                "No number is free for that in any %s range: make one of them longer by one number."
                % self.wanted.kind.replace("_", " ")
            )
        return None

    def _before(self, context: Context | None) -> Thing | None:
        wanted = self.wanted
        key = (wanted.extension or "", context.name if context else None)
        if wanted.kind == INCALL:
            found = next((thing for thing in self.estate.things if (thing.exten, thing.context) == key), None)
            if found is None and is_pattern(key[0]):
                found = self._spelt_otherwise(context)
        else:
            found = find(self.estate.things, wanted.kind, wanted.name, wanted.label, key)
        return self.estate.detail(found) if found else None

    def _spelt_otherwise(self, context: Context | None) -> Thing | None:
        """Return an incoming call by the same pattern, which has its letters in another case: it keeps them."""
        for thing in self.estate.things:
            there, here = thing.exten or "", context is not None and thing.context == context.name
            if here and is_pattern(there) and normal_pattern(there) == self.wanted.extension:
                self.wanted.extension = there
                return thing
        return None

    def _gone(self, before: Thing | None, context: Context | None) -> Change:
        leftover: Extension | None = None
        warnings: list[str] = []
        # One that has its number goes with it.
        if (before is None or before.exten is None) and self.estate.leaves_extension:
            left = self._left_numbers(before, context)
            leftover = left[0] if len(left) == 1 else None
            if len(left) > 1:
                names = [f"{e.exten} in '{self.estate.directory.handle_of_name(e.context)}'" for e in left]
                warnings.append(
                    "The %s has lost its number, and nothing tells which of these it was, that nobody has: %s. Give "
                    "context and extension of one of them to delete it." % (self.wanted.text, some(names))
                )
        action = DELETE if before or leftover else UNCHANGED
        return Change(action, self.wanted, before, None, leftover=leftover, warnings=warnings)

    def _left_numbers(self, before: Thing | None, context: Context | None) -> list[Extension]:
        """Return the numbers that a run may have left behind that was cut off while it deleted this: the one that is
        declared, or else those that nobody has, and that nothing of another kind would have.

        Where the thing is gone too, only the context that is declared tells where to look.
        """
        number = self.wanted.extension
        if context is not None and number not in (None, AUTO):
            there = self.extensions.get((known(number), context.name))
            return [there] if there and self._owner(there) is None else []
        if before is None and context is None:
            return []
        found: list[Extension] = []
        for there in self.extensions.values():
            place = self.estate.directory.by_name.get(there.context)
            if place is None or place.type != _type_of_context(self.wanted.kind):
                continue
            if (context is not None and place is not context) or not is_number(there.exten):
                continue
            kinds = [
                kind
                for kind, ranges in place.ranges.items()
                if answers_in(there.exten, [shown for r in ranges for shown in r.extensions()])
            ]
            if kinds == [self.wanted.kind] and self._owner(there) is None:
                found.append(there)
        return found

    def _after(self, before: Thing | None, context: Context | None) -> Thing:
        wanted = self.wanted
        after = before or Thing(wanted.kind, self.estate.stored_name(wanted.name))
        if context is not None:
            after = after.replace(context=context.name, exten=self._number(before, context))
        if self.estate.has_labels:
            after = after.replace(label=wanted.label or (before.label if before else wanted.name))
        if wanted.members is not None:
            after = after.replace(members=self._members(wanted.members))
        if wanted.pin is not None and (before is None or wanted.always_password):
            after = after.replace(pin=wanted.pin)
        if wanted.destination is not None:
            try:
                after = after.replace(destination=self.estate.target(wanted.destination))
            except InputError as error:
                self._say(error.text)
        elif wanted.kind == INCALL and before is None:
            self._say("it does not exist yet, and needs a destination.")
        return after

    def _members(self, handles: t.Sequence[str]) -> tuple[Member, ...]:
        people = self.estate.people() if handles else []
        found: list[Member] = []
        for handle in handles:
            try:
                person = find_person(people, handle)
            except InputError as error:
                self._say(error.text)
                continue
            if person.line is None or person.line.endpoint is None:
                self._say(f"the user {person.name} has no line, and only who has one can be a member.")
            if any(member.uuid == person.uuid for member in found):
                self._say(f"the user {person.name} stands twice in the members.")
            found.append(Member(known(person.uuid), person.id, person.name))
        return tuple(found)

    def _number(self, before: Thing | None, context: Context) -> str | None:
        """Return the number of the thing, kept, chosen or checked."""
        wanted = self.wanted
        kept = before.exten if before and before.context == context.name else None
        if kept and wanted.extension in (None, AUTO, kept):
            return kept
        needed = _type_of_context(wanted.kind)
        if context.type != needed:
            self._say(
                "the context '%s' is of the type %s; its number must be in one of the type %s."
                % (self.estate.directory.handle(context), context.type, needed)
            )
            return None
        if wanted.extension in (None, AUTO):
            number = self._next_free(context)
            if number is None:
                self._say("no number is free in the %s ranges of '%s' (%s)." % self._ranges_of(context))
            return number
        number = known(wanted.extension)
        there = self.extensions.get((number, context.name))
        # No server holds a pattern against the ranges, and it may well reach beyond them.
        if not is_pattern(number) and not any(r.holds(number) for r in self._ranges(context)):
            self._say(
                "the extension %s is in none of the %s ranges of '%s' (%s).%s"
                % ((number,) + self._ranges_of(context) + (self._hint(number, context) or self._advice(context),))
            )
        elif there and self._owner(there) is not None:
            self._say(f"the extension {number} is taken by {self._owner(there)}.{self._advice(context)}")
        return number

    def _ranges(self, context: Context) -> list[Range]:
        """Return the ranges as extensions are numbered in them."""
        return [shown for r in context.ranges[self.wanted.kind] for shown in r.extensions()]

    def _ranges_of(self, context: Context) -> tuple[str, str, str]:
        ranges = ", ".join(str(r) for r in self._ranges(context)) or "it has none"
        return self.wanted.kind.replace("_", " "), self.estate.directory.handle(context), ranges

    def _hint(self, number: str, context: Context) -> str:
        """Return what to write in place of a whole number of which the operator sends a part."""
        for r in context.ranges[self.wanted.kind]:
            if r.holds(number) and r.did_length:
                return " The operator sends its last %d digits: write '%s'." % (r.did_length, number[-r.did_length :])
        return ""

    def _advice(self, context: Context) -> str:
        number = self._next_free(context)
        return f" The next free number is {number}." if number else " No number is free there."

    def _owner(self, extension: Extension) -> str | None:
        """Return whose a number is, in words; None where it can be taken."""
        owner: str | None = self.estate.hidden_owner(extension)
        return owner

    def _next_free(self, context: Context) -> str | None:
        here = {exten: there for (exten, name), there in self.extensions.items() if name == context.name}
        taken = {exten for exten, there in here.items() if there.owner is not None}
        for r in self._ranges(context):
            # A number that exists and is nobody's comes in turn: a run that was cut off may have made it.
            taken |= {
                exten for exten in here if exten not in taken and answers_in(exten, [r]) and self._owner(here[exten])
            }
            free = free_numbers(r, taken)
            if free:
                first: str = free[0].start
                return first
        return None


def _type_of_context(kind: str) -> str:
    """Return the type of the contexts that have the numbers of things of a kind."""
    return "incall" if kind == INCALL else "internal"


def differences(before: Thing, after: Thing) -> list[str]:
    """Return the options in which two things differ."""
    old, new = _values(before), _values(after)
    return [field for field in FIELDS if old[field] != new[field]]


def _values(thing: Thing) -> dict[str, t.Any]:
    return {
        "label": thing.label,
        "context": thing.context,
        "extension": thing.exten,
        "members": [member.uuid for member in thing.members],
        "pin": thing.pin,
        "destination": thing.destination and thing.destination[:2],
    }

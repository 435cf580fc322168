# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has one number and is no user: groups, conference rooms and incoming calls. What is declared of one, and what it
comes to."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from collections import namedtuple

from ansible.module_utils.common.text.converters import to_text

from ..errors import InputError, known
from .contexts import text_or_none
from .names import fold
from .numbers import gaps, is_number
from .people import AUTO
from .people import describe as describe_person
from .plan import CREATE, DELETE, UNCHANGED, UPDATE, some

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from .contexts import Context, Directory  # noqa: F401
    from .numbers import Range  # noqa: F401
    from .people import Extension, Person  # noqa: F401

# Named as the kind of range that each takes its number from.
GROUP, ROOM, INCALL = "group", "conference_room", "incall"
WORDS = {GROUP: "group", ROOM: "conference room", INCALL: "incoming call"}
# The order in which a person reads what can change.
FIELDS = ("label", "context", "extension", "members", "pin", "destination")

# ``id`` is what the server's confd calls the user by beside the uuid.
Member = namedtuple("Member", ("uuid", "id", "name"))
# Where an incoming call goes: the id says it, the name is for people, and None where nothing tells it.
Destination = namedtuple("Destination", ("type", "id", "name"))


class Thing(object):
    """A group, a room or an incoming call as the server holds it, or as it will: then ``id`` is None.

    ``context`` is a server's name of a context. ``raw`` is what its API said of it.
    """

    def __init__(
        self,
        kind,  # type: str
        name,  # type: str
        id=None,  # type: t.Optional[int]
        uuid=None,  # type: t.Optional[str]
        label=None,  # type: t.Optional[str]
        context=None,  # type: t.Optional[str]
        exten=None,  # type: t.Optional[str]
        extension_id=None,  # type: t.Optional[int]
        members=(),  # type: t.Iterable[Member]
        pin=None,  # type: t.Optional[str]
        destination=None,  # type: t.Optional[Destination]
        raw=None,  # type: t.Any
    ):
        # type: (...) -> None
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

    def replace(self, **changes):
        # type: (t.Any) -> Thing
        copy = Thing.__new__(Thing)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        return copy

    def describe(self):
        # type: () -> str
        """Return one of several that could be meant, as a person tells it from the others."""
        parts = ["name %s" % self.name]
        parts += ["label '%s'" % self.label] if self.label else []
        parts += ["uuid %s" % self.uuid] if self.uuid else []
        parts.append("extension %s" % self.exten if self.exten else "without an extension")
        return ", ".join(parts)


class Wanted(object):
    """What a playbook says of one thing. A value that is None was left out: it stays as it is."""

    def __init__(self, kind, options):
        # type: (str, t.Mapping[str, t.Any]) -> None
        self.kind = kind
        self.state = options.get("state") or "present"
        self.name = text_or_none(options.get("name")) or ""
        self.label = text_or_none(options.get("label"))
        self.context = text_or_none(options.get("context"))
        self.extension = text_or_none(options.get("extension"))
        members = options.get("members")
        self.members = None if members is None else [to_text(handle) for handle in members]
        self.pin = text_or_none(options.get("pin"))
        self.always_password = options.get("update_password") == "always"
        self.destination = options.get("destination")  # type: t.Optional[t.Mapping[str, t.Any]]

    @property
    def text(self):
        # type: () -> str
        return "%s '%s'" % (WORDS[self.kind], self.name or self.extension)

    def problems(self):
        # type: () -> t.List[str]
        found = []  # type: t.List[str]
        digits = is_number(self.extension or "")
        if self.kind == INCALL and not digits:
            found.append("The extension '%s' of an incoming call is no number." % self.extension)
        elif self.kind != INCALL and not self.name:
            found.append("A %s needs a name." % WORDS[self.kind])
        elif self.extension not in (None, AUTO) and not digits:
            found.append("The extension '%s' of the %s is no number, and not auto." % (self.extension, self.text))
        if self.pin and not is_number(self.pin):
            found.append("The pin of the %s may hold the digits 0 to 9 only." % self.text)
        return found


class Change(object):
    """What happens to one thing.

    ``leftover`` is a number that nobody has and that goes too: it was left by a run that was cut off.
    """

    def __init__(self, action, wanted, before, after, fields=(), leftover=None):
        # type: (str, Wanted, t.Optional[Thing], t.Optional[Thing], t.Sequence[str], t.Optional[Extension]) -> None
        self.action = action
        self.wanted = wanted
        self.before = before
        self.after = after
        self.fields = list(fields)
        self.leftover = leftover


class Estate(object):
    """What a plan for a thing looks at. All but the directory and the things are functions, called only where they are
    needed: most runs need few of them."""

    def __init__(
        self,
        directory,  # type: Directory
        things,  # type: t.Sequence[Thing]
        people,  # type: t.Callable[[], t.Sequence[Person]]
        extensions,  # type: t.Callable[[], t.Sequence[Extension]]
        hidden_owner,  # type: t.Callable[[Extension], t.Optional[str]]
        detail,  # type: t.Callable[[Thing], Thing]
        target,  # type: t.Callable[[t.Mapping[str, t.Any]], Destination]
        stored_name,  # type: t.Callable[[str], str]
        problems,  # type: t.Callable[[Thing], t.Sequence[str]]
        has_labels=False,  # type: bool
        leaves_extension=True,  # type: bool
    ):
        # type: (...) -> None
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


def find(things, kind, name, label=None, key=None):
    # type: (t.Sequence[Thing], str, str, t.Optional[str], t.Optional[t.Tuple[t.Any, t.Any]]) -> t.Optional[Thing]
    """Return the one thing that a playbook's name means: by name or uuid, else by name or label without accents and
    case. ``key`` is the number and context that picks one of several. Raises InputError where there are several."""
    hits = [thing for thing in things if name in (thing.name, thing.uuid)]
    if not hits:
        meant = {fold(name), fold(label or name)}
        hits = [thing for thing in things if fold(thing.name) == fold(name) or fold(thing.label or "") in meant]
    if len(hits) > 1 and key:
        hits = [thing for thing in hits if (thing.exten, thing.context) == key] or hits
    if len(hits) > 1:
        raise InputError(
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


def find_person(people, handle):
    # type: (t.Sequence[Person], str) -> Person
    """Return the user who is meant by a uuid, an email, or a first and last name. Raises InputError."""
    handle = handle.strip()
    hits = [p for p in people if p.uuid == handle]
    hits = hits or [p for p in people if p.fields["email"] and p.fields["email"].lower() == handle.lower()]
    hits = hits or [p for p in people if p.name == handle]
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise InputError(
            "There is no user '%s'; a user is found by uuid, by email, or by first and last name." % handle
        )
    raise InputError(
        "%d users are meant by '%s': %s. Give the uuid of one of them."
        % (len(hits), handle, "; ".join(describe_person(p) for p in hits))
    )


def plan_numbered(estate, wanted):
    # type: (Estate, Wanted) -> Change
    """Work out what happens to a declared thing. Raises InputError with every problem."""
    problems = wanted.problems()
    if problems:
        raise InputError(problems)
    return _Planner(estate, wanted).plan()


class _Planner(object):
    def __init__(self, estate, wanted):
        # type: (Estate, Wanted) -> None
        self.estate = estate
        self.wanted = wanted
        self.problems = []  # type: t.List[str]
        self._extensions = None  # type: t.Optional[t.Dict[t.Tuple[str, str], Extension]]

    @property
    def extensions(self):
        # type: () -> t.Dict[t.Tuple[str, str], Extension]
        """The numbers that exist, by number and context."""
        if self._extensions is None:
            self._extensions = {(e.exten, e.context): e for e in self.estate.extensions()}
        return self._extensions

    def _say(self, text):
        # type: (str) -> None
        self.problems.append("The %s: %s" % (self.wanted.text, text))

    def plan(self):
        # type: () -> Change
        wanted, directory = self.wanted, self.estate.directory
        context = directory.find(wanted.context) if wanted.context is not None else None
        before = self._before(context)
        if wanted.state == "absent":
            return self._gone(before, context)
        if wanted.context is not None and context is None:
            self._say("there is no context '%s'. There are: %s." % (wanted.context, some(directory.handles())))
        elif context is None and before and before.context:
            context = directory.by_name.get(before.context)
        elif context is None and before is None:
            names = sorted(thing.label or thing.name for thing in self.estate.things)
            self._say("it does not exist yet, and a new one needs a context. There are: %s." % some(names))
        elif context is None and wanted.extension is not None:
            self._say("it needs a context to have its number in.")
        after = self._after(before, context)
        if not self.problems:
            self.problems += self.estate.problems(after)
        if self.problems:
            raise InputError(self.problems)
        fields = differences(before, after) if before else []
        return Change((UPDATE if fields else UNCHANGED) if before else CREATE, wanted, before, after, fields)

    def _before(self, context):
        # type: (t.Optional[Context]) -> t.Optional[Thing]
        wanted = self.wanted
        key = (wanted.extension or "", context.name if context else None)
        if wanted.kind == INCALL:
            found = next((thing for thing in self.estate.things if (thing.exten, thing.context) == key), None)
        else:
            found = find(self.estate.things, wanted.kind, wanted.name, wanted.label, key)
        return self.estate.detail(found) if found else None

    def _gone(self, before, context):
        # type: (t.Optional[Thing], t.Optional[Context]) -> Change
        number = self.wanted.extension
        leftover = None  # type: t.Optional[Extension]
        if before is not None and before.exten is not None:
            pass  # it goes with its number
        elif context is not None and number not in (None, AUTO) and self.estate.leaves_extension:
            there = self.extensions.get((known(number), context.name))
            leftover = there if there and self._owner(there) is None else None
        action = DELETE if before or leftover else UNCHANGED
        return Change(action, self.wanted, before, None, leftover=leftover)

    def _after(self, before, context):
        # type: (t.Optional[Thing], t.Optional[Context]) -> Thing
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

    def _members(self, handles):
        # type: (t.Sequence[str]) -> t.Tuple[Member, ...]
        people = self.estate.people() if handles else []
        found = []  # type: t.List[Member]
        for handle in handles:
            try:
                person = find_person(people, handle)
            except InputError as error:
                self._say(error.text)
                continue
            if person.line is None or person.line.endpoint is None:
                self._say("the user %s has no line, and only who has one can be a member." % person.name)
            if any(member.uuid == person.uuid for member in found):
                self._say("the user %s stands twice in the members." % person.name)
            found.append(Member(known(person.uuid), person.id, person.name))
        return tuple(found)

    def _number(self, before, context):
        # type: (t.Optional[Thing], Context) -> t.Optional[str]
        """Return the number of the thing, kept, chosen or checked."""
        wanted = self.wanted
        kept = before.exten if before and before.context == context.name else None
        if kept and wanted.extension in (None, AUTO, kept):
            return kept
        needed = "incall" if wanted.kind == INCALL else "internal"
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
        if not any(r.holds(number) for r in self._ranges(context)):
            self._say(
                "the extension %s is in none of the %s ranges of '%s' (%s).%s"
                % ((number,) + self._ranges_of(context) + (self._hint(number, context) or self._advice(context),))
            )
        elif there and self._owner(there) is not None:
            self._say("the extension %s is taken by %s.%s" % (number, self._owner(there), self._advice(context)))
        return number

    def _ranges(self, context):
        # type: (Context) -> t.List[Range]
        """Return the ranges as extensions are numbered in them."""
        return [r.extensions() for r in context.ranges[self.wanted.kind]]

    def _ranges_of(self, context):
        # type: (Context) -> t.Tuple[str, str, str]
        ranges = ", ".join(str(r) for r in self._ranges(context)) or "it has none"
        return self.wanted.kind.replace("_", " "), self.estate.directory.handle(context), ranges

    def _hint(self, number, context):
        # type: (str, Context) -> str
        """Return what to write in place of a whole number of which the operator sends a part."""
        for r in context.ranges[self.wanted.kind]:
            if r.holds(number) and r.did_length:
                return " The operator sends its last %d digits: write '%s'." % (r.did_length, number[-r.did_length :])
        return ""

    def _advice(self, context):
        # type: (Context) -> str
        number = self._next_free(context)
        return " The next free number is %s." % number if number else " No number is free there."

    def _owner(self, extension):
        # type: (Extension) -> t.Optional[str]
        """Return whose a number is, in words; None where it can be taken."""
        owner = extension.owner or self.estate.hidden_owner(extension)  # type: t.Optional[str]
        return owner

    def _next_free(self, context):
        # type: (Context) -> t.Optional[str]
        here = {exten: there for (exten, name), there in self.extensions.items() if name == context.name}
        taken = {exten for exten, there in here.items() if there.owner is not None}
        for r in self._ranges(context):
            # A number that exists and is nobody's comes in turn: a run that was cut off may have made it.
            taken |= {exten for exten in here if exten not in taken and r.holds(exten) and self._owner(here[exten])}
            free = gaps(r, taken)
            if free:
                first = free[0].start  # type: str
                return first
        return None


def differences(before, after):
    # type: (Thing, Thing) -> t.List[str]
    """Return the options in which two things differ."""
    old, new = _values(before), _values(after)
    return [field for field in FIELDS if old[field] != new[field]]


def _values(thing):
    # type: (Thing) -> t.Dict[str, t.Any]
    return {
        "label": thing.label,
        "context": thing.context,
        "extension": thing.exten,
        "members": [member.uuid for member in thing.members],
        "pin": thing.pin,
        "destination": thing.destination and thing.destination[:2],
    }

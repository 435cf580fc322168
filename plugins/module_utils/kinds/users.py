# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People: a user with a line, a number and a voicemail, as one unit. What is declared of one, and what it comes to."""

from __future__ import annotations

import difflib
import re
from collections import namedtuple
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.contexts import text_or_none
from ..dialplan.names import fold
from ..dialplan.numbers import is_number
from ..dialplan.patterns import answers_in, free_numbers, is_pattern
from ..errors import AmbiguousError, InputError, known
from .contexts import CREATE, DELETE, UNCHANGED, UPDATE

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context, Directory

# What the server knows of a user, and a playbook can set.
FIELDS = ("firstname", "lastname", "email", "language", "caller_id", "mobile_phone_number")
AUTO = "auto"
MOBILE = re.compile(r"^[+]?[0-9*#]+\Z")

# A line with its number; ``extension_id`` and ``exten`` are None where it has none yet, ``endpoint`` where it is half
# made. ``context`` is a server's name of a context, as everywhere below. ``left_behind`` says that the telephone still
# stands in another context than the number: somebody was cut off while moving it.
Line = namedtuple("Line", ("id", "context", "endpoint", "extension_id", "exten", "device", "left_behind"))
# A line of somebody, with who else is on it; ``can_leave`` says whether the server lets somebody go from a shared one.
Held = namedtuple("Held", ("line", "others", "can_leave"))
Voicemail = namedtuple("Voicemail", ("id", "number", "context", "name", "email", "attach_audio", "password", "users"))
# A number that exists on the server. ``owner`` says whose it is, None that it is nobody's.
Extension = namedtuple("Extension", ("id", "exten", "context", "owner"))


class Person:
    """A user as the server holds it, or as it will. ``uuid`` and ``id`` are None for one that does not exist yet."""

    def __init__(
        self,
        fields: t.Mapping[str, t.Any],
        id: int | None = None,
        uuid: str | None = None,
        line: Line | None = None,
        voicemail: Voicemail | None = None,
    ) -> None:
        self.id = id
        self.uuid = uuid
        self.line = line
        self.voicemail = voicemail
        # Every line, where it was asked for: ``line`` is only the main one.
        self.lines: t.Sequence[Held] = []
        self.fields = {field: to_text(fields.get(field) or "") for field in FIELDS}

    @property
    def name(self) -> str:
        return full_name(self.fields)

    def holds(self) -> set[tuple[str, str, str]]:
        """Return what nobody else can have at the same time: the number and the voicemail, each in its context."""
        held = set()
        if self.line and self.line.exten:
            held.add(("extension", self.line.exten, self.line.context))
        if self.voicemail:
            held.add(("voicemail", self.voicemail.number, self.voicemail.context))
        return held

    def public(self, directory: Directory) -> dict[str, t.Any]:
        """Return the person in the shape that the modules' options take."""
        shape: dict[str, t.Any] = dict(self.fields, uuid=self.uuid)
        shape["context"] = directory.handle_of_name(self.line.context) if self.line else None
        shape["extension"] = self.line.exten if self.line else None
        shape["voicemail"] = None
        if self.voicemail:
            shape["voicemail"] = {
                "number": self.voicemail.number,
                "context": directory.handle_of_name(self.voicemail.context),
                "email": self.voicemail.email or "",
                "attach_audio": bool(self.voicemail.attach_audio),
            }
        return shape


def full_name(fields: t.Mapping[str, t.Any]) -> str:
    return " ".join(fields[key] for key in ("firstname", "lastname") if fields.get(key))


def default_caller_id(name: str) -> str:
    """Return the caller id that a server gives to a new user."""
    return f'"{name}"'


class Wanted:
    """What a playbook says of one person. A value that is None was left out: it stays as it is."""

    def __init__(self, options: t.Mapping[str, t.Any]) -> None:
        self.uuid = options.get("uuid")
        self.state = options.get("state") or "present"
        self.fields = {field: text_or_none(options.get(field)) for field in FIELDS}
        self.context = text_or_none(options.get("context"))
        self.extension = text_or_none(options.get("extension"))
        self.voicemail: t.Mapping[str, t.Any] | None = options.get("voicemail")
        self.sip_username = options.get("sip_username")
        self.sip_password = options.get("sip_password")
        self.always_password = options.get("update_password") == "always"

    @property
    def number(self) -> str | None:
        """The extension, where it is one that is given."""
        return None if self.extension in (None, AUTO) else self.extension

    @property
    def label(self) -> str:
        return full_name(self.fields) or self.fields["email"] or self.uuid or "?"

    def problems(self) -> list[str]:
        found: list[str] = []
        if not self.uuid and not self.fields["email"] and not self.fields["firstname"]:
            found.append("A user needs a uuid, an email or a firstname to be found by.")
        elif self.fields["firstname"] == "":
            found.append(f"User '{self.label}': the firstname is empty.")
        if self.extension not in (None, AUTO) and not is_number(known(self.extension)):
            found.append(f"User '{self.label}': the extension '{self.extension}' is no number, and not auto.")
        mobile = self.fields["mobile_phone_number"]
        if mobile and not MOBILE.match(mobile):
            found.append(
                "User '%s': the mobile_phone_number '%s' may hold digits, '*', '#' and a leading '+' only. Write '%s'."
                % (self.label, mobile, re.sub(r"(?<!^)[+]|[^0-9*#+]", "", mobile))
            )
        number = (self.voicemail or {}).get("number")
        if number is not None and not is_number(to_text(number)):
            found.append(f"User '{self.label}': the voicemail number '{number}' is no number.")
        password = (self.voicemail or {}).get("password")
        if password and not is_number(to_text(password)):
            found.append(f"User '{self.label}': the password of the voicemail may hold the digits 0 to 9 only.")
        return found


class Change:
    """What happens to one person. ``secrets`` are passwords to set, by what they are for; they never show."""

    def __init__(
        self,
        action: str,
        wanted: Wanted,
        before: Person | None,
        after: Person | None,
        fields: t.Sequence[str] = (),
        secrets: dict[str, str] | None = None,
    ) -> None:
        self.action = action
        self.wanted = wanted
        self.before = before
        self.after = after
        self.fields = list(fields)
        self.secrets = secrets or {}
        # The uuid of the user whom this run made, once it has.
        self.made: str | None = None
        # Whether that came to an end with other runs that made the same.
        self.settled = False

    @property
    def name(self) -> str:
        person = self.after or self.before
        return person.name if person else self.wanted.label


class House:
    """What a plan for people looks at: the people, and the numbers, contexts and voicemails that there are.

    ``extensions``, ``hidden_owner`` and ``sip_passwords`` are functions, called only where they are needed: most runs
    need none. ``hidden_owner`` looks closer at a number and says whose it is, ``lines_of`` at all the lines of
    somebody who goes.
    """

    def __init__(
        self,
        directory: Directory,
        people: t.Sequence[Person],
        voicemails: t.Sequence[Voicemail],
        extensions: t.Callable[[], t.Sequence[Extension]],
        hidden_owner: t.Callable[[Extension], str | None],
        lines_of: t.Callable[[Person], t.Sequence[Held]],
        sip_passwords: t.Callable[[], t.Mapping[t.Any, str]],
    ) -> None:
        self.directory = directory
        self.people = list(people)
        self.voicemails = {(v.number, v.context): v for v in voicemails}
        self.sip_passwords = sip_passwords
        self._ask = extensions
        self._hidden_owner = hidden_owner
        self.lines_of = lines_of
        self._extensions: dict[tuple[str, str], Extension] | None = None

    @property
    def extensions(self) -> dict[tuple[str, str], Extension]:
        """The numbers that exist, by number and context."""
        if self._extensions is None:
            self._extensions = {(e.exten, e.context): e for e in self._ask()}
        return self._extensions

    def owner(self, exten: str, context: str) -> str | None:
        """Return whose a number is, in words; None where it can be taken, for it is nobody's or does not exist."""
        there = self.extensions.get((exten, context))
        return self._hidden_owner(there) if there else None

    def left_voicemail(self, person: Person) -> Voicemail | None:
        """Return the voicemail that a run which was cut off took from this person, and did not come to delete."""
        email, line = person.fields["email"], person.line
        for box in self.voicemails.values():
            if box.users or box.name != person.name:
                continue
            if email and box.email == email:
                return box
            if line and line.context == box.context and line.exten in (None, box.number):
                return box
        return None


def match(people: t.Sequence[Person], wanted: t.Sequence[Wanted]) -> list[Person | None]:
    """Find each declared person: by uuid, else by email, else by first and last name. Raises InputError.

    Somebody of the same name who has another email is somebody else. And who is to go, with an email, goes by that
    alone: the task stays in a playbook, and one day somebody new has that name. Namesakes are told apart by number.
    """
    problems: list[str] = []
    by_uuid = {p.uuid: p for p in people if p.uuid}
    by_email: dict[str, list[Person]] = {}
    by_name: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        by_name.setdefault((person.fields["firstname"], person.fields["lastname"]), []).append(person)
        if person.fields["email"]:
            by_email.setdefault(person.fields["email"].lower(), []).append(person)
    names = [(one.fields["firstname"] or "", one.fields["lastname"] or "") for one in wanted]
    hits: list[list[Person]] = []
    namesakes: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(wanted):
        email = one.fields["email"]
        if one.uuid:
            found = [by_uuid[one.uuid]] if one.uuid in by_uuid else []
            if not found and one.state == "present":
                problems.append(f"There is no user with the uuid '{one.uuid}'.")
        else:
            found = list(by_email.get((email or "").lower(), ()))
            if len(found) > 1 and one.state == "present":
                # On a XiVO several can have one email.
                same = [p for p in found if (p.fields["firstname"], p.fields["lastname"]) == names[index]]
                found = [p for p in same if _has_number(p, one)] or same or found
            if not found and one.fields["firstname"] and not (email and one.state == "absent"):
                namesakes.setdefault(names[index], []).append(index)
                found = [p for p in by_name.get(names[index], ()) if not email or not p.fields["email"]]
        hits.append(found)
    named = {index for indexes in namesakes.values() for index in indexes}
    taken = {h[0].uuid for index, h in enumerate(hits) if index not in named and len(h) == 1}
    for indexes in namesakes.values():
        _tell_apart(indexes, wanted, hits, taken)
    for one, found in zip(wanted, hits):
        if len(found) > 1:
            problems.append(
                "%d users are meant by '%s': %s. Give the uuid of one of them."
                % (len(found), one.label, "; ".join(describe(p) for p in found))
            )
    seen: dict[t.Any, str] = {}
    for one, found, name in zip(wanted, hits, names):
        key = found[0].uuid if found else one.uuid or (one.fields["email"] or "").lower() or (*name, one.number)
        if key in seen:
            problems.append(f"'{seen[key]}' and '{one.label}' are one and the same user.")
        seen[key] = one.label
    for indexes in namesakes.values():
        alone = [wanted[index] for index in indexes if not wanted[index].fields["email"]]
        if len(alone) > 1 and not all(one.number for one in alone) and not problems:
            problems.append(
                f"Several users of this task are called '{alone[0].label}'; give each an email, a uuid or an extension."
            )
    if problems:
        raise AmbiguousError(problems) if any(len(found) > 1 for found in hits) else InputError(problems)
    return [found[0] if found else None for found in hits]


def _has_number(person: Person, one: Wanted) -> bool:
    return bool(one.number and person.line and person.line.exten == one.number)


def _tell_apart(
    indexes: t.Sequence[int], wanted: t.Sequence[Wanted], hits: list[list[Person]], taken: set[str | None]
) -> None:
    """Leave of those of one name whom each declaration can mean: who has its number, else who is meant by no other."""
    for index in indexes:
        free = [person for person in hits[index] if person.uuid not in taken]
        if free or wanted[index].number:
            hits[index] = free
    if len(indexes) < 2 and all(len(hits[index]) < 2 for index in indexes):
        return
    mine: dict[int, Person] = {}
    for index in indexes:
        numbered = [person for person in hits[index] if _has_number(person, wanted[index])]
        if len(numbered) == 1:
            mine[index] = numbered[0]
    others = {person.uuid for person in mine.values()}
    for index in indexes:
        hits[index] = [mine[index]] if index in mine else [p for p in hits[index] if p.uuid not in others]


def nearest(people: t.Iterable[Person], handle: str) -> str:
    """Return who may have been meant by a name or an email that nobody has, as a sentence to add."""
    names: dict[str, Person] = {}
    for person in people:
        for text in (person.name, person.fields["email"]):
            if text:
                names.setdefault(fold(text), person)
    found = [names[text] for text in difflib.get_close_matches(fold(handle), names, 3)]
    near = list({id(person): describe(person) for person in found}.values())
    return f" The nearest: {'; '.join(near)}." if near else ""


def describe(person: Person) -> str:
    parts = [person.name, f"uuid {person.uuid}"]
    if person.fields["email"]:
        parts.append(f"email {person.fields['email']}")
    if person.line and person.line.exten:
        parts.append(f"extension {person.line.exten}")
    return ", ".join(parts)


def plan_people(house: House, wanted: t.Sequence[Wanted]) -> list[Change]:
    """Work out what happens to each declared person. Raises InputError with every problem."""
    problems = [problem for one in wanted for problem in one.problems()]
    if problems:
        raise InputError(problems)
    current = match(house.people, wanted)
    return _Planner(house, wanted, current).plan()


class _Planner:
    def __init__(self, house: House, wanted: t.Sequence[Wanted], current: t.Sequence[Person | None]) -> None:
        self.house = house
        self.pairs = list(zip(wanted, current))
        self.problems: list[str] = []
        # Numbers that this task gives, so that none is given twice: number and context to whom.
        self.given: dict[tuple[str, str], str] = {}
        self.holders = {(p.line.exten, p.line.context): f"the user {p.name}" for p in house.people if p.line}
        # Numbers that this task takes back from somebody who moves or goes.
        self.left: set[tuple[str, str]] = set()

    def plan(self) -> list[Change]:
        contexts = [self._context(one, person) for one, person in self.pairs]
        for (one, person), context in zip(self.pairs, contexts):
            self._reserve(one, person, context)
        changes = [self._change(one, person, context) for (one, person), context in zip(self.pairs, contexts)]
        self._check_voicemails(changes)
        if self.problems:
            raise InputError(self.problems)
        in_order(changes)
        return changes

    def _say(self, one: Wanted, text: str) -> None:
        self.problems.append(f"User '{one.label}': {text}")

    def _context(self, one: Wanted, person: Person | None) -> Context | None:
        """Return the context that the person's line stands in, or will."""
        if one.state == "absent":
            return None
        directory = self.house.directory
        if one.context is None:
            if person and person.line:
                return directory.by_name.get(person.line.context)
            if one.extension is not None:
                self._say(one, "an extension needs a context to stand in." + self._no_such_user(one, person))
            elif one.voicemail is not None and one.voicemail.get("state") != "absent" and not person:
                pass  # the voicemail then needs its own number and context; said where it is planned
            return None
        try:
            context = directory.find(one.context)
        except InputError as error:
            self._say(one, error.text)
            return None
        if context is None:
            self._say(one, directory.unknown(one.context, f"there is no context '{one.context}'."))
        elif context.type != "internal":
            self._say(
                one,
                "the context '%s' is of the type %s; users have their numbers in internal ones."
                % (one.context, context.type),
            )
            return None
        return context

    def _no_such_user(self, one: Wanted, person: Person | None) -> str:
        return "" if person else f" There is no such user yet.{nearest(self.house.people, one.label)}"

    def _reserve(self, one: Wanted, person: Person | None, context: Context | None) -> None:
        """Note the numbers that are kept or asked for by name, before any is chosen for those who said auto."""
        line = person.line if person else None
        had = (line.exten, line.context) if line and line.exten else None
        if one.state == "absent":
            if had:
                self.left.add(had)
            return
        if context is None:
            return
        number = one.extension
        if number in (None, AUTO):
            number = line.exten if line and line.exten and line.context == context.name else None
        if had and had != (number, context.name) and (number or one.context is not None):
            self.left.add(had)
        if number is None:
            return
        key = (number, context.name)
        if key in self.given:
            self._say(one, f"the extension {number} is given to '{self.given[key]}' by the same task.")
        self.given[key] = one.label

    def _number(self, one: Wanted, person: Person | None, context: Context) -> str | None:
        """Return the number of the person's line, chosen or checked; None where there is none to give."""
        line = person.line if person else None
        kept: str | None = None
        if line and line.exten and line.context == context.name:
            kept = line.exten
        if one.extension in (None, kept) and (kept or one.context is None):
            return kept
        if one.extension in (None, AUTO):
            if kept:
                return kept
            number = self.next_free(context)
            if number is None:
                self._say(one, "no number is free in the user ranges of '%s' (%s)." % self._ranges_of(context))
                return None
            self.given[(number, context.name)] = one.label
            return number
        number = known(one.extension)
        if not any(r.holds(number) for r in context.ranges["user"]):
            self._say(
                one,
                "the extension %s is in none of the user ranges of '%s' (%s).%s"
                % ((number,) + self._ranges_of(context) + (self._advice(context),)),
            )
        else:
            key = (number, context.name)
            owner = None if key in self.left else self.house.owner(*key)
            if owner is not None:
                holder = self.holders.get(key, owner)
                self._say(one, f"the extension {number} is taken by {holder}.{self._advice(context)}")
        return number

    def _ranges_of(self, context: Context) -> tuple[str, str]:
        ranges = ", ".join(str(r) for r in context.ranges["user"]) or "it has none"
        return self.house.directory.handle(context), ranges

    def _advice(self, context: Context) -> str:
        number = self.next_free(context)
        return f" The next free number is {number}." if number else " No number is free there."

    def next_free(self, context: Context) -> str | None:
        loose = {e.exten for e in self.house.extensions.values() if e.context == context.name and e.owner is None}
        taken = {exten for exten, name in self.house.extensions if name == context.name and exten not in loose}
        taken |= {exten for exten, name in self.given if name == context.name}
        for r in context.ranges["user"]:
            # A pattern that seems to be nobody's answers for many numbers: whether it is comes first.
            taken |= {e for e in loose if is_pattern(e) and answers_in(e, [r]) and self.house.owner(e, context.name)}
            free = free_numbers(r, taken)
            while free:
                number: str = free[0].start
                # One that exists and is nobody's comes in turn: a run that was cut off may have made it.
                if number not in loose or self.house.owner(number, context.name) is None:
                    return number
                taken.add(number)
                free = free_numbers(r, taken)
        return None

    def _change(self, one: Wanted, person: Person | None, context: Context | None) -> Change:
        if one.state == "absent":
            return (
                Change(DELETE, one, self._leaving(one, person), None) if person else Change(UNCHANGED, one, None, None)
            )
        if person and one.voicemail and one.voicemail.get("state") == "absent":
            person = self._with_left(person)
        fields = dict(person.fields) if person else {}
        fields.update({field: value for field, value in one.fields.items() if value is not None})
        if not fields.get("firstname"):
            text = "there is no such user yet, and a new one needs a firstname."
            self._say(one, text + nearest(self.house.people, one.label))
            fields["firstname"] = "?"
        name = full_name(fields)
        if not one.fields["caller_id"]:
            # It follows a new name, unless somebody chose another one; an empty text takes that back.
            chosen = person is not None and person.fields["caller_id"] not in ("", default_caller_id(person.name))
            if not chosen or one.fields["caller_id"] == "":
                fields["caller_id"] = default_caller_id(name)
        elif '"' not in one.fields["caller_id"] and not (person and fields["caller_id"] == person.fields["caller_id"]):
            fields["caller_id"] = default_caller_id(one.fields["caller_id"])
        line = person.line if person else None
        if context is not None and (line is not None or one.context is not None):
            number = self._number(one, person, context)
            if line is None:
                line = Line(None, context.name, None, None, number, None, False)
            else:
                line = line._replace(context=context.name, exten=number)
        if line is not None:
            line = line._replace(left_behind=False)
        after = Person(
            fields,
            id=person.id if person else None,
            uuid=person.uuid if person else None,
            line=line,
            voicemail=self._voicemail(one, person, line, name, fields),
        )
        changed = _differences(person, after) if person else []
        secrets = self._secrets(one, person, after, changed)
        if person is None:
            return Change(CREATE, one, None, after, (), secrets)
        return Change(UPDATE if changed else UNCHANGED, one, person, after, changed, secrets)

    def _leaving(self, one: Wanted, person: Person) -> Person:
        """Return somebody who goes, with all that goes along."""
        person = self._with_left(person)
        person.lines = self.house.lines_of(person)
        for held in person.lines:
            if not held.can_leave:
                self._say(
                    one,
                    "the line%s is shared with %s, who must leave it first."
                    % (" of %s" % held.line.exten if held.line.exten else "", ", ".join(held.others)),
                )
        return person

    def _with_left(self, person: Person) -> Person:
        """Return the person with the voicemail that is to be deleted, also when it was taken away already."""
        if person.voicemail is not None:
            return person
        return Person(person.fields, person.id, person.uuid, person.line, self.house.left_voicemail(person))

    def _voicemail(
        self, one: Wanted, person: Person | None, line: Line | None, name: str, fields: t.Mapping[str, str]
    ) -> Voicemail | None:
        old = person.voicemail if person else None
        said = one.voicemail
        if said is None:
            if old is None:
                return None
            said = {}
        if said.get("state") == "absent":
            return None
        shared = bool(old and old.users > 1)
        number = said.get("number")
        context_name: str | None = None
        if said.get("context") is not None:
            try:
                context = self.house.directory.find(to_text(said["context"]))
            except InputError as error:
                self._say(one, error.text)
                return old
            if context is None:
                handle = to_text(said["context"])
                text = f"there is no context '{handle}' for the voicemail."
                self._say(one, self.house.directory.unknown(handle, text))
                return old
            context_name = context.name
        # It follows the number of its owner, unless it had another one, or others share it.
        follows = old is None or (
            not shared
            and person is not None
            and person.line is not None
            and (old.number, old.context) == (person.line.exten, person.line.context)
        )
        if number is None:
            number = line.exten if line and follows else (old.number if old else None)
        if context_name is None:
            context_name = line.context if line and follows else (old.context if old else None)
        if number is None or context_name is None:
            self._say(one, "a voicemail needs a number and a context, its own or those of the line.")
            return old
        number = to_text(number)
        email = said.get("email")
        if email is None:
            email = old.email if old else fields.get("email")
            if old and person and old.email and old.email == person.fields["email"]:
                email = fields.get("email")
        attach = said.get("attach_audio")
        if attach is None:
            attach = old.attach_audio if old else False
        identity = old.id if old else None
        there = self.house.voicemails.get((number, context_name))
        if there is not None and identity is None and there.name == name and not there.users:
            identity = there.id  # left by a run that was cut off
        # Its name follows that of its owner, unless somebody chose another one, or others share it.
        keeps_name = old is not None and (shared or (person is not None and old.name not in ("", person.name)))
        voicemail_name = old.name if old and keeps_name else name
        return Voicemail(
            identity,
            number,
            context_name,
            voicemail_name,
            to_text(email or ""),
            bool(attach),
            old.password if old else None,
            old.users if old else 0,
        )

    def _check_voicemails(self, changes: t.Sequence[Change]) -> None:
        """A voicemail can have a number that another leaves in the same task."""
        left = {c.before.voicemail.id for c in changes if c.before and c.before.voicemail and _leaves_voicemail(c)}
        given: dict[tuple[str, str], str] = {}
        for change in changes:
            box = change.after.voicemail if change.after else None
            if box is None:
                continue
            key = (box.number, box.context)
            there = self.house.voicemails.get(key)
            if there is not None and there.id != box.id and there.id not in left:
                self._say(change.wanted, f"the voicemail {box.number} exists already, as '{there.name}'.")
            elif key in given and box.users < 2:
                self._say(change.wanted, f"the voicemail {key[0]} is given to '{given[key]}' by the same task.")
            given[key] = change.wanted.label

    def _secrets(self, one: Wanted, person: Person | None, after: Person, changed: list[str]) -> dict[str, str]:
        """Return the passwords to write: those of what is made now, and others where that was asked for."""
        secrets: dict[str, str] = {}
        password = (one.voicemail or {}).get("password")
        old = person.voicemail if person else None
        if password and after.voicemail:
            if old is None:
                secrets["voicemail"] = password
            elif one.always_password and old.password != password:
                secrets["voicemail"] = password
                changed.append("voicemail.password")
        if one.sip_password and after.line:
            if not after.line.endpoint:
                secrets["sip"] = one.sip_password
            elif one.always_password and self.house.sip_passwords().get(after.line.endpoint) != one.sip_password:
                secrets["sip"] = one.sip_password
                changed.append("sip_password")
        return secrets


def _leaves_voicemail(change: Change) -> bool:
    """Whether the number of somebody's voicemail is free afterwards."""
    before = change.before.voicemail if change.before else None
    after = change.after.voicemail if change.after else None
    if before is None or before.users > 1:
        return False
    return after is None or (before.number, before.context) != (after.number, after.context)


def in_order(changes: t.Sequence[Change]) -> list[Change]:
    """Return the changes so that who leaves a number or a voicemail comes before who takes it. Raises InputError where
    several want what the others have, all around: a server takes no two changes at once."""
    lets_go: dict[t.Any, Change] = {}
    for change in changes:
        if change.before:
            for key in change.before.holds() - (change.after.holds() if change.after else set()):
                lets_go[key] = change
    order = sorted((c for c in changes if c.action != UNCHANGED), key=lambda c: _TURNS.index(c.action))
    waits: dict[int, int] = {}
    followers: dict[int, list[Change]] = {}
    for change in order:
        takes = (change.after.holds() if change.after else set()) - (change.before.holds() if change.before else set())
        firsts = {id(lets_go[key]): lets_go[key] for key in takes if key in lets_go}
        waits[id(change)] = len(firsts)
        for first in firsts:
            followers.setdefault(first, []).append(change)
    ready = [change for change in order if not waits[id(change)]]
    for change in ready:  # it grows
        for follower in followers.get(id(change), ()):
            waits[id(follower)] -= 1
            if not waits[id(follower)]:
                ready.append(follower)
    if len(ready) < len(order):
        around = [change.wanted.label for change in order if waits[id(change)]]
        raise InputError(
            "These users are to have each other's numbers: %s. No server can swap them at once; give one of them "
            "a free number in a task before." % ", ".join(around)
        )
    return ready


# A number is free before somebody new takes it.
_TURNS = (DELETE, UPDATE, CREATE)


def _differences(before: Person, after: Person) -> list[str]:
    changed = [field for field in FIELDS if before.fields[field] != after.fields[field]]
    old, new = before.line, after.line
    if new is not None:
        if old is None or old.context != new.context:
            changed.append("context")
        if old is None or old.exten != new.exten:
            changed.append("extension")
        if old is not None and (old.endpoint is None or old.left_behind):
            changed.append("line")
    box, kept = before.voicemail, after.voicemail
    if (box is None) != (kept is None):
        changed.append("voicemail")
    elif box is not None and kept is not None:
        for field in ("number", "context", "name", "email", "attach_audio"):
            if getattr(box, field) != getattr(kept, field) and (getattr(box, field) or getattr(kept, field)):
                changed.append(f"voicemail.{field}")
    return changed


def unlike(wanted: Person, found: Person) -> list[str]:
    """Return in what a person that was read back differs from the one that was wanted."""
    changed = _differences(found, wanted)
    return [field for field in changed if field != "voicemail.name"]

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, each with a line, a number and a voicemail, as one unit. What is declared of one, and what it comes to."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.names import fold
from ..dialplan.numbers import is_number
from ..errors import AmbiguousError, InputError, must
from .base import AUTO, CREATE, DELETE, UNCHANGED, UPDATE, Change, Declaration, Kind, Service, text_or_none
from .planner import Planner

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context
    from .base import Options, Spec
    from .state import State

# What the server knows of a user, and a playbook can set.
FIELDS = ("firstname", "lastname", "email", "language", "caller_id", "mobile_phone_number")
MOBILE = re.compile(r"^[+]?[0-9*#]+\Z")


@dataclass(frozen=True)
class Line:
    """A line with its number.

    ``extension_id`` and ``exten`` are None where it has none yet, ``endpoint`` where it is half made. ``context`` is a
    server's name of a context, as everywhere below. ``left_behind`` says that the telephone still stands in another
    context than the number: somebody was cut off while moving it.
    """

    id: Any
    context: str
    endpoint: Any = None
    extension_id: Any = None
    exten: str | None = None
    device: Any = None
    left_behind: bool = False


@dataclass(frozen=True)
class SharedLine:
    """A line of a user, with who else is on it; ``can_leave`` says whether the server lets the user go from it."""

    line: Line
    others: t.Sequence[str]
    can_leave: bool


@dataclass(frozen=True)
class Voicemail:
    """A voicemail; ``users`` is how many have it."""

    id: Any
    number: str
    context: str
    name: str = ""
    email: str = ""
    attach_audio: bool = False
    password: str | None = None
    users: int = 0


@dataclass(frozen=True)
class User:
    """A user as the server holds it, or as it will. ``uuid`` and ``id`` are None for one that does not exist yet.

    ``line`` is the main one; ``lines`` are all, where that was asked for.
    """

    fields: t.Mapping[str, str]
    id: Any = None
    uuid: str | None = None
    line: Line | None = None
    voicemail: Voicemail | None = None
    lines: t.Sequence[SharedLine] = field(default=())

    @property
    def name(self) -> str:
        return full_name(self.fields)

    @property
    def exten(self) -> str | None:
        return self.line.exten if self.line else None


def fields_of(item: t.Mapping[str, t.Any]) -> dict[str, str]:
    """Return the fields of a user as a server tells them."""
    return {name: to_text(item.get(name) or "") for name in FIELDS}


def full_name(fields: t.Mapping[str, t.Any]) -> str:
    return " ".join(fields[key] for key in ("firstname", "lastname") if fields.get(key))


def default_caller_id(name: str) -> str:
    """Return the caller id that a server gives to a new user."""
    return f'"{name}"'


class UserDeclaration(Declaration):
    """What a task says of one user."""

    noun = "user"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.uuid = options.get("uuid")
        self.fields = {name: text_or_none(options.get(name)) for name in FIELDS}
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
        if self.extension not in (None, AUTO) and not is_number(must(self.extension)):
            found.append(f"User '{self.label}': the extension '{self.extension}' is no number, and not auto.")
        mobile = self.fields["mobile_phone_number"]
        if mobile and not MOBILE.match(mobile):
            better = re.sub(r"(?<!^)[+]|[^0-9*#+]", "", mobile)
            found.append(
                f"User '{self.label}': the mobile_phone_number '{mobile}' may hold digits, '*', '#' and a leading '+' "
                f"only. Write '{better}'."
            )
        number = (self.voicemail or {}).get("number")
        if number is not None and not is_number(to_text(number)):
            found.append(f"User '{self.label}': the voicemail number '{number}' is no number.")
        password = (self.voicemail or {}).get("password")
        if password and not is_number(to_text(password)):
            found.append(f"User '{self.label}': the password of the voicemail may hold the digits 0 to 9 only.")
        return found


UserChange = Change[User, UserDeclaration]


class UserService(Service[User, UserDeclaration]):
    """What a server does for users, with what belongs to them."""

    def voicemails(self) -> list[Voicemail]:
        raise NotImplementedError

    def lines_of(self, user: User) -> list[SharedLine]:
        """Return every line of a user, the main one last."""
        raise NotImplementedError

    def more_lines(self) -> list[tuple[str, Line]]:
        """Return the lines that users have besides their main one, each with the uuid of whose it is."""
        raise NotImplementedError

    def owners_of_more(self) -> dict[tuple[str | None, str | None], str]:
        """Return the uuid of whose each of these lines is, by number and context."""
        return {(line.exten, line.context): uuid for uuid, line in reversed(self.more_lines())}

    def sip_usernames(self) -> dict[str, str]:
        """Return the names with which the telephones of main lines log in, by the uuid of whose they are."""
        raise NotImplementedError

    def sip_passwords(self) -> dict[t.Any, str]:
        """Return the passwords of the telephones, by endpoint."""
        raise NotImplementedError


def service_of(state: State) -> UserService:
    service: UserService = state.service("user")
    return service


class UserKind(Kind[User, UserDeclaration]):
    name, plural, noun = "user", "users", UserDeclaration.noun

    def options(self) -> Spec:
        return {
            "uuid": {"type": "str"},
            "firstname": {"type": "str"},
            "lastname": {"type": "str"},
            "email": {"type": "str"},
            "language": {"type": "str"},
            "caller_id": {"type": "str"},
            "mobile_phone_number": {"type": "str"},
            "context": {"type": "str"},
            "extension": {"type": "str"},
            "sip_username": {"type": "str"},
            "sip_password": {"type": "str", "no_log": True},
            "voicemail": {
                "type": "dict",
                "options": {
                    "number": {"type": "str"},
                    "context": {"type": "str"},
                    "password": {"type": "str", "no_log": True},
                    "email": {"type": "str"},
                    "attach_audio": {"type": "bool"},
                    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
                },
            },
            "update_password": UPDATE_PASSWORD,
        }

    def declare(self, options: Options) -> UserDeclaration:
        return UserDeclaration(options)

    def match(
        self, state: State, resources: t.Sequence[User], declared: t.Sequence[UserDeclaration]
    ) -> list[User | None]:
        return match(resources, declared)

    def plan(self, state: State, declared: t.Sequence[UserDeclaration]) -> list[UserChange]:
        problems = [problem for one in declared for problem in one.problems()]
        if problems:
            raise InputError(problems)
        current = match(state.resources("user"), declared)
        return _Planner(self, state, declared, current).plan()

    def differences(self, before: User, after: User) -> list[str]:
        return _differences(before, after)

    def unlike(self, wanted: User, found: User) -> list[str]:
        return [name for name in _differences(found, wanted) if name != "voicemail.name"]

    def named(self, state: State, resource: User) -> str:
        return resource.name

    def names(self, state: State, resource: User) -> list[str]:
        return [resource.name, resource.fields["email"], resource.exten or "", resource.uuid or ""]

    def place(self, resource: User) -> tuple[str | None, str | None]:
        return (resource.line.exten, resource.line.context) if resource.line else (None, None)

    def holds(self, resource: User) -> set[tuple[str, ...]]:
        held = super().holds(resource)
        if resource.voicemail:
            held.add(("voicemail", resource.voicemail.number, resource.voicemail.context))
        return held

    def public(self, state: State, resource: User, declared: UserDeclaration | None = None) -> dict[str, t.Any]:
        directory, line, box = state.directory, resource.line, resource.voicemail
        shape: dict[str, t.Any] = {**resource.fields, "uuid": resource.uuid}
        shape["context"] = directory.handle_of_name(line.context) if line else None
        shape["extension"] = resource.exten
        shape["voicemail"] = None
        if box:
            shape["voicemail"] = {
                "number": box.number,
                "context": directory.handle_of_name(box.context),
                "email": box.email or "",
                "attach_audio": bool(box.attach_audio),
            }
        return shape

    def shown(self, state: State, resource: User, declared: UserDeclaration | None = None) -> dict[str, t.Any]:
        shape = self.public(state, resource)
        del shape["uuid"]
        return shape

    def told(self, state: State, resource: User) -> dict[str, t.Any]:
        usernames = state.once(service_of(state).sip_usernames)
        return {**self.public(state, resource), "sip_username": usernames.get(resource.uuid or "")}

    def untold(self, state: State, resources: t.Sequence[User]) -> list[str]:
        """Tell of each line that no result shows, one by one."""
        names = {user.uuid: user.name for user in resources}
        return [
            f"User '{names[uuid]}' has another line, {_in_words(state, line)}, which is not in the result."
            for uuid, line in service_of(state).more_lines()
            if uuid in names
        ]

    def keep_choices(self, change: UserChange) -> None:
        if change.after and change.after.line:
            change.declared.extension = change.after.line.exten

    def words(self, resource: User) -> Options:
        return {**resource.fields, "uuid": resource.uuid}

    def expected(self, resource: User, number: int) -> User:
        name = resource.uuid or f"new {number}"
        line = resource.line and replace(resource.line, endpoint=resource.line.endpoint or name)
        return replace(resource, uuid=name, line=line)


UPDATE_PASSWORD: dict[str, Any] = {
    "type": "str",
    "default": "on_create",
    "choices": ["on_create", "always"],
    "no_log": False,
}


def match(users: t.Sequence[User], declared: t.Sequence[UserDeclaration]) -> list[User | None]:
    """Find each declared user: by uuid, else by email, else by first and last name. Raises InputError.

    Somebody of the same name who has another email is somebody else. And who is to go, with an email, goes by that
    alone: the task stays in a playbook, and one day somebody new has that name. Namesakes are told apart by number.
    """
    problems: list[str] = []
    by_uuid = {p.uuid: p for p in users if p.uuid}
    by_id = {p.id: p for p in users}
    by_email: dict[str, list[User]] = {}
    by_name: dict[tuple[str, str], list[User]] = {}
    for user in users:
        by_name.setdefault((user.fields["firstname"], user.fields["lastname"]), []).append(user)
        if user.fields["email"]:
            by_email.setdefault(user.fields["email"].lower(), []).append(user)
    names = [(one.fields["firstname"] or "", one.fields["lastname"] or "") for one in declared]
    hits: list[list[User]] = []
    namesakes: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(declared):
        email = one.fields["email"]
        if one.id is not None:
            found = [by_id[one.id]] if one.id in by_id else []
        elif one.uuid:
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
        _tell_apart(indexes, declared, hits, taken)
    for one, found in zip(declared, hits):
        if len(found) > 1:
            problems.append(
                "%d users are meant by '%s': %s. Give the uuid of one of them."
                % (len(found), one.label, "; ".join(describe(p) for p in found))
            )
    seen: dict[t.Any, str] = {}
    for one, found, name in zip(declared, hits, names):
        key = found[0].uuid if found else one.uuid or (one.fields["email"] or "").lower() or (*name, one.number)
        if key in seen:
            problems.append(f"'{seen[key]}' and '{one.label}' are one and the same user.")
        seen[key] = one.label
    for indexes in namesakes.values():
        alone = [declared[index] for index in indexes if not declared[index].fields["email"]]
        if len(alone) > 1 and not all(one.number for one in alone) and not problems:
            problems.append(
                f"Several users of this task are called '{alone[0].label}'; give each an email, a uuid or an extension."
            )
    if problems:
        raise AmbiguousError(problems) if any(len(found) > 1 for found in hits) else InputError(problems)
    return [found[0] if found else None for found in hits]


def _has_number(user: User, one: UserDeclaration) -> bool:
    return bool(one.number and user.line and user.line.exten == one.number)


def _tell_apart(
    indexes: t.Sequence[int], declared: t.Sequence[UserDeclaration], hits: list[list[User]], taken: set[str | None]
) -> None:
    """Leave of those of one name whom each declaration can mean: who has its number, else who is meant by no other."""
    for index in indexes:
        free = [user for user in hits[index] if user.uuid not in taken]
        if free or declared[index].number:
            hits[index] = free
    if len(indexes) < 2 and all(len(hits[index]) < 2 for index in indexes):
        return
    mine: dict[int, User] = {}
    for index in indexes:
        numbered = [user for user in hits[index] if _has_number(user, declared[index])]
        if len(numbered) == 1:
            mine[index] = numbered[0]
    others = {user.uuid for user in mine.values()}
    for index in indexes:
        hits[index] = [mine[index]] if index in mine else [p for p in hits[index] if p.uuid not in others]


def nearest(users: t.Iterable[User], handle: str) -> str:
    """Return who may have been meant by a name or an email that nobody has, as a sentence to add."""
    names: dict[str, User] = {}
    for user in users:
        for text in (user.name, user.fields["email"]):
            if text:
                names.setdefault(fold(text), user)
    found = [names[text] for text in difflib.get_close_matches(fold(handle), names, 3)]
    near = list({id(user): describe(user) for user in found}.values())
    return f" The nearest: {'; '.join(near)}." if near else ""


def describe(user: User) -> str:
    parts = [user.name, f"uuid {user.uuid}"]
    if user.fields["email"]:
        parts.append(f"email {user.fields['email']}")
    if user.line and user.line.exten:
        parts.append(f"extension {user.line.exten}")
    return ", ".join(parts)


def _in_words(state: State, line: Line) -> str:
    number = f"with the extension {line.exten}" if line.exten else "without an extension"
    return f"{number} in the context '{state.directory.handle_of_name(line.context)}'"


class Users:
    """Users by all that words can mean them by."""

    def __init__(self, users: t.Iterable[User]) -> None:
        self._users = list(users)
        self._by: dict[str, list[User]] = {}
        # The uuid before the email, and that before the name.
        for key in (lambda u: u.uuid, lambda u: u.fields["email"].lower(), lambda u: u.name):
            found: dict[str, list[User]] = {}
            for user in self._users:
                found.setdefault(key(user) or "", []).append(user)
            for text, hits in found.items():
                self._by.setdefault(text, hits)

    def find(self, handle: str) -> User:
        """Return the user who is meant by a uuid, an email, or a first and last name. Raises InputError."""
        handle = handle.strip()
        hits = self._by.get(handle) or (self._by.get(handle.lower(), []) if "@" in handle else [])
        if len(hits) == 1:
            return hits[0]
        if not hits:
            raise InputError(
                f"There is no user '{handle}'; a user is found by uuid, by email, or by first and last name."
                + nearest(self._users, handle)
            )
        raise InputError(
            f"{len(hits)} users are meant by '{handle}': {'; '.join(describe(user) for user in hits)}. Give the uuid "
            "of one of them."
        )


class _Planner(Planner[User, UserDeclaration]):
    range_kind = "user"
    always_numbered = False

    def __init__(
        self, kind: UserKind, state: State, declared: t.Sequence[UserDeclaration], current: t.Sequence[User | None]
    ) -> None:
        super().__init__(kind, state, declared, current)
        self.service = service_of(state)
        self.users = state.resources("user")
        self._holders: dict[tuple[str, str], str] | None = None
        self._voicemails: dict[tuple[str, str], Voicemail] | None = None
        self._left_boxes: dict[str, list[Voicemail]] | None = None

    def plan(self) -> list[UserChange]:
        contexts = [self._context(one, user) for one, user in self.pairs]
        for (one, user), context in zip(self.pairs, contexts):
            self.reserve(one, user, context)
        changes = [self._change(one, user, context) for (one, user), context in zip(self.pairs, contexts)]
        self._check_voicemails(changes)
        return self.finish(changes)

    def say(self, one: UserDeclaration, text: str) -> None:
        self.problems.append(f"User '{one.label}': {text}")

    def wanted(self, one: UserDeclaration) -> tuple[str | None, str | None]:
        return one.extension, one.context

    def holder(self, exten: str, context: str) -> str | None:
        if self._holders is None:
            self._holders = {(u.line.exten or "", u.line.context): f"the user {u.name}" for u in self.users if u.line}
        return self._holders.get((exten, context))

    @property
    def voicemails(self) -> dict[tuple[str, str], Voicemail]:
        if self._voicemails is None:
            self._voicemails = {(box.number, box.context): box for box in self.service.voicemails()}
        return self._voicemails

    def _context(self, one: UserDeclaration, user: User | None) -> Context | None:
        """Return the context that the user's line stands in, or will."""
        if one.is_absent:
            return None
        directory = self.state.directory
        if one.context is None:
            if user and user.line:
                return directory.by_name.get(user.line.context)
            if one.extension is not None:
                unknown = "" if user else f" There is no such user yet.{nearest(self.users, one.label)}"
                self.say(one, "an extension needs a context to stand in." + unknown)
            return None
        context = self.context_of(one, one.context)
        if context is not None and context.type != self.context_type:
            self.say(
                one,
                f"the context '{one.context}' is of the type {context.type}; users have their numbers in internal "
                "ones.",
            )
            return None
        return context

    def _change(self, one: UserDeclaration, user: User | None, context: Context | None) -> UserChange:
        if one.is_absent:
            if user is None:
                return Change(UNCHANGED, one, None, None)
            return Change(DELETE, one, self._leaving(one, user), None)
        if user and _wants_no_voicemail(one):
            user = self._with_left_voicemail(user)
        fields = dict(user.fields) if user else dict.fromkeys(FIELDS, "")
        fields.update({name: value for name, value in one.fields.items() if value is not None})
        if not fields["firstname"]:
            text = "there is no such user yet, and a new one needs a firstname."
            self.say(one, text + nearest(self.users, one.label))
            fields["firstname"] = "?"
        name = full_name(fields)
        if not one.fields["caller_id"]:
            # It follows a new name, unless somebody chose another one; an empty text takes that back.
            chosen = user is not None and user.fields["caller_id"] not in ("", default_caller_id(user.name))
            if not chosen or one.fields["caller_id"] == "":
                fields["caller_id"] = default_caller_id(name)
        elif '"' not in one.fields["caller_id"] and not (user and fields["caller_id"] == user.fields["caller_id"]):
            fields["caller_id"] = default_caller_id(one.fields["caller_id"])
        line = user.line if user else None
        if context is not None and (line is not None or one.context is not None):
            number = self.number(one, user, context)
            if line is None:
                line = Line(None, context.name, exten=number)
            else:
                line = replace(line, context=context.name, exten=number)
        if line is not None:
            line = replace(line, left_behind=False)
        after = User(
            fields,
            id=user.id if user else None,
            uuid=user.uuid if user else None,
            line=line,
            voicemail=self._voicemail(one, user, line, name, fields),
        )
        changed = _differences(user, after) if user else []
        secrets = self._secrets(one, user, after, changed)
        takes = self.loose_number(user, after)
        if user is None:
            change = Change(CREATE, one, None, after, [], secrets, takes=takes)
            left = self._with_left_voicemail(after).voicemail if _wants_no_voicemail(one) else None
            if left is not None:
                # Afterwards nothing tells it from one that this user had.
                change.takes += (("voicemail", left),)
                change.warnings.append(
                    f"The voicemail {left.number} is nobody's and has the name and the number of {one.text}, who is to "
                    "have none. It is deleted."
                )
            return change
        return Change(UPDATE if changed else UNCHANGED, one, user, after, changed, secrets, takes=takes)

    def _leaving(self, one: UserDeclaration, user: User) -> User:
        """Return somebody who goes, with all that goes along."""
        user = replace(self._with_left_voicemail(user), lines=self.service.lines_of(user))
        for shared in user.lines:
            if not shared.can_leave:
                whose = f" of {shared.line.exten}" if shared.line.exten else ""
                self.say(one, f"the line{whose} is shared with {', '.join(shared.others)}, who must leave it first.")
        return user

    def _with_left_voicemail(self, user: User) -> User:
        """Return the user with the voicemail that is to be deleted, also when a run that was cut off took it away
        already, and did not come to delete it."""
        if user.voicemail is not None:
            return user
        if self._left_boxes is None:
            self._left_boxes = {}
            for box in self.voicemails.values():
                if not box.users:
                    self._left_boxes.setdefault(box.name, []).append(box)
        email, line = user.fields["email"], user.line
        for box in self._left_boxes.get(user.name, ()):
            same_number = line and line.context == box.context and line.exten in (None, box.number)
            if (email and box.email == email) or same_number:
                return replace(user, voicemail=box)
        return user

    def _voicemail(
        self, one: UserDeclaration, user: User | None, line: Line | None, name: str, fields: t.Mapping[str, str]
    ) -> Voicemail | None:
        old = user.voicemail if user else None
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
                context = self.state.directory.find(to_text(said["context"]))
            except InputError as error:
                self.say(one, error.text)
                return old
            if context is None:
                handle = to_text(said["context"])
                text = f"there is no context '{handle}' for the voicemail."
                self.say(one, self.state.directory.unknown(handle, text))
                return old
            context_name = context.name
        # It follows the number of its owner, unless it had another one, or others share it.
        follows = old is None or (
            not shared
            and user is not None
            and user.line is not None
            and (old.number, old.context) == (user.line.exten, user.line.context)
        )
        if number is None:
            number = line.exten if line and follows else (old.number if old else None)
        if context_name is None:
            context_name = line.context if line and follows else (old.context if old else None)
        if number is None or context_name is None:
            self.say(one, "a voicemail needs a number and a context, its own or those of the line.")
            return old
        number = to_text(number)
        email = said.get("email")
        if email is None:
            email = old.email if old else fields.get("email")
            if old and user and old.email and old.email == user.fields["email"]:
                email = fields.get("email")
        attach = said.get("attach_audio")
        if attach is None:
            attach = old.attach_audio if old else False
        identity = old.id if old else None
        there = self.voicemails.get((number, context_name))
        if there is not None and identity is None and there.name == name and not there.users:
            identity = there.id  # left by a run that was cut off
        # Its name follows that of its owner, unless somebody chose another one, or others share it.
        keeps_name = old is not None and (shared or (user is not None and old.name not in ("", user.name)))
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

    def _check_voicemails(self, changes: t.Sequence[UserChange]) -> None:
        """A voicemail can have a number that another leaves in the same task."""
        left = {c.before.voicemail.id for c in changes if c.before and c.before.voicemail and _leaves_voicemail(c)}
        given: dict[tuple[str, str], str] = {}
        for change in changes:
            box = change.after.voicemail if change.after else None
            if box is None:
                continue
            key = (box.number, box.context)
            there = self.voicemails.get(key)
            if there is not None and there.id != box.id and there.id not in left:
                self.say(change.declared, f"the voicemail {box.number} exists already, as '{there.name}'.")
            elif key in given and box.users < 2:
                self.say(change.declared, f"the voicemail {key[0]} is given to '{given[key]}' by the same task.")
            given[key] = change.declared.label

    def _secrets(self, one: UserDeclaration, user: User | None, after: User, changed: list[str]) -> dict[str, str]:
        """Return the passwords to write: those of what is made now, and others where that was asked for."""
        secrets: dict[str, str] = {}
        password = (one.voicemail or {}).get("password")
        old = user.voicemail if user else None
        if password and after.voicemail:
            if old is None:
                secrets["voicemail"] = password
            elif one.always_password and old.password != password:
                secrets["voicemail"] = password
                changed.append("voicemail.password")
        if one.sip_password and after.line:
            if not after.line.endpoint:
                secrets["sip"] = one.sip_password
            elif (
                one.always_password
                and self.state.once(self.service.sip_passwords).get(after.line.endpoint) != one.sip_password
            ):
                secrets["sip"] = one.sip_password
                changed.append("sip_password")
        return secrets


def _wants_no_voicemail(one: UserDeclaration) -> bool:
    return bool(one.voicemail) and must(one.voicemail).get("state") == "absent"


def _leaves_voicemail(change: UserChange) -> bool:
    """Whether the number of somebody's voicemail is free afterwards."""
    before = change.before.voicemail if change.before else None
    after = change.after.voicemail if change.after else None
    if before is None or before.users > 1:
        return False
    return after is None or (before.number, before.context) != (after.number, after.context)


def _differences(before: User, after: User) -> list[str]:
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

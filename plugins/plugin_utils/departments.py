# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Departments as the role and the playbooks take them, read as a whole and checked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.departments import department, name_of
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.names import did_you_mean
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users_table import read_people
from ansible_collections.telephony.xivo.plugins.module_utils.registry import KINDS, declared_spec

if TYPE_CHECKING:
    from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import Kind

Options = dict[str, Any]
Spec = dict[str, Any]


def _in_a_department(kind: str) -> Spec:
    """The options of what stands in the context of its department."""
    return {option: entry for option, entry in declared_spec(KINDS[kind]).items() if option != "context"}


# What a department lists: the key, what one of them is called, its options, and what a task is to be given of it.
LISTS = (
    ("users", KINDS["user"], declared_spec(KINDS["user"])),
    ("groups", KINDS["group"], _in_a_department("group")),
    ("conference_rooms", KINDS["conference"], _in_a_department("conference")),
)
# What is set and never shown has no part in what is checked beforehand.
SECRET = ("sip_password", "password", "pin")


def declared(
    departments: Sequence[Options],
    layout: Mapping[str, int],
    includes: Sequence[str] = (),
    reciprocal: bool = False,
    contexts: Iterable[Sequence[Options]] = (),
    handles: Mapping[str, str | None] | None = None,
) -> Options:
    """Return all that departments declare, for each of the modules that deal with it.

    ``contexts`` are lists of contexts that stand beside them: a context of several lists is one, and what the later
    list says of it wins; the departments come last. ``handles`` say by what the server finds a context, where that is
    something else than the name: users, groups and rooms are put there. Raises InputError with every problem.
    """
    problems: list[str] = []
    own: list[Options] = []
    found: dict[str, list[Options]] = {"users": [], "groups": [], "conference_rooms": []}
    if not is_list(departments):
        raise InputError(f"Departments are a list, not {departments!r}.")
    for options in plain(departments):
        try:
            own.append(_context(options, layout, includes, reciprocal))
        except InputError as error:
            problems += error.problems
        try:
            for key, things in belongings(options).items():
                found[key] += [_placed(thing, handles or {}) for thing in things]
        except InputError as error:
            problems += [text for text in error.problems if text not in problems]
    if problems:
        raise InputError(problems)
    checked = {"users": found["users"], "groups": found["groups"], "conferences": found["conference_rooms"]}
    return {
        "contexts": _merged([*contexts, own]),
        **found,
        "also_check": {key: [_without_secrets(thing) for thing in things] for key, things in checked.items() if things},
    }


def _context(options: Any, layout: Mapping[str, int], includes: Sequence[str], reciprocal: bool) -> Options:
    if not isinstance(options, Mapping):
        raise InputError(f"A department is a dictionary with a label and a first_number, not {options!r}.")
    return department(options, layout, includes, reciprocal)


def belongings(options: Any) -> dict[str, list[Options]]:
    """Return the users, groups and conference rooms of a department, as the modules take them. One that is absent has
    none, but what it lists is looked at all the same. Raises InputError with every problem."""
    if not isinstance(options, Mapping):
        raise InputError(f"A department is a dictionary with a label and a first_number, not {options!r}.")
    options = plain(options)
    name = name_of(options)
    problems: list[str] = []
    found: dict[str, list[Options]] = {}
    for key, kind, spec in LISTS:
        word = kind.noun
        things = options.get(key)
        if things is None:
            things = []
        elif not is_list(things) or not all(isinstance(thing, Mapping) for thing in things):
            problems.append(f"{key} is a list of dictionaries, one for each {word}.")
            continue
        for at, thing in enumerate(things, 1):
            problems += _problems_of(thing, kind, at, spec)
        found[key] = [{"context": name, **thing} for thing in things]
    table = options.get("users_csv")
    try:
        if table is not None and not isinstance(table, str):
            raise InputError("the text of a table is wanted, not a file or a list. Read a file with lookup('file').")
        found.setdefault("users", []).extend({"context": name, **user} for user in read_people(table or ""))
    except InputError as error:
        problems += [f"users_csv, {problem}" for problem in error.problems]
    if problems:
        raise InputError([f"Department '{name}': {problem}" for problem in problems])
    return {key: [] for key in found} if options.get("state") == "absent" else found


def _placed(thing: Options, handles: Mapping[str, str | None]) -> Options:
    """Return options with each context called as the server finds it."""
    placed = {key: _placed(value, handles) if isinstance(value, Mapping) else value for key, value in thing.items()}
    if placed.get("context"):
        placed["context"] = handles.get(placed["context"]) or placed["context"]
    return placed


def plain(value: Any) -> Any:
    """Return what a template gave, in plain dictionaries and lists: to copy one of Ansible's own takes ages, because it
    copies all of the templating along."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if is_list(value) else value


def is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _problems_of(thing: Mapping[str, Any], kind: Kind[Any, Any], at: int, spec: Spec) -> list[str]:
    """Return what no server would take of a user, a group or a room."""
    who = " ".join(str(thing[key]) for key in ("firstname", "lastname", "name") if thing.get(key))
    word = kind.noun
    where = f"{word} '{who or thing.get('email') or at}'"
    unknown = _unknown(thing, word, spec)
    if unknown:
        return [f"{where}: {problem}" for problem in unknown]
    validation = ArgumentSpecValidator(spec).validate(thing)
    if validation.error_messages:
        return [f"{where}: {message}" for message in validation.error_messages]
    given = validation.validated_parameters
    return list(kind.declare(given).problems())


def _unknown(thing: Mapping[str, Any], word: str, spec: Spec) -> list[str]:
    """Return the keys that nobody knows, in words."""
    problems = [f"'{key}' is no option of a {word}.{did_you_mean(str(key), spec)}" for key in thing if key not in spec]
    for key, entry in spec.items():
        if "options" in entry and isinstance(thing.get(key), Mapping):
            problems += _unknown(thing[key], key, entry["options"])
    return problems


def _without_secrets(thing: Options) -> Options:
    return {
        key: _without_secrets(value) if isinstance(value, Mapping) else value
        for key, value in thing.items()
        if key not in SECRET
    }


def _merged(lists: Iterable[Sequence[Options]]) -> list[Options]:
    """Return the contexts of several lists, each once. Two of one list stay two, and are refused later."""
    whole: list[Options] = []
    for contexts in lists:
        before = len(whole)
        for context in contexts:
            name = context.get("name") if isinstance(context, Mapping) else None
            at = next((i for i, other in enumerate(whole[:before]) if name and _name(other) == name), None)
            if at is None:
                whole.append(context)
            else:
                whole[at] = {**whole[at], **context}
    return whole


def _name(context: Any) -> Any:
    return context.get("name") if isinstance(context, Mapping) else None

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A dial plan that is only declared, as if an empty server had been brought to it. No server is asked.

The plan is made by the kinds themselves: what a server's plan would refuse is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import (
    NAMES_KEPT,
    Context,
    Directory,
)
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.dialling import Answering
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.extensions import Extension, Numbers
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.names import did_you_mean
from ansible_collections.telephony.xivo.plugins.module_utils.engine.dialling import answer, incalls, questions_of
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.module_utils.given import as_meant
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import Service
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.contexts import ContextDeclaration, include_back
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.state import State
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users import SharedLine, User, UserService, Voicemail
from ansible_collections.telephony.xivo.plugins.module_utils.registry import KINDS, declared_spec
from ansible_collections.telephony.xivo.plugins.plugin_utils.checked import Checker
from ansible_collections.telephony.xivo.plugins.plugin_utils.departments import is_list, plain

Options = dict[str, Any]

# The lists of a plan, by what each may be called, in the order in which one refers to another.
LISTS = {
    "users": "user",
    "groups": "group",
    "conferences": "conference",
    "conference_rooms": "conference",
    "incalls": "incall",
}
_SPECS = {"contexts": declared_spec(KINDS["context"])}
_SPECS.update((key, declared_spec(KINDS[kind])) for key, kind in LISTS.items())
SPEC: dict[str, dict[str, Any]] = {
    key: {"type": "list", "elements": "dict", "options": spec} for key, spec in _SPECS.items()
}
# What telephony.xivo.departments returns besides.
LEFT_OUT = ("also_check",)


class _NoNumbers(Numbers):
    def listed(self) -> Sequence[Extension]:
        return ()


class _Nothing(Service[Any, Any]):
    """What an empty server has of a kind."""

    def listed(self) -> list[Any]:
        return []


class _Nobody(UserService):
    def listed(self) -> list[User]:
        return []

    def voicemails(self) -> list[Voicemail]:
        return []

    def lines_of(self, user: User) -> list[SharedLine]:
        return []


def dialled(dial: Any, plan: Any) -> list[Options]:
    """Return who answers each number of a list, in a plan that is declared. Raises InputError with every problem."""
    if not _is_list_of_dicts(dial):
        raise InputError(
            "The numbers that are dialled are a list of dictionaries, each with number and context or user."
        )
    asked = questions_of(dial)
    state, extensions = planned(plan)
    return answer(state, extensions, asked)


def planned(plan: Any) -> tuple[State, list[Answering]]:
    """Return what a plan makes of an empty server: its state, and the extensions with who answers there."""
    if not isinstance(plan, Mapping) or not all(
        _is_list_of_dicts(them) for key, them in plan.items() if key not in LEFT_OUT
    ):
        raise InputError("A plan is a dictionary of lists, such as contexts and users, as the modules take them.")
    unknown = [key for key in plan if key not in (*SPEC, *LEFT_OUT)]
    if unknown:
        raise InputError([f"A plan has no '{key}'.{did_you_mean(key, SPEC)}" for key in unknown])
    given, _untold = as_meant(plain({key: plan[key] for key in plan if key in SPEC}), SPEC)
    declared, errors = Checker(SPEC).check(given)
    if errors.errors:
        raise InputError([f"The plan: {message}" for message in errors.messages])
    problems: list[str] = []
    state = State(SimpleNamespace(forget=lambda: None), _service, lambda _state: _NoNumbers())
    state.directory = _directory(declared.get("contexts") or (), problems)
    if problems:
        raise InputError(problems)
    extensions: list[Answering] = []
    for key, name in LISTS.items():
        kind = KINDS[name]
        # Who rings in a group does not matter here, and may be somebody who is not declared.
        wanted = [kind.declare({**one, "members": None} if name == "group" else one) for one in declared.get(key) or ()]
        try:
            changes = kind.plan(state, wanted) if wanted else []
        except InputError as error:
            problems += error.problems
            continue
        state.expect(kind, changes)
        if name != "incall":
            extensions += _extensions(state, kind, [change.after for change in changes if change.after is not None])
    if problems:
        raise InputError(problems)
    return state, [*extensions, *incalls(state)]


def _service(kind: str, state: State) -> Any:
    return (_Nobody if kind == "user" else _Nothing)(None, state)


def _extensions(state: State, kind: Any, resources: Sequence[Any]) -> Iterator[Answering]:
    for resource in resources:
        exten, context = kind.place(resource)
        if exten and context:
            yield Answering(exten, context, kind.name, kind.named(state, resource))


def _directory(contexts: Sequence[Options], problems: list[str]) -> Directory:
    """Return contexts as they are declared, each with its includes called by name."""
    declared: dict[str, ContextDeclaration] = {}
    for options in contexts:
        declaration = ContextDeclaration(options)
        problems += [*declaration.doubts(), *declaration.problems()]
        if declaration.name in declared:
            problems.append(f"The context '{declaration.name}' stands twice in the plan.")
        elif not declaration.is_absent:
            declared[declaration.name] = declaration
    declarations = list(declared.values())
    found = Directory([declaration.new() for declaration in declarations], NAMES_KEPT)
    includes: dict[str, list[str]] = {}
    for declaration in declarations:
        includes[declaration.name] = [_name(found, handle, problems) for handle in declaration.includes or ()]
    include_back([declaration.name for declaration in declarations if declaration.reciprocal], includes)
    whole: list[Context] = [replace(context, includes=tuple(includes[context.name])) for context in found.contexts]
    return Directory(whole, NAMES_KEPT)


def _name(directory: Directory, handle: str, problems: list[str]) -> str:
    """Return the name of a context that is included. One that is not declared may be there on a server."""
    try:
        context = directory.find(handle)
    except InputError as error:
        problems += error.problems
        return handle
    return context.name if context else handle


def _is_list_of_dicts(value: Any) -> bool:
    return value is None or (is_list(value) and all(isinstance(v, Mapping) for v in value))

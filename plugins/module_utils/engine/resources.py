# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of a module to its result, for every kind: one resource, many of them, or what is there.

Each engine takes the options, whether this is a check, and a function that connects to the server, which is called only
once the options have been found good. Each returns what the module returns, ``diff`` and ``warnings`` among it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..dialplan.names import fold
from ..errors import InputError, PartialError, some
from ..kinds.base import CREATE, DELETE, UNCHANGED, UPDATE
from .execution import Execution, once_clear

if TYPE_CHECKING:
    import typing as t

    from ..kinds.base import Change, Declaration, Kind
    from ..kinds.state import State

    Params = t.Mapping[str, t.Any]
    Result = dict[str, t.Any]
    Open = t.Callable[[], State]


def run_one(kind: Kind[Any, Any], params: Params, check_mode: bool, open_state: Open) -> Result:
    """Bring one resource to what is declared."""
    result, changes = _bring(kind, [kind.declare(params)], params, check_mode, open_state)
    result[kind.name] = result.pop(kind.plural)[0]
    result["changes"] = changes[0].fields
    del result["plan"]
    return result


def run_many(kind: Kind[Any, Any], params: Params, check_mode: bool, open_state: Open) -> Result:
    """Bring many resources to what is declared."""
    declared = [kind.declare(options) for options in params[kind.plural]]
    return _bring(kind, declared, params, check_mode, open_state)[0]


def run_info(kind: Kind[Any, Any], params: Params, check_mode: bool, open_state: Open) -> Result:
    """Read resources, in the shape in which they are declared."""
    state = open_state()
    chosen = state.resources(kind.name)
    if params.get("context") is not None:
        context = state.directory.find(params["context"])
        chosen = [r for r in chosen if context and kind.place(r)[1] == context.name]
    if params.get("search") is not None:
        text = fold(params["search"])
        chosen = [r for r in chosen if text in fold(" ".join(kind.names(r)))]
    chosen = state.service(kind.name).details(chosen)
    return {
        "changed": False,
        kind.plural: [kind.told(state, resource) for resource in chosen],
        "warnings": kind.untold(state, chosen),
        "server": state.server.found(),
    }


def _bring(
    kind: Kind[Any, Any], declared: list[Declaration], params: Params, check_mode: bool, open_state: Open
) -> tuple[Result, list[Change[Any, Any]]]:
    problems = [problem for one in declared for problem in one.problems()]
    if problems:
        raise InputError(problems)
    state = open_state()
    changes = once_clear(lambda: plan(kind, state, declared, params), state.forget, state.server.session.wait)
    warnings = [warning for change in changes for warning in change.warnings]
    result: Result = {
        "changed": any(change.action != UNCHANGED for change in changes),
        "plan": summary_of(kind, changes),
        "warnings": warnings,
        "diff": diff_of(kind, state, changes),
        "server": state.server.found(),
    }
    after = [change.after for change in changes]
    if result["changed"] and not check_mode:
        try:
            after = Execution(kind, state, changes, warnings, params.get("on_error") == "continue").run()
        except PartialError as error:
            error.result = {key: result[key] for key in ("plan", "warnings", "server")}
            raise
    shapes = [
        None if resource is None else kind.public(state, resource, change.declared)
        for resource, change in zip(after, changes)
    ]
    result[kind.plural] = shapes[: len(declared)]
    return result, changes


def plan(
    kind: Kind[Any, Any], state: State, declared: t.Sequence[Declaration], params: Params
) -> list[Change[Any, Any]]:
    """Work out what happens to what is declared, and after that to what is not and is to go."""
    going = []
    if params.get("purge"):
        there = state.resources(kind.name)
        kept = {resource.id for resource in kind.match(state, there, declared) if resource is not None}
        others = [r for r in there if r.id not in kept and not kind.fits(r, params["purge_exclude"])]
        if len(others) > params["max_deletions"]:
            raise InputError(
                f"The purge would delete {kind.noun}s that are not declared: {some([kind.named(r) for r in others])}. "
                f"That is {len(others)}, and max_deletions allows {params['max_deletions']}. Declare them, put them "
                "into purge_exclude, or raise max_deletions."
            )
        going = [kind.gone(resource) for resource in others]
    # All in one plan: a number that somebody leaves can be given to another.
    changes = kind.plan(state, [*declared, *going])
    state.service(kind.name).check(changes)
    return changes


def summary_of(kind: Kind[Any, Any], changes: t.Sequence[Change[Any, Any]]) -> dict[str, t.Any]:
    """Return changes as lists of names."""
    names: dict[str, list[t.Any]] = {CREATE: [], UPDATE: [], DELETE: [], UNCHANGED: []}
    for change in changes:
        name = _name(kind, change)
        names[change.action].append({"name": name, "fields": change.fields} if change.action == UPDATE else name)
    return names


def diff_of(kind: Kind[Any, Any], state: State, changes: t.Sequence[Change[Any, Any]]) -> list[dict[str, str]]:
    """Return one before and after for each resource that changes, as text in which each value stands on its line."""
    return [
        {
            "before": _as_lines(kind, state, change.before, change.declared),
            "after": _as_lines(kind, state, change.after, change.declared),
            "before_header": f"{kind.noun} {_name(kind, change)}",
            "after_header": f"{kind.noun} {_name(kind, change)} ({change.action})",
        }
        for change in changes
        if change.action != UNCHANGED
    ]


def _name(kind: Kind[Any, Any], change: Change[Any, Any]) -> str:
    resource = change.after if change.after is not None else change.before
    return kind.named(resource) if resource is not None else change.declared.label


def _as_lines(kind: Kind[Any, Any], state: State, resource: Any, declared: Declaration) -> str:
    """Return a resource as lines: Ansible would show a dictionary as JSON, with accents as codes."""
    if resource is None:
        return ""
    return "".join(f"{line}\n" for line in _lines(kind.shown(state, resource, declared)))


def _lines(shape: t.Mapping[str, t.Any], indent: str = "") -> t.Iterator[str]:
    for key, value in shape.items():
        if isinstance(value, dict):
            yield f"{indent}{key}:"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list):
            if value:
                yield f"{indent}{key}:"
                yield from (f"{indent}  - {item}" for item in value)
        elif value not in (None, ""):
            yield f"{indent}{key}: {value}"

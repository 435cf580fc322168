# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of a module to its result, for every kind: one resource, many of them, or what is there.

Each engine takes the options, whether this is a check, and a function that connects to the server, which is called only
once the options have been found good. Each returns what the module returns, ``diff`` and ``warnings`` among it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import InputError, PartialError, some
from ..kinds.base import UNCHANGED
from ..kinds.state import Policy
from .alone import alone, refreshed
from .execution import Execution, once_clear

if TYPE_CHECKING:
    import typing as t

    from ..kinds.base import Change, Declaration, Kind
    from ..kinds.state import State

    Params = t.Mapping[str, t.Any]
    Result = dict[str, t.Any]
    Open = t.Callable[[], State]
    Declare = t.Callable[[State], t.Sequence[Declaration]]
    Look = t.Callable[[State, t.Sequence[Change[Any, Any]]], None]


def run_one(
    kind: Kind[Any, Any], params: Params, check_mode: bool, open_state: Open, declare: Declare | None = None
) -> Result:
    """Bring one resource to what is declared."""
    result, changes = _bring(kind, declare or _declared(kind, [params]), params, check_mode, open_state)
    result[kind.name] = result.pop(kind.plural)[0]
    result["changes"] = [name for change in changes if not change.by_server for name in change.fields]
    del result["plan"]
    return result


def run_many(
    kind: Kind[Any, Any], params: Params, check_mode: bool, open_state: Open, look: Look | None = None
) -> Result:
    """Bring many resources to what is declared. ``look`` sees the plan before the first write."""
    return _bring(kind, _declared(kind, params[kind.plural]), params, check_mode, open_state, look)[0]


def run_info(kind: Kind[Any, Any], params: Params, check_mode: bool, open_state: Open) -> Result:
    """Read resources, in the shape in which they are declared."""
    state = open_state()
    chosen = state.service(kind.name).details(kind.select(state, params))
    return {
        "changed": False,
        kind.plural: [kind.told(state, resource) for resource in chosen],
        **kind.beside(state, chosen),
        "warnings": kind.untold(state, chosen),
        "server": state.server.found(),
    }


def _declared(kind: Kind[Any, Any], given: t.Iterable[Params]) -> Declare:
    """Return what declares resources, whatever is there. Raises InputError with every problem."""
    declared: list[Declaration] = [kind.declare(options) for options in given]
    if any(one.problems() for one in declared):
        raise InputError([problem for one in declared for problem in (*one.doubts(), *one.problems())])
    return lambda state: declared


def _bring(
    kind: Kind[Any, Any],
    declare: Declare,
    params: Params,
    check_mode: bool,
    open_state: Open,
    look: Look | None = None,
) -> tuple[Result, list[Change[Any, Any]]]:
    state = open_state()
    state.policy = Policy(params.get("conflicts") or "error", bool(params.get("force")))
    forget = partial(state.forget, kind.rests_on)
    given: list[Declaration] = []

    def make() -> list[Change[Any, Any]]:
        given[:] = declare(state)
        changes = plan(kind, state, given, params)
        if look:
            look(kind.planned(state, changes), changes)
        return changes

    changes = once_clear(make, forget, state.server.session.wait)
    if check_mode or not kind.replaces(state, changes):
        return _carried_out(kind, state, changes, len(given), params, check_mode), changes
    with alone(state.server.url):
        changes = refreshed(kind, state, changes, make)
        return _carried_out(kind, state, changes, len(given), params, check_mode), changes


def _carried_out(
    kind: Kind[Any, Any],
    state: State,
    changes: list[Change[Any, Any]],
    count: int,
    params: Params,
    check_mode: bool,
) -> Result:
    """Make the writes of a plan, unless this is a check, and return the result, with the first so many resources."""
    planned = kind.planned(state, changes)
    warnings = [warning for change in changes for warning in change.warnings]
    result: Result = {
        "changed": any(change.action != UNCHANGED for change in changes),
        "plan": kind.summary(state, planned, changes),
        "warnings": warnings,
        "diff": diff_of(kind, state, planned, changes),
        "server": state.server.found(),
    }
    after, found = [change.after for change in changes[:count]], planned
    if result["changed"] and not check_mode:
        try:
            after = Execution(kind, state, changes, warnings, params.get("on_error") == "continue").run()
        except PartialError as error:
            error.result = {key: result[key] for key in ("plan", "warnings", "server")}
            raise
        found = state
    result[kind.plural] = [
        None if resource is None else kind.public(found, resource, change.declared)
        for resource, change in zip(after[:count], changes)
    ]
    return result


def plan(
    kind: Kind[Any, Any], state: State, declared: t.Sequence[Declaration], params: Params
) -> list[Change[Any, Any]]:
    """Work out what happens to what is declared, and after that to what is not and is to go."""
    going = []
    if params.get("purge"):
        there = state.resources(kind.name)
        kept = {resource.id for resource in kind.match(state, there, declared) if resource is not None}
        may_go = kind.purgeable(state, declared)
        others = [
            resource
            for resource in there
            if resource.id not in kept and not kind.fits(state, resource, params["purge_exclude"]) and may_go(resource)
        ]
        if len(others) > params["max_deletions"]:
            names = some([kind.named(state, resource) for resource in others])
            raise InputError(
                f"The purge would delete {kind.noun}s that are not declared: {names}. "
                f"That is {len(others)}, and max_deletions allows {params['max_deletions']}. Declare them, put them "
                "into purge_exclude, or raise max_deletions."
            )
        going = [kind.gone(state, resource) for resource in others]
    # All in one plan: a number that somebody leaves can be given to another.
    changes = list(kind.plan(state, [*declared, *going]))
    state.service(kind.name).check(changes)
    return changes


def diff_of(
    kind: Kind[Any, Any], state: State, planned: State, changes: t.Sequence[Change[Any, Any]]
) -> list[dict[str, str]]:
    """Return one before and after for each resource that changes, as text in which each value stands on its line."""
    diff = []
    for change in changes:
        if change.action == UNCHANGED:
            continue
        name = kind.called(state, planned, change)
        diff.append(
            {
                "before": _as_lines(kind, state, change.before, change.declared),
                "after": _as_lines(kind, planned, change.after, change.declared),
                "before_header": f"{kind.noun} {name}",
                "after_header": f"{kind.noun} {name} ({change.action})",
            }
        )
    return diff


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

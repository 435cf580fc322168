# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at what later tasks declare in the contexts of a plan, before the first write of that plan.

Users, groups and conference rooms are planned over the contexts as they will be, and each over those before it, in the
order of the later tasks. Nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..errors import InputError
from ..kinds.base import UNCHANGED
from .resources import diff_of, run_many

if TYPE_CHECKING:
    import typing as t

    from ..kinds.base import Change, Kind
    from ..kinds.state import State

    Options = t.Mapping[str, t.Any]
    Kinds = t.Iterable[tuple[Kind[t.Any, t.Any], dict[str, t.Any]]]

_SECRETS = ("sip_password", "password", "pin")


def run_many_and_check(
    kind: Kind[Any, Any], params: Options, check_mode: bool, open_state: t.Callable[[], State], kinds: Kinds
) -> dict[str, t.Any]:
    """Bring the contexts of a server to what is declared, and look first at what later tasks declare in them."""
    checked: dict[str, t.Any] = {}

    def look(planned: State, changes: t.Sequence[Change[Any, Any]]) -> None:
        checked.update(also_check(planned, kinds, changes, params["also_check"]))

    result = run_many(kind, params, check_mode, open_state, look if params["also_check"] else None)
    result["check_mode"] = check_mode
    if checked:
        result["also_checked"] = checked["plans"]
        if check_mode:
            result["diff"] += checked["diff"]
            result["changed"] = bool(result["diff"])
    return result


def also_check(state: State, kinds: Kinds, made: t.Iterable[Change[Any, Any]], options: Options) -> dict[str, t.Any]:
    """Return what later tasks will do, by kind, and the ``diff`` of it. ``state`` is what the changes of the contexts
    lead to. ``kinds`` are those that can be checked, each with the spec of a declaration, in the order of the later
    tasks. Raises InputError with every problem."""
    # A later task finds a context by what this one calls it; the plan has it under the server's name.
    names = {change.declared.name: change.after.name for change in made if change.after}
    problems: list[str] = []
    checked = [(kind, _valid(options.get(kind.plural), spec, names, problems)) for kind, spec in kinds]
    if problems:
        raise InputError(problems)
    plans: dict[str, t.Any] = {}
    diff: list[dict[str, str]] = []
    for kind, given in checked:
        changes: list[Change[Any, Any]] = []
        # What is said of somebody who is missing was told of already.
        wanted = [{**one, "members": None} if problems and "members" in one else one for one in given]
        try:
            changes = kind.plan(state, [kind.declare(one) for one in wanted]) if wanted else []
        except InputError as error:
            problems += error.problems
        if any(change.action != UNCHANGED for change in changes):
            state.expect(kind, changes)
        plans[kind.plural] = kind.summary(state, state, changes)
        diff += diff_of(kind, state, state, changes)
    if problems:
        raise InputError(problems)
    return {"plans": plans, "diff": diff}


def _valid(
    declared: t.Sequence[Options] | None, spec: dict[str, t.Any], names: t.Mapping[str, str], problems: list[str]
) -> list[dict[str, t.Any]]:
    """Return declarations as a task would get them, with each context called as the plan calls it."""
    found = []
    for one in declared or ():
        validation = ArgumentSpecValidator(_without_secrets(spec)).validate(dict(one))
        problems += [f"also_check: {message}" for message in validation.error_messages]
        given = _placed(validation.validated_parameters, names)
        if given.get("voicemail"):
            given["voicemail"] = _placed(given["voicemail"], names)
        found.append(given)
    return found


def _without_secrets(spec: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return a spec without what must not show: the options are shown as they are given."""
    return {
        option: dict(entry, options=_without_secrets(entry["options"])) if "options" in entry else entry
        for option, entry in spec.items()
        if option not in _SECRETS
    }


def _placed(options: Options, names: t.Mapping[str, str]) -> dict[str, t.Any]:
    context = options.get("context")
    return {**options, "context": names.get(context or "", context)}

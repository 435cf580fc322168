# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines of the modules that deal with contexts. They know nothing of AnsibleModule.

Each takes the options, whether this is a check, and a function that connects to the server, which is called only
once the options have been found good. Each returns what the module returns, ``diff`` and ``warnings`` among it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.contexts import Directory, declaration_of
from ..dialplan.names import fold
from ..dialplan.numbers import KINDS, Range, doubts_of, normal, option_of, parse_range, range_problem, what_arrives
from ..errors import InputError, PartialError, some
from ..kinds.base import CREATE, DELETE, UNCHANGED, UPDATE
from ..kinds.contexts import keep_all, make_plan
from .alone import alone, refreshed, replaced_in, settled
from .also_check import also_check
from .apply import Execution
from .guard import check_kept, check_taken, check_use

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context, Declaration
    from ..kinds.contexts import Plan
    from ..kinds.state import State
    from ..servers.base import Server
    from .also_check import Kinds

    OpenState = t.Callable[[Server], State]
    Params = t.Mapping[str, t.Any]
    Connect = t.Callable[[], Server]
    Result = dict[str, t.Any]

SHOWN_ORDER = ("name", "label", "type", "description", "enabled", "entity", "includes") + tuple(
    option_of(kind) for kind in KINDS
)


def run_context(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Bring one context to what is declared."""
    declaration = declaration_of(params)
    return _one(connect(), [declaration], lambda _directory: declaration, params, check_mode)


def run_context_range(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Bring one range of one context, found by its kind and its start, to what is declared."""
    kind = params["type"]
    wanted = parse_range(params, kind)
    present: list[Range] = []

    def declare(directory: Directory) -> Declaration:
        context = directory.find(to_text(params["context"]))
        if context is None:
            handle = to_text(params["context"])
            raise InputError(directory.unknown(handle, f"There is no context '{handle}' to hold the range."))
        ranges, present[:] = _with_range(context, directory.handle(context), kind, wanted, params)
        declaration = declaration_of({"name": context.name})
        declaration.ranges[kind] = ranges
        declaration.doubts[kind] = doubts_of(present, kind)
        return declaration

    meant = [declaration_of({"name": params["context"]})]
    result = _one(connect(), meant, declare, params, check_mode)
    public = [dict(r.public(kind), type=kind, context=result["context"]["name"]) for r in present]
    result["range"] = public[0] if public else None
    result["ranges"] = result["context"][option_of(kind)]
    return result


def _with_range(
    context: Context, handle: str, kind: str, wanted: Range, params: Params
) -> tuple[tuple[Range, ...], list[Range]]:
    """Return the ranges of a context with one of them brought to what is wanted, and that one, if it is to be there."""
    before = context.ranges[kind]
    kept = [r for r in before if r.start != wanted.start]
    if params["state"] == "present":
        if params.get("did_length") is None and kind == "incall":
            # Left out: an existing range keeps its own.
            old = next((r for r in before if r.start == wanted.start), None)
            wanted = wanted._replace(did_length=old.did_length if old else 0)
        clash = next((r for r in kept if r.shared(wanted)), None)
        if clash is not None and not {wanted, clash}.issubset(before):
            raise InputError(
                "The %s range %s shares numbers with %s of the same context '%s'%s."
                % (kind, wanted, clash, handle, what_arrives(wanted, clash))
            )
        return normal([*kept, wanted]), [wanted]
    if params.get("end") is not None and any(r.start == wanted.start and r.end != wanted.end for r in before):
        raise InputError(
            "The %s range of '%s' that starts at %s is not %s. Leave the end out to remove it whatever its end."
            % (kind, handle, wanted.start, wanted)
        )
    return normal(kept), []


def run_context_info(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Read the contexts, in the shape in which they are declared."""
    server = connect()
    directory = Directory(server.contexts(), server.names)
    chosen = directory.contexts
    if params.get("name") is not None:
        chosen = directory.matches(to_text(params["name"]))
    if params.get("type") is not None:
        chosen = [c for c in chosen if c.type == params["type"]]
    if params.get("search") is not None:
        text = fold(params["search"])
        chosen = [c for c in chosen if any(text in fold(part) for part in (c.name, c.label or "", c.description))]
    included_by: dict[str, list[str]] = {c.name: [] for c in directory.contexts}
    for context in directory.contexts:
        for name in context.includes:
            if name in included_by:
                included_by[name].append(directory.handle(context))
    has_entities = server.abilities.has_entities
    return {
        "changed": False,
        "contexts": [directory.public(c, has_entities) for c in chosen],
        "included_by": {directory.handle(c): included_by[c.name] for c in chosen},
        "identities": {directory.handle(c): _identity(c) for c in chosen},
        "warnings": _wrong_ranges(directory, chosen),
        "server": server.found(),
    }


def _wrong_ranges(directory: Directory, contexts: t.Iterable[Context]) -> list[str]:
    """Tell of each range that no task could make, one by one: nothing else shows that they are wrong."""
    return [
        f"Context '{directory.handle(context)}', {range_problem(found, kind)} The server has it so, and no telephone "
        "can get a number of it. Declared as it is, it stays there as it is; correct it, or leave it out."
        for context in contexts
        for kind, found in context.all_ranges()
        if not found.well_formed
    ]


def run_contexts(params: Params, check_mode: bool, connect: Connect, open_state: OpenState, kinds: Kinds) -> Result:
    """Bring a whole server, or tenant, to what is declared."""
    declarations: list[Declaration] = []
    problems: list[str] = []
    is_certain = True
    for options in params["contexts"]:
        try:
            declarations.append(declaration_of(options))
            # Alone, these would be for the server to excuse.
            problems.extend(declarations[-1].doubt_texts())
        except InputError as error:
            problems.extend(error.problems)
            is_certain = False
    if not is_certain:
        raise InputError(problems)
    server = connect()
    checked: dict[str, t.Any] = {}

    def make(directory: Directory) -> Plan:
        plan = _plan_contexts(server, directory, declarations, params)
        if params["also_check"]:
            checked.update(also_check(open_state(server), kinds, plan, declarations, params["also_check"]))
        return plan

    go_on = params["on_error"] == "continue"
    result, _plan = carry_out(server, declarations, make, check_mode, params["force"], go_on)
    result["contexts"] = result.pop("targets")
    result["check_mode"] = check_mode
    if checked:
        result["also_checked"] = checked["plans"]
        if check_mode:
            result["diff"] += checked["diff"]
            result["changed"] = bool(result["diff"])
    return result


def _plan_contexts(server: Server, directory: Directory, declarations: t.Sequence[Declaration], params: Params) -> Plan:
    purged: list[Context] = []
    is_ours = _ours(server, directory, declarations)

    def purge(context: Context) -> bool:
        if directory.fits(context, params["purge_exclude"]) or not is_ours(context):
            return False
        purged.append(context)
        return True

    plan = make_plan(
        directory,
        declarations,
        server.abilities,
        server.entities,
        conflicts=params["conflicts"],
        purge=purge if params["purge"] else keep_all,
    )
    if len(purged) > params["max_deletions"]:
        raise InputError(
            "The purge would delete contexts that are not declared: %s. That is %d, and max_deletions allows %d. "
            "Declare them, put them into purge_exclude, or raise max_deletions."
            % (some([directory.handle(c) for c in purged]), len(purged), params["max_deletions"])
        )
    return plan


def _ours(server: Server, directory: Directory, declarations: t.Sequence[Declaration]) -> t.Callable[[Context], bool]:
    """Return what tells whether a context is of an entity that the declared contexts belong to.

    Where there is one entity only, every context is; how many there are is asked at most once, and only in doubt.
    """
    declared = [d for d in declarations if d.state == "present"]
    entities = {d.fields["entity"] for d in declared if d.fields["entity"]}
    entities.update(c.entity for d in declared if not d.fields["entity"] for c in directory.matches(d.name, d.label))
    counted: list[int] = []

    def is_ours(context: Context) -> bool:
        if not server.abilities.has_entities or context.entity in entities:
            return True
        if not counted:
            counted.append(len(server.entities()))
        return counted[0] < 2

    return is_ours


def _identity(context: Context) -> dict[str, t.Any]:
    """Return what the server itself calls a context."""
    return {"name": context.name, "id": context.key, "uuid": context.uuid, "tenant_uuid": context.tenant}


def _one(
    server: Server,
    meant: t.Sequence[Declaration],
    declare: t.Callable[[Directory], Declaration],
    params: Params,
    check_mode: bool,
) -> Result:
    def make(directory: Directory) -> Plan:
        return make_plan(
            directory,
            [declare(directory)],
            server.abilities,
            server.entities,
            conflicts=params.get("conflicts") or "error",
        )

    result, plan = carry_out(server, meant, make, check_mode, params["force"])
    result["context"] = result.pop("targets")[0]
    del result["plan"]
    result["changes"] = [field for change in plan.changes if not change.by_server for field in change.fields]
    return result


def carry_out(
    server: Server,
    meant: t.Sequence[Declaration],
    make: t.Callable[[Directory], Plan],
    check_mode: bool,
    force: bool,
    go_on: bool = False,
) -> tuple[Result, Plan]:
    """Make a plan of what the server shows, and its writes, unless this is a check.

    ``meant`` are the declarations, as far as they say which contexts the task is about. Returns the result of the task,
    built from the plan, and the plan.
    """
    plan = make(settled(server, meant))
    (check_kept if force else check_use)(server, plan)
    check_taken(server, plan)
    if check_mode or not replaced_in(server, plan):
        return _carry_out(server, plan, check_mode, go_on), plan
    with alone(server.url):
        again = refreshed(server, plan, make)
        if again is not plan and not force:
            check_use(server, again)
        return _carry_out(server, again, check_mode, go_on), again


def _carry_out(server: Server, plan: Plan, check_mode: bool, go_on: bool) -> Result:
    has_entities = server.abilities.has_entities
    warnings = list(plan.warnings)
    result: Result = {
        "changed": plan.changed,
        "plan": summary_of(plan),
        "warnings": warnings,
        "diff": diff_of(plan, has_entities),
        "server": server.found(),
    }
    targets = list(plan.targets)
    after = plan.after
    if plan.changed and not check_mode:
        execution = Execution(server, plan, go_on)
        try:
            after = execution.run()
        except PartialError as error:
            error.result = {key: result[key] for key in ("plan", "warnings", "server")}
            raise
        finally:
            warnings += execution.warnings
        targets = [execution.now(target, after) if target else None for target in targets]
    result["targets"] = [after.public(target, has_entities) if target else None for target in targets]
    return result


def diff_of(plan: Plan, has_entities: bool) -> list[dict[str, t.Any]]:
    """Return one before and after for each context that changes, as text in which each number stands on its line."""
    diffs = []
    for change in plan.changes:
        if change.action == UNCHANGED:
            continue
        before = plan.before.public(change.before, has_entities) if change.before else {}
        after = plan.after.public(change.after, has_entities) if change.after else {}
        name = (after or before)["name"]
        diffs.append(
            {
                "before": _as_lines(before),
                "after": _as_lines(after),
                "before_header": f"context {name}",
                "after_header": f"context {name} ({change.action})",
            }
        )
    return diffs


def _as_lines(shape: t.Mapping[str, t.Any]) -> str:
    """Return a context as lines: Ansible would show a dictionary as JSON, with accents as codes."""
    lines: list[str] = []
    for key in SHOWN_ORDER:
        value = shape.get(key)
        if isinstance(value, list):
            lines += [f"{key}:"] if value else []
            for item in value:
                lines.append(
                    "  - " + (str(Range(**dict({"did_length": 0}, **item))) if isinstance(item, dict) else item)
                )
        elif value not in (None, ""):
            lines.append(f"{key}: {value}")
    return "".join(f"{line}\n" for line in lines)


def summary_of(plan: Plan) -> dict[str, t.Any]:
    """Return the plan as lists of names."""
    summary: dict[str, t.Any] = {"create": [], "update": [], "includes": [], "delete": [], "unchanged": []}
    for change in plan.changes:
        name = change.name_in(plan)
        if change.after and (change.after.includes if change.action == CREATE else "includes" in change.fields):
            includes = [plan.after.handle_of_name(other) for other in change.after.includes]
            summary["includes"].append({"name": name, "includes": includes})
        if change.by_server:
            continue
        if change.action != UPDATE:
            summary[{CREATE: "create", DELETE: "delete", UNCHANGED: "unchanged"}[change.action]].append(name)
        elif change.own_fields:
            summary["update"].append({"name": name, "fields": change.own_fields})
    return summary

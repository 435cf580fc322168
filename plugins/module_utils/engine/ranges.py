# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines of the modules for single ranges: bringing one to what is declared, and which numbers are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.names import RESERVED
from ..dialplan.numbers import KINDS, doubts_of, normal, option_of, parse_range, what_arrives
from ..dialplan.patterns import answers_in, free_numbers
from ..dialplan.usage import EXTENSION
from ..errors import InputError
from ..kinds.contexts import ContextDeclaration
from .resources import run_one

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context, Directory
    from ..dialplan.numbers import Range
    from ..dialplan.usage import Use
    from ..kinds.contexts import ContextKind
    from ..kinds.state import State


def run_context_range(
    kind: ContextKind, params: t.Mapping[str, t.Any], check_mode: bool, open_state: t.Callable[[], State]
) -> dict[str, t.Any]:
    """Bring one range of one context, found by its kind and its start, to what is declared."""
    of = params["type"]
    wanted = parse_range(params, of)
    present: list[Range] = []

    def declare(state: State) -> list[ContextDeclaration]:
        directory, called = state.directory, to_text(params["context"])
        context = directory.find(called)
        if context is None:
            raise InputError(directory.unknown(called, f"There is no context '{called}' to hold the range."))
        ranges, present[:] = _with_range(context, directory.handle(context), of, wanted, params)
        declared = ContextDeclaration({"name": context.name}, directory.handle(context))
        declared.ranges[of] = ranges
        declared.range_doubts[of] = doubts_of(present, of)
        return [declared]

    result = run_one(kind, params, check_mode, open_state, declare)
    public = [dict(r.public(of), type=of, context=result["context"]["name"]) for r in present]
    result["range"] = public[0] if public else None
    result["ranges"] = result["context"][option_of(of)]
    return result


def _with_range(
    context: Context, handle: str, kind: str, wanted: Range, params: t.Mapping[str, t.Any]
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


def run_context_range_info(
    params: t.Mapping[str, t.Any], check_mode: bool, open_state: t.Callable[[], State]
) -> dict[str, t.Any]:
    """Read the used and the free numbers of each range of a context, or of all contexts.

    They are computed on every server from its extensions, which tell whose a number is too. Wazo 26's own list of free
    numbers says the same (a test compares them), and would be five requests more.
    """
    state = open_state()
    server, directory = state.server, state.directory
    chosen = directory.contexts
    if params.get("context") is not None:
        context = directory.find(to_text(params["context"]))
        if context is None:
            raise InputError(directory.unknown(to_text(params["context"])))
        chosen = [context]
    whole = params.get("context") is None
    places = None if whole else [c for c in chosen if any(c.ranges.values())]
    uses = server.named(server.uses(places, (EXTENSION,)))
    owners: dict[str, dict[str, str]] = {c.name: {} for c in chosen}
    for use in uses:
        owners.setdefault(use.context, {})[use.number] = use.owner
    kinds = [params["type"]] if params.get("type") else KINDS
    ranges = [
        dict(_range_info(kind, r, owners[c.name], params["first"]), context=directory.handle(c))
        for c in chosen
        for kind in kinds
        for r in c.ranges[kind]
    ]
    result: dict[str, t.Any] = {"changed": False, "ranges": ranges, "server": server.found()}
    if whole:
        result["outside"] = _outside(directory, uses)
    else:
        result["context"] = directory.handle(chosen[0])
    return result


def _outside(directory: Directory, uses: t.Iterable[Use]) -> list[dict[str, t.Any]]:
    """Return the extensions that stand in no range of their context, or in a context that does not exist.

    The numbers of outgoing calls and parking lots come from no range, and those of Asterisk's own contexts are its own.
    """
    found = []
    for use in uses:
        context = directory.by_name.get(use.context)
        if context is None:
            outside = use.context.lower() not in RESERVED
        elif use.owner and use.kind is None:
            outside = False
        else:
            ranges = [r for _kind, whole in context.all_ranges() for r in (whole, *whole.extensions())]
            outside = not answers_in(use.number, ranges)
        if outside:
            found.append(
                {
                    "context": directory.handle_of_name(use.context),
                    "exists": context is not None,
                    "number": use.number,
                    "owner": use.owner,
                }
            )
    return sorted(found, key=lambda one: (one["context"], len(one["number"]), one["number"]))


def _range_info(kind: str, whole: Range, owners: t.Mapping[str, str], first: int) -> dict[str, t.Any]:
    shown = whole.extensions()
    used = sorted(number for number in owners if answers_in(number, shown))
    free = [left for r in shown for left in free_numbers(r, used)]
    info = whole.public(kind)
    info.update(
        type=kind,
        size=sum(r.size for r in shown),
        used=[{"number": number, "owner": owners[number]} for number in used],
        free=[r.public("user") for r in free],
        first_free=_first(free, first),
    )
    return info


def _first(free: t.Sequence[Range], count: int) -> list[str]:
    """Return the first numbers of some ranges."""
    numbers: list[str] = []
    for r in free:
        last = min(int(r.end), int(r.start) + count - len(numbers) - 1)
        numbers += ["%0*d" % (len(r.start), n) for n in range(int(r.start), last + 1)]
    return numbers

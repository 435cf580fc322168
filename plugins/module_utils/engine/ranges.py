# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of xivo_context_range_info: which numbers are used, and which are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.contexts import Directory
from ..dialplan.names import RESERVED
from ..dialplan.numbers import KINDS
from ..dialplan.patterns import answers_in, free_numbers
from ..dialplan.usage import EXTENSION
from ..errors import InputError

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.numbers import Range
    from ..dialplan.usage import Use
    from ..servers.base import Server


def run_context_range_info(
    params: t.Mapping[str, t.Any], check_mode: bool, connect: t.Callable[[], Server]
) -> dict[str, t.Any]:
    """Read the used and the free numbers of each range of a context, or of all contexts.

    They are computed on every server from its extensions, which tell whose a number is too. Wazo 26's own list of free
    numbers says the same (a test compares them), and would be five requests more.
    """
    server = connect()
    directory = Directory(server.contexts(), server.names)
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

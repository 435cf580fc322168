# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of xivo_context_range_info: which numbers are used, and which are free."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.module_utils.common.text.converters import to_text

from ..domain.contexts import Directory
from ..domain.numbers import KINDS, gaps
from ..domain.plan import some
from ..domain.usage import EXTENSION
from ..errors import InputError

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from ..domain.numbers import Range  # noqa: F401
    from ..servers.base import Server  # noqa: F401


def run_context_range_info(params, check_mode, connect):
    # type: (t.Mapping[str, t.Any], bool, t.Callable[[], Server]) -> t.Dict[str, t.Any]
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
            raise InputError(
                "There is no context '%s'. There are: %s." % (params["context"], some(directory.handles()))
            )
        chosen = [context]
    owners = {c.name: {} for c in chosen}  # type: t.Dict[str, t.Dict[str, str]]
    for use in server.uses([c for c in chosen if any(c.ranges.values())], (EXTENSION,)):
        owners[use.context][use.number] = use.owner
    kinds = [params["type"]] if params.get("type") else KINDS
    ranges = [
        dict(_range_info(kind, r, owners[c.name], params["first"]), context=directory.handle(c))
        for c in chosen
        for kind in kinds
        for r in c.ranges[kind]
    ]
    result = {"changed": False, "ranges": ranges, "server": server.found()}  # type: t.Dict[str, t.Any]
    if params.get("context") is not None:
        result["context"] = directory.handle(chosen[0])
    return result


def _range_info(kind, whole, owners, first):
    # type: (str, Range, t.Mapping[str, str], int) -> t.Dict[str, t.Any]
    shown = whole.extensions()
    used = sorted(number for number in owners if shown.holds(number))
    free = gaps(shown, used)
    info = whole.public(kind)
    info.update(
        type=kind,
        size=shown.size,
        used=[{"number": number, "owner": owners[number]} for number in used],
        free=[r.public("user") for r in free],
        first_free=_first(free, first),
    )
    return info


def _first(free, count):
    # type: (t.Sequence[Range], int) -> t.List[str]
    """Return the first numbers of some ranges."""
    numbers = []  # type: t.List[str]
    for r in free:
        last = min(int(r.end), int(r.start) + count - len(numbers) - 1)
        numbers += ["%0*d" % (len(r.start), n) for n in range(int(r.start), last + 1)]
    return numbers

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses the numbers of a context, and which of them a change takes away."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from collections import namedtuple

from .numbers import KINDS
from .plan import DELETE, lost

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from .contexts import Context  # noqa: F401
    from .numbers import Range  # noqa: F401
    from .plan import Change  # noqa: F401

EXTENSION, LINE, VOICEMAIL, TRUNK = "extension", "line", "voicemail", "trunk"
NUMBERED = (EXTENSION, VOICEMAIL)
EVERYTHING = (EXTENSION, VOICEMAIL, LINE, TRUNK)

# Something that stands in a context. ``kind`` is the kind of range that its owner takes numbers from, or None where
# that is not known; ``owner`` says whose it is, in words.
Use = namedtuple("Use", ("context", "what", "number", "kind", "owner"))


def text_of(use):
    # type: (Use) -> str
    text = "%s %s" % (use.what, use.number)
    return "%s (%s)" % (text, use.owner) if use.owner else text


def hurt_by(change, uses):
    # type: (Change, t.Iterable[Use]) -> t.List[Use]
    """Return what loses its number, or its context, by a change."""
    before, after = change.before, change.after
    if before is None:
        return []
    mine = [use for use in uses if use.context == before.name]
    if change.action == DELETE:
        return mine
    gone = lost(before, after)
    return [
        use
        for use in mine
        if use.number
        and use.what in NUMBERED
        and any(_taken(use, kind, gone, after) for kind in ([use.kind] if use.kind else KINDS))
    ]


def _taken(use, kind, gone, after):
    # type: (Use, str, t.Mapping[str, t.Any], t.Optional[Context]) -> bool
    if not any(_holds(r, use.number) for r in gone.get(kind, ())):
        return False
    # An owner that is not known is content with a range of any kind, as the servers are.
    return bool(use.kind) or not any(_holds(r, use.number) for _kind, r in (after.all_ranges() if after else ()))


def _holds(number_range, number):
    # type: (Range, str) -> bool
    # An incoming number may be stored whole, or as the digits that the operator sends.
    return bool(number_range.holds(number) or number_range.extensions().holds(number))

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses the numbers of a context, and which of them a change takes away."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from collections import namedtuple

from ..errors import known
from .numbers import KINDS
from .plan import DELETE

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from .contexts import Context  # noqa: F401
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
    """Return what loses its number, or its context, by a change. ``uses`` are what stands in the context."""
    if change.action == DELETE:
        return list(uses)
    before, after = known(change.before), known(change.after)
    found = []
    for use in uses:
        if use.what in NUMBERED:
            # An owner that is not known is content with a range of any kind, as the servers are.
            kinds = (use.kind,) if use.kind else KINDS
            if _holds(before, kinds, use.number) and not _holds(after, kinds, use.number):
                found.append(use)
    return found


def _holds(context, kinds, number):
    # type: (Context, t.Iterable[str], str) -> bool
    # An incoming number may be stored whole, or as the digits that the operator sends.
    return any(r.holds(number) or r.extensions().holds(number) for kind in kinds for r in context.ranges[kind])

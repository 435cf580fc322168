# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses the numbers of a context, and which of them a change takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .numbers import KINDS, cut_each
from .patterns import answers_in

if TYPE_CHECKING:
    import typing as t

    from .contexts import Context
    from .numbers import Range

EXTENSION, LINE, VOICEMAIL, TRUNK = "extension", "line", "voicemail", "trunk"
NUMBERED = (EXTENSION, VOICEMAIL)
EVERYTHING = (EXTENSION, VOICEMAIL, LINE, TRUNK)


class Use(NamedTuple):
    """Something that stands in a context. ``kind`` is the kind of range that its owner takes numbers from, or None
    where that is not known; ``owner`` says whose it is, in words."""

    context: str
    what: str
    number: str
    kind: str | None
    owner: str


def text_of(use: Use) -> str:
    if use.what == LINE and use.owner:
        return f"line of {use.owner}"  # its own name is made by the server
    text = f"{use.what} {use.number}"
    return f"{text} ({use.owner})" if use.owner else text


def hurt_by(before: Context, after: Context | None, uses: t.Iterable[Use]) -> list[Use]:
    """Return what loses its number by a change, or its context, which is None afterwards. ``uses`` are what stands in
    the context."""
    if after is None:
        return list(uses)
    found = []
    taken: dict[tuple[str, ...], list[Range]] = {}
    for use in uses:
        if use.what in NUMBERED:
            # An owner that is not known is content with a range of any kind, as the servers are.
            kinds = (use.kind,) if use.kind else KINDS
            if kinds not in taken:
                taken[kinds] = list(_taken(before, after, kinds))
            if answers_in(use.number, taken[kinds]):
                found.append(use)
    return found


def _taken(before: Context, after: Context, kinds: t.Sequence[str]) -> t.Iterator[Range]:
    """Return the numbers of some kinds that are before and not after."""
    kept = [number_range for kind in kinds for number_range in _as_stored(after, kind)]
    yield from cut_each([number_range for kind in kinds for number_range in _as_stored(before, kind)], kept)


def _as_stored(context: Context, kind: str) -> t.Iterator[Range]:
    """An incoming number may be stored whole, or as the digits that the operator sends."""
    for number_range in context.ranges[kind]:
        yield number_range
        if number_range.did_length:
            yield from number_range.extensions()

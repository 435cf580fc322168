# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ranges of telephone numbers. Numbers are text: leading zeros count."""

from __future__ import annotations

import re
from collections import namedtuple
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..errors import InputError

if TYPE_CHECKING:
    import typing as t

MAX_DIGITS = 16
KINDS = ("user", "group", "queue", "conference_room", "incall")
_NUMBER = re.compile(r"^[0-9]+\Z")  # not \d: Wazo takes Arabic digits and breaks on others


def is_number(text: str) -> bool:
    return _NUMBER.match(text) is not None


def option_of(kind: str) -> str:
    """Return the name of the option, and of the REST API's field, that holds the ranges of a kind."""
    return kind + "_ranges"


class Range(namedtuple("Range", ("start", "end", "did_length"))):
    """Numbers from ``start`` to ``end``, both included, both of the same length.

    ``did_length`` is how many digits, counted from the right, the operator sends (incoming calls only, else 0).
    """

    __slots__ = ()

    @property
    def size(self) -> int:
        return int(self.end) - int(self.start) + 1

    @property
    def sort_key(self) -> tuple[int, str, str, int]:
        return (len(self.start), self.start, self.end, self.did_length)

    def overlaps(self, other: Range) -> bool:
        """Tell whether one number stands in both. 02001 and 2001 are two numbers."""
        return len(self.start) == len(other.start) and self.start <= other.end and other.start <= self.end

    def holds(self, number: str) -> bool:
        return len(number) == len(self.start) and self.start <= number <= self.end

    def covers(self, other: Range) -> bool:
        return self.holds(other.start) and self.holds(other.end)

    def extensions(self) -> Range:
        """Return the range as extensions are numbered in it: only the digits that the operator sends."""
        digits = self.did_length
        if not digits or digits >= len(self.start) or self.start[-digits:] > self.end[-digits:]:
            return self
        return Range(self.start[-digits:], self.end[-digits:], digits)

    def public(self, kind: str) -> dict[str, t.Any]:
        """Return the range in the shape that the modules' options take."""
        shape: dict[str, t.Any] = {"start": self.start, "end": self.end}
        if kind == "incall":
            shape["did_length"] = self.did_length
        return shape

    def __str__(self) -> str:
        text = self.start if self.start == self.end else f"{self.start}-{self.end}"
        return "%s (did_length %d)" % (text, self.did_length) if self.did_length else text


def parse_range(raw: t.Mapping[str, t.Any], kind: str) -> Range:
    """Make a range of what a playbook says. Raises InputError: what is wrong, in one sentence."""
    start = to_text(raw["start"])
    end = start if raw.get("end") in (None, "") else to_text(raw["end"])
    did_length = raw.get("did_length")
    shown = start if start == end else f"{start}-{end}"
    for word, number in (("start", start), ("end", end)):
        if not _NUMBER.match(number):
            raise InputError(
                f"{kind} range {shown}: the {word} '{number}' is not a number; use the digits 0 to 9 only."
            )
        if len(number) > MAX_DIGITS:
            raise InputError(
                "%s range %s: the %s has %d digits; %d is the most." % (kind, shown, word, len(number), MAX_DIGITS)
            )
    if len(start) != len(end):
        raise InputError(
            "%s range %s: start and end must have the same number of digits (%d and %d here). "
            "In YAML write numbers in quotes, or leading zeros are lost." % (kind, shown, len(start), len(end))
        )
    if start > end:
        raise InputError(f"{kind} range {shown}: the start is greater than the end.")
    if did_length is not None and kind != "incall":
        raise InputError(f"{kind} range {shown}: did_length is for incall ranges only.")
    if did_length is not None and not 0 <= did_length <= 20:
        raise InputError(f"{kind} range {shown}: did_length must be 0 to 20 digits.")
    return Range(start, end, did_length or 0)


def normal(ranges: t.Iterable[Range]) -> tuple[Range, ...]:
    """Return the ranges of one list in the one order in which they are compared: order means nothing to a server."""
    return tuple(sorted(set(ranges), key=lambda r: r.sort_key))


class SharedNumbers(InputError):
    """Two ranges of one list share a number. ``ranges`` is the list."""

    def __init__(self, problems: list[str], ranges: tuple[Range, ...]) -> None:
        super().__init__(problems)
        self.ranges = ranges


def parse_ranges(raws: t.Iterable[t.Mapping[str, t.Any]], kind: str) -> tuple[Range, ...]:
    """Make one list of ranges; two of them must not share a number. Raises InputError with every problem.

    Where that is all that is wrong, it is a SharedNumbers: a server may hold such a list already.
    """
    problems: list[str] = []
    shared = 0
    found: list[Range] = []
    for raw in raws:
        try:
            found.append(parse_range(raw, kind))
        except InputError as error:
            problems.extend(error.problems)
    found.sort(key=lambda r: r.sort_key)
    for left, right in zip(found, found[1:]):
        if left == right:
            problems.append(f"{kind} range {left} stands twice in the list.")
        elif left.overlaps(right):
            problems.append(f"{kind} ranges {left} and {right} share numbers.")
            shared += 1
    if len(problems) > shared:
        raise InputError(problems)
    if problems:
        raise SharedNumbers(problems, tuple(found))
    return tuple(found)


def gaps(outer: Range, taken: t.Iterable[str]) -> list[Range]:
    """Return what is left of a range when the numbers ``taken`` are cut out, as ranges in order."""
    width = len(outer.start)
    used = sorted(int(n) for n in set(taken) if outer.holds(n))
    free: list[Range] = []
    first = int(outer.start)
    for number in used + [int(outer.end) + 1]:
        if number > first:
            free.append(Range("%0*d" % (width, first), "%0*d" % (width, number - 1), outer.did_length))
        first = number + 1
    return free


def cut(outer: Range, others: t.Iterable[Range]) -> list[Range]:
    """Return what is left of a range when other ranges are cut out of it, as ranges in order."""
    width = len(outer.start)
    left: list[Range] = []
    first = int(outer.start)
    for other in sorted((o for o in others if o.overlaps(outer)), key=lambda r: r.sort_key):
        if int(other.start) > first:
            left.append(Range("%0*d" % (width, first), "%0*d" % (width, int(other.start) - 1), outer.did_length))
        first = max(first, int(other.end) + 1)
    if first <= int(outer.end):
        left.append(Range("%0*d" % (width, first), outer.end, outer.did_length))
    return left

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ranges of telephone numbers. Numbers are text: leading zeros count."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from ansible.module_utils.common.text.converters import to_text

from ..errors import InputError

if TYPE_CHECKING:
    import typing as t

MAX_DIGITS = 16
# The options that say one range. did_length is there for every kind, so that one in the wrong place gets an error that
# says what it is.
RANGE_OPTIONS: dict[str, dict[str, t.Any]] = {
    "start": {"type": "str", "required": True},
    "end": {"type": "str"},
    "did_length": {"type": "int"},
}
KINDS = ("user", "group", "queue", "conference_room", "incall")
_NUMBER = re.compile(r"^[0-9]+\Z")  # not \d: Wazo takes Arabic digits and breaks on others


def is_number(text: str) -> bool:
    return _NUMBER.match(text) is not None


def option_of(kind: str) -> str:
    """Return the name of the option, and of the REST API's field, that holds the ranges of a kind."""
    return kind + "_ranges"


class Range(NamedTuple):
    """Numbers from ``start`` to ``end``, both included, both of the same length.

    ``did_length`` is how many digits, counted from the right, the operator sends (incoming calls only, else 0).
    """

    start: str
    end: str
    did_length: int

    @property
    def well_formed(self) -> bool:
        """Whether these are numbers that a telephone could have: somebody may have typed anything into a server."""
        return range_problem(self, "") is None

    @property
    def size(self) -> int:
        """How many numbers there are; none in a range that is not well formed."""
        if not self.well_formed:
            return 0
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

    def extensions(self) -> tuple[Range, ...]:
        """Return the range as extensions are numbered in it: only the digits that the operator sends, in order.

        That is one range; two where these digits run past 99 to 00; and all that so few digits can be, where there
        are more numbers than that.
        """
        digits = self.did_length
        if not digits or digits >= len(self.start) or not self.well_formed:
            return (self,)
        first, last = self.start[-digits:], self.end[-digits:]
        least, most = "0" * digits, "9" * digits
        if self.size >= 10**digits:
            return (Range(least, most, digits),)
        if first <= last:
            return (Range(first, last, digits),)
        return (Range(least, last, digits), Range(first, most, digits))

    def shared(self, other: Range) -> str | None:
        """Return the first numbers that are the same to a telephone, by the digits that the operator sends."""
        for mine in self.extensions():
            for theirs in other.extensions():
                if mine.overlaps(theirs):
                    return str(Range(max(mine.start, theirs.start), min(mine.end, theirs.end), 0))
        return None

    def public(self, kind: str) -> dict[str, t.Any]:
        """Return the range in the shape that the modules' options take."""
        shape: dict[str, t.Any] = {"start": self.start, "end": self.end}
        if kind == "incall":
            shape["did_length"] = self.did_length
        return shape

    def __str__(self) -> str:
        text = self.start if self.start == self.end else f"{self.start}-{self.end}"
        return "%s (did_length %d)" % (text, self.did_length) if self.did_length else text


def range_of(raw: t.Mapping[str, t.Any]) -> Range:
    """Return the range that is written there, whatever is wrong with it."""
    start = to_text(raw["start"])
    end = start if raw.get("end") in (None, "") else to_text(raw["end"])
    return Range(start, end, raw.get("did_length") or 0)


def range_problem(found: Range, kind: str) -> str | None:
    """Say why no range should be made like this, or return None. A server may hold such a range all the same."""
    start, end, did_length = found
    shown = start if start == end else f"{start}-{end}"
    for word, number in (("start", start), ("end", end)):
        if not is_number(number):
            return f"{kind} range {shown}: the {word} '{number}' is not a number; use the digits 0 to 9 only."
        if len(number) > MAX_DIGITS:
            return "%s range %s: the %s has %d digits; %d is the most." % (kind, shown, word, len(number), MAX_DIGITS)
    if len(start) != len(end):
        return (
            "%s range %s: start and end must have the same number of digits (%d and %d here). "
            "In YAML write numbers in quotes, or leading zeros are lost." % (kind, shown, len(start), len(end))
        )
    if start > end:
        return f"{kind} range {shown}: the start is greater than the end."
    if not 0 <= did_length <= 20:
        return f"{kind} range {shown}: did_length must be 0 to 20 digits."
    return None


def parse_range(raw: t.Mapping[str, t.Any], kind: str) -> Range:
    """Make a range of what a playbook says. Raises InputError: what is wrong, in one sentence."""
    found = range_of(raw)
    problem = range_problem(found, kind)
    if problem is None and raw.get("did_length") is not None and kind != "incall":
        problem = f"{kind} range {found._replace(did_length=0)}: did_length is for incall ranges only."
    if problem is not None:
        raise InputError(problem)
    return found


def normal(ranges: t.Iterable[Range]) -> tuple[Range, ...]:
    """Return the ranges of one list in the one order in which they are compared: order means nothing to a server."""
    found = tuple(ranges)
    return found if len(found) < 2 else tuple(sorted(set(found), key=lambda r: r.sort_key))


class Doubt(NamedTuple):
    """What is wrong with ranges, in a sentence. A server may hold just these already: then nothing is."""

    text: str
    ranges: tuple[Range, ...]


class DoubtfulRanges(InputError):
    """All that is wrong with a list of ranges, ``ranges``, is what a server may hold already: ``doubts``."""

    def __init__(self, doubts: list[Doubt], ranges: tuple[Range, ...]) -> None:
        super().__init__([doubt.text for doubt in doubts])
        self.doubts = doubts
        self.ranges = ranges


def parse_ranges(raws: t.Iterable[t.Mapping[str, t.Any]], kind: str) -> tuple[Range, ...]:
    """Make one list of ranges; no two of their numbers may be the same. Raises InputError with every problem.

    Where that is all that is wrong, it is DoubtfulRanges: a server may hold such a list already.
    """
    problems: list[str] = []
    found: list[Range] = []
    wrong: list[Doubt] = []
    for raw in raws:
        try:
            found.append(parse_range(raw, kind))
        except InputError as error:
            stored = range_of(raw)
            if stored.well_formed:
                problems.extend(error.problems)
            else:
                wrong.append(Doubt(error.text, (stored,)))
    ranges = normal(found)
    twice = [r for r in ranges if found.count(r) > 1] if len(ranges) < len(found) else []
    doubts = wrong + doubts_of(ranges, kind)
    if problems or twice:
        raise InputError(
            problems + [d.text for d in doubts] + [f"{kind} range {r} stands twice in the list." for r in twice]
        )
    if doubts:
        raise DoubtfulRanges(doubts, normal(found + [r for doubt in wrong for r in doubt.ranges]))
    return ranges


def doubts_of(ranges: t.Sequence[Range], kind: str) -> list[Doubt]:
    """Return where two numbers of one list are the same to a telephone."""
    doubts = [Doubt(f"{kind} range {r}: {text}", (r,)) for r in ranges for text in _did_problems(r)]
    rows = [(len(e.start), e.start, e.end, r) for r in ranges for e in r.extensions()]
    pairs = {(a[3], b[3]) if a[3].sort_key < b[3].sort_key else (b[3], a[3]) for a, b in overlapping(sorted(rows))}
    for left, right in sorted(pairs, key=lambda pair: (pair[0].sort_key, pair[1].sort_key)):
        doubts.append(
            Doubt(f"{kind} ranges {left} and {right} share numbers{what_arrives(left, right)}.", (left, right))
        )
    return doubts


def what_arrives(left: Range, right: Range) -> str:
    """Say which numbers two ranges share, where that is not to be seen."""
    return "" if left.overlaps(right) else f" by the digits that arrive ({left.shared(right)})"


def _did_problems(r: Range) -> list[str]:
    """Say why the digits that the operator sends do not tell the numbers of a range apart, or are no range."""
    digits = r.did_length
    if not digits or digits >= len(r.start) or r.start[:-digits] == r.end[:-digits]:
        return []
    if r.size > 10**digits:
        least = len(str(r.size - 1))
        return [
            "it has %d numbers, and %d digits tell only %d apart. It needs a did_length of at least %d."
            % (r.size, digits, 10**digits, least)
        ]
    first = Range(r.start, r.start[:-digits] + "9" * digits, 0)
    second = Range(r.end[:-digits] + "0" * digits, r.end, 0)
    return [
        f"its last {digits} digits run past {'9' * digits} to {'0' * digits}, and no server takes that as one range. "
        f"Write two: {first} and {second}."
    ]


# So many overlapping pairs are looked at, one by one. Past that, each range is compared only with the one before it
# that reaches furthest: every range that shares a number is still found, not every pair.
PAIRS = 10000

if TYPE_CHECKING:
    Row = t.TypeVar("Row", bound=tuple[t.Any, ...])


def overlapping(rows: t.Sequence[Row], limit: int = PAIRS) -> list[tuple[Row, Row]]:
    """Return the pairs that share a number, of rows that begin with length, start and end, and are sorted.

    All of them, or past ``limit`` the nearest.
    """
    pairs: list[tuple[Row, Row]] = []
    active: list[Row] = []
    for row in rows:
        if active:
            active = [a for a in active if a[0] == row[0] and a[2] >= row[1]]
            if len(pairs) >= limit and active:
                active = [max(active, key=lambda a: a[2])]
            pairs.extend([(a, row) for a in active])
        active.append(row)
    return pairs


def gaps(outer: Range, taken: t.Iterable[str]) -> list[Range]:
    """Return what is left of a range when the numbers ``taken`` are cut out, as ranges in order."""
    if not outer.well_formed:
        return []
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
    if not outer.well_formed:
        return []
    width = len(outer.start)
    left: list[Range] = []
    first = int(outer.start)
    for other in sorted((o for o in others if o.well_formed and o.overlaps(outer)), key=lambda r: r.sort_key):
        if int(other.start) > first:
            left.append(Range("%0*d" % (width, first), "%0*d" % (width, int(other.start) - 1), outer.did_length))
        first = max(first, int(other.end) + 1)
    if first <= int(outer.end):
        left.append(Range("%0*d" % (width, first), outer.end, outer.did_length))
    return left


def cut_each(outers: t.Iterable[Range], others: t.Iterable[Range]) -> t.Iterator[Range]:
    """Yield what is left of each of some ranges when other ranges are cut out of it, looking only at those near it."""
    apart: dict[int, list[Range]] = {}
    for other in sorted((o for o in others if o.well_formed), key=lambda r: r.sort_key):
        rows = apart.setdefault(len(other.start), [])
        if rows and other.start <= rows[-1].end:
            rows[-1] = rows[-1]._replace(end=max(rows[-1].end, other.end))
        else:
            rows.append(other)
    starts = {length: [row.start for row in rows] for length, rows in apart.items()}
    for outer in outers:
        length = len(outer.start)
        at = starts.get(length, [])
        first = max(0, bisect_right(at, outer.start) - 1)
        yield from cut(outer, apart.get(length, [])[first : bisect_right(at, outer.end)])

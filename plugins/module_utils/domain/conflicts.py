# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ranges share a number that one context could dial both ways."""

from __future__ import annotations

from collections import deque, namedtuple
from typing import TYPE_CHECKING

from .numbers import KINDS, Range

if TYPE_CHECKING:
    import typing as t

    from .contexts import Context

    Row = tuple[int, str, str, str, str, int]

# One range where it stands.
Place = namedtuple("Place", ("context", "kind", "range"))
# Two ranges that share numbers, and the nearest context that can dial both.
Conflict = namedtuple("Conflict", ("left", "right", "dialer"))

# So many overlapping pairs are looked at, one by one. Past that, each range is compared only with the one before it
# that reaches furthest: every range in a conflict is still found, not every pair.
PAIRS = 10000


class Reach:
    """Who can dial whom through includes. Includes of unknown contexts lead nowhere; cycles are fine."""

    def __init__(self, contexts: t.Iterable[Context]) -> None:
        listed = list(contexts)
        known = {c.name for c in listed}
        self.includes = {c.name: [i for i in c.includes if i in known] for c in listed}
        self.included_by: dict[str, list[str]] = {name: [] for name in self.includes}
        for name, includes in self.includes.items():
            for include in includes:
                self.included_by[include].append(name)
        self._dialers: dict[str, dict[str, int]] = {}

    @staticmethod
    def _walk(edges: t.Mapping[str, t.Sequence[str]], start: str) -> dict[str, int]:
        steps = {start: 0}
        queue = deque([start])
        while queue:
            name = queue.popleft()
            for other in edges.get(name, ()):
                if other not in steps:
                    steps[other] = steps[name] + 1
                    queue.append(other)
        return steps

    def dialed_by(self, name: str) -> dict[str, int]:
        """Return the contexts whose numbers a context can dial, itself among them, with how many includes away."""
        return self._walk(self.includes, name)

    def dialers(self, name: str) -> dict[str, int]:
        """Return the contexts that can dial the numbers of a context, itself among them."""
        if name not in self._dialers:
            self._dialers[name] = self._walk(self.included_by, name)
        return self._dialers[name]

    def common_dialer(self, left: str, right: str) -> str | None:
        """Return the nearest context that can dial the numbers of both, or None."""
        if left == right:
            return left
        mine, theirs = self.dialers(left), self.dialers(right)
        if len(theirs) < len(mine):
            mine, theirs = theirs, mine
        both = [(mine[name] + theirs[name], name) for name in mine if name in theirs]
        return min(both)[1] if both else None

    def widest(self) -> list[set[str]]:
        """Return what can be dialed from where nobody else leads to: every other reach is a part of one of these.

        Of a cycle that nobody outside leads to, one member stands for all.
        """
        covered: set[str] = set()
        found: list[set[str]] = []
        # The context that a depth-first search finishes last has none above it but those of its own cycle (Kosaraju).
        for name in reversed(self._finished()):
            if name not in covered:
                reach = set(self.dialed_by(name))
                covered |= reach
                found.append(reach)
        return found

    def components(self) -> list[list[str]]:
        """Return the sets of contexts that can all dial each other, mostly of one; those who include come first.

        Back along the includes, from who is finished last, lies just its own cycle (Kosaraju).
        """
        left = set(self.includes)
        found: list[list[str]] = []
        for name in reversed(self._finished()):
            members: list[str] = []
            todo = [name] if name in left else []
            left.discard(name)
            while todo:
                members.append(todo.pop())
                new = [other for other in self.included_by[members[-1]] if other in left]
                left.difference_update(new)
                todo += new
            if members:
                found.append(sorted(members))
        return found

    def _finished(self) -> list[str]:
        """Return all names in the order in which a depth-first search finishes them."""
        done: list[str] = []
        seen: set[str] = set()
        for root in sorted(self.includes):
            stack = [(root, iter(self.includes[root]))] if root not in seen else []
            seen.add(root)
            while stack:
                name, others = stack[-1]
                other = next((o for o in others if o not in seen), None)
                if other is None:
                    done.append(name)
                    stack.pop()
                else:
                    seen.add(other)
                    stack.append((other, iter(self.includes[other])))
        return done


def find_conflicts(contexts: t.Iterable[Context]) -> list[Conflict]:
    """Return the pairs of ranges that share a number and that some context can dial both."""
    listed = list(contexts)
    # Plain tuples that sort by length, start and end: this is done for 100,000 ranges and more.
    rows: dict[str, list[Row]] = {
        c.name: [(len(r.start), r.start, r.end, c.name, kind, r.did_length) for kind in KINDS for r in c.ranges[kind]]
        for c in listed
    }
    pairs = set(_overlapping(sorted([row for own in rows.values() for row in own]), PAIRS))
    if not pairs:
        return []
    reach = Reach(listed)
    if len(pairs) >= PAIRS:
        # Too many for each to be asked who can dial both: most may be numbers of houses that have nothing in common.
        sharing = {row for pair in pairs for row in pair}
        rows = {name: [row for row in own if row in sharing] for name, own in rows.items()}
        pairs = set()
        for names in reach.widest():
            pairs.update(_overlapping(sorted([row for name in names for row in rows[name]]), PAIRS))
    found = []
    for left, right in sorted(pairs):
        dialer = reach.common_dialer(left[3], right[3])
        if dialer is not None:
            found.append(Conflict(_place(left), _place(right), dialer))
    return found


def _place(row: Row) -> Place:
    _width, start, end, context, kind, did_length = row
    return Place(context, kind, Range(start, end, did_length))


def _overlapping(rows: t.Sequence[Row], limit: int) -> list[tuple[Row, Row]]:
    """Return the pairs that share a number, of rows that are sorted: all, or past ``limit`` the nearest."""
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

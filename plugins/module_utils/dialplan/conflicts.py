# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ranges share a number: that somebody could dial in two ways, or that is used already."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque, namedtuple
from typing import TYPE_CHECKING

from .numbers import KINDS, PAIRS, Range, overlapping

if TYPE_CHECKING:
    import typing as t

    from .contexts import Context

    # Length, start and end of what is dialled; then its range: context, kind, start, end, did_length.
    Row = tuple[int, str, str, str, str, str, str, int]
    Numbers = tuple[int, str, str, str, str, int]

# One range where it stands.
Place = namedtuple("Place", ("context", "kind", "range"))
# Two ranges that share numbers, and the nearest context that can dial both; None where nobody can, today.
Conflict = namedtuple("Conflict", ("left", "right", "dialer"))

# Contexts of these types have numbers that are one company's, whoever can dial them. Those of the others (outgoing
# calls, services) are in conflict only where somebody can dial both.
OWNERS = ("internal", "incall")

# So many names of dialers are remembered.
KEPT = 1000000


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
        # For each context that was asked for: those that dial it, in how many includes, and the furthest of them.
        self._dialers: dict[str, tuple[dict[str, int], list[str]]] = {}
        self._kept = 0
        self._above: dict[str, int] | None = None

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
        return self._walk(self.included_by, name)

    def _dialers_within(self, name: str, steps: int) -> dict[str, int]:
        """Return those that dial a context in so many includes, and perhaps more."""
        if name not in self._dialers and self._kept > KEPT:
            self._dialers.clear()
            self._kept = 0
        found, edge = self._dialers.setdefault(name, ({name: 0}, [name]))
        while edge and found[edge[0]] < steps:
            further = found[edge[0]] + 1
            new = {other for inner in edge for other in self.included_by[inner]}.difference(found)
            edge[:] = sorted(new)
            found.update((other, further) for other in edge)
            self._kept += len(edge)
        return found

    def share_a_dialer(self, left: str, right: str) -> bool:
        """Tell whether one context can dial the numbers of both."""
        if self._above is None:
            self._above = self._find_above()
        return left == right or bool(self._above[left] & self._above[right])

    def tops_of(self, name: str) -> int:
        """Return how many there are that nobody includes, and that can dial a context."""
        if self._above is None:
            self._above = self._find_above()
        return bin(self._above[name]).count("1")

    def _find_above(self) -> dict[str, int]:
        """Return for each context a bit for each of those, or of the cycles, that nobody outside includes and that can
        dial it: whoever dials two has one of these above, or is one."""
        above: dict[str, int] = {}
        tops = 0
        for members in self.components():
            inside = set(members)
            whole = 0
            for name in members:
                for other in self.included_by[name]:
                    if other not in inside:
                        whole |= above[other]
            if not whole:
                whole = 1 << tops
                tops += 1
            above.update(dict.fromkeys(members, whole))
        return above

    def common_dialer(self, left: str, right: str) -> str | None:
        """Return the nearest context that can dial the numbers of both, or None.

        That is the one that is fewest includes away from the further of the two, then from both.
        """
        if left == right:
            return left
        if not self.share_a_dialer(left, right):
            return None
        steps = 0
        both: list[tuple[int, int, str]] = []
        while not both:
            steps += 1
            mine, theirs = self._dialers_within(left, steps), self._dialers_within(right, steps)
            if len(theirs) < len(mine):
                mine, theirs = theirs, mine
            both = [(max(mine[name], theirs[name]), mine[name] + theirs[name], name) for name in mine if name in theirs]
        return min(both)[2]

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


def find_conflicts(contexts: t.Iterable[Context], reachable: bool = False) -> list[Conflict]:
    """Return the pairs of ranges that share a number, by the digits that arrive, and that some context can dial both.

    Unless only what is ``reachable`` is asked for, also those of two internal or two incall contexts of one house, an
    entity or a tenant, that nobody can dial both of.
    """
    listed = list(contexts)
    # Plain tuples that sort by length, start and end: this is done for 100,000 ranges and more.
    rows: list[Row] = [
        (len(e.start), e.start, e.end, c.name, kind, r.start, r.end, r.did_length)
        for c in listed
        for kind in KINDS
        for r in c.ranges[kind]
        if r.well_formed
        for e in (r.extensions() if r.did_length else (r,))
    ]
    pairs = set(overlapping(sorted(rows)))
    if not pairs:
        return []
    reach = Reach(listed)
    houses = {} if reachable else _houses(listed)
    if len(pairs) >= PAIRS:
        # Too many for each to be asked about: most may be numbers of houses that have nothing in common.
        sharing = sorted({row for pair in pairs for row in pair})
        pairs = set(_reachable(sharing, reach))
        of_house: dict[t.Any, list[Row]] = {}
        for row in sharing:
            if row[3] in houses:
                of_house.setdefault(houses[row[3]], []).append(row)
        for own in of_house.values():
            pairs.update(overlapping(own))
    # Twice in the digits that arrive is once.
    found = []
    for left, right in sorted({tuple(sorted((_numbers(left), _numbers(right)))) for left, right in pairs}):
        mine, theirs = _place(left), _place(right)
        dialer = reach.common_dialer(mine.context, theirs.context)
        if dialer is not None or (mine.context in houses and houses[mine.context] == houses.get(theirs.context)):
            found.append(Conflict(mine, theirs, dialer))
    return found


def _reachable(rows: t.Sequence[Row], reach: Reach) -> list[tuple[Row, Row]]:
    """Return enough pairs that share a number and a dialer for each range that is in one to be named.

    Either what each top can dial is looked at on its own, or each pair that shares a number: what is less.
    """
    starts = [row[:2] for row in rows]
    shared = sum(bisect_right(starts, (row[0], row[2])) - at - 1 for at, row in enumerate(rows))
    if shared > sum(reach.tops_of(row[3]) for row in rows):
        of_name: dict[str, list[Row]] = {}
        for row in rows:
            of_name.setdefault(row[3], []).append(row)
        return [
            pair
            for names in reach.widest()
            for pair in overlapping(sorted([row for name in names for row in of_name.get(name, ())]))
        ]
    pairs: list[tuple[Row, Row]] = []
    named: set[Row] = set()
    active: list[Row] = []
    for row in rows:
        active = [a for a in active if a[0] == row[0] and a[2] >= row[1]]
        for other in active:
            if (len(pairs) < PAIRS or not named.issuperset((row, other))) and reach.share_a_dialer(other[3], row[3]):
                pairs.append((other, row))
                named.update((row, other))
        active.append(row)
    return pairs


def _numbers(row: Row) -> Numbers:
    """Return the whole range of a row of numbers that are dialled, so that it sorts."""
    context, kind, start, end, did_length = row[3:]
    return len(start), start, end, context, kind, did_length


def _place(numbers: Numbers) -> Place:
    _width, start, end, context, kind, did_length = numbers
    return Place(context, kind, Range(start, end, did_length))


def _houses(contexts: t.Sequence[Context]) -> dict[str, tuple[str, t.Any, t.Any]]:
    """Return for each context that has numbers of its own whose they are: contexts of one type, entity and tenant.

    One whose entity or tenant is not known (a new one, or one that REST made on XiVO) is of the only one that there is.
    """
    entities = {c.entity for c in contexts if c.entity}
    tenants = {c.tenant for c in contexts if c.tenant}
    entity, tenant = (next(iter(them)) if len(them) == 1 else None for them in (entities, tenants))
    return {c.name: (c.type, c.entity or entity, c.tenant or tenant) for c in contexts if c.type in OWNERS}

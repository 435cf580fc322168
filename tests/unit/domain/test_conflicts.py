# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conflicts, against an enumeration of every number and every path."""

from __future__ import annotations

from itertools import combinations

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan import conflicts
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.conflicts import Place, Reach, find_conflicts
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import Context
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range, overlapping
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.strategies import numbers_of, ranges

NAMES = "abcdef"


@st.composite
def graphs(draw: st.DrawFn) -> list[Context]:
    """Contexts that include each other at random: cycles, themselves, and some that do not exist."""
    names = NAMES[: draw(st.integers(1, 5))]
    found = []
    for name in names:
        lists = {
            kind: draw(st.lists(ranges((1, 2), kind), max_size=2))
            for kind in draw(st.sets(st.sampled_from(("user", "group", "incall"))))
        }
        includes = draw(st.lists(st.sampled_from([*names, "gone"]), unique=True, max_size=3))
        found.append(
            Context(
                name,
                type=draw(st.sampled_from((None, "internal", "internal", "incall", "outcall"))),
                entity=draw(st.sampled_from((None, "one", "two"))),
                tenant=draw(st.sampled_from((None, "t"))),
                ranges=lists,
                includes=includes,
            )
        )
    return found


def distances(contexts: list[Context]) -> dict[tuple[str, str], int]:
    """From whom to whom, in how many includes (Floyd and Warshall)."""
    names = [c.name for c in contexts]
    far = {(c.name, include): 1 for c in contexts for include in c.includes if include in names}
    far |= {(name, name): 0 for name in names}
    for middle in names:
        for start in names:
            for end in names:
                if (start, middle) in far and (middle, end) in far:
                    way = far[start, middle] + far[middle, end]
                    far[start, end] = min(way, far.get((start, end), way))
    return far


def arriving(r: Range) -> set[str]:
    return {number[-r.did_length :] for number in numbers_of(r)}


def houses(contexts: list[Context]) -> dict[str, object]:
    """Whose numbers those of a context are, for those that have numbers of their own."""
    known = {c.entity for c in contexts if c.entity}
    only = known.pop() if len(known) == 1 else None
    return {c.name: (c.type, c.entity or only) for c in contexts if c.type in ("internal", "incall")}


def all_conflicts(contexts: list[Context], reachable: bool = False) -> dict[frozenset[Place], bool]:
    """Each pair, and whether somebody can dial both."""
    far = distances(contexts)
    house = {} if reachable else houses(contexts)
    places = [Place(c.name, kind, r) for c in contexts for kind, r in c.all_ranges()]
    found = {}
    for left, right in combinations(places, 2):
        dialled = any((c.name, left.context) in far and (c.name, right.context) in far for c in contexts)
        same = left.context in house and house[left.context] == house.get(right.context)
        if arriving(left.range) & arriving(right.range) and (dialled or same):
            found[frozenset((left, right))] = dialled
    return found


@given(graphs(), st.booleans())
def test_every_conflict_is_found_and_no_other(contexts: list[Context], reachable: bool) -> None:
    found = find_conflicts(contexts, reachable)
    pairs = [frozenset((c.left, c.right)) for c in found]
    assert len(pairs) == len(set(pairs))
    assert {frozenset((c.left, c.right)): c.dialer is not None for c in found} == all_conflicts(contexts, reachable)


@given(graphs())
def test_the_dialer_is_the_nearest_that_reaches_both(contexts: list[Context]) -> None:
    far = distances(contexts)
    for conflict in find_conflicts(contexts, reachable=True):
        ways = {
            c.name: sorted((far[c.name, conflict.left.context], far[c.name, conflict.right.context]), reverse=True)
            for c in contexts
            if (c.name, conflict.left.context) in far and (c.name, conflict.right.context) in far
        }
        assert ways[conflict.dialer] == min(ways.values())


@given(graphs())
def test_reach_is_the_same_from_both_ends(contexts: list[Context]) -> None:
    far = distances(contexts)
    reach = Reach(contexts)
    for left in contexts:
        assert reach.dialed_by(left.name) == {to: way for (start, to), way in far.items() if start == left.name}
        assert reach.dialers(left.name) == {start: way for (start, to), way in far.items() if to == left.name}
        for right in contexts:
            common = reach.common_dialer(left.name, right.name)
            assert reach.share_a_dialer(left.name, right.name) == (common is not None)
            assert common == reach.common_dialer(right.name, left.name)
            both = set(reach.dialers(left.name)) & set(reach.dialers(right.name))
            assert (common in both) if both else (common is None)


@given(graphs())
def test_the_widest_reaches_hold_all_others(contexts: list[Context]) -> None:
    reach = Reach(contexts)
    widest = reach.widest()
    for context in contexts:
        assert any(set(reach.dialed_by(context.name)) <= wide for wide in widest)
    assert len(widest) <= len(contexts)


@given(graphs(), st.integers(0, 3), st.booleans())
def test_where_there_are_too_many_every_range_is_still_named(
    contexts: list[Context], limit: int, reachable: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conflicts, "PAIRS", limit)
        patch.setattr(conflicts, "overlapping", lambda rows: overlapping(rows, limit))
        found = {frozenset((c.left, c.right)) for c in find_conflicts(contexts, reachable)}
    real = set(all_conflicts(contexts, reachable))
    assert found <= real
    assert frozenset().union(*found) == frozenset().union(*real)


@given(graphs(), st.randoms())
def test_the_order_of_contexts_means_nothing(contexts: list[Context], random: object) -> None:
    found = find_conflicts(contexts)
    random.shuffle(contexts)  # type: ignore[attr-defined]
    assert find_conflicts(contexts) == found


def test_chain_of_thousands_is_no_deep_recursion() -> None:
    count = 3000
    chain = [Context(f"c{n}", includes=[f"c{n + 1}"]) for n in range(count)]
    assert len(Reach(chain).widest()) == 1
    assert Reach(chain).dialed_by("c0")[f"c{count - 1}"] == count - 1

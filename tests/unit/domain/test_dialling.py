# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who answers a number that is dialled: the order in which Asterisk looks, and what it means for a plan."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.conflicts import Reach
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import NAMES_KEPT, Context, Directory
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.dialling import (
    MOST_CONTEXTS,
    NOBODY,
    Answering,
    Call,
    DialPlan,
    can_be_dialled,
)
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.patterns import (
    is_pattern,
    parse_pattern,
    ranges_of,
)
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

NAMES = "abcdef"
NUMBERS = [f"{number:02}" for number in range(100)]
PLACES = (*"0123", "X", "Z", "N", "[1-3]", "[02]", "x")


@st.composite
def patterns(draw: st.DrawFn) -> str:
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3))
    return f"_{''.join(places)}{draw(st.sampled_from(('', '', '.', '!')))}"


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Context], list[Answering]]:
    """A few contexts that include each other in any way, some of them switched off, and extensions in them."""
    contexts = []
    for name in NAMES:
        includes = draw(st.lists(st.sampled_from((*NAMES, "nowhere")), unique=True, max_size=4))
        contexts.append(Context(name, type="internal", includes=includes, enabled=draw(st.integers(0, 9)) > 0))
    extens = st.one_of(st.sampled_from(NUMBERS[:20]), patterns())
    placed = draw(st.lists(st.tuples(extens, st.sampled_from(NAMES)), unique=True, max_size=15))
    kinds = st.sampled_from(("user", "group", None))
    return contexts, [Answering(exten, name, draw(kinds), f"{exten}@{name}") for exten, name in placed]


def plan_of(contexts: Sequence[Context], extensions: Sequence[Answering] = ()) -> DialPlan:
    return DialPlan(Directory(contexts, NAMES_KEPT), extensions)


def call(contexts: Sequence[Context], extensions: Sequence[Answering], number: str, start: str = "a") -> Call:
    plan = plan_of(contexts, extensions)
    return plan.call(plan.directory.by_name[start], number)


def users(*places: str) -> list[Answering]:
    """Extensions, each written as ``exten@context`` and called so."""
    return [Answering(*place.split("@"), kind="user", name=place) for place in places]


# Patterns


def as_regex(pattern: str) -> re.Pattern[str]:
    """What a pattern means, said in another way."""
    text = pattern[1:].upper().replace("X", "[0-9]").replace("Z", "[1-9]").replace("N", "[2-9]")
    return re.compile(text.replace(".", ".+").replace("!", ".*") + r"\Z")


@given(patterns(), st.lists(st.text("0123456789", min_size=1, max_size=5), min_size=1))
def test_a_pattern_fits_what_it_means(pattern: str, numbers: list[str]) -> None:
    for number in numbers:
        assert parse_pattern(pattern).fits(number) == bool(as_regex(pattern).match(number)), number


@given(patterns())
def test_a_pattern_fits_the_numbers_that_it_takes_of_a_range(pattern: str) -> None:
    taken = list(ranges_of(pattern, Range("000", "999", 0)))
    for number in (f"{n:03}" for n in range(1000)):
        assert parse_pattern(pattern).fits(number) == any(r.holds(number) for r in taken)


@pytest.mark.parametrize(
    "in_order",
    [
        # As Asterisk's own comparison of two patterns has it, place by place from the left.
        ["_2001", "_200X", "_20XX", "_2XXX", "_XXXX"],
        ["_2XXX", "_[23]XXX", "_[2-4]XXX", "_NXXX", "_ZXXX", "_XXXX"],
        ["_2XX.", "_X001"],
        ["_2X", "_2.", "_2!"],
        ["_[12]X", "_[13]X", "_[23]X"],
        ["_20.", "_20!", "_20"],
        ["_20-0X", "_20-XX"],
        ["_*1X", "_*XX"],
    ],
)
def test_the_pattern_that_allows_less_comes_first(in_order: list[str]) -> None:
    for shuffled in itertools.permutations(in_order):
        assert sorted(shuffled, key=lambda text: parse_pattern(text).key) == in_order


def test_a_broken_pattern_answers_nothing() -> None:
    with pytest.raises(InputError):
        parse_pattern("_2[0")
    assert call([Context("a")], users("_2[0@a"), "20").answers == NOBODY


@pytest.mark.parametrize(
    ("number", "good"), [("2001", True), ("*98", True), ("+33145", True), ("_2X", False), ("", False)]
)
def test_what_can_be_dialled(number: str, good: bool) -> None:
    assert can_be_dialled(number) == good


# Order


@pytest.mark.parametrize(
    ("places", "answers", "hidden"),
    [
        (["20@a", "_2X@a", "_XX@a", "20@b"], "20@a", ["_2X@a", "_XX@a", "20@b"]),
        (["_XX@a", "20@b"], "_XX@a", ["20@b"]),  # whatever fits in the own context comes before all includes
        (["20@c", "20@d"], "20@d", ["20@c"]),  # depth first: d is an include of b, which comes before c
        (["21@a"], None, []),
        (["20@e"], None, []),
    ],
)
def test_the_first_that_fits_answers(places: list[str], answers: str | None, hidden: list[str]) -> None:
    contexts = [
        Context("a", includes=["b", "c", "a"]),
        Context("b", includes=["d", "a"]),
        *(Context(name) for name in "cde"),
    ]
    found = call(contexts, users(*places), "20")
    assert (found.found.extension.name if found.found else None) == answers
    assert [other.extension.name for other in found.hidden] == hidden


def test_the_way_is_told() -> None:
    contexts = [Context("a", includes=["x", "b"]), Context("b", includes=["c"]), Context("c")]
    found = call(contexts, users("20@c"), "20")
    assert found.found is not None
    assert found.found.through == ("a", "b", "c")
    assert found.dead == ("x",)


def test_so_many_contexts_and_no_more() -> None:
    chain = [Context(f"c{n}", includes=[f"c{n + 1}"]) for n in range(MOST_CONTEXTS + 5)]
    assert call(chain, users(f"20@c{MOST_CONTEXTS - 1}"), "20", "c0").answers != NOBODY
    assert call(chain, users(f"20@c{MOST_CONTEXTS}"), "20", "c0").answers == NOBODY


def test_what_is_nobodys_hides_nothing() -> None:
    extensions = [Answering("20", "a", None), *users("_2X@a")]
    found = call([Context("a")], extensions, "20")
    assert found.answers == "user '_2X@a'"
    assert [one.extension.exten for one in found.unowned] == ["20"]


def test_an_incoming_call_that_leads_nowhere_hides_the_others() -> None:
    extensions = [Answering("20", "a", "none", "", incall=True), *users("_2X@a")]
    found = call([Context("a", type="incall")], extensions, "20")
    assert (found.answers, len(found.hidden)) == (NOBODY, 1)


# Outside


OUTSIDE = Context(
    "a", type="incall", ranges={"incall": [Range("0145678000", "0145678049", 4), Range("0200", "0209", 4)]}
)


@pytest.mark.parametrize(
    ("number", "arrives"),
    [("0145678001", "8001"), ("8001", "8001"), ("0145678050", "0145678050"), ("0201", "0201")],
)
def test_the_digits_that_arrive(number: str, arrives: str) -> None:
    found = call([OUTSIDE], users("8001@a"), number)
    assert found.arrives == arrives
    assert found.answers == ("user '8001@a'" if arrives == "8001" else NOBODY)
    assert [str(r.range) for r in found.ranges] == {
        "8001": ["0145678000-0145678049 (did_length 4)"],
        "0201": ["0200-0209 (did_length 4)"],
    }.get(arrives, [])


def test_inside_all_digits_arrive() -> None:
    inside = Context("b", type="internal", includes=["a"])
    assert call([OUTSIDE, inside], (), "0145678001", "b").arrives == "0145678001"


# Ranges


def test_in_which_range_a_number_lies() -> None:
    here = Context("a", includes=["b"], ranges={"user": [Range("10", "19", 0)]})
    there = Context("b", ranges={"group": [Range("20", "29", 0)]})
    apart = Context("c", ranges={"user": [Range("30", "39", 0)]})
    contexts = [here, there, apart]
    free = call(contexts, (), "20").range
    assert free is not None
    assert (free.context, free.text) == ("b", "the group range 20-29")
    assert call(contexts, users("15@b"), "15").range is None  # it is found where it is in no range
    away = call(contexts, users("31@c"), "31")
    assert (away.answers, away.ranges) == (NOBODY, ())
    assert [one.name for one in away.elsewhere] == ["31@c"]
    assert [r.context for r in away.ranges_elsewhere] == ["c"]


# What holds for every plan


@given(plans())
def test_all_that_can_be_reached_is_looked_into_once(drawn: tuple[list[Context], list[Answering]]) -> None:
    contexts, _extensions = drawn
    plan = plan_of(contexts)
    there = [context for context in contexts if context.enabled]
    reach = Reach(there)
    for context in there:
        ways = plan.ways(context.name)
        ends = [way[-1] for way in ways]
        assert len(ends) == len(set(ends))
        assert set(ends) == set(reach.dialed_by(context.name))
        for way in ways:
            assert way[0] == context.name
            assert all(inner in plan.directory.by_name[outer].includes for outer, inner in itertools.pairwise(way))


@given(plans(), st.sampled_from(NUMBERS[:40]))
def test_one_answers_and_the_others_are_hidden(drawn: tuple[list[Context], list[Answering]], number: str) -> None:
    contexts, extensions = drawn
    found = call(contexts, extensions, number)
    reached = {way[-1] for way in plan_of(contexts).ways("a")}
    fitting = {
        one
        for one in extensions
        if one.context in reached
        and (bool(as_regex(one.exten).match(number)) if is_pattern(one.exten) else one.exten == number)
    }
    told = [*([found.found] if found.found else []), *found.hidden]
    assert len(told) == len({one.extension for one in told})
    assert {one.extension for one in told} == {one for one in fitting if one.kind}
    assert {one.extension for one in found.unowned} == {one for one in fitting if not one.kind}
    assert (found.answers == NOBODY) == (not told)


@given(plans(), st.permutations(range(15)), st.sampled_from(NUMBERS[:40]))
def test_the_order_of_a_list_means_nothing(
    drawn: tuple[list[Context], list[Answering]], order: list[int], number: str
) -> None:
    contexts, extensions = drawn
    shuffled = [extensions[at] for at in order if at < len(extensions)]
    assert call(contexts, extensions, number) == call(contexts, shuffled, number)


@given(plans(), st.sampled_from(NAMES), st.sampled_from(NUMBERS[:40]))
def test_an_include_at_the_end_takes_no_number_away(
    drawn: tuple[list[Context], list[Answering]], added: str, number: str
) -> None:
    contexts, extensions = drawn
    before = call(contexts, extensions, number)
    first = contexts[0]
    if added in first.includes:
        return
    longer = [replace(first, includes=(*first.includes, added)), *contexts[1:]]
    after = call(longer, extensions, number)
    if before.found is not None:
        assert after.found == before.found
        assert after.hidden[: len(before.hidden)] == before.hidden

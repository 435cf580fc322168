# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laws of ranges."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import (
    KINDS,
    Range,
    cut,
    doubts_of,
    gaps,
    normal,
    parse_range,
    parse_ranges,
)
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.strategies import disjoint_ranges, numbers_of, public, ranges

kinds = st.sampled_from(KINDS)
any_width = tuple(range(1, 17))


@given(st.data(), kinds)
def test_public_shape_parses_back(data: st.DataObject, kind: str) -> None:
    found = data.draw(ranges(any_width, kind))
    assert parse_range(found.public(kind), kind) == found


@given(st.data(), kinds)
def test_public_shape_of_a_list_parses_back_sorted(data: st.DataObject, kind: str) -> None:
    found = [r._replace(did_length=0) for r in data.draw(disjoint_ranges(kind))]
    assert parse_ranges(public(found, kind), kind) == normal(found)


@given(ranges(any_width))
def test_end_defaults_to_start(found: Range) -> None:
    for left_out in ({}, {"end": None}, {"end": ""}):
        assert parse_range({"start": found.start, **left_out}, "user") == Range(found.start, found.start, 0)


@given(st.lists(ranges(kind="incall")), st.randoms())
def test_normal_is_idempotent_and_free_of_order(found: list[Range], random: Any) -> None:
    once = normal(found)
    assert normal(once) == once
    assert set(once) == set(found)
    random.shuffle(found)
    assert normal(found + found[:1]) == once


@given(ranges(), ranges())
def test_overlap_is_symmetric_and_means_a_shared_number(left: Range, right: Range) -> None:
    assert left.overlaps(right) == right.overlaps(left) == bool(numbers_of(left) & numbers_of(right))
    assert left.covers(right) == (numbers_of(right) <= numbers_of(left))
    assert left.size == len(numbers_of(left))


def test_leading_zeros_count() -> None:
    long, short = Range("02001", "02090", 0), Range("2001", "2090", 0)
    assert not long.overlaps(short)
    assert not short.overlaps(long)
    assert not short.holds("02001")
    assert normal([long, short]) == (short, long)
    assert parse_ranges([{"start": "02001"}, {"start": "2001"}], "user") == (
        Range("2001", "2001", 0),
        Range("02001", "02001", 0),
    )


@given(ranges(), st.lists(ranges()))
def test_cut_takes_exactly_the_others_out(outer: Range, others: list[Range]) -> None:
    left = cut(outer, others)
    kept = [number for piece in left for number in sorted(numbers_of(piece))]
    assert kept == sorted(numbers_of(outer).difference(*map(numbers_of, others)))
    assert_pieces(left, outer)


@given(ranges(kind="incall"), st.lists(st.text("0123456789", min_size=1, max_size=3)))
def test_gaps_take_exactly_the_numbers_out(outer: Range, taken: list[str]) -> None:
    left = gaps(outer, taken)
    kept = [number for piece in left for number in sorted(numbers_of(piece))]
    assert kept == sorted(numbers_of(outer) - set(taken))
    assert_pieces(left, outer)


def assert_pieces(left: list[Range], outer: Range) -> None:
    """Each as long as can be, and of the same incoming line."""
    assert all(int(b.start) > int(a.end) + 1 for a, b in zip(left, left[1:], strict=False))
    assert {piece.did_length for piece in left} <= {outer.did_length}


def wraps(r: Range) -> bool:
    """Whether its last digits run past 99 to 00, so that a server that compares them finds none in between."""
    return r.did_length > 0 and r.start[-r.did_length :] > r.end[-r.did_length :]


@given(ranges(kind="incall"))
def test_extensions_are_the_digits_that_arrive(found: Range) -> None:
    shown = found.extensions()
    arriving = {number[-found.did_length :] for number in numbers_of(found)}
    assert set().union(*map(numbers_of, shown)) == arriving
    assert sum(piece.size for piece in shown) == len(arriving)
    assert list(shown) == sorted(shown)
    # An extension is what arrives, and stays it.
    assert all(piece.extensions() == (piece,) for piece in shown)


@given(ranges(kind="incall"), ranges(kind="incall"))
def test_two_ranges_share_what_arrives_of_both(left: Range, right: Range) -> None:
    mine, theirs = ({number[-r.did_length :] for number in numbers_of(r)} for r in (left, right))
    assert (left.shared(right) is not None) == (right.shared(left) is not None) == bool(mine & theirs)


@given(st.lists(ranges((1, 2), "incall"), max_size=4, unique=True))
def test_doubts_are_about_just_the_ranges_of_which_numbers_arrive_twice(found: list[Range]) -> None:
    arriving = {r: [number[-r.did_length :] for number in numbers_of(r)] for r in found}
    wrong = {(r,) for r in found if wraps(r) or len(set(arriving[r])) < len(arriving[r])}
    wrong |= {(a, b) for a in found for b in found if a.sort_key < b.sort_key and {*arriving[a]} & {*arriving[b]}}
    doubts = doubts_of(normal(found), "incall")
    assert {doubt.ranges for doubt in doubts} == wrong
    assert len(doubts) == len(wrong)


REFUSED = [
    ("user", {"start": "2090", "end": "2001"}, "user range 2090-2001: the start is greater than the end."),
    ("user", {"start": "2001", "end": "20900"}, "the same number of digits (4 and 5 here)"),
    ("user", {"start": "02001", "end": "2090"}, "leading zeros are lost"),
    ("group", {"start": "20a1"}, "group range 20a1: the start '20a1' is not a number"),
    ("user", {"start": "2001", "end": "2o90"}, "the end '2o90' is not a number"),
    ("user", {"start": ""}, "the start '' is not a number"),
    ("user", {"start": "-1"}, "the start '-1' is not a number"),
    ("user", {"start": "+33123"}, "the start '+33123' is not a number"),
    ("user", {"start": " 2001"}, "the start ' 2001' is not a number"),
    ("user", {"start": "2001\n"}, "is not a number"),
    ("user", {"start": "20.1"}, "the start '20.1' is not a number"),
    ("user", {"start": "1" * 17}, "the start has 17 digits; 16 is the most"),
    ("user", {"start": "1", "end": "1" * 17}, "the end has 17 digits; 16 is the most"),
    ("user", {"start": "٢٠٠١"}, "the start '٢٠٠١' is not a number"),  # Arabic-Indic digits
    ("user", {"start": "200²"}, "the start '200²' is not a number"),
    ("user", {"start": "2001", "end": "２０９０"}, "the end '２０９０' is not a number"),  # full width
    (
        "incall",
        {"start": "0145678000", "end": "0145678199", "did_length": 2},
        "incall range 0145678000-0145678199 (did_length 2): it has 200 numbers, and 2 digits tell only 100 apart. "
        "It needs a did_length of at least 3.",
    ),
    (
        "incall",
        {"start": "0145678950", "end": "0145679049", "did_length": 3},
        "incall range 0145678950-0145679049 (did_length 3): its last 3 digits run past 999 to 000, and no server takes "
        "that as one range. Write two: 0145678950-0145678999 and 0145679000-0145679049.",
    ),
    ("incall", {"start": "0950", "end": "1949", "did_length": 3}, "Write two: 0950-0999 and 1000-1949."),
    ("incall", {"start": "2001", "did_length": -1}, "did_length must be 0 to 20 digits"),
    ("incall", {"start": "2001", "did_length": 21}, "did_length must be 0 to 20 digits"),
]


@pytest.mark.parametrize(("kind", "raw", "text"), REFUSED)
def test_refused_range(kind: str, raw: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError) as in_list:
        parse_ranges([{"start": "7"}, raw], kind)
    [problem] = in_list.value.problems
    assert text in problem


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "incall"])
@pytest.mark.parametrize("did_length", [0, 4])
def test_did_length_is_for_incall_only(kind: str, did_length: int) -> None:
    with pytest.raises(InputError) as caught:
        parse_range({"start": "2001", "end": "2090", "did_length": did_length}, kind)
    assert caught.value.text == f"{kind} range 2001-2090: did_length is for incall ranges only."


@given(st.text(min_size=1, max_size=18))
def test_only_plain_digits_pass(text: str) -> None:
    plain = text.isascii() and text.isdigit() and len(text) <= 16
    if plain:
        assert parse_range({"start": text}, "user").start == text
    else:
        with pytest.raises(InputError):
            parse_range({"start": text}, "user")


@given(st.data(), kinds)
def test_a_list_is_taken_iff_no_two_share_a_number(data: st.DataObject, kind: str) -> None:
    found = data.draw(st.lists(ranges((1, 2), kind), max_size=5))
    arriving = [number[-r.did_length :] for r in found for number in numbers_of(r)]
    shared = len(set(arriving)) < len(arriving) or any(wraps(r) for r in found)
    if shared:
        with pytest.raises(InputError):
            parse_ranges(public(found, kind), kind)
    else:
        assert parse_ranges(public(found, kind), kind) == normal(found)


def test_two_lines_of_which_the_same_arrives() -> None:
    """The calls of one would ring in the other."""
    lists = [
        {"start": "0145678000", "end": "0145678099", "did_length": 4},
        {"start": "0476128050", "end": "0476128099", "did_length": 4},
    ]
    with pytest.raises(InputError) as caught:
        parse_ranges(lists, "incall")
    assert caught.value.problems == [
        "incall ranges 0145678000-0145678099 (did_length 4) and 0476128050-0476128099 (did_length 4) share numbers by "
        "the digits that arrive (8050-8099)."
    ]
    assert len(parse_ranges([lists[0], lists[1] | {"did_length": 5}], "incall")) == 2


def test_what_overlaps_in_a_list_is_named_and_nothing_forgotten() -> None:
    with pytest.raises(InputError) as caught:
        parse_ranges(
            [
                {"start": "3000", "end": "3009"},
                {"start": "2001", "end": "2090"},
                {"start": "x"},
                {"start": "2090", "end": "2094"},
                {"start": "3000", "end": "3009"},
            ],
            "user",
        )
    assert caught.value.problems == [
        "user range x: the start 'x' is not a number; use the digits 0 to 9 only.",
        "user ranges 2001-2090 and 2090-2094 share numbers.",
        "user range 3000-3009 stands twice in the list.",
    ]

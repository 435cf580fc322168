# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns of extensions, against every number that there is."""

from __future__ import annotations

import re

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan import patterns
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.patterns import (
    answers_in,
    free_numbers,
    normal_pattern,
    parse_pattern,
    ranges_of,
)
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.strategies import numbers_of, ranges

# What stands at a place of a pattern, and the same in a regular expression.
PLACES = {
    **{digit: digit for digit in "0189"},
    "X": "[0-9]",
    "x": "[0-9]",
    "Z": "[1-9]",
    "N": "[2-9]",
    "[2-4]": "[2-4]",
    "[19]": "[19]",
    "[0-2579]": "[0-2579]",
    "-": "",
    "*": r"\*",
}
ENDS = {"": "", ".": ".+", "!": ".*"}


@st.composite
def extensions(draw: st.DrawFn) -> tuple[str, re.Pattern[str]]:
    """A pattern, and the regular expression that means the same."""
    places = draw(st.lists(st.sampled_from(sorted(PLACES)), max_size=4).filter(lambda found: set(found) - {"-"}))
    end = draw(st.sampled_from(sorted(ENDS)))
    return "_" + "".join(places) + end, re.compile("".join(PLACES[place] for place in places) + ENDS[end])


@given(extensions(), ranges((1, 2, 3, 4)))
def test_a_pattern_answers_for_just_the_numbers_that_match(
    extension: tuple[str, re.Pattern[str]], outer: Range
) -> None:
    text, expression = extension
    pieces = list(ranges_of(text, outer))
    wanted = {number for number in numbers_of(outer) if expression.fullmatch(number)}
    assert set().union(*map(numbers_of, pieces)) == wanted
    # In order, each as long as can be.
    assert all(int(b.start) > int(a.end) + 1 for a, b in zip(pieces, pieces[1:], strict=False))
    assert answers_in(text, [outer]) == bool(wanted)


@given(st.lists(extensions(), max_size=3), st.lists(st.from_regex(r"\A[0-9]{1,3}\Z"), max_size=4), ranges((1, 2, 3)))
def test_free_is_what_nothing_answers_for(
    found: list[tuple[str, re.Pattern[str]]], numbers: list[str], outer: Range
) -> None:
    free = free_numbers(outer, [text for text, _expression in found] + numbers)
    assert [n for r in free for n in sorted(numbers_of(r))] == sorted(
        number
        for number in numbers_of(outer)
        if number not in numbers and not any(expression.fullmatch(number) for _text, expression in found)
    )


def test_a_number_answers_for_itself() -> None:
    outer = Range("2001", "2090", 0)
    assert list(ranges_of("2005", outer)) == [Range("2005", "2005", 0)]
    for other in ("2091", "02005", "80XX", ""):
        assert list(ranges_of(other, outer)) == []


def test_a_pattern_of_very_many_ranges_ends() -> None:
    high = "_" + "N" * 16
    outer = Range("0" * 16, "9" * 16, 0)
    pieces = list(ranges_of(high, outer))
    assert len(pieces) == patterns._PIECES
    assert pieces[-1].end == outer.end
    assert pieces[0] == Range("2" * 16, "2" * 15 + "9", 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("_", "is empty"),
        ("_-", "is empty"),
        ("_80[", "has a '[' without a ']'"),
        ("_80]", "has a ']' without a '['"),
        ("_80[]X", "has [] in it, which is no list of digits"),
        ("_80[4-]", "has [4-] in it"),
        ("_80[4-2]", "4 is greater than 2"),
        ("_80[a]", "has [a] in it"),
        ("_9.1", "goes on after its '.'"),
        ("_9!X", "goes on after its '!'"),
        ("_9..", "goes on after its '.'"),
        ("_80XXé", "has 'é' in it"),
        ("_80 XX", "has ' ' in it"),
        ("_80_X", "has '_' in it"),
        ("_" + "X" * 40, "has 41 characters; 40 is the most"),
    ],
)
def test_what_asterisk_could_not_read(text: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_pattern(text)
    assert f"The pattern '{text}' " in caught.value.text
    assert why in caught.value.text
    assert list(ranges_of(text, Range("8000", "8099", 0))) == []


@given(st.text("0189XxZzNn[]-.!_*#é ", max_size=8))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        parse_pattern("_" + text)
    except InputError as error:
        assert error.text
    answers_in("_" + text, [Range("000", "999", 0)])


def test_letters_and_the_underscore_are_spelt_in_one_way() -> None:
    assert {normal_pattern(text) for text in ("80xx", "_80XX", "80Xx", "_80xX")} == {"_80XX"}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated ranges and contexts, small enough to compare with an enumeration of all numbers."""

from __future__ import annotations

from typing import Any

from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range
from hypothesis import strategies as st


def padded(number: int, width: int) -> str:
    return f"{number:0{width}d}"


@st.composite
def ranges(draw: st.DrawFn, widths: tuple[int, ...] = (1, 2, 3), kind: str = "user") -> Range:
    width = draw(st.sampled_from(widths))
    numbers = st.integers(0, 10**width - 1)
    start, end = sorted((draw(numbers), draw(numbers)))
    did_length = draw(st.integers(0, 20)) if kind == "incall" else 0
    return Range(padded(start, width), padded(end, width), did_length)


@st.composite
def disjoint_ranges(draw: st.DrawFn, kind: str = "user", most: int = 3, did_from: int = 0) -> list[Range]:
    """A list as it may be declared, in any order."""
    found = []
    for width in draw(st.lists(st.sampled_from((2, 3)), unique=True)):
        limits = draw(st.lists(st.integers(0, 10**width - 1), unique=True, max_size=2 * most))
        limits.sort()
        if len(limits) % 2:
            limits.append(limits[-1])  # a single number
        for start, end in zip(limits[::2], limits[1::2], strict=True):
            did_length = draw(st.integers(did_from, 20)) if kind == "incall" else 0
            found.append(Range(padded(start, width), padded(end, width), did_length))
    shuffled: list[Range] = draw(st.permutations(found))
    return shuffled


def numbers_of(number_range: Range) -> set[str]:
    """Every number of a range."""
    width = len(number_range.start)
    return {padded(n, width) for n in range(int(number_range.start), int(number_range.end) + 1)}


def public(found: list[Range], kind: str) -> list[dict[str, Any]]:
    return [r.public(kind) for r in found]

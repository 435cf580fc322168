# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers of a department follow each other from the first one on, and bad ones are refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.departments import LAYOUT, department
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, option_of
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.contexts import ContextDeclaration
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.strategies import numbers_of, padded

STANDARD = {"users": 90, "groups": 4, "queues": 0, "conference_rooms": 5}


def test_the_reference_department() -> None:
    options = {"name": "Comptabilite", "label": "Comptabilité", "first_number": "2001"}
    assert department(options, STANDARD, ["default"]) == {
        "name": "Comptabilite",
        "label": "Comptabilité",
        "state": "present",
        "type": "internal",
        "includes": ["default"],
        "reciprocal": False,
        "user_ranges": [{"start": "2001", "end": "2090"}],
        "group_ranges": [{"start": "2091", "end": "2094"}],
        "queue_ranges": [],
        "conference_room_ranges": [{"start": "2095", "end": "2099"}],
    }


def test_what_the_department_says_goes_before_what_all_have() -> None:
    own = {
        "name": "Atelier",
        "first_number": "0950",
        "layout": {"users": 10, "queues": 2, "conference_rooms": 0},
        "includes": [],
        "reciprocal": False,
        "description": "Au fond de la cour",
        "entity": "filiale",
    }
    found = department(own, STANDARD, ["default"], reciprocal=True)
    assert (found["label"], found["description"], found["entity"]) == ("Atelier", "Au fond de la cour", "filiale")
    assert (found["includes"], found["reciprocal"]) == ([], False)
    assert found["user_ranges"] == [{"start": "0950", "end": "0959"}]
    assert found["group_ranges"] == [{"start": "0960", "end": "0963"}]
    assert found["queue_ranges"] == [{"start": "0964", "end": "0965"}]
    assert found["conference_room_ranges"] == []
    assert department({"name": "A", "first_number": "1"}, {"users": 1}, ["default"], True)["reciprocal"] is True


def test_a_department_that_goes() -> None:
    assert department({"name": "Atelier", "state": "absent"}, STANDARD) == {"name": "Atelier", "state": "absent"}
    # Where Wazo made its name, nothing but its label may lead to it.
    gone = department({"name": "Support", "label": "Support technique", "state": "absent"}, STANDARD)
    assert gone == {"name": "Support", "label": "Support technique", "state": "absent"}


@given(
    st.integers(1, 9999),
    st.integers(4, 6),
    st.fixed_dictionaries({}, optional={word: st.integers(0, 60) for word, _kind in LAYOUT}),
    st.fixed_dictionaries({}, optional={word: st.integers(0, 60) for word, _kind in LAYOUT}),
)
def test_numbers_follow_each_other(first: int, width: int, layout: dict[str, int], own: dict[str, int]) -> None:
    options = {"name": "a", "first_number": padded(first, width), "layout": own}
    counts = {word: (layout | own).get(word, 0) for word, _kind in LAYOUT}
    last = first + sum(counts.values()) - 1
    if last >= 10**width:
        with pytest.raises(InputError, match=f"and these have not all {width} digits"):
            department(options, layout)
        return
    declared = ContextDeclaration(department(options, layout))
    in_order = [n for _word, kind in LAYOUT for r in declared.ranges[kind] or () for n in sorted(numbers_of(r))]
    assert in_order == [padded(number, width) for number in range(first, last + 1)]
    for word, kind in LAYOUT:
        assert sum(r.size for r in declared.ranges[kind] or ()) == counts[word]
        assert declared.ranges[kind] is not None  # said, so that it is exact
    assert {option_of(kind) for kind in KINDS} - set(department(options, layout)) == {"incall_ranges"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "A department needs a name, or a label to make one from."),
        ({"name": "Comptabilité", "first_number": "1"}, "Write name: Comptabilite and label: 'Comptabilité'"),
        ({"name": "general", "first_number": "1"}, "reserved"),
        ({"name": "A"}, "Department 'A': first_number '' is not a number of 1 to 16 digits. Write it in quotes"),
        ({"name": "A", "first_number": "20X1"}, "first_number '20X1' is not a number"),
        ({"name": "A", "first_number": "²"}, "is not a number"),
        ({"name": "A", "first_number": "1" * 17}, "is not a number of 1 to 16 digits"),
        ({"name": "A", "first_number": "-5"}, "is not a number"),
        ({"name": "A", "first_number": "9950"}, "needs the numbers 9950 to 10048, and these have not all 4 digits."),
        ({"name": "A", "first_number": "1", "layout": {"users": -1}}, "the layout's users is '-1', which is not how"),
        ({"name": "A", "first_number": "1", "layout": {"user": 9}}, "the layout has no 'user'; it has users, groups,"),
        ({"name": "A", "first_number": "1", "first": "1"}, "'first' is no option of a department."),
        ({"name": "A", "first_number": "1", "state": "gone"}, "state is present or absent, not 'gone'."),
    ],
)
def test_bad_departments(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as error:
        department(options, STANDARD)
    assert says in error.value.text


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        department({"name": "A", "first_number": "x", "layout": {"user": 1}, "first": 1}, STANDARD)
    assert len(error.value.problems) == 3
    assert all(problem.startswith("Department 'A': ") for problem in error.value.problems)


def test_the_widest_number_there_is() -> None:
    last = department({"name": "A", "first_number": "9999"}, {"users": 1})
    assert last["user_ranges"] == [{"start": "9999", "end": "9999"}]

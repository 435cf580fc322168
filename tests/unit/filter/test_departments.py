# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Departments with all that is in them, and variables with a slip in their names."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.telephony.xivo.plugins.filter.departments import departments
from ansible_collections.telephony.xivo.plugins.filter.unknown_variables import unknown_variables

LAYOUT = {"users": 90, "groups": 4, "conference_rooms": 5}
VENTES: dict[str, Any] = {"label": "Ventes", "first_number": "2401"}


class Lazy(dict[str, Any]):
    """As Ansible hands over what stands in a variable: a copy of it takes the templating along, and ages."""

    def __deepcopy__(self, _memo: Any) -> Any:
        raise AssertionError("this is not to be copied")


def test_each_module_gets_what_it_takes_and_what_is_checked_has_no_secrets() -> None:
    user = Lazy(firstname="Anne", sip_password="s", voicemail=Lazy(password="4711", context="Ventes"))
    one = Lazy(
        VENTES,
        users=[user],
        users_csv="firstname\nBruno\n",
        groups=[Lazy(name="g", members=["Anne"])],
        conference_rooms=[Lazy(name="r", pin="4712")],
    )
    found = departments([one], LAYOUT, ["default"], handles={"Ventes": "ctx"})
    assert [context["name"] for context in found["contexts"]] == ["Ventes"]
    assert [person["context"] for person in found["users"]] == ["ctx", "ctx"]
    assert found["users"][0]["voicemail"] == {"password": "4711", "context": "ctx"}
    assert found["groups"] == [{"context": "ctx", "name": "g", "members": ["Anne"]}]
    assert found["conference_rooms"] == [{"context": "ctx", "name": "r", "pin": "4712"}]
    assert set(found["also_check"]) == {"users", "groups", "conferences"}
    assert "471" not in str(found["also_check"]) and "sip_password" not in str(found["also_check"])


def test_one_that_is_absent_has_nobody_but_is_looked_at() -> None:
    assert departments([VENTES | {"state": "absent", "users": [{"firstname": "A"}]}], LAYOUT)["also_check"] == {}
    with pytest.raises(AnsibleFilterError, match="'fistname' is no option of a user"):
        departments([VENTES | {"state": "absent", "users": [{"fistname": "A"}]}], LAYOUT)


def test_lists_of_contexts_are_put_over_each_other_by_their_exact_names() -> None:
    base = [{"name": "default", "includes": ["to-extern"]}, {"name": "ventes", "type": "outcall"}]
    own = [{"name": "default", "includes": []}, {"name": "x", "label": "1"}, {"name": "x", "label": "2"}]
    found = departments([VENTES], LAYOUT, contexts=[base, own])["contexts"]
    assert [context["name"] for context in found] == ["default", "ventes", "x", "x", "Ventes"]
    assert found[0] == {"name": "default", "includes": []}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("Ventes", "Departments are a list"),
        ([12], "A department is a dictionary"),
        ([VENTES | {"users": {"firstname": "A"}}], "users is a list of dictionaries, one for each user."),
        ([VENTES | {"groups": ["g"]}], "groups is a list of dictionaries, one for each group."),
        ([VENTES | {"groups": [{"members": []}]}], "group '1': missing required arguments: name"),
        ([VENTES | {"groups": [{"name": "g", "context": "x"}]}], "'context' is no option of a group."),
        ([VENTES | {"users_cvs": ""}], "'users_cvs' is no option of a department. Did you mean 'users_csv'?"),
    ],
)
def test_refused(wrong: Any, says: str) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        departments(wrong, LAYOUT)
    assert says in str(error.value)


def test_all_problems_of_all_departments_are_told_at_once() -> None:
    with pytest.raises(AnsibleFilterError) as error:
        departments([VENTES | {"first_number": "x", "users_csv": "emial"}, {"label": "A", "users": [{"a": 1}]}], LAYOUT)
    said = str(error.value)
    for text in ("first_number 'x'", "users_csv, line 1, column 1", "user '1': 'a'", "Department 'A': first_number ''"):
        assert text in said


def test_slips_in_names_of_variables() -> None:
    known = ["dial_plan_base", "dial_plan_purge"]
    assert unknown_variables(["dial_plan_purg", "dial_plan_base", "other"], known) == [
        "There is no variable 'dial_plan_purg'. Did you mean 'dial_plan_purge'?",
        "There is no variable 'other'.",
    ]
    assert len(unknown_variables(["dial_plan_purg", "other"], known, alike=True)) == 1

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who would answer in a plan that is only declared: the same as on a server that was brought to it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.telephony.xivo.plugins.filter.departments import departments
from ansible_collections.telephony.xivo.plugins.filter.dial import dial
from ansible_collections.telephony.xivo.plugins.modules import (
    xivo_conferences,
    xivo_dial_info,
    xivo_groups,
    xivo_incalls,
    xivo_users,
)

from tests.unit.bench import Bench
from tests.unit.engine.dial_plans import connect_to_both, plan, ranges

Options = dict[str, Any]

# Names in lower case, as every server keeps them.
PLAN: dict[str, list[Options]] = {
    "contexts": [
        {"name": "default", "includes": ["to-extern", "compta", "ventes"], "user_ranges": ranges("1000-1099")},
        {"name": "to-extern", "type": "outcall"},
        {"name": "from-extern", "type": "incall", "incall_ranges": ranges("0145678000-0145678049/4")},
        {
            "name": "compta",
            "includes": ["default"],
            "user_ranges": ranges("2001-2090"),
            "group_ranges": ranges("2091-2094"),
            "conference_room_ranges": ranges("2095-2099"),
        },
        {"name": "ventes", "user_ranges": ranges("3001-3090")},
        {"name": "direction", "includes": ["ventes"], "reciprocal": True, "user_ranges": ranges("4001-4010")},
    ],
    "users": [
        {"firstname": "Anne", "lastname": "Durand", "context": "compta"},
        {"firstname": "Bernard", "lastname": "Petit", "context": "compta", "extension": "2001"},
        {"firstname": "Carole", "lastname": "Roux", "context": "ventes", "extension": "auto"},
        {"firstname": "Didier", "lastname": "Blanc", "context": "direction", "extension": "4010", "voicemail": {}},
        {"firstname": "Eve", "lastname": "Noir"},
    ],
    "groups": [{"name": "accueil", "context": "compta", "members": ["Anne Durand"]}],
    "conferences": [{"name": "bilan", "context": "compta", "extension": "2099", "pin": "4711"}],
    "incalls": [
        {"context": "from-extern", "extension": "8001", "destination": {"type": "user", "name": "Anne Durand"}},
        {"context": "from-extern", "extension": "_80XX", "destination": {"type": "group", "name": "accueil"}},
        {"context": "from-extern", "extension": "8002", "destination": {"type": "conference", "name": "bilan"}},
    ],
}
MODULES = {"users": xivo_users, "groups": xivo_groups, "conferences": xivo_conferences, "incalls": xivo_incalls}
NUMBERS = ("1000", "2001", "2002", "2003", "2091", "2092", "2099", "3001", "4010", "4011", "8001", "0145678002", "8009")
DIAL: list[Options] = [
    *({"context": context["name"], "number": number} for context in PLAN["contexts"] for number in NUMBERS),
    *({"user": "Didier Blanc", "number": number} for number in NUMBERS),
]


@pytest.mark.parametrize("name", ["xivo-2018", "wazo-22.13", "wazo-26.09"])
def test_a_server_that_is_brought_to_the_plan_says_the_same(name: str, benches: Any) -> None:
    bench: Bench = benches(name)
    connect_to_both(bench)
    made = plan(bench, PLAN["contexts"], conflicts="ignore")
    assert not made.get("failed"), made["msg"]
    for key, module in MODULES.items():
        done = bench._run(module, {key: PLAN[key]}, check_mode=False)
        assert not done.get("failed"), done["msg"]
    there = bench._run(xivo_dial_info, {"dial": DIAL}, check_mode=True)
    assert there["calls"] == dial(DIAL, PLAN)
    answers = {call["answers"] for call in there["calls"]}
    assert len(answers) == 7  # everybody, and nobody


def said(dialled: Options, **lists: list[Options]) -> str:
    [call] = dial([dialled], lists)
    text: str = call["text"]
    return text


def test_the_numbers_may_be_left_out() -> None:
    answers = {call["asked"]["number"]: call["answers"] for call in dial(DIAL, PLAN) if call["context"] == "compta"}
    assert answers["2001"] == "user 'Bernard Petit'"
    assert answers["2002"] == "user 'Anne Durand'"
    assert answers["2091"] == "group 'accueil'"


def test_an_include_that_is_not_declared_leads_nowhere() -> None:
    contexts: list[Options] = [{"name": "compta", "includes": ["default"]}]
    assert said({"context": "compta", "number": "1000"}, contexts=contexts) == (
        "1000 from 'compta': nobody, no number of any context, 'default' is not there"
    )


def test_a_context_that_is_switched_off_leads_nowhere() -> None:
    contexts: list[Options] = [
        {"name": "compta", "includes": ["ventes"]},
        {"name": "ventes", "enabled": False, "user_ranges": "3001-3009"},
    ]
    users = [{"firstname": "Anne", "context": "ventes", "extension": "3001"}]
    assert said({"context": "compta", "number": "3001"}, contexts=contexts, users=users) == (
        "3001 from 'compta': nobody, no include leads to user 'Anne' (3001 of 'ventes'), 'ventes' is disabled"
    )


def test_contexts_that_are_absent_are_not_there() -> None:
    contexts: list[Options] = [{"name": "compta"}, {"name": "ventes", "state": "absent"}]
    with pytest.raises(AnsibleFilterError, match="There is no context 'ventes'"):
        dial([{"context": "ventes", "number": "1"}], {"contexts": contexts})


def test_who_is_expected() -> None:
    dialled = [{"context": "compta", "number": 2001, "answers": answers} for answers in ("Bernard Petit", "nobody")]
    assert [call["ok"] for call in dial(dialled, PLAN)] == [True, False]


def test_departments_are_a_plan() -> None:
    people = [{"firstname": "Anne"}]
    found = departments(
        [{"label": "Comptabilité", "first_number": "2001", "users": people}], {"users": 90, "groups": 4}
    )
    [call] = dial([{"context": "Comptabilite", "number": "2001"}], found)
    assert call["answers"] == "user 'Anne'"


@pytest.mark.parametrize(
    ("dialled", "declared", "says"),
    [
        ("2001", {}, "The numbers that are dialled are a list of dictionaries"),
        ([{"number": "2001"}], {}, "Say who dials 2001"),
        ([], ["contexts"], "A plan is a dictionary of lists"),
        ([], {"contexts": "compta"}, "A plan is a dictionary of lists"),
        ([], {"context": []}, "A plan has no 'context'. Did you mean 'contexts'?"),
        ([], {"contexts": [{"nmae": "compta"}]}, "The plan: missing required arguments: name found in contexts"),
        ([], {"contexts": [{"name": "a"}, {"name": "a"}]}, "The context 'a' stands twice in the plan."),
        ([], {"contexts": [{"name": "a", "user_ranges": "20-10"}]}, "the start is greater than the end."),
        ([], {"contexts": [{"name": "a", "user_ranges": ["10-20", "15-25"]}]}, "share numbers"),
        ([], {"users": [{"firstname": "Anne", "context": "a"}]}, "there is no context 'a'."),
        ([], {"users": [{"firstname": "Anne", "pin": "1"}]}, "users.pin. Supported parameters"),
        (
            [],
            {"groups": [{"name": "x", "context": "b", "extension": "9"}], "contexts": [{"name": "b"}]},
            "is in none of",
        ),
        ([{"user": "Bob", "number": "1"}], {}, "There is no user 'Bob'"),
        ([{"context": "a", "number": "1"}], {}, "There is no context 'a'"),
    ],
)
def test_what_is_wrong_is_said(dialled: Any, declared: Any, says: str) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        dial(dialled, declared)
    assert says in str(error.value)
    assert "Traceback" not in str(error.value)

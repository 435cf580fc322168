# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role is one task however many departments there are, and asks the server nothing before its input is good."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.bench import Bench
from tests.unit.engine.dial_plans import Options, play

ROLE = "telephony.xivo.xivo_context"
COUNT = 12
BAD: list[tuple[Options, str]] = [
    ({}, "missing required arguments: xivo_context_departments"),
    ({"xivo_context_departments": [{"label": "A"}]}, "missing required arguments: name found in"),
    ({"xivo_context_departments": [{"name": "A", "first": "1"}]}, "xivo_context_departments.first. Supported"),
    ({"xivo_context_departments": [{"name": "A", "state": "gone"}]}, "value of state must be one of"),
    ({"xivo_context_departments": [{"name": "Comptabilité", "first_number": "1"}]}, "Write name: Comptabilite"),
    ({"xivo_context_departments": [{"name": "A"}]}, "first_number '' is not a number"),
    ({"xivo_context_departments": [{"name": "A", "first_number": "20X1"}]}, "first_number '20X1' is not a number"),
    ({"xivo_context_departments": [{"name": "A", "first_number": "9950"}]}, "have not all 4 digits"),
    (
        {"xivo_context_departments": [{"name": "A", "first_number": "2001", "layout": {"users": "many"}}]},
        "'users' is of type",
    ),
    (
        {"xivo_context_departments": [{"name": "A", "first_number": "2001"}], "xivo_context_layout": {"users": -1}},
        "the layout's users is '-1'",
    ),
    (
        {"xivo_context_departments": [{"name": "A", "first_number": "2001"}], "xivo_context_conflicts": "maybe"},
        "value of xivo_context_conflicts must be one of",
    ),
    # One that is good does not help the one beside it.
    (
        {"xivo_context_departments": [{"name": "A", "first_number": "2001"}, {"name": "B", "first_number": "x"}]},
        "Department 'B'",
    ),
]


def departments(bench: Bench, folder: Path) -> list[dict[str, Any]]:
    """Run the role for a dozen departments, and return what the server was asked."""
    found = [{"name": f"bureau-{n:02}", "first_number": str(20001 + 100 * n)} for n in range(COUNT)]
    bench.forget()
    tasks = [{"include_role": {"name": ROLE}}]
    play(bench, folder, {"tasks": tasks, "vars": {"xivo_context_departments": found}})
    return bench.requests()


def test_a_dozen_departments_on_wazo(wazo26: Bench, tmp_path: Path) -> None:
    made = departments(wazo26, tmp_path)
    assert len([entry for entry in made if entry["path"].endswith("/token")]) == 1
    assert len(wazo26.writes()) == 2 * COUNT  # each with its includes
    assert wazo26.stored("bureau-11")["ranges"]["conference_room"] == [("21195", "21199", 0)]
    assert wazo26.stored("bureau-11")["includes"] == ["default"]
    assert [entry["method"] for entry in departments(wazo26, tmp_path)] == ["POST", "GET", "DELETE"]


def test_a_dozen_departments_on_xivo(webservice: Bench, tmp_path: Path) -> None:
    departments(webservice, tmp_path)
    assert len(webservice.writes()) == COUNT
    acts = Counter(re.findall(r"act=(\w+)", " ".join(e["query"] for e in departments(webservice, tmp_path))))
    # The list once: it was one task. A view for each that includes something, default among them.
    assert acts == {"list": 1, "view": COUNT + 1}
    assert webservice.writes() == []


def test_bad_input_is_refused_before_the_first_request(wazo26: Bench, tmp_path: Path) -> None:
    tasks: list[Any] = [
        {
            "block": [
                {"include_role": {"name": ROLE}, "vars": variables},
                {"set_fact": {"said": "{{ said + ['accepted'] }}"}},
            ],
            "rescue": [{"set_fact": {"said": "{{ said + [ansible_failed_result.msg | string] }}"}}],
        }
        for variables, _says in BAD
    ]
    tasks.append({"copy": {"dest": str(tmp_path / "said.json"), "content": "{{ said | to_json }}"}})
    play(wazo26, tmp_path, {"tasks": tasks, "vars": {"said": []}})
    said = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    for (variables, says), message in zip(BAD, said, strict=True):
        assert says in message, (variables, message)
        assert "Traceback" not in message
    assert wazo26.requests() == []


NEW = {"name": "Comptabilite", "label": "Comptabilité", "first_number": "2001"}
OLD = {"name": "Atelier", "first_number": "2101"}
BRUNO = {"firstname": "Bruno", "lastname": "Petit", "email": "bruno@example.com"}
# Departments of which something is wrong, and what is said of it: partly the department alone tells, partly the server.
WRONG: list[tuple[list[Options], list[str]]] = [
    ([NEW, OLD | {"users_csv": 'firstname\n"Anne\nBruno\n'}], ["'Atelier': users_csv, line 2, column 1: the quote"]),
    (
        [NEW | {"users": [{"fistname": "Anne"}]}],
        ["user '1': 'fistname' is no option of a user. Did you mean 'firstname'?"],
    ),
    ([NEW, OLD | {"groups": [{"name": "g", "pin": "1"}]}], ["groups.pin. Supported parameters"]),
    (
        [NEW | {"users": [{"firstname": "Anne", "voicemail": {"numbr": 1}}]}],
        ["'numbr' is no option of a voicemail. Did"],
    ),
    ([NEW | {"users": [{"firstname": "Anne", "state": "gone"}]}], ["user 'Anne': value of state must be one of"]),
    ([NEW | {"conference_rooms": [{"name": "bilan", "pin": "12x4"}]}], ["may hold the digits 0 to 9 only"]),
    (
        [NEW | {"users": [BRUNO | {"extension": "2101"}], "groups": [{"name": "compta", "extension": "2001"}]}],
        [
            "User 'Bruno Petit': the extension 2101 is in none of the user ranges of",
            "The group 'compta': the extension",
        ],
    ),
    (
        [NEW | {"users_csv": "firstname,number\nAnne,2001\nBruno,2001\n"}],
        ["the extension 2001 is given to 'Anne' by the same task"],
    ),
    ([NEW | {"users": [BRUNO | {"context": "nowhere"}]}], ["there is no context 'nowhere'"]),
    ([NEW | {"users": [BRUNO], "groups": [{"name": "compta", "members": ["Bruno Petti"]}]}], ["Bruno Petti"]),
    ([NEW, OLD | {"users": [{"firstname": "Zoé", "extension": "2101"}]}], ["2101 is taken by the user Anne"]),
    (
        [NEW | {"layout": {"conference_rooms": 1}, "conference_rooms": [{"name": "a"}, {"name": "b"}]}],
        ["The conference room 'b': no number is free"],
    ),
]
WHOLE = NEW | {
    "users": [BRUNO | {"voicemail": {"password": "4711"}}],
    "users_csv": "firstname,lastname,number\nAnne,Durand,2001\nCécile,Le Gall,\n",
    "groups": [{"name": "compta", "members": ["bruno@example.com", "Anne Durand"]}, {"name": "relances"}],
    "conference_rooms": [{"name": "bilan", "pin": "4712"}, {"name": "budget", "extension": "2097"}],
}


# Who and what was foretold to be made in the contexts.
NAMES = "'new: ' ~ __xivo_context_result.also_checked.values() | map(attribute='create') | flatten | join(', ')"


def outcomes(bench: Bench, folder: Path, tries: list[list[Options]], check: bool = False) -> list[str]:
    """What the role says of each of several lists of departments."""
    tasks: list[Any] = [
        {
            "block": [
                {
                    "include_role": {"name": ROLE, "apply": {"check_mode": check}},
                    "vars": {"xivo_context_departments": departments},
                },
                {"set_fact": {"said": f"{{{{ said + [{NAMES}] }}}}"}},
            ],
            "rescue": [{"set_fact": {"said": "{{ said + [ansible_failed_result.msg | string] }}"}}],
        }
        for departments in tries
    ]
    tasks.append({"copy": {"dest": str(folder / "said.json"), "content": "{{ said | to_json }}"}})
    play(bench, folder, {"tasks": tasks, "vars": {"said": []}})
    said: list[str] = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    return said


@pytest.fixture(params=("xivo-2018", "wazo-26.09"))
def somewhere(request: pytest.FixtureRequest, benches: Callable[[str], Bench]) -> Bench:
    return benches(request.param)


def test_nothing_is_written_before_everything_is_checked(somewhere: Bench, tmp_path: Path) -> None:
    anne = {"firstname": "Anne", "extension": "2101"}
    assert outcomes(somewhere, tmp_path, [[OLD | {"users": [anne]}]]) == ["new: Anne"]
    somewhere.forget()
    said = outcomes(somewhere, tmp_path, [departments for departments, _texts in WRONG])
    for (_departments, texts), message in zip(WRONG, said, strict=True):
        assert all(text in message for text in texts), (texts, message)
        assert "Traceback" not in message
    assert somewhere.writes() == []


def test_check_mode_foretells_who_is_in_a_context_that_is_not_there_yet(somewhere: Bench, tmp_path: Path) -> None:
    somewhere.forget()
    foretold = outcomes(somewhere, tmp_path, [[WHOLE]], check=True)
    assert foretold == ["new: Bruno Petit, Anne Durand, Cécile Le Gall, compta, relances, bilan, budget"]
    assert somewhere.writes() == []
    assert outcomes(somewhere, tmp_path, [[WHOLE]]) == foretold
    assert somewhere.writes() != []
    somewhere.forget()
    assert outcomes(somewhere, tmp_path, [[WHOLE]]) == ["new: "]
    assert somewhere.writes() == []

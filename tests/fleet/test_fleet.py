# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example project, as it is and with fifty servers of which two are broken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.fleet.fleet import NOWHERE, ROOT, Fleet, asked, connection, servers, tokens
from tests.simulated import SERVERS

KINDS = {"lyon": "xivo-2018", "nantes": "xivo-2018", "paris": "wazo-26.09", "bruxelles": "wazo-22.13"}
KINDS |= {"geneve": "wazo-26.09"}
DONE = "5 of 5 servers are done."


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    with servers(KINDS.values()) as started:
        yield dict(zip(KINDS, started, strict=True))


@pytest.fixture
def example(tmp_path: Path, urls: dict[str, str]) -> Fleet:
    for url in urls.values():
        requests.post(f"{url}/_simulator/reset", timeout=30).raise_for_status()
        asked(url)
    return Fleet(tmp_path, {host: connection(KINDS[host], url) for host, url in urls.items()})


def test_the_example(example: Fleet, urls: dict[str, str]) -> None:
    looked = example.play("dial_plan.yml", "--check", "--diff")
    assert looked.status == 0, looked.output
    assert "+++ after: context" in looked.output
    assert looked.summary[""] == DONE
    assert {line.split()[0] for host, line in looked.summary.items() if host} == {"would"}

    first = example.play("dial_plan.yml")
    assert first.status == 0, first.output
    # The hotline is France's, and Bruxelles takes an include away; see the example's inventory.
    assert first.summary["lyon"].startswith("changed 2 "), first.summary
    assert first.summary["bruxelles"].startswith("changed 1 1 "), first.summary

    again = example.play("dial_plan.yml")
    assert again.status == 0, again.output
    assert {line.split()[0] for host, line in again.summary.items() if host} == {"unchanged"}

    assert [tokens(url) for url in urls.values()] == [[]] * 5


def test_what_the_guide_shows(tmp_path: Path, urls: dict[str, str]) -> None:
    for url in urls.values():
        requests.post(f"{url}/_simulator/reset", timeout=30).raise_for_status()
    connections = {host: connection(KINDS[host], url) for host, url in urls.items()} | {"nantes": {"host": NOWHERE}}
    ran = Fleet(tmp_path, connections).play("dial_plan.yml")
    page = (ROOT / "docs/fleet.md").read_text(encoding="utf-8")
    [shown] = re.findall(r'"msg": \[\n +" +outcome.*?\n +\]', page, re.S)
    [printed] = re.findall(r'"msg": \[\n +" +outcome.*?\n +\]', ran.output, re.S)
    # The page cuts the long line of the failure.
    assert [line.split("cannot")[0] for line in shown.splitlines()] == [
        line.split("cannot")[0].replace(NOWHERE, "https://nantes.example.com") for line in printed.splitlines()
    ]


def test_a_department_on_one_of_them(example: Fleet, urls: dict[str, str]) -> None:
    answers = ("-e", "department_label=Comptabilité", "-e", "department_first_number=2001")
    ran = example.play("department.yml", "--limit", "geneve", *answers)
    assert ran.status == 0, ran.output
    assert "users 2001-2090, groups 2091-2094, conference rooms 2095-2099" in ran.output
    assert [bool(asked(url)) for url in urls.values()] == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, "The label is empty. Give the name that people see"),
        ({"department_label": " "}, "The label is empty."),
        ({"department_first_number": "20 01"}, 'The first number is "20 01". Give 1 to 16 digits'),
        ({"department_first_number": ""}, 'The first number is "". Give'),
        ({"department_users": "ninety"}, 'The number of users is "ninety". Give how many there are'),
        ({"department_rooms": "-1"}, 'The number of conference rooms is "-1". Give how many'),
        ({"department_first_number": "9950"}, "From 9950 on there are not 99 numbers of 4 digits. Give a lower"),
        ({"department_name": "Comptabilité"}, 'The internal name is "Comptabilité". Give at most 39 letters'),
        ({"department_includes": "defualt"}, "includes 'defualt', which does not exist here. Did you mean 'default'?"),
        ({"department_entity": "nobody"}, "nobody"),
    ],
)
def test_a_wrong_answer(example: Fleet, urls: dict[str, str], answers: dict[str, str], says: str) -> None:
    good = {"department_label": "Comptabilité", "department_first_number": "2001"} if answers else {}
    typed = [word for key, value in (good | answers).items() for word in ("-e", f"{key}={value!r}")]
    ran = example.play("department.yml", "--limit", "lyon", *typed)
    assert ran.status == 2
    [fatal] = [line for line in ran.output.splitlines() if line.startswith("fatal: ")]
    assert says in fatal.replace('\\"', '"')
    assert "Traceback" not in ran.output
    assert not [request for request in asked(urls["lyon"]) if not request.startswith("GET")]


def test_slices_cover_all(example: Fleet) -> None:
    """AWX runs slices as jobs of their own: of two, each has every second host of the inventory."""
    hosts = sorted(KINDS)
    seen: list[str] = []
    for number in range(2):
        ran = example.play("dial_plan.yml", "--limit", ",".join(hosts[number::2]))
        assert ran.status == 0, ran.output
        seen += filter(None, ran.summary)
        assert ran.summary[""] == f"{3 - number} of {3 - number} servers are done."
    assert sorted(seen) == hosts


def test_a_few_at_a_time(example: Fleet) -> None:
    ran = example.play("dial_plan.yml", "-e", "dial_plan_serial=3")
    assert ran.status == 0, ran.output
    assert "3 of 3 servers are done." in ran.output
    assert "2 of 2 servers are done." in ran.output


def test_a_group_in_which_all_fail_ends_the_run(tmp_path: Path, urls: dict[str, str]) -> None:
    """So Ansible does; what is wrong with all of the first servers is mostly wrong with the rest."""
    connections = {host: connection(KINDS[host], url) for host, url in urls.items()} | {"lyon": {"host": NOWHERE}}
    for url in urls.values():
        asked(url)
    ran = Fleet(tmp_path, connections).play("dial_plan.yml", "-e", "dial_plan_serial=1")
    assert ran.status == 2
    assert ran.summary[""] == "0 of 1 servers are done, 1 failed."
    assert not any(asked(url) for url in urls.values())


def test_all_are_down(tmp_path: Path) -> None:
    ran = Fleet(tmp_path, {host: {"host": NOWHERE} for host in KINDS}).play("dial_plan.yml")
    assert ran.status == 2
    assert ran.summary["paris"].startswith(f"FAILED {NOWHERE} cannot be reached")
    assert ran.summary[""] == "0 of 5 servers are done, 5 failed."


def test_nothing_is_declared(example: Fleet) -> None:
    nothing = [word for name in ("", "_base", "_departments") for word in ("-e", f"dial_plan{name}=")]
    ran = example.play("dial_plan.yml", "--limit", "lyon", *nothing)
    assert ran.status == 2
    assert ran.summary["lyon"].startswith("FAILED Nothing is declared for lyon. Set dial_plan")


def test_fifty_servers_of_which_two_are_broken(tmp_path: Path) -> None:
    kinds = {f"site{number:02}": SERVERS[(0, 2, 3)[number % 3]] for number in range(50)}
    down, locked = "site07", "site31"
    with servers(kinds.values()) as started:
        urls = dict(zip(kinds, started, strict=True))
        connections = {host: connection(kinds[host], url) for host, url in urls.items()}
        connections[down] = {"host": NOWHERE}
        connections[locked]["password"] = "mistyped"
        fleet = Fleet(tmp_path, connections)
        hosts = {host: {"dial_plan_departments": [{"label": "Comptabilité", "first_number": "2001"}]} for host in kinds}
        (fleet.folder / "inventory/hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))

        ran = fleet.play("dial_plan.yml", "--forks", "10")
        assert ran.status == 2
        assert ran.summary[""] == "48 of 50 servers are done, 2 failed."
        assert ran.summary[down].startswith(f"FAILED {NOWHERE} cannot be reached")
        assert "refused" in ran.summary[locked] or "401" in ran.summary[locked], ran.summary[locked]
        assert {line.split()[0] for host, line in ran.summary.items() if host not in ("", down, locked)} == {"changed"}
        for host, url in urls.items():
            assert sum(asked(url).values()) > 0 or host == down
            assert tokens(url) == []

        again = fleet.play("dial_plan.yml", "--forks", "10")
        assert again.summary[""] == "48 of 50 servers are done, 2 failed."
        for host, url in urls.items():
            requests_ = asked(url)
            if host in (down, locked):
                continue
            assert again.summary[host].startswith("unchanged 0 0 0"), again.summary[host]
            if kinds[host].startswith("wazo"):
                assert requests_ == {"POST /token": 1, "GET /contexts": 1, "DELETE /token": 1}
            assert tokens(url) == []


PEOPLED = {
    "dial_plan_departments": [
        {
            "label": "Comptabilité",
            "first_number": "2001",
            "reciprocal": True,
            "users": [{"firstname": "Anne", "lastname": "Durand"}],
            "users_csv": "firstname;lastname;number;;\r\nBruno;Petit;2002;;\r\n",
            "groups": [{"name": "compta", "members": ["Bruno Petit", "Anne Durand"]}],
            "conference_rooms": [{"name": "bilan"}],
        }
    ]
}


def test_departments_with_their_people(example: Fleet, urls: dict[str, str]) -> None:
    (example.folder / "people.json").write_text(json.dumps(PEOPLED))
    arguments = ("--limit", "lyon,geneve", "-e", "@people.json")
    counts = {"lyon": "6 1 0 1", "geneve": "5 1 0 1"}  # the hotline is France's
    for words, state in ((("--check",), "would change"), ((), "changed")):
        ran = example.play("dial_plan.yml", *arguments, *words)
        assert ran.status == 0, ran.output
        assert {host: ran.summary[host] for host in counts} == {host: f"{state} {counts[host]}" for host in counts}
    again = example.play("dial_plan.yml", *arguments)
    assert {again.summary[host].split()[0] for host in counts} == {"unchanged"}, again.output


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        (
            {"dial_plan_department": []},
            "There is no variable 'dial_plan_department'. Did you mean 'dial_plan_departments'?",
        ),
        (
            {"dial_plan_departments": [{"label": "Ventes", "first_number": "2401", "user_csv": "firstname\nAnne\n"}]},
            "Department 'Ventes': 'user_csv' is no option of a department. Did you mean 'users_csv'?",
        ),
        (
            {"dial_plan_departments": [{"label": "Ventes", "first_number": "2401", "users_csv": 'firstname\n"Anne\n'}]},
            "Department 'Ventes': users_csv, line 2, column 1: the quote that opens here is never closed.",
        ),
        ({"dial_plan_departments": [{"label": "V", "first_number": n} for n in ("2401", "2501")]}, "'V' and 'V'"),
    ],
)
def test_what_nobody_knows_is_refused(example: Fleet, urls: dict[str, str], variables: Any, says: str) -> None:
    (example.folder / "more.json").write_text(json.dumps(variables))
    ran = example.play("dial_plan.yml", "--limit", "geneve", "-e", "@more.json")
    assert ran.status == 2
    assert says in json.dumps(ran.summary, ensure_ascii=False).replace('\\"', '"'), ran.output
    assert set(asked(urls["geneve"])) <= {"POST /token", "GET /contexts", "DELETE /token"}


def test_another_strategy_changes_nothing_in_the_summary(example: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_STRATEGY", "free")
    ran = example.play("dial_plan.yml", "--check")
    assert ran.summary[""] == DONE

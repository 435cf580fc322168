# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People that are written into a file are the same people again, here and on another server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.filter import people_file

from tests.unit.bench import Bench
from tests.unit.engine.test_export import loaded
from tests.unit.engine.test_people import make_line
from tests.unit.household import FULL, Household

# From each server to one of another kind.
ELSEWHERE = {
    "xivo-2018": "wazo-26.09",
    "xivo-16.15": "wazo-22.13",
    "wazo-22.13": "xivo-2018",
    "wazo-26.09": "xivo-16.15",
}
NUMBERED = {"context": "Comptabilite", "extension": "auto"}
PEOPLE: list[dict[str, Any]] = [
    {**FULL, "sip_username": "anne-sip", "language": "fr_FR", "mobile_phone_number": "+33612345678"},
    {**NUMBERED, "firstname": "{{ 1 + 1 }}", "lastname": "O'Neil 0200"},
    {**NUMBERED, "firstname": "Jean", "lastname": "Martin", "caller_id": "Accueil"},
    {"firstname": "Zoé", "lastname": "\u2028yes ~", "voicemail": {"number": "2050", "context": "Comptabilite"}},
]


class Export:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[str] = []
        monkeypatch.setattr(people_file.Display, "warning", lambda _display, text: self.told.append(text))

    def __call__(self, house: Household) -> list[dict[str, Any]]:
        self.told.clear()
        read = house.info()
        self.warned = read["warnings"]
        found: list[dict[str, Any]] = loaded(people_file.people_file(read, house.bench.info()))["people"]
        return found


@pytest.fixture
def export(monkeypatch: pytest.MonkeyPatch) -> Export:
    return Export(monkeypatch)


@pytest.fixture
def house(anywhere: Bench) -> Household:
    return Household(anywhere)


def make_number(house: Household, uuid: str, exten: str) -> None:
    make_line(house, uuid, exten=exten)


def test_the_same_people_here_and_elsewhere(house: Household, benches: Callable[[str], Bench], export: Export) -> None:
    made = house.users(*PEOPLE)
    assert not made.get("failed"), made["msg"]
    # A namesake without an email, made by another way.
    jean = house.ask("POST", "/users", {"firstname": "Jean", "lastname": "Martin"})
    make_number(house, jean["uuid"], "2077")
    people = export(house)
    assert (export.told, export.warned) == ([], [])
    assert len(people) == len(PEOPLE) + 1
    assert all("uuid" not in person and "password" not in str(person) for person in people)
    assert next(p["sip_username"] for p in people if p["firstname"] == "Anne") == "anne-sip"
    house.settled_with(people)

    other = Household(benches(ELSEWHERE[house.bench.name]))
    made = other.users(*people)
    assert not made.get("failed"), made["msg"]
    assert made["plan"]["create"] and not made["plan"]["update"]
    other.settled_with(people)
    again = export(other)
    assert (export.told, export.warned) == ([], [])
    # XiVO has the names of contexts in lower case.
    assert sorted(str(person).lower() for person in again) == sorted(str(person).lower() for person in people)


def test_what_cannot_be_declared_is_told(house: Household, export: Export) -> None:
    anne = house.users({**FULL, "extension": "2001"})["users"][0]
    make_number(house, anne["uuid"], "2030")
    users = {}
    for name in ("Patrice", "Hors", "Seul"):
        users[name] = house.ask("POST", "/users", {"firstname": name})
    for _number in range(2):
        house.ask("POST", "/users", {"firstname": "Paul", "lastname": "Deux"})
    make_number(house, users["Patrice"]["uuid"], "_208X")
    make_line(house, users["Seul"]["uuid"])
    people = export(house)
    [more] = export.warned
    assert "'Anne Durand' has another line, with the extension 2030" in more
    no_extension, pattern = "the line has no extension.", "the extension is a pattern, or no number."
    nobody = "another is called so too, and no email and no number tells one from the other."
    assert sorted(export.told) == [
        f"User 'Patrice' is in the file without its line with the extension _208X: {pattern}",
        *[f"User 'Paul Deux' is not in the file: {nobody}"] * 2,
        f"User 'Seul' is in the file without its line: {no_extension}",
    ]
    assert sorted(person["firstname"] for person in people) == ["Anne", "Hors", "Patrice", "Seul"]
    house.settled_with(people)


USER = dict.fromkeys(("uuid", "language", "mobile_phone_number", "context", "extension", "sip_username", "voicemail"))
SERVER = {"server": {"url": "http://x"}}
HOUSE = {
    "contexts": [
        {"name": "staff", "type": "internal", "user_ranges": [{"start": "2001", "end": "2009"}]},
        {"name": "in", "type": "incall", "user_ranges": [{"start": "2001", "end": "2009"}]},
    ]
}


@pytest.mark.parametrize(
    ("users", "told"),
    [
        ([{"firstname": "", "lastname": "X"}], "User 'X' is not in the file: it has no firstname."),
        (
            [{"context": "staff", "extension": "2010"}],
            "without its line with the extension 2010: the extension is in none",
        ),
        (
            [{"context": "in", "extension": "2001"}],
            "without its line with the extension 2001: 'in' is no internal context.",
        ),
        ([{"context": "gone", "extension": "2001"}], "'gone' is no internal context."),
        ([{"context": "staff", "extension": "2001"}] * 2, "another user is on the same line."),
        ([{"mobile_phone_number": "06 12"}], "without its mobile number '06 12': it is no number."),
        ([{"email": "a@b.c"}, {"email": "A@b.c"}], "without its email A@b.c: another user has it too."),
        ([{"voicemail": {"number": "_2", "context": "staff"}}], "without its voicemail _2: the number"),
        ([{"voicemail": {"number": "2", "context": "gone"}}], "there is no context 'gone'."),
        (
            [{"voicemail": {"number": "2", "context": "staff", "email": "", "attach_audio": False}}] * 2,
            "another user has the same voicemail.",
        ),
    ],
)
def test_what_would_refuse_all_is_left_out(export: Export, users: list[dict[str, Any]], told: str) -> None:
    given = [{**USER, "firstname": f"P{number}", "email": "", **user} for number, user in enumerate(users)]
    people_file.people_file(SERVER | {"users": given}, HOUSE)
    assert len(export.told) == 1
    assert told in export.told[0]

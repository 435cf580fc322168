# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Wazo does with people that nobody would guess, and how this collection goes about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.wazo import lines
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Extension, Line
from tests.unit.bench import Bench
from tests.unit.engine.test_people import make_extension, make_line
from tests.unit.household import ANNE, FULL, VOICEMAIL_PASSWORD, Household


@pytest.fixture
def house(wazo: Bench) -> Household:
    return Household(wazo)


@pytest.fixture
def older(benches: Callable[[str], Bench]) -> Household:
    return Household(benches("wazo-22.13"))


@pytest.fixture
def newer(benches: Callable[[str], Bench]) -> Household:
    return Household(benches("wazo-26.09"))


def endpoint(house: Household) -> dict[str, Any]:
    (found,) = house.items("/endpoints/sip")
    return found


def writes(house: Household) -> list[str]:
    """The writes of the last run."""
    asked = [entry for entry in house.asked if entry["method"] != "GET" and "/token" not in entry["path"]]
    return [f"{entry['method']} {entry['path'].removeprefix('/api/confd/1.1')}" for entry in asked]


def test_22_13_ignores_what_is_nested(older: Household) -> None:
    """It answers 201 and makes a bare user: there, each part is made by itself."""
    body = {"firstname": "Bob", "lines": [{"context": "Comptabilite", "endpoint_sip": {}}]}
    assert older.ask("POST", "/users", body)["lines"] == []
    older.done(**FULL)
    assert older.items("/users")[-1]["firstname"] in ("Anne", "Bob")
    assert len(older.items("/lines")) == 1


def test_26_09_makes_all_at_once(newer: Household) -> None:
    assert newer.user(**FULL)["changed"]
    assert writes(newer) == ["POST /users"]
    assert newer.user(email=ANNE["email"], state="absent")["changed"]
    assert len(writes(newer)) == 1
    assert [e["query"] for e in newer.asked if e["method"] == "DELETE"][0] == "recursive=true"


def test_a_change_is_never_recursive(house: Household) -> None:
    """PUT /users?recursive=true answers 204 and deletes the lines."""
    house.done(**FULL)
    house.user(email=ANNE["email"], lastname="Martin", extension="2042")
    assert not [e for e in house.asked if e["method"] == "PUT" and "recursive" in e["query"]]
    assert len(house.items("/lines")) == 1


def test_the_global_settings_are_given_to_an_endpoint(house: Household) -> None:
    house.done(**FULL)
    assert [template["label"] for template in endpoint(house)["templates"]] == ["global"]


def test_no_stale_context_in_the_endpoint(newer: Household) -> None:
    """One that was made with its user keeps the context that it was made in."""
    newer.done(**FULL)
    assert ["context", newer.name("Comptabilite")] in endpoint(newer)["endpoint_section_options"]
    newer.done(email=ANNE["email"], context="Ventes", extension="3001")
    options = endpoint(newer)["endpoint_section_options"]
    assert [value for key, value in options if key == "context"] == [newer.name("Ventes")]


def test_the_other_options_of_an_endpoint_stay(house: Household) -> None:
    house.done(**FULL)
    options = [["allow", "!all,alaw"], ["context", house.name("Comptabilite")]]
    uuid = endpoint(house)["uuid"]
    auth = [*endpoint(house)["auth_section_options"], ["realm", "house"]]
    body = {"endpoint_section_options": options, "auth_section_options": auth}
    house.ask("PUT", f"/endpoints/sip/{uuid}", body)
    house.done(email=ANNE["email"], context="Ventes", extension="3001")
    house.done(email=ANNE["email"], sip_password="Qk4wNn8rTe6Y", update_password="always")
    found = endpoint(house)
    assert ["allow", "!all,alaw"] in found["endpoint_section_options"]
    assert ["realm", "house"] in found["auth_section_options"]
    assert ["password", "Qk4wNn8rTe6Y"] in found["auth_section_options"]


def test_the_line_itself_is_never_moved(house: Household) -> None:
    """PUT /lines with a context answers 204 and changes nothing."""
    house.done(**FULL)
    house.user(email=ANNE["email"], context="Ventes", extension="3001")
    assert not [write for write in writes(house) if write.startswith("PUT /lines")]


def test_a_number_is_made_with_its_line(older: Household) -> None:
    """POST /extensions checks no range, and leaves a number behind where the line is refused."""
    older.user(**FULL)
    made = writes(older)
    assert "POST /extensions" not in made
    assert [write for write in made if write.endswith("/extensions")]


def test_the_user_has_the_line_before_the_number(older: Household) -> None:
    older.user(**FULL)
    made = writes(older)
    line = next(i for i, write in enumerate(made) if write.startswith("PUT /users/") and "/lines/" in write)
    assert line < next(i for i, write in enumerate(made) if write.endswith("/extensions"))


def test_the_context_of_another_tenant(house: Household) -> None:
    """From the master, a server would make the line there; the context of another tenant is none of ours."""
    database = house.bench.state.db
    master = next(iter(database.tenants.values()))
    branch = database.add_tenant("branch", "branch", master)
    connection = dict(house.bench.connection)
    house.bench.connection["tenant"] = branch.uuid
    ranges = [{"start": "7001", "end": "7009"}]
    assert house.bench.context(name="Atelier", label="Atelier", user_ranges=ranges)["changed"]
    there = house.done(firstname="Bob", context="Atelier")
    assert there["user"]["extension"] == "7001"
    assert "there is no context 'Comptabilite'" in house.user(firstname="Zoe", context="Comptabilite")["msg"]
    house.bench.connection = connection
    name = next(context.name for context in database.contexts.values() if context.label == "Atelier")
    for handle in ("Atelier", name):
        assert f"there is no context '{handle}'" in house.refused(firstname="Zoe", context=handle)
    voicemail = {"number": "7001", "context": "Atelier"}
    assert "there is no context 'Atelier' for the voicemail" in house.refused(firstname="Zoe", voicemail=voicemail)
    # Nor are its people ours.
    assert [user["firstname"] for user in house.info()["users"]] == []


def test_a_number_that_its_range_lost(house: Household) -> None:
    """Any change of such a number is refused; what does not touch it goes on, and it can be moved away from."""
    house.done(**FULL)
    house.bench.context(
        name="Comptabilite", user_ranges=[{"start": "2050", "end": "2090"}], conflicts="ignore", force=True
    )
    house.settled(**FULL)
    house.done(email=ANNE["email"], lastname="Martin")
    assert house.done(email=ANNE["email"], extension="2050")["user"]["voicemail"]["number"] == "2050"


def test_a_line_of_a_number_alone_is_not_shared(newer: Household) -> None:
    """A nested POST would put the new user on somebody's number without a word."""
    make_line(newer, exten="2001")
    message = newer.refused(**FULL | {"extension": "2001"})
    assert "the extension 2001 is taken by " in message


def test_two_programs_on_one_number(house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are told 204, and the number would ring at two telephones: one that was there already is read back."""
    make_extension(house, "2001")
    other = make_line(house)
    really = lines.associate

    def both(front: Confd, line: Line, extension: Extension) -> None:
        really(front, line, extension)
        extension.line_ids.append(other)

    monkeypatch.setattr(lines, "associate", both)
    result = house.user(**FULL)
    # It is left to the other, and the next one taken.
    assert result["changed"], result
    assert result["user"]["extension"] == "2002"


def test_a_loose_voicemail_of_the_same_name_is_taken_over(house: Household) -> None:
    body = {"name": "Anne Durand", "number": "2001", "context": house.name("Comptabilite")}
    box = house.ask("POST", "/voicemails", body)["id"]
    house.done(**FULL)
    assert [item["id"] for item in house.items("/voicemails")] == [box]


def test_a_statement_of_the_database_does_not_show(house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs that make the same at once: the 500 to one of them holds the SQL, with every parameter."""
    said = (
        "Unexpected error: (psycopg2.errors.UniqueViolation) duplicate key value violates unique constraint\n\n"
        f"[SQL: INSERT INTO voicemail (password) VALUES (%(p)s)]\n[parameters: {{'p': '{VOICEMAIL_PASSWORD}'}}]"
    )
    monkeypatch.setattr(house.bench.state, "failure", lambda *_: ("application/json", json.dumps([said]).encode()))
    house.bench.arm("error_before", method="POST", path="/users$")
    result = house.user(**FULL)  # which looks for the password in it
    assert "duplicate key value violates unique constraint. Reading back shows that it was not done." in result["msg"]
    assert "SQL" not in result["msg"]

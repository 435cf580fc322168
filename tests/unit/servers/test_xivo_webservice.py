# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XiVO's web service: an edit merges what it is sent with what it holds, place by place, and drops includes."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.simulator.accounts import LOGIN, PASSWORD
from tests.simulator.xivo.database import Context, Include, Member, Numbers
from tests.unit.bench import KINDS, Bench

DEPARTMENT: dict[str, Any] = {
    "name": "Comptabilite",
    "label": "Comptabilité",
    "type": "internal",
    "includes": ["default"],
    "user_ranges": [{"start": "2001", "end": "2090"}],
    "group_ranges": [{"start": "2091", "end": "2094"}],
    "conference_room_ranges": [{"start": "2095", "end": "2099"}],
}


@pytest.fixture
def compta(webservice: Bench) -> Bench:
    webservice.done(**DEPARTMENT)
    webservice.forget()
    return webservice


def ranges(bench: Bench, kind: str) -> list[tuple[str, str, int]]:
    found: list[tuple[str, str, int]] = bench.stored("comptabilite")["ranges"][kind]
    return found


def test_the_reference_department(compta: Bench) -> None:
    assert compta.stored("comptabilite") == {
        "name": "comptabilite",
        "label": "Comptabilité",
        "type": "internal",
        "description": "",
        "enabled": True,
        "entity": "xivo",
        "ranges": {
            "user": [("2001", "2090", 0)],
            "group": [("2091", "2094", 0)],
            "queue": [],
            "conference_room": [("2095", "2099", 0)],
            "incall": [],
        },
        "includes": ["default"],
    }


@pytest.mark.parametrize("change", [{"label": "Compta"}, {"description": "Deuxième étage"}, {"type": "others"}])
def test_an_edit_of_something_else_keeps_includes_and_ranges(compta: Bench, change: dict[str, Any]) -> None:
    before = compta.stored("comptabilite")
    result = compta.done(name="Comptabilite", **change)
    assert compta.stored("comptabilite") == before | change
    assert result["changes"] == list(change)
    assert len(compta.writes()) == 1


def test_an_edit_of_ranges_keeps_the_order_of_several_includes(compta: Bench) -> None:
    order = ["to-extern", "default", "from-extern"]
    compta.done(name="Comptabilite", includes=order)
    compta.done(name="Comptabilite", queue_ranges=[{"start": "2100"}])
    assert compta.stored("comptabilite")["includes"] == order
    compta.done(name="Comptabilite", includes=order[::-1])
    assert compta.stored("comptabilite")["includes"] == order[::-1]


def test_includes_are_emptied(compta: Bench) -> None:
    compta.done(name="Comptabilite", includes=[])
    assert compta.stored("comptabilite")["includes"] == []
    assert ranges(compta, "user") == [("2001", "2090", 0)]


@pytest.mark.parametrize(
    "wanted",
    [
        [],
        [("2001", "2090")],
        [("2005", "2009")],
        [("2001", "2001")],
        [("3001", "3010")],
        [("2001", "2010"), ("2021", "2030")],
        [("2021", "2030"), ("2041", "2041")],
        [("1500", "1501"), ("2001", "2010"), ("2011", "2011"), ("2021", "2030"), ("2041", "2050")],
    ],
)
@pytest.mark.parametrize(
    "stored", [[("2001", "2090")], [("2001", "2010"), ("2021", "2030"), ("2041", "2050")], [("2041", "2041")], []]
)
def test_any_list_of_ranges_over_any_other(
    compta: Bench, stored: list[tuple[str, str]], wanted: list[tuple[str, str]]
) -> None:
    """Shorter and longer ones, and a single number where an interval was."""

    def declared(found: list[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"start": start, "end": end} for start, end in reversed(found)]

    assert not compta.context(name="Comptabilite", conflicts="ignore", user_ranges=declared(stored)).get("failed")
    result = compta.context(name="Comptabilite", conflicts="ignore", user_ranges=declared(wanted))
    assert result.get("changed") is (stored != wanted), result
    assert ranges(compta, "user") == [(start, end, 0) for start, end in wanted]
    assert ranges(compta, "group") == [("2091", "2094", 0)]
    assert compta.stored("comptabilite")["includes"] == ["default"]


def test_all_kinds_are_emptied_at_once_and_one_by_one(compta: Bench) -> None:
    compta.done(name="Comptabilite", user_ranges=[])
    assert ranges(compta, "group") != []
    compta.done(name="Comptabilite", conference_room_ranges=[])
    compta.done(name="Comptabilite", group_ranges=[])
    assert [ranges(compta, kind) for kind in KINDS] == [[]] * 5
    compta.done(**DEPARTMENT)
    compta.done(name="Comptabilite", user_ranges=[], group_ranges=[], conference_room_ranges=[])
    assert [ranges(compta, kind) for kind in KINDS] == [[]] * 5
    assert compta.stored("comptabilite")["includes"] == ["default"]


def test_a_department_moves_to_other_numbers(compta: Bench) -> None:
    compta.done(
        name="Comptabilite",
        user_ranges=[{"start": "3001", "end": "3090"}],
        group_ranges=[{"start": "3091", "end": "3094"}],
        conference_room_ranges=[{"start": "3095", "end": "3099"}],
    )
    assert [ranges(compta, kind) for kind in ("user", "group", "conference_room")] == [
        [("3001", "3090", 0)],
        [("3091", "3094", 0)],
        [("3095", "3099", 0)],
    ]
    assert len(compta.writes()) == 1


def test_incall_ranges_change_their_did_length_and_shrink(webservice: Bench) -> None:
    two = [
        {"start": "0123456700", "end": "0123456799", "did_length": 4},
        {"start": "0145678000", "end": "0145678099", "did_length": 4},
    ]
    webservice.done(name="from-extern", incall_ranges=two)
    webservice.done(name="from-extern", incall_ranges=[two[0] | {"did_length": 6}, two[1]])
    webservice.done(name="from-extern", incall_ranges=[two[1]])
    assert webservice.stored("from-extern")["ranges"]["incall"] == [("0145678000", "0145678099", 4)]
    webservice.done(name="from-extern", incall_ranges=[])
    assert webservice.stored("from-extern")["ranges"]["incall"] == []


def test_did_length_is_wanted_for_a_new_incall_range(webservice: Bench) -> None:
    message = webservice.refused(name="from-extern", incall_ranges=[{"start": "0123456700"}])
    assert "this server wants a did_length of 1 to 20 digits" in message


def test_ranges_one_by_one(compta: Bench) -> None:
    at = {"context": "COMPTABILITE", "type": "user", "start": "2100"}
    assert compta.range(**at, end="2109")["range"] == {
        "context": "comptabilite",
        "type": "user",
        "start": "2100",
        "end": "2109",
    }
    assert compta.range(**at, end="2109")["changed"] is False
    assert compta.range(**at)["ranges"] == [{"start": "2001", "end": "2090"}, {"start": "2100", "end": "2100"}]
    assert compta.range(**at, end="2104")["changed"]
    assert "shares numbers with 2001-2090" in compta.refused(compta.range, **at | {"start": "2090"}, end="2092")
    assert "is not 2100-2109" in compta.refused(compta.range, **at, end="2109", state="absent")
    removed = compta.range(**at, state="absent")
    assert (removed["changed"], removed["range"]) == (True, None)
    assert compta.range(**at, state="absent")["changed"] is False
    assert ranges(compta, "user") == [("2001", "2090", 0)]
    assert compta.stored("comptabilite")["includes"] == ["default"]


def test_a_range_keeps_its_did_length(webservice: Bench) -> None:
    at = {"context": "from-extern", "type": "incall", "start": "0100"}
    webservice.range(**at, end="0109", did_length=4)
    assert webservice.range(**at, end="0119")["range"]["did_length"] == 4
    assert webservice.range(**at, end="0119", did_length=3)["range"]["did_length"] == 3


def test_names_are_stored_in_lower_case_and_found_in_any(compta: Bench) -> None:
    assert compta.context(**DEPARTMENT | {"name": "COMPTABILITE", "includes": ["Default"]})["changed"] is False
    assert compta.context(name="comptabilite")["context"]["name"] == "comptabilite"
    compta.done(name="Ventes", includes=["ComptaBilite"])
    assert compta.stored("ventes")["includes"] == ["comptabilite"]


def test_a_list_shows_one_include_of_several(compta: Bench) -> None:
    compta.done(name="default", includes=["to-extern", "Comptabilite", "from-extern"])
    shown = {context["name"]: context for context in compta.info()["contexts"]}
    assert shown["default"]["includes"] == ["to-extern", "comptabilite", "from-extern"]
    assert shown["comptabilite"]["includes"] == ["default"]
    assert compta.info(name="Comptabilite")["included_by"] == {"comptabilite": ["default"]}


def test_what_was_made_by_rest_gets_an_entity_when_it_is_edited(webservice: Bench) -> None:
    database = webservice.state.auth.database
    database.add_context("rest", "Made by REST", "internal")
    database.numbers.append(Numbers("rest", "user", "5000", "5009"))
    assert webservice.info(name="rest")["contexts"][0]["user_ranges"] == [{"start": "5000", "end": "5009"}]
    assert webservice.context(name="rest", label="Made by REST")["changed"] is False
    result = webservice.done(name="rest", description="Edited")
    assert result["changes"] == ["description", "entity"]
    assert webservice.stored("rest")["entity"] == "xivo"
    assert webservice.stored("rest")["ranges"]["user"] == [("5000", "5009", 0)]


def test_an_entity_that_is_unknown_hides_the_ranges_from_a_list(webservice: Bench) -> None:
    database = webservice.state.auth.database
    database.add_context("odd", "Odd entity", "internal", entity="gone")
    database.numbers.append(Numbers("odd", "user", "5000"))
    webservice.done(name="odd", user_ranges=[{"start": "5000"}, {"start": "5005"}])
    assert webservice.stored("odd")["ranges"]["user"] == [("5000", "5000", 0), ("5005", "5005", 0)]
    assert webservice.stored("odd")["entity"] == "gone"


def test_a_name_with_capitals_made_by_rest_is_not_edited_here(webservice: Bench) -> None:
    """The web service would rename it, and lose its ranges."""
    webservice.state.auth.database.add_context("Rest", "Made by REST", "internal", entity="xivo")
    assert "made by REST" in webservice.refused(name="Rest", label="Other")
    assert webservice.context(name="Rest", label="Made by REST")["changed"] is False


def test_a_row_that_includes_nothing_survives_an_edit(webservice: Bench) -> None:
    webservice.state.auth.database.includes.append(Include("default", "nowhere", 1))
    webservice.done(name="default", description="Edited")
    assert webservice.stored("default")["includes"] == ["to-extern", "nowhere"]
    exported = webservice.info(name="default")["contexts"][0]
    assert webservice.context(**exported)["changed"] is False


def test_entity(webservice: Bench) -> None:
    database = webservice.state.auth.database
    webservice.done(name="only-one")
    assert webservice.stored("only-one")["entity"] == "xivo"
    database.add_entity("lyon", "Lyon")
    assert "this server has several: xivo, lyon. Set the option entity" in webservice.refused(name="which")
    assert "the entity 'paris' is unknown; this server has: xivo, lyon." in webservice.refused(name="x", entity="paris")
    webservice.done(name="which", entity="lyon")
    assert webservice.stored("which")["entity"] == "lyon"
    webservice.done(name="which", description="left out means: as it is")
    assert webservice.stored("which")["entity"] == "lyon"
    assert webservice.context(name="which")["context"]["entity"] == "lyon"
    webservice.done(name="which", entity="xivo")
    assert webservice.stored("which")["entity"] == "xivo"
    database.entities.clear()
    assert "this server has none. Make one first" in webservice.refused(name="other")


def test_what_the_web_service_cannot_hold_is_refused_before(webservice: Bench) -> None:
    assert "has 2 bytes; this server takes 3 to 128" in webservice.refused(name="ab")
    assert "cannot be disabled" in webservice.refused(name="default", enabled=False)
    webservice.state.auth.database.add_context("short", "ab", "internal", entity="xivo", commented=1)
    webservice.refused(name="short", label="cd")


def test_deletion_takes_it_out_of_the_includes_of_others(compta: Bench) -> None:
    compta.done(name="default", includes=["to-extern", "Comptabilite"])
    result = compta.done(name="Comptabilite", state="absent")
    assert result["context"] is None
    assert [diff["after_header"] for diff in result["diff"]] == [
        "context comptabilite (delete)",
        "context default (update)",
    ]
    assert compta.stored("default")["includes"] == ["to-extern"]
    assert compta.state.auth.database.numbers_of("comptabilite") == []


def test_a_deletion_that_members_stop(compta: Bench) -> None:
    compta.state.auth.database.members.append(Member("comptabilite", "queue", "1", "context"))
    result = compta.context(name="Comptabilite", state="absent")
    assert result["failed"]
    assert "HTTP 500 to the delete of the context 'comptabilite'" in result["msg"]
    assert "queues, agents, rooms or trunks" in result["msg"]
    assert "it was not done" in result["msg"]
    assert (result["changed"], result["done"]) == (False, [])
    assert compta.stored("comptabilite")["includes"] == ["default"]


def test_a_broker_that_is_down(compta: Bench) -> None:
    """It answers 500 with the whole body behind it, after the work."""
    section = type(compta.state.webservice)
    original = section._answer

    def broken(self: Any, path: str, application: str) -> Any:
        response = original(self, path, application)
        response.status_code = 500
        return response

    with pytest.MonkeyPatch.context() as patch:
        for endpoint, view in list(compta.app.view_functions.items()):
            if endpoint.startswith("webservice"):
                patch.setitem(compta.app.view_functions, endpoint, broken.__get__(view.__self__))
        assert compta.context(**DEPARTMENT)["changed"] is False
        result = compta.context(name="Comptabilite", label="Compta")
        assert result["changed"], result
        assert "it was done all the same" in result["warnings"][0]
        assert compta.context(name="Comptabilite", state="absent")["changed"]
    assert "comptabilite" not in [context["name"] for context in compta.everything()]


def test_no_context_at_all(webservice: Bench) -> None:
    """A list of none is a 204 without a body."""
    webservice.state.auth.database.contexts.clear()
    assert webservice.info()["contexts"] == []
    webservice.done(name="first")


def test_the_account_of_another_host_and_the_disabled_one(webservice: Bench) -> None:
    accounts = webservice.state.auth.database.accounts
    accounts[0].disabled = True
    message = webservice.refused(name="new")
    assert "wants an account of the menu Configuration > Management > Web Services Access / " in message
    assert "Configuration > Gestion > Accès aux services Web, enabled" in message
    accounts[0].disabled, accounts[0].host = False, "192.0.2.1"
    assert "without a host other than this one" in webservice.refused(name="new")


def test_without_an_account_from_the_machine_itself(webservice: Bench) -> None:
    webservice.connection |= {"username": None, "password": None}
    webservice.done(name="local")
    assert all("/private/" in entry["path"] for entry in webservice.requests())


def test_ranges_of_both_apis_are_the_same(xivo1615: Bench) -> None:
    """What xivo-confd wrote is read and edited by the web service, and back."""
    xivo1615.connection["conflicts"] = "ignore"
    xivo1615.done(name="both", user_ranges=[{"start": "7000"}, {"start": "7010", "end": "7019"}])
    xivo1615.connect_to_webservice()
    xivo1615.done(name="both", includes=["default"], user_ranges=[{"start": "7010", "end": "7019"}])
    xivo1615.connection["webservices_url"] = None
    xivo1615.connect_to_confd()
    xivo1615.done(name="both", user_ranges=[{"start": "7010"}, {"start": "7015"}])
    assert xivo1615.stored("both")["includes"] == ["default"]
    assert xivo1615.stored("both")["ranges"]["user"] == [("7010", "7010", 0), ("7015", "7015", 0)]


def test_the_answers_that_this_relies_on(webservice: Bench) -> None:
    """The traps are really there: what the client does is no idle caution."""
    url = f"{webservice.url}/service/ipbx/json.php/restricted/system_management/context/"
    body = {"context": {"displayname": "Edited", "entity": "xivo"}}
    auth = (LOGIN, PASSWORD)
    answer = requests.post(url, params={"act": "edit", "id": "default"}, json=body, auth=auth, timeout=10)
    assert answer.status_code == 200
    assert webservice.stored("default")["includes"] == []
    rest = Context(99, "rest", "Made by REST", "internal")
    webservice.state.auth.database.contexts.append(rest)
    body = {"context": {"displayname": "Edited"}}
    answer = requests.post(url, params={"act": "edit", "id": "rest"}, json=body, auth=auth, timeout=10)
    assert answer.status_code == 400


def test_a_text_is_declared_as_the_service_tidies_it(compta: Bench) -> None:
    """Its forms drop tags and tabs, and make one space of several: that is no difference the next time."""
    label, description = "Compta  <b>bilité</b>\tdu&nbsp;siège", "Étage 2:\r\n  au  fond\n"
    result = compta.done(name="Comptabilite", label=label, description=description)
    assert result["context"]["label"] == compta.stored("comptabilite")["label"] == "Compta bilitédu siège"
    assert compta.stored("comptabilite")["description"] == "Étage 2:\n au fond\n"
    result = compta.done(name="Ventes", label=label, description=description)
    assert result["context"]["label"] == compta.stored("ventes")["label"]


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("displayname", "ab", "The label 'ab' has 2 bytes; this server takes 3 to 128."),
        ("incall", 0, "incall range 0145678000-0145678099: this server wants a did_length of 1 to 20 digits"),
    ],
)
def test_what_was_made_elsewhere_and_no_edit_can_keep(compta: Bench, column: str, value: Any, text: str) -> None:
    """An edit is checked whole, with what it does not change: it would be a 400 without a reason."""
    database = compta.state.auth.database
    if column == "incall":
        database.numbers.append(Numbers("comptabilite", "incall", "0145678000", "0145678099", value))
    else:
        setattr(database.context("comptabilite"), column, value)
    assert text in compta.refused(name="Comptabilite", includes=["to-extern"])
    compta.done(
        name="Comptabilite",
        label="Compta",
        includes=["to-extern"],
        incall_ranges=[{"start": "0145678000", "end": "0145678099", "did_length": 4}],
    )

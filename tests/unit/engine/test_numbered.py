# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups, conference rooms and incoming calls, on every server."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.groups import Group, Member
from ansible_collections.telephony.xivo.plugins.module_utils.servers.confd.groups import ConfdGroups
from ansible_collections.telephony.xivo.plugins.module_utils.servers.xivo.groups import _group_body
from ansible_collections.telephony.xivo.plugins.modules import xivo_conference, xivo_group, xivo_incall

from tests.unit.bench import Bench, Result
from tests.unit.engine.dial_plans import Phones, range_info
from tests.unit.household import Household

PIN = "739158264037"
PEOPLE = (("Anne", "Durand"), ("Bernard", "Petit"), ("Carole", "Roux"))
GROUP_TASK = {"name": "accueil", "context": "Comptabilite", "members": ["Carole Roux", "anne@example.com"]}
ROOM_TASK = {"name": "bilan", "context": "Comptabilite", "pin": PIN}
INCALL_TASK = {
    "context": "from-extern",
    "extension": "8001",
    "destination": {"type": "user", "name": "Anne Durand"},
}
TASKS: dict[str, tuple[ModuleType, dict[str, Any], dict[str, Any]]] = {
    # The module, what makes a thing, and what changes it.
    "group": (xivo_group, GROUP_TASK, {"extension": "2094", "members": ["Bernard Petit"]}),
    "conference": (xivo_conference, ROOM_TASK, {"extension": "2099", "update_password": "always", "pin": "4711"}),
    "incall": (xivo_incall, INCALL_TASK, {"destination": {"type": "user", "name": "Bernard Petit"}}),
}


class Switchboard:
    """A department with three people, and a range of numbers from outside."""

    def __init__(self, bench: Bench) -> None:
        self.house = Household(bench)
        self.bench = bench
        outside = [{"start": "0145678000", "end": "0145678049", "did_length": 4}]
        assert bench.context(name="from-extern", incall_ranges=outside)["changed"]
        self.uuids = {}
        for first, last in PEOPLE:
            options = {"firstname": first, "lastname": last, "email": f"{first.lower()}@example.com"}
            result = self.house.user(**options, context="Comptabilite")
            self.uuids[f"{first} {last}"] = result["user"]["uuid"]

    def run(self, module: ModuleType, check_mode: bool = False, **options: Any) -> Result:
        result = self.bench._run(module, options, check_mode)
        assert PIN not in str(result)
        return result

    def done(self, module: ModuleType, **options: Any) -> Result:
        """Check mode must foretell it, it must work, and nothing be left to do."""
        foretold = self.run(module, check_mode=True, **options)
        result = self.run(module, **options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"]
        assert without_uuid(foretold) == without_uuid(result)
        self.settled(module, **options)
        return result

    def settled(self, module: ModuleType, **options: Any) -> None:
        self.bench.forget()
        again = self.run(module, **options)
        assert again.get("changed") is False, again
        assert (again["changes"], again["diff"], self.bench.writes()) == ([], [], [])

    def refused(self, module: ModuleType, **options: Any) -> str:
        before = self.held()
        self.bench.forget()
        result = self.run(module, **options)
        assert result.get("failed"), result
        assert self.bench.writes() == []
        assert self.held() == before
        message: str = result["msg"]
        return message

    def held(self) -> dict[str, Any]:
        """All numbers, and all that can have one, but for the ids."""
        house = self.house
        extensions = [(e["exten"], house.names.get(e["context"], "")) for e in house.items("/extensions")]
        found: dict[str, Any] = {"extensions": sorted(extensions)}
        found["incalls"] = [
            (item["destination"]["type"], [e["exten"] for e in item["extensions"]]) for item in house.items("/incalls")
        ]
        if house.fork:
            found["groups"] = [
                (view["groupfeatures"]["name"], view["groupfeatures"]["number"], self._names(view["user"] or []))
                for view in self._views("groups")
            ]
            found["rooms"] = [(room["name"], room["confno"], room["pin"]) for room in house.php("pbx_settings/meetme")]
            return found
        found["groups"] = [
            (
                item.get("label", item["name"]),
                [e["exten"] for e in item["extensions"]],
                [user["firstname"] for user in item["members"]["users"]],
            )
            for item in house.items("/groups")
        ]
        if not house.xivo:
            found["rooms"] = [
                (item["name"], [e["exten"] for e in item["extensions"]], item["pin"])
                for item in house.items("/conferences")
            ]
        return found

    def _views(self, section: str) -> list[Any]:
        path = f"pbx_settings/{section}"
        return [self.house.php(path, "view", id=row["id"]) for row in self.house.php(path)]

    def _names(self, members: list[dict[str, Any]]) -> list[str]:
        names = {user["id"]: user["firstname"] for user in self.house.items("/users")}
        return [names[member["userid"]] for member in members]


def without_uuid(result: Result) -> Result:
    return {key: {**value, "uuid": None} if key == "group" and value else value for key, value in result.items()}


def kinds_of(bench: Bench) -> list[str]:
    """The xivo-confd of 16.15 knows no rooms."""
    return [kind for kind in TASKS if kind != "conference" or bench.name != "xivo-16.15"]


def test_made_changed_and_gone(anywhere: Bench) -> None:
    for kind in kinds_of(anywhere):
        board = Switchboard(anywhere)
        module, task, changes = TASKS[kind]
        empty = board.held()
        made = board.done(module, **task)[kind]
        assert made["extension"] == {"group": "2091", "conference": "2095", "incall": "8001"}[kind]
        changed = board.done(module, **{**task, **changes})
        assert (
            changed["changes"]
            == {
                "group": ["extension", "members"],
                "conference": ["extension", "pin"],
                "incall": ["destination"],
            }[kind]
        )
        name = {key: task[key] for key in ("name", "context", "extension") if key in task}
        board.done(module, **name, state="absent")
        assert board.held() == empty


# What differs in an address from one run to the next.
NUMBERS = re.compile(r"(?<=/)(\d+|[0-9a-f-]{36})(?=/|$)")
# What becomes of one write, and whether nothing of every later one.
FAULTS: dict[str, tuple[dict[str, Any], bool]] = {
    "not done": ({"kind": "error_before"}, False),
    "done, the answer lost": ({"kind": "reset", "after": True}, False),
    "cut after, the answer lost": ({"kind": "error_after"}, True),
}


@pytest.mark.thorough
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("last", ["made", "changed", "gone"])
def test_cut_off(anywhere: Bench, last: str, fault: str) -> None:
    """Wherever it was cut, the same task finishes it, and the server holds what one clean run leaves."""
    for kind in kinds_of(anywhere):
        module, task, changes = TASKS[kind]
        gone = {"context": task["context"], "extension": {"group": "2091", "conference": "2095"}.get(kind, "8001")}
        steps = {
            "made": [task],
            "changed": [task, {**task, **changes}],
            "gone": [task, {**gone, **({"name": task["name"]} if "name" in task else {}), "state": "absent"}],
        }[last]

        board = Switchboard(anywhere)
        for step in steps[:-1]:
            assert board.run(module, **step)["changed"]
        prepared = anywhere.saved()
        anywhere.forget()
        assert board.run(module, **steps[-1])["changed"]
        writes = [(entry["method"], NUMBERS.sub("[0-9a-f-]+", entry["path"]) + "$") for entry in anywhere.writes()]
        wanted = board.held()
        assert writes
        for number, (method, path) in enumerate(writes):
            anywhere.put_back(prepared)
            one, for_good = FAULTS[fault]
            skip = writes[:number].count((method, path))
            anywhere.arm(**one, method=method, path=path, skip=skip)
            for other in set(writes) if for_good else ():
                skip = writes[:number].count(other)
                anywhere.arm("error_before", times=10**6, method=other[0], path=other[1], skip=skip)
            board.run(module, **steps[-1])
            assert not [armed for armed in anywhere.control("GET", "faults") if armed["times"] == 1]
            anywhere.control("DELETE", "faults")
            second = board.run(module, **steps[-1])
            assert not second.get("failed"), second["msg"]
            board.settled(module, **steps[-1])
            assert board.held() == wanted


def test_members_are_exact_and_in_order(anywhere: Bench) -> None:
    board = Switchboard(anywhere)
    anne, bernard, carole = list(board.uuids.values())
    group = board.done(xivo_group, **GROUP_TASK)["group"]
    assert group["members"] == [carole, anne]
    turned = board.done(xivo_group, **{**GROUP_TASK, "members": [anne, "Carole Roux"]})
    assert turned["group"]["members"] == [anne, carole]
    assert "members:\n  - Anne Durand\n  - Carole Roux\n" in turned["diff"][0]["after"]
    # Left out, they stay, also when something else changes.
    assert board.done(xivo_group, name="accueil", extension="2093")["group"]["members"] == [anne, carole]
    assert board.done(xivo_group, name="ACCUEIL", members=[])["group"]["members"] == []
    message = board.refused(xivo_group, name="accueil", members=["Anne Durand", anne, "Nobody"])
    assert "the user Anne Durand stands twice in the members" in message
    assert "There is no user 'Nobody'" in message
    assert board.house.user(firstname="Zoe")["changed"]
    assert "the user Zoe has no line" in board.refused(xivo_group, name="accueil", members=["Zoe"])
    assert board.house.user(firstname="Zoe", email="zoe@example.com", lastname="Deux")["changed"]
    board.done(xivo_group, name="accueil", members=[bernard])


def test_two_people_of_one_name(wazo: Bench) -> None:
    board = Switchboard(wazo)
    assert board.house.user(firstname="Anne", lastname="Durand", email="other@example.com", context="Ventes")["changed"]
    message = board.refused(xivo_group, **{**GROUP_TASK, "members": ["Anne Durand"]})
    assert "2 users are meant by 'Anne Durand'" in message
    assert board.uuids["Anne Durand"] in message


def test_refused(anywhere: Bench) -> None:
    board = Switchboard(anywhere)
    board.done(xivo_group, **{**GROUP_TASK, "extension": "2092"})
    there = {"name": "b", "context": "Comptabilite"}
    free = "The next free number is 2091."
    for extension in ("2001", "2095", "3001", "02091"):
        message = board.refused(xivo_group, **there, extension=extension)
        assert f"the extension {extension} is in none of the group ranges" in message
        assert "2091-2094" in message
        assert free in message
    message = board.refused(xivo_group, **there, extension="2092")
    assert "the extension 2092 is taken by" in message
    assert free in message
    for extension in ("abc", "*10", "", "٢٠٩١"):
        assert "is no number, and not auto" in board.refused(xivo_group, **there, extension=extension)
    assert "there is no context 'nosuch'" in board.refused(xivo_group, name="b", context="nosuch")
    assert "is of the type incall" in board.refused(xivo_group, name="b", context="from-extern", extension="8001")
    assert "a new one needs a context" in board.refused(xivo_group, name="b")
    assert "no number is free in the group ranges" in board.refused(xivo_group, name="b", context="Ventes")
    assert "only" in board.refused(xivo_group, name="Étage", context="Comptabilite")
    incall = {**INCALL_TASK, "extension": "8050"}
    assert "8000-8049" in board.refused(xivo_incall, **incall)
    incall["extension"] = "0145678001"
    assert "The operator sends its last 4 digits: write '8001'." in board.refused(xivo_incall, **incall)
    assert "needs a destination" in board.refused(xivo_incall, context="from-extern", extension="8001")
    for kind, name in (("user", "Nobody"), ("group", "nogroup")):
        destination = {"type": kind, "name": name}
        assert f"There is no {kind} '{name}'" in board.refused(
            xivo_incall, **{**INCALL_TASK, "destination": destination}
        )
    assert "is of the type internal" in board.refused(xivo_incall, **{**INCALL_TASK, "context": "Comptabilite"})


def test_a_number_that_is_nobodys_is_used(anywhere: Bench) -> None:
    board = Switchboard(anywhere)
    context = next(name for name, handle in board.house.names.items() if handle == "Comptabilite")
    for exten in ("2091", "2092"):
        board.house.ask("POST", "/extensions", {"exten": exten, "context": context})
    before = board.held()["extensions"]
    made = board.done(xivo_group, **GROUP_TASK)
    assert made["group"]["extension"] == "2091"
    assert board.done(xivo_group, name="accueil", extension="2092")["group"]["extension"] == "2092"
    assert board.held()["extensions"] == [key for key in before if key[0] != "2091"]


def test_an_incoming_call_goes_anywhere(anywhere: Bench) -> None:
    board = Switchboard(anywhere)
    board.done(xivo_group, **GROUP_TASK)
    board.done(xivo_incall, **INCALL_TASK)
    to_group = {**INCALL_TASK, "destination": {"type": "group", "name": "accueil"}}
    result = board.done(xivo_incall, **to_group)
    assert result["incall"]["destination"] == {"type": "group", "name": "accueil"}
    assert "destination: user Anne Durand\n" in result["diff"][0]["before"]
    assert "destination: group accueil\n" in result["diff"][0]["after"]
    # Left out, it stays.
    board.settled(xivo_incall, context="from-extern", extension="8001")
    if anywhere.name == "xivo-16.15":
        destination = {"type": "conference", "name": "bilan"}
        message = board.refused(xivo_incall, **{**INCALL_TASK, "destination": destination})
        assert "xivo-confd has no conference rooms" in message
        return
    board.done(xivo_conference, **ROOM_TASK)
    to_room = {**INCALL_TASK, "destination": {"type": "conference", "name": "bilan"}}
    board.done(xivo_incall, **to_room)
    # XiVO makes the room again, with another id.
    board.done(xivo_conference, name="bilan", extension="2099")
    board.settled(xivo_incall, **to_room)


def test_an_incoming_call_by_a_pattern(anywhere: Bench) -> None:
    board = Switchboard(anywhere)
    # With the underscore and without, in capitals or not, it is stored as servers store it.
    made = board.done(xivo_incall, **{**INCALL_TASK, "extension": "80XX"})
    assert made["incall"]["extension"] == "_80XX"
    assert [extens for _type, extens in board.held()["incalls"]] == [["_80XX"]]
    for same in ("_80XX", "80xx", "_80xX"):
        board.settled(xivo_incall, **{**INCALL_TASK, "extension": same})
    board.done(xivo_incall, **{**INCALL_TASK, "extension": "_9.", "context": "from-extern"})
    for wrong, why in (
        ("_80[", "has a '[' without a ']'"),
        ("9.1", "goes on after its '.'"),
        ("80X?", "has '?' in it"),
        ("*10", "is no number, and no pattern such as _80XX"),
        ("", "is no number, and no pattern"),
        ("auto", "is no number, and no pattern"),
    ):
        assert why in board.refused(xivo_incall, **{**INCALL_TASK, "extension": wrong})
    # A number of its own beside it: Asterisk takes the nearest.
    board.done(xivo_incall, **INCALL_TASK)
    board.done(xivo_incall, context="from-extern", extension="80XX", state="absent")
    assert ["_80XX"] not in [extens for _type, extens in board.held()["incalls"]]


def test_a_pattern_that_is_spelt_in_another_way_keeps_it(wazo26: Bench) -> None:
    board = Switchboard(wazo26)
    Phones(wazo26).incall("_80xx", "from-extern")
    result = board.done(xivo_incall, **{**INCALL_TASK, "extension": "_80XX"})
    assert (result["changes"], result["incall"]["extension"]) == (["destination"], "_80xx")


def test_a_pattern_takes_its_numbers_from_those_that_are_chosen(anywhere: Bench) -> None:
    board = Switchboard(anywhere)
    phones = Phones(anywhere)
    phones.user("_209[1-3]", "Comptabilite")
    phones.user("_200X", "Comptabilite")
    made = board.done(xivo_group, **GROUP_TASK)
    assert made["group"]["extension"] == "2094"
    assert board.house.user(firstname="Zoé", context="Comptabilite")["user"]["extension"] == "2010"
    info = range_info(anywhere, "Comptabilite", type="group")["ranges"]
    assert [[use["number"] for use in r["used"]] for r in info] == [["2094", "_209[1-3]"]]
    assert [r["free"] for r in info] == [[]]


def test_a_pin_is_set_once_unless_asked_for(anywhere: Bench) -> None:
    board = Switchboard(anywhere)
    if anywhere.name == "xivo-16.15":
        assert "xivo-confd has no conference rooms" in board.refused(xivo_conference, **ROOM_TASK)
        return
    board.done(xivo_conference, **ROOM_TASK)
    assert board.held()["rooms"][0][2] == PIN
    board.settled(xivo_conference, **{**ROOM_TASK, "pin": "4711"})
    assert board.done(xivo_conference, name="bilan", extension="2098")["changes"] == ["extension"]
    assert board.held()["rooms"][0][2] == PIN
    always = {**ROOM_TASK, "update_password": "always"}
    assert board.done(xivo_conference, **{**always, "pin": "4711"})["changes"] == ["pin"]
    assert board.held()["rooms"][0][2] == "4711"
    board.done(xivo_conference, **{**always, "pin": ""})
    assert not board.held()["rooms"][0][2]
    assert "digits 0 to 9 only" in board.refused(xivo_conference, **{**ROOM_TASK, "pin": "12a"})


def test_the_number_of_a_room_beside_confd_16_15(xivo1615: Bench) -> None:
    """To this confd the number of a room is nobody's."""
    board = Switchboard(xivo1615)
    xivo1615.connection["webservices_url"] = xivo1615.url
    board.done(xivo_conference, **ROOM_TASK)
    message = board.refused(xivo_conference, name="autre", context="Comptabilite", extension="2095")
    assert "the extension 2095 is taken by the conference room bilan. The next free number is 2096." in message


def test_names_in_capitals_beside_the_web_service(webservice: Bench) -> None:
    """It stores them in lower case; check mode says so too, and no second one is made."""
    for kind in ("group", "conference"):
        board = Switchboard(webservice)
        module, task, changes = TASKS[kind]
        task = {**task, "name": "Bilan"}
        assert board.done(module, **task)[kind]["name"] == "bilan"
        assert board.done(module, **{**task, **changes})[kind]["name"] == "bilan"


def test_a_room_that_cannot_be_made_again_is_put_back(webservice: Bench) -> None:
    board = Switchboard(webservice)
    board.done(xivo_conference, **ROOM_TASK)
    before = board.held()
    # What holds its place is added, and the room deleted; the next add does not pass.
    webservice.arm("error_before", method="POST", path="/meetme/$", skip=2)
    result = board.run(xivo_conference, name="bilan", extension="2099")
    assert "The room was made again as it was before" in result["msg"]
    assert board.held() == before
    board.done(xivo_conference, name="bilan", extension="2099")


def test_two_rooms_of_one_name(wazo: Bench) -> None:
    board = Switchboard(wazo)
    board.done(xivo_conference, **ROOM_TASK)
    board.house.ask("POST", "/conferences", {"name": "bilan"})
    message = board.refused(xivo_conference, name="bilan", pin="1")
    assert "2 conference rooms are meant by 'bilan'" in message
    assert "extension 2095" in message
    one = {"name": "bilan", "context": "Comptabilite", "extension": "2095"}
    board.settled(xivo_conference, **one)
    assert board.run(xivo_conference, **one, state="absent")["changed"]
    assert [room[:2] for room in board.held()["rooms"]] == [("bilan", [])]


def test_a_label_of_a_group(wazo: Bench) -> None:
    board = Switchboard(wazo)
    labelled = {**GROUP_TASK, "label": "Accueil Compta"}
    made = board.done(xivo_group, **labelled)["group"]
    assert (made["name"], made["label"]) == ("accueil", "Accueil Compta")
    for name in ("accueil compta", made["uuid"]):
        board.settled(xivo_group, name=name)
    other = {"name": made["uuid"], "label": "Accueil"}
    if wazo.name == "wazo-26.09":
        board.house.ask("PUT", f"/groups/{made['uuid']}", {"ignore_forward": True})
    assert board.done(xivo_group, **other)["changes"] == ["label"]
    if wazo.name == "wazo-26.09":
        assert board.house.ask("GET", f"/groups/{made['uuid']}")["ignore_forward"] is True
    board.settled(xivo_group, **GROUP_TASK)
    message = board.refused(xivo_group, name="accueil", label="Étage d'accueil")
    assert "Write label: 'Etage d_accueil'." in message


def test_an_edit_sends_back_what_the_web_service_would_reset() -> None:
    group = Group("sales", 1, context="staff", exten="2102", members=(Member("uuid", 7, "Ann Lee"),))
    view = {
        "groupfeatures": {"id": 1, "name": "sales", "number": "2101", "context": "staff", "timeout": "20"},
        "queue": {"name": "sales", "strategy": "ringall", "musicclass": "jazz"},
        "user": [],
        "rightcall": [{"id": 3, "rightcallid": 5, "type": "group", "typeval": "1"}],
        "dialaction": {
            "noanswer": {"event": "noanswer", "action": "endcall:busy", "actionarg1": "10", "actionarg2": None},
            "congestion": {"event": "congestion", "action": "user", "actionarg1": "3", "actionarg2": ""},
        },
        "callerid": {"mode": "prepend", "callerdisplay": "S"},
        "schedule_id": 4,
    }
    body = _group_body(group, view)
    assert body["groupfeatures"] == {**view["groupfeatures"], "number": "2102"}
    assert (body["queue"], body["user"]) == (view["queue"], [7])
    # A form has the kind of an action and the rest of it in two fields.
    assert body["dialaction"]["noanswer"] == {
        **view["dialaction"]["noanswer"],
        "actiontype": "endcall",
        "action": "busy",
    }
    assert body["dialaction"]["congestion"]["actiontype"] == "user"
    assert body["rightcall"] == [5]
    assert (body["callerid"], body["schedule_id"]) == (view["callerid"], 4)
    assert set(_group_body(group, {"dialaction": False, "rightcall": False, "callerid": False})) == {
        "groupfeatures",
        "queue",
        "user",
    }


def test_a_write_in_doubt_is_read(wazo26: Bench) -> None:
    board = Switchboard(wazo26)
    board.done(xivo_group, **GROUP_TASK)
    wazo26.arm("error_after", method="PUT", path="/members/users$", status=503)
    result = board.run(xivo_group, name="accueil", members=["Anne Durand"])
    assert result["changed"]
    [warning] = result["warnings"]
    assert "Reading back shows that it was done all the same" in warning


def test_what_is_read_back_must_be_what_was_written(wazo26: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    board = Switchboard(wazo26)
    monkeypatch.setattr(ConfdGroups, "put_members", lambda *_args: None)
    result = board.run(xivo_group, **GROUP_TASK)
    assert "shows something else now: the members of the group 'accueil'." in result["msg"]
    assert (result["failed"], result["changed"], result["left"]) == (True, True, [])

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What leads to a group or a room, what it has, and its number, wherever a change or a deletion is cut off."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.modules import xivo_conference, xivo_group, xivo_incall

from tests.simulator.xivo.webservice_meetme import MeetmeSection
from tests.unit.bench import Bench, Result
from tests.unit.engine.test_numbered import GROUP_TASK, NUMBERS, PIN, ROOM_TASK, Switchboard, kinds_of

MODULES = {"group": (xivo_group, GROUP_TASK), "conference": (xivo_conference, ROOM_TASK)}
# Neither says the pin, and the last not even where the thing is.
CHANGES: dict[str, dict[str, Any]] = {
    "moved": {"context": "Comptabilite", "extension": "2099"},
    "gone": {"state": "absent"},
}
DOWN = {"kind": "error_before", "status": 502, "times": 10**6}
# What becomes of one request, and whether the server, or the run, is gone from then on.
FAULTS: dict[str, tuple[dict[str, Any], bool]] = {
    "reset before": ({"kind": "reset"}, False),
    "reset after": ({"kind": "reset", "after": True}, False),
    "502 before": ({"kind": "error_before", "status": 502}, False),
    "502 after": ({"kind": "error_after", "status": 502}, False),
    "500 before": ({"kind": "error_before"}, False),
    "500 after": ({"kind": "error_after"}, False),
    "killed before": (DOWN, True),
    "killed after": ({"kind": "error_after"}, True),
}


class Scene:
    """A group or a room that an incoming call leads to, set up once and put back as often as it is needed."""

    def __init__(self, bench: Bench, kind: str, name: str = "moved") -> None:
        self.bench, self.kind = bench, kind
        self.module, self.task = MODULES[kind]
        change = CHANGES[name]
        if kind == "group" and "extension" in change:
            change = {**change, "extension": "2094"}
        self.change = {"name": self.task["name"], **change}
        self.board = Switchboard(bench)
        assert self.board.run(self.module, **self.task)["changed"]
        self.incall = {
            "context": "from-extern",
            "extension": "8001",
            "destination": {"type": kind, "name": self.task["name"]},
        }
        assert self.board.run(xivo_incall, **self.incall)["changed"]
        if bench.name == "xivo-2018" and kind == "conference":
            [room] = self.rows()
            room.update(description="Le bilan", _pinadmin="4712", maxusers="12")
        self.saved = bench.saved()

    def rows(self) -> list[dict[str, Any]]:
        return list(self.bench.state.auth.database.rows("meetme").values())

    def back(self) -> None:
        self.bench.put_back(self.saved)

    def run(self) -> Result:
        result = self.board.run(self.module, **self.change)
        self.bench.control("DELETE", "faults")
        return result

    def everything(self) -> Any:
        """All that counts: numbers, things, what leads where, and what only the web page of XiVO can set."""
        shown = [self.board.held()]
        if self.bench.name == "xivo-2018":
            told = ("name", "confno", "description", "maxusers", "_pin", "_pinadmin")
            shown.append([{key: row.get(key) for key in told} for row in self.rows()])
        return shown

    def leads(self) -> bool:
        """Whether the incoming call leads to what it led to."""
        result = self.board.run(xivo_incall, check_mode=True, **self.incall)
        return not result.get("failed") and not result["changed"]


@pytest.mark.thorough
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CHANGES)
def test_nothing_is_lost_or_left(anywhere: Bench, name: str, fault: str) -> None:
    """A run that says that it is done has done it, and after one that does not, the same task finishes it."""
    one, for_good = FAULTS[fault]
    for kind in [kind for kind in kinds_of(anywhere) if kind != "incall"]:
        scene = Scene(anywhere, kind, name)
        scene.back()
        assert scene.run()["changed"]
        requests = [(e["method"], NUMBERS.sub("[0-9a-f-]+", e["path"]) + "$") for e in anywhere.writes()]
        wanted = scene.everything()
        assert scene.leads() is (name == "moved")
        assert len(requests) > 0
        for number, (method, path) in enumerate(requests):
            scene.back()
            anywhere.arm(**one, method=method, path=path, skip=requests[:number].count((method, path)))
            for other in set(requests) if for_good else ():
                anywhere.arm(**DOWN, method=other[0], path=other[1], skip=requests[:number].count(other))
            first = scene.run()
            if not first.get("failed"):
                assert scene.everything() == wanted
                assert scene.leads() is (name == "moved")
            second = scene.run()
            assert not second.get("failed"), second["msg"]
            assert scene.everything() == wanted
            assert scene.leads() is (name == "moved")
            scene.board.settled(scene.module, **scene.change)


def test_a_room_that_is_put_back_is_led_to_again(webservice: Bench) -> None:
    scene = Scene(webservice, "conference")
    before = scene.everything()
    webservice.arm("error_before", status=502, method="POST", path="/meetme/$", skip=2)
    assert "The room was made again as it was before." in scene.run()["msg"]
    assert scene.everything() == before
    assert scene.leads()


def test_a_room_that_cannot_even_be_put_back(webservice: Bench) -> None:
    """It says where all that it had is, and the next run has it."""
    scene = Scene(webservice, "conference")
    webservice.arm("error_before", status=502, method="POST", path="/meetme/$", skip=2, times=100)
    result = scene.run()
    assert "Nothing answers on its number 2095 now." in result["msg"]
    assert "kept in the room 'bilan.was-" in result["msg"]
    assert result["left"] == ["change the conference room 'bilan'"]
    again = scene.run()
    assert again["changes"] == ["extension"]
    assert "A run was cut off while it changed the conference room 'bilan'" in again["warnings"][0]
    [room] = scene.rows()
    assert (room["_pin"], room["_pinadmin"], room["description"], room["maxusers"]) == (PIN, "4712", "Le bilan", "12")
    assert scene.leads()


def test_a_cut_off_change_that_is_not_wanted_any_more(webservice: Bench) -> None:
    """The declaration says what the room was: it is made again so, and nothing else is left."""
    scene = Scene(webservice, "conference")
    before = scene.everything()
    webservice.arm("error_before", status=502, method="POST", path="/meetme/$", skip=2, times=100)
    scene.run()
    scene.change = {"name": "bilan", "context": "Comptabilite", "extension": "2095"}
    assert scene.board.run(scene.module, check_mode=True, **scene.change)["changed"]
    assert scene.run()["changed"]
    assert scene.everything() == before
    assert scene.leads()
    scene.board.settled(scene.module, **scene.change)


def test_another_change_after_a_cut_off_one(webservice: Bench) -> None:
    """The incoming calls still lead to the room before the last one."""
    scene = Scene(webservice, "conference")
    webservice.arm("error_before", status=502, method="PUT", path="/incalls/", times=100)
    assert scene.run()["failed"]
    scene.change["extension"] = "2098"
    assert scene.run()["changed"]
    assert [room["confno"] for room in scene.rows()] == ["2098"]
    assert scene.leads()
    scene.board.settled(scene.module, **scene.change)


def test_a_full_range(webservice: Bench) -> None:
    """Without a number for what holds its place, a room is not touched."""
    scene = Scene(webservice, "conference")
    for number in range(2096, 2100):
        assert scene.board.run(xivo_conference, name=f"r{number}", context="Comptabilite")["changed"]
    scene.change = {"name": "bilan", "pin": "1", "update_password": "always"}
    message = scene.board.refused(xivo_conference, **scene.change)
    assert "No number is free for that in any conference room range" in message
    wider = [{"start": "3091", "end": "3092"}]
    assert webservice.context(name="ventes", conference_room_ranges=wider)["changed"]
    scene.board.done(xivo_conference, **scene.change)
    assert scene.leads()


def test_a_pin_that_the_server_does_not_tell(webservice: Bench) -> None:
    scene = Scene(webservice, "conference")
    [row] = scene.rows()
    row["_pinadmin"] = "****"
    message = scene.board.refused(xivo_conference, **scene.change)
    assert "XiVO does not tell its pins" in message


def test_guests_are_not_kept_and_it_is_said(webservice: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(webservice, "conference")
    view = MeetmeSection.view
    guests = [{"id": "1", "fullname": "Zoé", "email": "zoe@example.com"}]
    monkeypatch.setattr(MeetmeSection, "view", lambda *of: {**view(*of), "meetmeguest": guests})
    for check_mode in (True, False):
        result = scene.board.run(xivo_conference, check_mode=check_mode, **scene.change)
        assert "the guests who were invited to it by mail are not kept" in result["warnings"][0]


@pytest.mark.parametrize("kind", MODULES)
def test_a_number_that_lost_its_owner(anywhere: Bench, kind: str) -> None:
    """Left by whoever deleted the owner alone: it goes where it is declared, and is never guessed."""
    if anywhere.name == "xivo-2018" or kind not in kinds_of(anywhere):
        return
    scene = Scene(anywhere, kind)
    board, ask = scene.board, scene.board.house.ask
    absent = {"name": scene.task["name"], "context": "Comptabilite", "state": "absent"}
    path = {"group": "/groups", "conference": "/conferences"}[kind]
    first = {"group": "2091", "conference": "2095"}[kind]
    [thing] = ask("GET", path)["items"]
    ask("DELETE", f"{path}/{thing.get('uuid') or thing['id'] if kind == 'group' else thing['id']}")
    board.settled(scene.module, **absent)
    board.done(scene.module, **absent, extension=first)
    numbers = [exten for exten, _context in board.held()["extensions"]]
    assert first not in numbers
    assert "8001" in numbers


@pytest.mark.parametrize("kind", MODULES)
def test_an_owner_that_lost_its_number(anywhere: Bench, kind: str) -> None:
    """As a run leaves it that is cut off: the one number of its range that nobody has goes along; which of two does, is
    not guessed, and a number in no range of its kind is never taken."""
    if anywhere.name == "xivo-2018" or kind not in kinds_of(anywhere):
        return
    board = Scene(anywhere, kind).board
    module, ask = MODULES[kind][0], board.house.ask
    absent = {"name": "nuit", "context": "Comptabilite", "state": "absent"}
    path = {"group": "/groups", "conference": "/conferences"}[kind]
    context = next(name for name, handle in board.house.names.items() if handle == "Comptabilite")
    one, other = {"group": ("2093", "2094"), "conference": ("2098", "2099")}[kind]
    for exten in (one, "2050"):
        ask("POST", "/extensions", {"exten": exten, "context": context})
    body = {"name": "nuit", "label": "nuit"} if kind == "group" and not board.house.xivo else {"name": "nuit"}
    ask("POST", path, body)
    board.done(module, **absent)
    numbers = [exten for exten, _context in board.held()["extensions"]]
    assert one not in numbers and "2050" in numbers
    for exten in (one, other):
        ask("POST", "/extensions", {"exten": exten, "context": context})
    ask("POST", path, body)
    result = board.run(module, **absent)
    assert f"{one} in 'Comptabilite', {other} in 'Comptabilite'" in result["warnings"][0]
    assert {one, other} <= {exten for exten, _context in board.held()["extensions"]}

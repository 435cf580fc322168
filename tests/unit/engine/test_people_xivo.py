# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a XiVO does with people that nobody would guess, and how this collection goes about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.xivo.associations import Associations
from tests.unit.bench import Bench
from tests.unit.engine.test_people import make_extension, make_line
from tests.unit.household import ANNE, FULL, Household


@pytest.fixture(params=("xivo-2018", "xivo-16.15"))
def house(request: pytest.FixtureRequest, benches: Callable[[str], Bench]) -> Household:
    return Household(benches(request.param))


@pytest.fixture
def fork(benches: Callable[[str], Bench]) -> Household:
    """The one that XiVO made of it, which embeds nothing."""
    return Household(benches("xivo-2018"))


def peers(house: Household) -> list[str]:
    """The contexts in which the telephones stand."""
    return [house.names[peer["context"]] for peer in house.php("pbx_settings/lines")]


def test_the_peer_moves_along(house: Household) -> None:
    """Moving a number leaves the SIP peer in the old context, and no answer of confd shows it."""
    house.done(**FULL)
    house.done(email=ANNE["email"], context="Ventes", extension="3001")
    assert peers(house) == ["Ventes"]


def test_a_peer_that_was_left_behind_is_mended(fork: Household) -> None:
    fork.done(**FULL)
    number = next(item["id"] for item in fork.items("/extensions") if item["exten"] == "2001")
    fork.ask("PUT", f"/extensions/{number}", {"exten": "3001", "context": "ventes"})
    assert peers(fork) == ["Comptabilite"]
    result = fork.done(**FULL | {"context": "Ventes", "extension": "3001", "voicemail": None})
    assert result["changes"] == ["line"]
    assert peers(fork) == ["Ventes"]


def test_a_peer_of_16_15_is_mended_where_the_web_service_is_there(benches: Callable[[str], Bench]) -> None:
    house = Household(benches("xivo-16.15"))
    house.done(**FULL)
    number = next(item["id"] for item in house.items("/extensions") if item["exten"] == "2001")
    house.ask("PUT", f"/extensions/{number}", {"exten": "3001", "context": "Ventes"})
    house.bench.connection["webservices_url"] = house.bench.url
    wanted = FULL | {"context": "Ventes", "extension": "3001", "voicemail": None}
    assert house.done(**wanted)["changes"] == ["line"]
    assert peers(house) == ["Ventes"]


def test_the_line_itself_is_never_moved(house: Household) -> None:
    """PUT /lines with a context answers 204, and puts the peer into the wrong one."""
    house.done(**FULL)
    house.bench.forget()
    house.done(email=ANNE["email"], context="Ventes", extension="3001")
    assert not [e for e in house.bench.writes() if "/lines" in e["path"]]


def test_the_user_is_on_the_line_before_its_number_is(house: Household) -> None:
    """The fork answers 500 to a change of a number whose line has no user."""
    house.user(**FULL)
    order = [f"{e['method']} {e['path'].split('/1.1')[-1]}" for e in house.asked if e["method"] == "PUT"]
    assert order.index("PUT /users/1/lines/1") < next(i for i, o in enumerate(order) if "/lines/1/extensions/" in o)
    assert order.index("PUT /lines/1/endpoints/sip/1") < order.index("PUT /users/1/lines/1")


def test_two_programs_on_one_number(house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines can end up on one number at the same time, and no list shows it: it is read back."""
    really = Associations._line_extensions

    def both(self: Associations, pairs: list[tuple[int, int]]) -> dict[str, Any]:
        if pairs and 99 not in self.people.lines.rows:
            self.people.lines.rows[99] = {**self.people.lines.rows[pairs[0][0]], "id": 99, "_sip": None}
            pairs = [*pairs, (99, pairs[0][1])]
        return really(self, pairs)

    monkeypatch.setattr(Associations, "_line_extensions", both)
    result = house.user(**FULL)
    # It is left to the other, and the next one taken.
    assert result["changed"], result
    assert result["user"]["extension"] == "2002"


def test_a_commented_number_still_occupies_its_place(house: Household) -> None:
    """To the directory it is none at all."""
    house.done(**FULL | {"voicemail": None})
    number = next(item["id"] for item in house.items("/extensions") if item["exten"] == "2001")
    house.ask("PUT", f"/extensions/{number}", {"commented": True})
    assert "the extension 2001 is taken by" in house.refused(firstname="Bob", context="Comptabilite", extension="2001")
    assert house.done(firstname="Bob", context="Comptabilite")["user"]["extension"] == "2002"
    # She keeps it, and is not given another one beside it.
    house.settled(**FULL | {"voicemail": None})


def test_the_number_of_a_second_line_is_not_free(fork: Household) -> None:
    uuid = fork.done(**FULL)["user"]["uuid"]
    make_line(fork, uuid, exten="2002")
    assert "the extension 2002 is taken by another line" in fork.refused(
        firstname="Bob", context="Comptabilite", extension="2002"
    )
    assert fork.done(firstname="Bob", context="Comptabilite")["user"]["extension"] == "2003"


def test_a_loose_number_of_an_empty_16_15(benches: Callable[[str], Bench]) -> None:
    house = Household(benches("xivo-16.15"))
    make_extension(house, "2001")
    assert house.done(**FULL)["user"]["extension"] == "2001"


def test_the_device_leaves_first(house: Household) -> None:
    """Not simulated, so only that it is asked for: the line of somebody with a telephone cannot be taken apart."""
    house.done(**FULL)
    line = next(iter(house.bench.state.auth.database.rows("lines").values()))
    line["device_id"] = "5a1b"
    house.bench.forget()
    result = house.user(email=ANNE["email"], state="absent")
    assert [e["path"] for e in house.bench.writes()][0].endswith(f"/lines/{line['id']}/devices/5a1b")
    assert result["failed"]


def test_nulls_that_a_put_refuses_are_not_sent(house: Household) -> None:
    house.done(**ANNE, caller_id="Accueil")
    assert house.done(email=ANNE["email"], caller_id="")["user"]["caller_id"] == '"Anne Durand"'

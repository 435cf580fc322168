# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many of a kind in one task, and reading them: the same laws for every kind, on every server."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.modules import (
    xivo_conference_info,
    xivo_conferences,
    xivo_entity_info,
    xivo_group_info,
    xivo_groups,
    xivo_incall_info,
    xivo_incalls,
    xivo_user_info,
    xivo_users,
)

from tests.unit.bench import Bench, Result
from tests.unit.engine.test_numbered import Switchboard

ANNE = {"type": "user", "name": "Anne Durand"}
BERNARD = {"type": "user", "name": "Bernard Petit"}


@dataclass(frozen=True)
class Many:
    """A kind: its modules, three to make, the numbers of the first two exchanged for one another's and a free one, and
    what finds one of them."""

    module: ModuleType
    info: ModuleType
    plural: str
    three: tuple[dict[str, Any], ...]
    key: str
    free: str


KINDS = {
    "user": Many(
        xivo_users,
        xivo_user_info,
        "users",
        tuple(
            {"firstname": name, "context": "Comptabilite", "extension": "auto"} for name in ("Dora", "Emil", "Fanny")
        ),
        "firstname",
        "2080",
    ),
    "group": Many(
        xivo_groups,
        xivo_group_info,
        "groups",
        (
            {"name": "accueil", "context": "Comptabilite", "members": ["Anne Durand", "Carole Roux"]},
            {"name": "ventes", "context": "Comptabilite", "extension": "auto"},
            {"name": "nuit", "context": "Comptabilite", "members": []},
        ),
        "name",
        "2094",
    ),
    "conference": Many(
        xivo_conferences,
        xivo_conference_info,
        "conferences",
        tuple({"name": name, "context": "Comptabilite"} for name in ("bilan", "paie", "audit")),
        "name",
        "2099",
    ),
    "incall": Many(
        xivo_incalls,
        xivo_incall_info,
        "incalls",
        tuple(
            {"context": "from-extern", "extension": f"800{n}", "destination": destination}
            for n, destination in ((1, ANNE), (2, BERNARD), (3, ANNE))
        ),
        "extension",
        "",
    ),
}


class Board(Switchboard):
    def __init__(self, bench: Bench, kind: str) -> None:
        super().__init__(bench)
        if bench.name == "xivo-16.15" and kind == "conference":
            # Its xivo-confd knows no rooms, the web service beside it does.
            bench.connection["webservices_url"] = bench.url
        self.many = KINDS[kind]

    def bring(self, *declared: dict[str, Any], check_mode: bool = False, **options: Any) -> Result:
        return self.run(self.many.module, check_mode, **{self.many.plural: list(declared)}, **options)

    def applied(self, *declared: dict[str, Any], **options: Any) -> Result:
        """Check mode must foretell it, it must work, and the second time nothing is left to do."""
        foretold = self.bring(*declared, check_mode=True, **options)
        result = self.bring(*declared, **options)
        assert not result.get("failed"), result["msg"]
        assert (foretold["plan"], foretold["diff"]) == (result["plan"], result["diff"])
        self.bench.forget()
        again = self.bring(*declared, **options)
        assert again.get("changed") is False, again
        assert self.bench.writes() == []
        assert again[self.many.plural] == result[self.many.plural]
        return result

    def read(self, **options: Any) -> list[dict[str, Any]]:
        result = self.run(self.many.info, **options)
        assert not result.get("failed"), result
        found: list[dict[str, Any]] = result[self.many.plural]
        return found


@pytest.fixture(params=KINDS)
def board(request: pytest.FixtureRequest, anywhere: Bench) -> Board:
    return Board(anywhere, request.param)


# An incoming call is its number.
@pytest.fixture(params=[name for name, many in KINDS.items() if many.free])
def owners(request: pytest.FixtureRequest, anywhere: Bench) -> Board:
    return Board(anywhere, request.param)


def test_many_are_made_once_as_predicted(board: Board) -> None:
    many = board.many
    made = board.applied(*many.three)
    assert made["changed"]
    assert len(made["plan"]["create"]) == 3
    numbers = [one["extension"] for one in made[many.plural]]
    assert len(set(numbers)) == 3 and all(numbers)
    key = [one[many.key] for one in many.three]
    assert [one[many.key] for one in made[many.plural]] == key
    # What is left out stays, and what is not declared too.
    assert board.bring({k: v for k, v in many.three[0].items() if k in (many.key, "context")})["changed"] is False
    assert {one[many.key] for one in board.read()} >= set(key)


def test_what_is_read_applies_again(board: Board) -> None:
    board.applied(*board.many.three)
    found = board.read()
    options = board.many.module.SPEC[board.many.plural]["options"]
    again = board.bring(*[{key: value for key, value in one.items() if key in options} for one in found])
    assert again.get("changed") is False, again


def test_what_is_read_can_be_chosen(board: Board) -> None:
    many = board.many
    made = board.applied(*many.three)[many.plural]
    assert [one[many.key] for one in board.read(search=made[1]["extension"])] == [made[1][many.key]]
    there = board.read(context=many.three[0]["context"])
    assert {one[many.key] for one in many.three} <= {one[many.key] for one in there}
    assert board.read(context="default") == []


def test_a_number_goes_from_one_to_another_in_one_task(owners: Board) -> None:
    board, many = owners, owners.many
    first, second, third = board.applied(*many.three)[many.plural]
    moved = [
        {**many.three[0], "extension": second["extension"]},
        {**many.three[1], "extension": many.free},
        {many.key: third[many.key], "state": "absent"},
        {**many.three[2], many.key: "Neu" if many.key == "firstname" else "neu", "extension": third["extension"]},
    ]
    after = board.applied(*moved)[many.plural]
    numbers = [one and one["extension"] for one in after]
    assert numbers == [second["extension"], many.free, None, third["extension"]]
    swap = [{**moved[0], "extension": many.free}, {**moved[1], "extension": second["extension"]}]
    board.bench.forget()
    refused = board.bring(*swap)
    assert "No server can swap them at once" in refused["msg"]
    assert board.bench.writes() == []


def test_all_problems_are_told_before_the_first_write(board: Board) -> None:
    many = board.many
    bad = [{**many.three[0], "context": "nosuch"}, {**many.three[1], "context": "nichts"}, many.three[2]]
    board.bench.forget()
    result = board.bring(*bad)
    assert "'nosuch'" in result["msg"] and "'nichts'" in result["msg"]
    assert board.bench.writes() == []
    twice = board.bring(many.three[0], dict(many.three[0]))
    assert any(words in twice["msg"] for words in ("is declared twice.", "are one and the same user")), twice["msg"]
    assert board.bench.writes() == []


def test_one_thing_in_two_words_is_refused_before_any_write(board: Board) -> None:
    many = board.many
    made = board.applied(*many.three)[many.plural][0]
    one: dict[str, Any]
    other: dict[str, Any]
    if many.plural == "users":
        one, other = {"firstname": "Dora", "language": "fr_FR"}, {"uuid": made["uuid"], "language": "de_DE"}
    elif many.plural == "incalls":
        one, other = ({**many.three[0], "extension": pattern} for pattern in ("_802X", "_802x"))
    else:
        one, other = ({"name": name, "extension": many.free} for name in (made["name"], made["name"].upper()))
    held = board.held()
    for both in ((one, other), (other, one)):
        board.bench.forget()
        refused = board.bring(*both)
        assert any(words in refused["msg"] for words in ("are one and the same", "is declared twice.")), refused
        assert board.bench.writes() == []
    assert board.held() == held


def test_absent_twice(board: Board) -> None:
    many = board.many
    board.applied(*many.three)
    before = board.held()["extensions"]
    gone = [{**{k: one[k] for k in (many.key, "context")}, "state": "absent"} for one in many.three]
    result = board.applied(*gone)
    assert result[many.plural] == [None] * 3
    assert len(board.held()["extensions"]) == len(before) - 3


def test_purge_keeps_to_its_ceiling(board: Board) -> None:
    many = board.many
    made = board.applied(*many.three)[many.plural]
    there = len(board.read())
    board.bench.forget()
    refused = board.bring(many.three[0], purge=True, max_deletions=there - 2)
    assert f"That is {there - 1}, and max_deletions allows {there - 2}." in refused["msg"]
    assert board.bench.writes() == []
    kept = [made[1]["extension"][:-1] + "?"] if many.plural == "users" else [made[1][many.key].upper()]
    left = board.applied(many.three[0], purge=True, purge_exclude=[*kept, "*@EXAMPLE.com"], max_deletions=there)
    assert made[0][many.key] not in left["plan"]["delete"]
    found = {one[many.key] for one in board.read()}
    assert {made[0][many.key], made[1][many.key]} <= found
    assert made[2][many.key] not in found or many.plural == "users"
    board.applied(many.three[0], purge=True, max_deletions=there)
    assert len(board.read()) == 1


def test_what_is_purged_leaves_its_number_to_what_is_declared(owners: Board) -> None:
    board, many = owners, owners.many
    made = board.applied(*many.three)[many.plural]
    there = len(board.read())
    new = {**many.three[2], many.key: "neu", "extension": made[0]["extension"]}
    options = {"purge": True, "purge_exclude": ["*@example.com"], "max_deletions": there}
    after = board.applied(new, many.three[1], **options)
    assert [one["extension"] for one in after[many.plural]] == [made[0]["extension"], made[1]["extension"]]
    assert len(after["plan"]["delete"]) == 2


def test_going_on_after_a_failure(board: Board) -> None:
    many = board.many
    of_php = {"xivo-2018": ("groups", "conferences"), "xivo-16.15": ("conferences",)}
    if many.plural in of_php.get(board.bench.name, ()):
        path = "/meetme/$" if many.plural == "conferences" else "/groups/$"
    else:
        path = f"/{many.plural}$"
    # An incoming call has its number by then, and so is asked for once more.
    times = 2 if many.plural == "incalls" else 1
    board.bench.arm("error_before", method="POST", path=path, status=503, times=times)
    result = board.bring(*many.three, on_error="continue")
    assert result["failed"] and result["changed"]
    # Of the first a step may have been done.
    assert ([done for done in result["done"] if "': " not in done], len(result["left"])) == (result["done"][-2:], 1)
    board.applied(*many.three)


def test_many_in_place_cost_no_more_requests_than_one(board: Board) -> None:
    """But for what XiVO's web service shows of one group or room at a time only: one view more for each."""
    many = board.many
    board.applied(*many.three)

    def cost(*declared: dict[str, Any]) -> tuple[int, int]:
        board.bench.forget()
        assert board.bring(*declared).get("changed") is False
        views = [one for one in board.bench.requests() if "act=view" in one["query"]]
        return len(board.bench.requests()) - len(views), len(views)

    (one, one_view), (three, three_views) = cost(many.three[0]), cost(*many.three)
    assert three == one
    of_web_service = {"xivo-2018": ("groups", "conferences"), "xivo-16.15": ("conferences",)}
    more = 2 if many.plural in of_web_service.get(board.bench.name, ()) else 0
    assert three_views - one_view == more


def test_reading_entities(anywhere: Bench) -> None:
    result = anywhere._run(xivo_entity_info, {}, False)
    if anywhere.name.startswith("wazo"):
        assert "A Wazo server has no entities" in result["msg"]
        return
    names = [entity["name"] for entity in result["entities"]]
    assert names == sorted(names) and names
    assert set(result["entities"][0]) == {"name", "display_name"}
    [one] = anywhere._run(xivo_entity_info, {"search": names[0].upper()}, False)["entities"]
    assert one["name"] == names[0]


def test_namesakes_of_what_is_declared_can_be_purged(wazo: Bench) -> None:
    board = Board(wazo, "conference")
    bilan = {"name": "bilan", "context": "Comptabilite", "extension": "2095"}
    board.applied(bilan)
    for name in ("bilan", "bilan"):
        board.house.ask("POST", "/conferences", {"name": name})
    result = board.applied(bilan, purge=True, max_deletions=2)
    assert result["plan"]["delete"] == ["bilan", "bilan"]
    assert [room["extension"] for room in board.read()] == ["2095"]


def test_an_incoming_call_without_a_number_is_taken_by_one_only(anywhere: Bench) -> None:
    """A run that was cut off left it; of two that go to the same user it is the first."""
    board = Board(anywhere, "incall")
    [anne] = [user for user in board.house.items("/users") if user["firstname"] == "Anne"]
    board.house.ask("POST", "/incalls", {"destination": {"type": "user", "user_id": anne["id"]}})
    assert board.held()["incalls"] == [("user", [])]
    board.applied(*[{"context": "from-extern", "extension": f"800{n}", "destination": ANNE} for n in (1, 2)])
    assert board.held()["incalls"] == [("user", ["8001"]), ("user", ["8002"])]

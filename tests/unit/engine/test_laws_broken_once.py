# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What test_laws_of_kinds.py found to break a law, each as the smallest case."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.registry import many
from ansible_collections.telephony.xivo.plugins.modules import xivo_group

from tests.unit.bench import Bench, validated
from tests.unit.engine.test_bulk import ANNE, BERNARD, Board
from tests.unit.engine.test_numbered import Switchboard

CALL = {"context": "from-extern", "extension": "8001", "destination": ANNE}


def loose_call(board: Board, first: str = "Anne") -> None:
    """An incoming call without a number, as a run leaves it that is cut off."""
    [user] = [user for user in board.house.items("/users") if user["firstname"] == first]
    board.house.ask("POST", "/incalls", {"destination": {"type": "user", "user_id": user["id"]}})


@pytest.mark.parametrize("path", ["/extensions$", "/incalls$"])
def test_what_lies_about_after_a_lost_answer_is_gone_on_with(anywhere: Bench, path: str) -> None:
    board = Board(anywhere, "incall")
    anywhere.arm("reset", after=True, method="POST", path=path)
    result = board.bring(CALL)
    assert not result.get("failed"), result
    assert "done in part; the rest was done then" in result["warnings"][0]
    assert board.held()["incalls"] == [("user", ["8001"])]


def test_what_was_done_in_spite_of_the_answer_is_told(anywhere: Bench) -> None:
    board = Board(anywhere, "incall")
    anywhere.arm("reset", after=True, method="POST", path="/extensions$")
    anywhere.arm("error_before", status=502, method="POST", path="/incalls$", times=9)
    result = board.bring(CALL)
    assert result["changed"]
    assert result["done"] == ["what was asked first, which the server did in spite of its answer"]


def test_a_purge_leaves_what_becomes_of_use(anywhere: Bench) -> None:
    board = Board(anywhere, "incall")
    loose_call(board)
    board.applied(CALL, purge=True)
    assert board.held()["incalls"] == [("user", ["8001"])]


def test_a_purge_takes_what_has_no_number(anywhere: Bench) -> None:
    board = Board(anywhere, "incall")
    loose_call(board, "Bernard")
    assert "not declared: without a number. That is 1," in board.bring(CALL, purge=True)["msg"]
    assert board.applied(CALL, purge=True, max_deletions=1)["plan"]["delete"] == ["without a number"]
    assert board.held()["incalls"] == [("user", ["8001"])]


@pytest.mark.parametrize("number", range(3))
def test_a_purge_that_was_cut_off_leaves_no_number(anywhere: Bench, number: int) -> None:
    board = Board(anywhere, "incall")
    board.applied(CALL, {**CALL, "extension": "8002", "destination": BERNARD})
    options = {"purge": True, "max_deletions": 1}
    anywhere.arm("error_before", status=502, method="DELETE", path="/(incalls|extensions)/", skip=number, times=9)
    assert board.bring(CALL, **options)["failed"]
    anywhere.control("DELETE", "faults")
    board.applied(CALL, **options)
    held = board.held()
    assert held["incalls"] == [("user", ["8001"])]
    assert "8002" not in [exten for exten, _context in held["extensions"]]


def test_two_new_groups_of_one_label(wazo: Bench) -> None:
    board = Board(wazo, "group")
    groups = [{"name": "accueil", "context": "Comptabilite"}, {"name": "nuit", "label": "Accueil"}]
    for both in (groups, groups[::-1]):
        declared = [{**one, "context": "Comptabilite"} for one in both]
        wazo.forget()
        assert "are one and the same group." in board.bring(*declared)["msg"]
        assert wazo.writes() == []


def test_a_group_that_goes_takes_no_number_of_nobody(anywhere: Bench) -> None:
    """Not even the second time, when it is gone."""
    if anywhere.name == "xivo-2018":
        return
    board = Switchboard(anywhere)
    assert board.run(xivo_group, name="accueil", context="Comptabilite")["changed"]
    context = next(name for name, handle in board.house.names.items() if handle == "Comptabilite")
    board.house.ask("POST", "/extensions", {"exten": "2094", "context": context})
    board.done(xivo_group, name="accueil", context="Comptabilite", state="absent")
    assert "2094" in [exten for exten, _context in board.held()["extensions"]]


def test_a_new_user_without_the_voicemail_of_nobody(anywhere: Bench) -> None:
    board = Board(anywhere, "user")
    context = next(name for name, handle in board.house.names.items() if handle == "Comptabilite")
    board.house.ask("POST", "/voicemails", {"name": "Zoé", "number": "2042", "context": context})
    zoe = {"firstname": "Zoé", "context": "Comptabilite", "extension": "2042", "voicemail": {"state": "absent"}}
    result = board.applied(zoe)
    assert "The voicemail 2042 is nobody's" in result["warnings"][0]
    assert board.house.counts()["voicemails"] == 0


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_entity_is_declared_once(webservice: Bench, state: str) -> None:
    parts = many("entity")
    declared: list[dict[str, Any]] = [{"name": "acme", "state": state}] * 2
    known = {name: value for name, value in webservice.connection.items() if name in parts.spec}
    given = validated(parts.spec, {**known, "entities": declared})
    result = run.outcome(parts.spec, given, False, True, parts.engine)
    assert result["msg"] == "The entity 'acme' is declared twice."
    assert webservice.writes() == []

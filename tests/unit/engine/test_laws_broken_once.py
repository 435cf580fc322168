# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What test_laws_of_kinds.py found to break a law, each as the smallest case."""

from __future__ import annotations

from tests.unit.bench import Bench
from tests.unit.engine.test_bulk import Board


def test_two_new_groups_of_one_label(wazo: Bench) -> None:
    board = Board(wazo, "group")
    groups = [{"name": "accueil", "context": "Comptabilite"}, {"name": "nuit", "label": "Accueil"}]
    for both in (groups, groups[::-1]):
        declared = [{**one, "context": "Comptabilite"} for one in both]
        wazo.forget()
        assert "are one and the same group." in board.bring(*declared)["msg"]
        assert wazo.writes() == []

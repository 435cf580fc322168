# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A playbook that names its server, in an environment that speaks of another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.simulated import environment
from tests.unit.action.playbook import NAME, play
from tests.unit.bench import Bench

ACCOUNT = {"username": "admin", "password": "hF7-of-the-task"}


@pytest.mark.parametrize("fast_path", ["1", "0"])
def test_nothing_goes_to_the_server_of_the_environment(fast_path: str, benches: Any, tmp_path: Path) -> None:
    mine: Bench = benches("wazo-26.09")
    other: Bench = benches("xivo-2018")
    other.forget()
    variables = environment(other.name, other.url) | {"XIVO_TOKEN": "hF7-a-token", "XIVO_TENANT": "hF7-a-tenant"}
    variables |= {"XIVO_PRODUCT": "xivo", "XIVO_CA_PATH": "no/such/file", "XIVO_FAST_PATH": fast_path}
    context = {"name": "ventes", "label": "Ventes"}
    ran = play(
        mine,
        tmp_path,
        [
            {NAME + "xivo_context": context},
            {
                NAME + "xivo_context": {"name": "achats", "label": "Achats", "host": "{{ paris }}"},
                "vars": {"paris": mine.url},
            },
            # A wrong password is the one that is sent.
            {NAME + "xivo_context_info": ACCOUNT},
            # Without an account of its own, a task has none.
            {NAME + "xivo_context_info": {"host": "http://127.0.0.1:1", "username": None, "password": None}},
        ],
        **variables,
    )
    assert other.requests() == []
    assert ran.asked["POST /api/confd/1.1/contexts"] == 2
    assert ran.tokens == 3
    assert "hF7-a-t" not in ran.registered + ran.output
    assert "XIVO_PASSWORD" in ran.registered and "do not count: XIVO_HOST is" in ran.registered

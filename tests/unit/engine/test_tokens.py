# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One token for many tasks: made, found where it was made, and deleted."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.engine.contexts import run_context_info
from ansible_collections.telephony.xivo.plugins.module_utils.engine.tokens import run_token
from ansible_collections.telephony.xivo.plugins.modules import xivo_context_info, xivo_token

from tests.simulated import SERVERS, environment, simulator

WAZO = ("wazo-22.13", "wazo-26.09")


def options(server: str, url: str, spec: dict[str, Any], **given: Any) -> dict[str, Any]:
    params = {name: entry.get("default") for name, entry in spec.items()}
    params |= {key.removeprefix("XIVO_").lower(): value for key, value in environment(server, url).items()}
    return params | given


@pytest.mark.parametrize("server", SERVERS)
def test_a_token_serves_until_it_is_deleted(server: str) -> None:
    with simulator(server) as url:
        live = f"{url}/_simulator/tokens"
        foretold = run.run(options(server, url, xivo_token.SPEC), True, run_token)
        assert (foretold["token"], requests.get(live, timeout=9).json()) == ("", [])
        made = run.run(options(server, url, xivo_token.SPEC, expiration=60), False, run_token)
        assert not made.get("failed"), made
        assert [entry["token"] for entry in requests.get(live, timeout=9).json()] == [made["token"]]
        read = run.run(options(server, url, xivo_context_info.SPEC, token=made["token"]), False, run_context_info)
        assert not read.get("failed"), read
        assert len(requests.get(live, timeout=9).json()) == 1
        for _again in range(2):
            gone = run.run(options(server, url, xivo_token.SPEC, token=made["token"], state="absent"), False, run_token)
            assert not gone.get("failed"), gone
            assert requests.get(live, timeout=9).json() == []


@pytest.mark.parametrize("server", WAZO)
def test_a_wrong_password_and_no_account(server: str) -> None:
    with simulator(server) as url:
        refused = run.run(options(server, url, xivo_token.SPEC, password="mistyped"), False, run_token)
        assert "refused the username 'admin'" in refused["msg"]
        assert "mistyped" not in str(refused)
        nobody = run.run(options(server, url, xivo_token.SPEC, username=None, password=None), False, run_token)
        assert nobody["msg"] == "A token is made with username and password."


def test_a_server_that_gives_no_tokens() -> None:
    with simulator("xivo-2018") as url:
        params = options("xivo-2018", url, xivo_token.SPEC, auth_url=f"{url}/nothing")
        assert "neither a XiVO nor a Wazo" in run.run(params, False, run_token)["msg"]

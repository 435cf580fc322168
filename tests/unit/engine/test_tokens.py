# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One token for many tasks: made, found where it was made, and deleted."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.engine.tokens import run_token
from ansible_collections.telephony.xivo.plugins.module_utils.errors import RequestError
from ansible_collections.telephony.xivo.plugins.module_utils.registry import info
from ansible_collections.telephony.xivo.plugins.module_utils.transport.session import address
from ansible_collections.telephony.xivo.plugins.modules import xivo_context_info, xivo_token

from tests.simulated import SERVERS, environment, simulator
from tests.unit.bench import Bench

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
        read = run.run(options(server, url, xivo_context_info.SPEC, token=made["token"]), False, info("context").engine)
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


NO_TOKENS = (
    *(
        "../../../confd/1.1/contexts/5",
        "..",
        ".",
        "x/../../y",
        "..%2F..%2Fconfd%2F1.1%2Fcontexts%2F5",
        "%2e%2e",
        "a\\b",
    ),
    *("x?force=true", "x#y", "x y", "x\r\nX-Other: 1", "x\ny", "x\x1b[2J", "jeton-à-moi", "x\u2028y"),
)


@pytest.mark.parametrize("token", NO_TOKENS)
def test_what_is_no_token_is_neither_sent_nor_shown(wazo26: Bench, token: str) -> None:
    """Not as a part of an address, nor in a header."""
    spec = xivo_token.SPEC
    for module_spec, engine, more in (
        (spec, run_token, {"state": "absent"}),
        (xivo_context_info.SPEC, info("context").engine, {}),
    ):
        wazo26.forget()
        params = options(wazo26.name, wazo26.url, module_spec, token=token, **more)
        result = run.outcome(module_spec, params, False, True, engine)
        assert result["failed"]
        assert result["msg"].startswith("The option token holds something that no token has")
        assert not any(piece in result["msg"] for piece in ("confd", "force", "Other", "jeton", "2J", "%2"))
        assert "exception" not in result
        assert wazo26.requests() == []


@pytest.mark.parametrize("part", [*NO_TOKENS[:-1], "", "5/users"])
def test_no_part_of_an_address_leads_elsewhere(part: str) -> None:
    base = "https://host/api/confd/1.1"
    try:
        made = address(base, "users", part, "lines")
    except RequestError as error:
        assert part in ("", ".") or part not in error.text
        assert "cannot be a part of an address" in error.text
    else:  # it is one step of the path
        assert (part, made) == ("jeton-à-moi", f"{base}/users/jeton-%C3%A0-moi/lines")


@pytest.mark.parametrize("option", ["host", "confd_url", "auth_url", "webservices_url"])
@pytest.mark.parametrize(
    "start",
    ["http://admin:Pw9-in-it@", "admin:Pw9-in-it@", "http://admin%3APw9-in-it%40", "//admin@", "http:\\\\", "x y"],
)
def test_an_account_in_an_address_is_refused_and_not_shown(wazo26: Bench, option: str, start: str) -> None:
    params = options(wazo26.name, wazo26.url, xivo_context_info.SPEC)
    params[option] = start + wazo26.url.removeprefix("http://")
    wazo26.forget()
    result = run.outcome(xivo_context_info.SPEC, params, False, True, info("context").engine)
    assert result["failed"]
    assert result["msg"].startswith(f"The option {option} (or XIVO_{option.upper()} of the environment) ")
    assert "Pw9" not in str(result)
    assert "admin" not in str(result)
    assert wazo26.requests() == []

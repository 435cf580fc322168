# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that answer while something behind them does not run: what they did, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.telephony.xivo.plugins.modules import (
    xivo_conference,
    xivo_contexts,
    xivo_entity,
    xivo_group,
)

from tests.unit.bench import Bench

PHP = r"\.php/"
SAID = "xivo-confd must be running: Failed to connect to 127.0.0.1 port 9487 after 0 ms: Couldn't connect to server"
# Every task that the web service alone can do.
TASKS = [
    (xivo_entity, {"name": "autre", "display_name": "Autre"}),
    (xivo_group, {"name": "accueil", "context": "default", "extension": "8500"}),
    (xivo_conference, {"name": "bilan", "context": "default", "extension": "8600"}),
]


def plan(bench: Bench, how_many: int, **options: Any) -> Any:
    contexts = [{"name": f"bureau{number}"} for number in range(how_many)]
    return bench._run(xivo_contexts, {"contexts": contexts, **options}, check_mode=False)


@pytest.mark.parametrize("on_error", ["stop", "continue"])
@pytest.mark.parametrize("outage", ["confd_down", "database_down"])
def test_it_goes_down_in_the_middle(webservice: Bench, outage: str, on_error: str) -> None:
    """No answer of it counts as a write, and no other write is tried."""
    webservice.arm(outage, path="context", method="POST", skip=2, times=100)
    result = plan(webservice, 5, on_error=on_error)
    assert result["failed"]
    assert (result["done"], result["left"]) == (
        ["make the context 'bureau0'", "make the context 'bureau1'"],
        ["make the context 'bureau2'", "make the context 'bureau3'", "make the context 'bureau4'"],
    )
    assert len(webservice.writes()) == 3
    assert len([context for context in webservice.everything() if context["name"].startswith("bureau")]) == 2
    assert {
        "confd_down": f"does nothing while its xivo-confd does not run. It answered: '{SAID}'. Start xivo-confd there",
        "database_down": "the XiVO is ill: so it answers while its database is stopped",
    }[outage] in result["msg"]
    webservice.control("DELETE", "faults")
    assert not plan(webservice, 5).get("failed")


def test_its_confd_is_down_from_the_start(webservice: Bench) -> None:
    webservice.arm("confd_down", path=PHP, times=100)
    for options in ({}, {"product": "xivo"}, {"webservices_url": webservice.url}, {"password": "wrong-password-x"}):
        message = webservice.refused(name="new", **options)
        assert SAID in message
        assert "neither a XiVO nor a Wazo" not in message


def test_its_database_is_down_from_the_start(webservice: Bench) -> None:
    webservice.arm("database_down", path=PHP, times=100)
    message = webservice.refused(name="new")
    assert "refused this username and password" in message
    assert "It says the same while its database is stopped." in message


@pytest.mark.parametrize("task", TASKS, ids=["entity", "group", "room"])
def test_no_other_write_counts_either(webservice: Bench, task: Any) -> None:
    webservice.connect_to_confd()
    webservice.connection["webservices_url"] = webservice.url
    wide = [{"start": "8500", "end": "8599"}], [{"start": "8600", "end": "8699"}]
    assert webservice.context(name="default", group_ranges=wide[0], conference_room_ranges=wide[1])["changed"]
    module, options = task
    webservice.arm("confd_down", path=PHP, method="POST", times=100)
    result = webservice._run(module, options, check_mode=False)
    assert result["failed"]
    assert (result.get("changed", False), result.get("done", [])) == (False, [])
    assert SAID in result["msg"]


@pytest.mark.parametrize("act", ["list", "view"])
def test_no_read_counts_either(webservice: Bench, act: str) -> None:
    """Once the server is known, or the list was read."""
    webservice.arm("confd_down", path=PHP, method="GET", skip=1, times=100)
    assert SAID in webservice.info()["msg"] if act == "view" else webservice.context(name="new", label="new")["msg"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [("<h1>Log in</h1>", "a web page"), ("OK\x1b[2J\nmore", "'OK [2J more'"), ("Zr7-unguessable-Kx!", "'********!'")],
)
def test_a_200_of_somebody_else_is_no_success(
    webservice: Bench, monkeypatch: pytest.MonkeyPatch, body: str, shown: str
) -> None:
    """Such as a proxy's: it is read back, and the beginning of it shown."""
    webservice.connection |= {"username": "operator", "password": "Zr7-unguessable-Kx"}
    webservice.arm("error_before", path="context", method="POST")
    monkeypatch.setattr(webservice.state, "failure", lambda *_: ("text/html", body.encode()))
    webservice.app.wsgi_app.faults[0].status = 200
    result = webservice.context(name="new")
    assert f"The add of the context 'new' was answered with {shown}." in result["msg"]
    assert "Reading back shows that it was not done." in result["msg"]
    assert "\x1b" not in result["msg"]


def test_the_simulator_goes_down_as_recorded(webservice: Bench) -> None:
    """From the recordings: ways-xivo-webservices-2018.02, the cases down.*."""
    webservice.arm("confd_down", times=100)
    for query in ("act=list", "act=view&id=default", "act=add", "act=nosuch"):
        url = f"{webservice.url}/service/ipbx/json.php/restricted/system_management/context/?{query}"
        answer = requests.post(url, timeout=5)
        assert (answer.status_code, answer.text) == (200, SAID)
        assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
        assert "X-XIVO-WS-VERSION" not in answer.headers
    answer = requests.get(f"{webservice.url}/1.1/trunks", timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert "<title>502 Bad Gateway</title>" in answer.text

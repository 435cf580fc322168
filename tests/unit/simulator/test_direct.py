# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request that is handed to a simulated server is, to both sides, what it is over a network."""

from __future__ import annotations

import io
import re
import threading
from typing import Any
from unittest.mock import patch

import pytest
import requests

from tests.simulator.accounts import LOGIN, PASSWORD
from tests.simulator.control import CONNECTION, KINDS
from tests.unit.bench import Bench, lead
from tests.unit.direct import CONNECTION_FAULTS

ACCOUNT = (LOGIN, PASSWORD)
# Requests that servers grant, refuse and do not know, with all that a request can hold.
ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "{auth}/token", {"auth": ACCOUNT, "json": {"expiration": 60}}),
    ("POST", "{auth}/token", {"auth": (LOGIN, "wrong"), "json": {}}),
    ("POST", "{auth}/token", {"auth": ACCOUNT, "data": b"{", "headers": {"Content-Type": "application/json"}}),
    ("HEAD", "{auth}/token/none", {}),
    ("GET", "{confd}/infos", {}),
    # On a XiVO this sets a cookie, and the next request has it.
    ("GET", "/1.1/users", {"headers": {"X-Auth-Token": "none"}}),
    ("GET", "{confd}/contexts", {"params": {"search": "zoé & co", "order": "name", "limit": "2"}}),
    ("GET", "{confd}/users/a%2Fb/%C3%A9?x=%2F+%20", {"headers": {"X-Odd": " café ", "Accept": "text/html"}}),
    ("POST", "{confd}/users", {"json": {"firstname": "Zoé", "lastname": "O'Neil"}}),
    ("POST", "{confd}/users", {"data": b"not JSON"}),
    ("POST", "{confd}/users", {}),
    ("PUT", "{confd}/users/1", {"json": {"firstname": None}}),
    ("DELETE", "{confd}/users/1", {}),
    ("PATCH", "{confd}/users/1", {"json": []}),
    ("OPTIONS", "{confd}/contexts", {}),
    ("GET", "{php}/system_management/context/", {"params": {"act": "list"}, "auth": ACCOUNT}),
    ("GET", "{php}/system_management/context/", {"params": {"act": "list"}, "auth": (LOGIN, "wrong")}),
    ("POST", "{php}/system_management/context/", {"params": {"act": "add"}, "auth": ACCOUNT, "json": {"a": "é"}}),
    ("GET", "{php}/pbx_settings/users/", {"params": {"act": "view", "id": "99"}, "auth": ACCOUNT}),
    ("GET", "{php}/pbx_settings/nowhere/", {"auth": ACCOUNT}),
    ("GET", "/", {}),
    ("GET", "/", {"headers": {"X-Odd": "€"}}),
]
# Where its connection comes from, and what reads its body.
OF_THE_CONNECTION = {"REMOTE_PORT", "wsgi.input", "wsgi.errors", CONNECTION}
# What differs from one run to the next.
MADE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+")


class Way:
    """One way to a server: what arrives there, and what comes back."""

    def __init__(self, bench: Bench, session: requests.Session) -> None:
        self.bench, self.session = bench, session
        session.trust_env = False
        self.handed_over: list[bool] = []  # by request, whether it came without a thread of the web server

    def ask(self, method: str, path: str, **options: Any) -> str:
        """What the server was told, and what it answered or how that failed."""
        arrived: list[Any] = []
        control: Any = self.bench.app.wsgi_app
        served, asking = control.app, threading.get_ident()

        def watched(environ: dict[str, Any], start_response: Any) -> Any:
            body = environ["wsgi.input"].read()
            arrived.append((body, sorted((key, environ[key]) for key in environ.keys() - OF_THE_CONNECTION)))
            self.handed_over.append(threading.get_ident() == asking)
            return served(environ | {"wsgi.input": io.BytesIO(body)}, start_response)

        with patch.object(control, "app", watched):
            try:
                answer = self.session.request(
                    method, self.bench.url + path, timeout=5, allow_redirects=False, **options
                )
            except (requests.RequestException, UnicodeError) as error:
                return MADE.sub("MADE", f"{arrived}\n{error!r}")
        if "token" in path and answer.ok:
            self.session.headers["X-Auth-Token"] = answer.json()["data"]["token"]
        kept = answer.cookies.get_dict(), self.session.cookies.get_dict(), answer.encoding, answer.url
        told = (answer.status_code, answer.reason, list(answer.headers.items()), answer.content)
        return MADE.sub("MADE", f"{arrived}\n{told}\n{kept}")


@pytest.fixture
def ways(anywhere: Bench, monkeypatch: pytest.MonkeyPatch) -> tuple[Way, Way]:
    """Without a network, and over one."""
    # Answers have the time, of any number of digits, and signed cookies.
    monkeypatch.setattr("time.time", lambda: 1795853564.5)
    monkeypatch.setattr("secrets.token_hex", lambda size: "5" * size)
    return Way(anywhere, lead(requests.Session())), Way(anywhere, requests.Session())


def roots(bench: Bench) -> dict[str, str]:
    php = "/service/ipbx/json.php/restricted"
    if bench.name.startswith("wazo"):
        return {"auth": "/api/auth/0.1", "confd": "/api/confd/1.1", "php": php}
    return {"auth": "/0.1", "confd": "/noauth/1.1", "php": php}


def test_the_same_both_ways(anywhere: Bench, ways: tuple[Way, Way]) -> None:
    told = []
    for way in ways:
        anywhere.reset()
        told.append([way.ask(method, path.format(**roots(anywhere)), **options) for method, path, options in ASKED])
    assert told[0] == told[1]
    assert ("HTTP_COOKIE" in str(told)) is anywhere.name.startswith("xivo")
    direct, network = ways
    assert set(direct.handed_over) == {True}
    assert set(network.handed_over) == {False}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_faults_are_the_same_both_ways(anywhere: Bench, ways: tuple[Way, Way], kind: str, after: bool) -> None:
    """The second request meets it; and whatever a fault does to a connection is done to one."""
    told = []
    for way in ways:
        anywhere.reset()
        anywhere.arm(kind, after=after, skip=1, seconds=0.01, retry_after=2)
        told.append(
            [way.ask("POST", f"{roots(anywhere)['auth']}/token", auth=ACCOUNT, json={}) for _number in range(3)]
        )
        assert anywhere.control("GET", "faults") == []
    assert told[0] == told[1]
    direct, network = ways
    assert set(network.handed_over) == {False}
    reached = kind in ("slow", "cut", "expire_tokens", "error_after") or (kind == "reset" and after)
    assert direct.handed_over == [True, *([kind not in CONNECTION_FAULTS] if reached else []), True]

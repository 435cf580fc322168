# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated server, and the engines run against it as the modules run them.

Every run, also one that fails, is checked for what must hold always: no secret in the result, no token left behind,
no traceback, no write in check mode.
"""

from __future__ import annotations

import base64
import copy
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from unittest.mock import patch

import flask
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.transport.session import Answer, Session
from ansible_collections.telephony.xivo.plugins.modules import xivo_context, xivo_context_info, xivo_context_range

from tests.simulator.__main__ import make_server
from tests.simulator.accounts import LOGIN, PASSWORD
from tests.simulator.app import create_app
from tests.unit.direct import Direct

KINDS = {"user": "user", "group": "group", "queue": "queue", "conference_room": "meetme", "incall": "incall"}
PHP_WRITES = ("act=add", "act=edit", "act=delete")

Result = dict[str, Any]


# The servers of this process that are asked without a network, by the addresses that lead there.
DIRECT: dict[str, Direct] = {}


def lead(session: requests.Session) -> requests.Session:
    """Have a session ask the servers of this process without a network."""
    for address, adapter in DIRECT.items():
        session.mount(address, adapter)
    return session


class WatchedSession(Session):
    """Waits for nothing, not for a network either, and remembers what it would have waited, and the tokens it saw."""

    pauses: ClassVar[list[float]] = []
    tokens: ClassVar[list[str]] = []

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments, pause=self.pauses.append)
        lead(self._http)

    def send(self, method: str, url: str, **options: Any) -> Answer:
        answer = super().send(method, url, **options)
        if method == "POST" and url.endswith("/token") and isinstance(answer.body, dict) and "data" in answer.body:
            self.tokens.append(answer.body["data"]["token"])
        return answer


def parts(module: ModuleType) -> tuple[dict[str, Any], Any]:
    """The argument spec of a module, and its engine."""
    with patch.object(module, "run_module") as run_module:
        module.main()
    spec, run_engine, *_secret = run_module.call_args.args
    return spec, run_engine


def validated(spec: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The options as AnsibleModule would hand them over."""
    result = ArgumentSpecValidator(spec).validate(given)
    assert not result.error_messages, result.error_messages
    parameters: dict[str, Any] = result.validated_parameters
    return parameters


class Bench:
    """One simulated server."""

    def __init__(self, app: flask.Flask, url: str, authority: Path | None = None) -> None:
        # The server's inside: to prepare what no request can, and to look without asking.
        self.app = app
        self.state: Any = app.extensions["server"]
        self.name: str = self.state.name
        self.url = url
        self._inside = app.test_client()
        # Of somebody else, who asks the server past the modules.
        self.session = lead(requests.Session())
        self.session.trust_env = False
        self.session.verify = str(authority) if authority else True
        self.connection: dict[str, Any] = {}
        self.reset()

    def reset(self) -> None:
        self.control("POST", "reset")
        WatchedSession.pauses.clear()
        WatchedSession.tokens.clear()
        self.connection = {"host": self.url, "username": LOGIN, "password": PASSWORD, "timeout": 10}
        # Who uses numbers that are taken away is asked in the tests of just that.
        self.connection["force"] = True
        if self.name == "xivo-16.15":
            self.connect_to_confd()

    def saved(self) -> Any:
        """All that the server holds, to be put back as often as it is needed."""
        return copy.deepcopy(self.state.auth.database if self.name.startswith("xivo") else self.state.db)

    def put_back(self, saved: Any) -> None:
        fresh = copy.deepcopy(saved)
        if self.name.startswith("xivo"):
            self.state.auth.reset(fresh)
        else:
            self.state.db = fresh
        self.control("DELETE", "faults")
        self.forget()

    def connect_to_confd(self) -> None:
        """Use a XiVO's confd and xivo-auth in place of its web service."""
        self.connection |= {"confd_url": f"{self.url}/1.1", "auth_url": f"{self.url}/0.1"}

    def connect_to_webservice(self) -> None:
        self.connection |= {"confd_url": None, "auth_url": None, "webservices_url": self.url}

    # What the server was asked, and what goes wrong there

    def control(self, method: str, what: str, body: Any = None) -> Any:
        # Past the network: that would take as long as the test itself.
        answer = self._inside.open(f"/_simulator/{what}", method=method, json=body)
        assert answer.status_code < 400, answer.text
        return answer.json if answer.data else None

    def arm(self, kind: str, **options: Any) -> None:
        self.control("POST", "faults", {"kind": kind, **options})

    def forget(self) -> None:
        self.control("DELETE", "requests")

    def requests(self) -> list[dict[str, Any]]:
        return [dict(entry) for entry in self.app.wsgi_app.requests]  # type: ignore[attr-defined]  # a Control

    def writes(self) -> list[dict[str, Any]]:
        """The requests that could change something, tokens apart."""
        return [
            entry
            for entry in self.requests()
            if (
                any(act in entry["query"] for act in PHP_WRITES)
                if ".php/" in entry["path"]
                else entry["method"] not in ("GET", "HEAD") and "/token" not in entry["path"]
            )
        ]

    def tokens(self) -> list[str]:
        return [token["token"] for token in self.state.tokens()]

    def make_token(self, path: str, body: dict[str, Any]) -> str:
        """A token of somebody else."""
        answer = self.session.post(self.url + path, json=body, auth=(LOGIN, PASSWORD), timeout=10)
        token: str = answer.json()["data"]["token"]
        return token

    # The engines

    def context(self, check_mode: bool = False, **options: Any) -> Result:
        return self._run(xivo_context, options, check_mode)

    def range(self, check_mode: bool = False, **options: Any) -> Result:
        return self._run(xivo_context_range, options, check_mode)

    def info(self, **options: Any) -> Result:
        return self._run(xivo_context_info, options, check_mode=True)

    def done(self, **options: Any) -> Result:
        """Run `context`; it must work, change something, and have nothing left to change."""
        result = self.context(**options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"]
        again = self.context(**options)
        assert again.get("changed") is False, again
        return result

    def refused(self, run: Callable[..., Result] | None = None, **options: Any) -> str:
        """Run `context`, or `run`; it must fail without having written. Returns the message."""
        before = self.everything()
        self.forget()
        result = (run or self.context)(**options)
        assert result.get("failed"), result
        assert self.writes() == []
        assert self.everything() == before
        message: str = result["msg"]
        return message

    def refused_by_server(self, **options: Any) -> str:
        """Run `context`; the server must refuse it, and nothing be changed. Returns the message."""
        before = self.everything()
        self.forget()
        result = self.context(**options)
        assert result.get("failed"), result
        assert (result.get("changed", False), result.get("done", [])) == (False, [])
        assert self.everything() == before
        message: str = result["msg"]
        return message

    def _run(self, module: ModuleType, options: dict[str, Any], check_mode: bool) -> Result:
        spec, run_engine = parts(module)
        known = {name: value for name, value in self.connection.items() if name in spec}
        given = {name: value for name, value in (known | options).items() if value is not None}
        tokens, writes = self.tokens(), self.writes()
        result = run.outcome(spec, validated(spec, given), check_mode, True, run_engine)
        assert "exception" not in result, result["exception"]
        self.check_secrets(result, given)
        assert set(self.tokens()) <= set(tokens)
        if check_mode:
            assert self.writes() == writes
        return result

    @staticmethod
    def check_secrets(result: Result, given: dict[str, Any]) -> None:
        secrets = [*WatchedSession.tokens, given.get("token"), given.get("password")]
        if "username" in given and "password" in given:
            secrets.append(base64.b64encode(f"{given['username']}:{given['password']}".encode()).decode())
        shown = json.dumps(result, ensure_ascii=False, default=str)
        for secret in filter(None, secrets):
            assert secret not in shown

    # What the server holds, read past its APIs

    def everything(self) -> list[dict[str, Any]]:
        if self.name.startswith("xivo"):
            return [self._xivo(context) for context in self.state.auth.database.contexts]
        return [self._wazo(context) for context in self.state.db.contexts.values()]

    def stored(self, handle: str, tenant: str = "master") -> dict[str, Any]:
        """The one context of this name, or where the server makes the names, of this label."""
        key = "label" if self.name == "wazo-26.09" else "name"
        found = [c for c in self.everything() if c[key] == handle and c.get("tenant", tenant) == tenant]
        assert len(found) == 1, found
        return found[0]

    def _xivo(self, context: Any) -> dict[str, Any]:
        database = self.state.auth.database
        rows = database.numbers_of(context.name)
        return {
            "name": context.name,
            "label": context.displayname,
            "type": context.contexttype,
            "description": context.description,
            "enabled": not context.commented,
            "entity": context.entity,
            "ranges": {
                kind: sorted(
                    (r.numberbeg, r.numberend or r.numberbeg, r.didlength) for r in rows if r.type == KINDS[kind]
                )
                for kind in KINDS
            },
            "includes": [row.include for row in sorted(database.includes_of(context.name), key=lambda r: r.priority)],
        }

    def _wazo(self, context: Any) -> dict[str, Any]:
        database = self.state.db
        shown = "label" if self.name == "wazo-26.09" else "name"
        return {
            "name": context.name,
            "label": context.label,
            "type": context.type,
            "description": context.description or "",
            "enabled": context.enabled,
            "tenant": database.tenants[context.tenant_uuid].name,
            "ranges": {
                kind: sorted(
                    (r["start"], r.get("end") or r["start"], r.get("did_length", 0))
                    for r in context.ranges.get(KINDS[kind], ())
                )
                for kind in KINDS
            },
            "includes": [getattr(database.contexts[number], shown) for number in context.includes],
        }


@contextmanager
def bench(name: str, tls: Path | None = None) -> Iterator[Bench]:
    """Serve the simulator `name` on a free port; with `tls`, over https, its authority's certificate in that folder."""
    app = create_app(name)
    server = make_server(app, "127.0.0.1", 0, tls)
    server.error_log = lambda *_args, **_kwargs: None
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    url = f"{'https' if tls else 'http'}://127.0.0.1:{server.bind_addr[1]}"
    if not tls:
        DIRECT[f"{url}/"] = Direct(server)
    try:
        yield Bench(app, url, tls and tls / "ca.pem")
    finally:
        DIRECT.pop(f"{url}/", None)
        server.stop()
        thread.join()

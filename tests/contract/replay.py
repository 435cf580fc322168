# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays a recording against the simulator, and tells what is not the same."""

from __future__ import annotations

import difflib
import itertools
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from tests.contract import adapters
from tests.contract.adapters import TARGETS, Chance, Exchange
from tests.contract.names import LINK, TOKEN, TOKEN_KIND, Names, kind_of_path
from tests.contract.scope import SCOPE, Verdict, rule_for
from tests.contract.unrecorded import UNRECORDED
from tests.simulator.app import create_app
from tests.simulator.server import Server

HERE = Path(__file__).parent
TIME_KEYS = {"issued_at", "expires_at", "utc_issued_at", "utc_expires_at", "timestamp", "created_at", "dcreate"}
# Compared where the recording has them, and those of TELLING also where it has not: a client tells servers by them.
TELLING = ("www-authenticate", "x-xivo-ws-version")
COMPARED_HEADERS = ("content-type", "location", "allow", *TELLING)
COUNTED = re.compile(r"<(\d+) items>")


@dataclass
class Answer:
    """What is compared of an answer."""

    status: int
    headers: dict[str, str]
    body: Any

    def __str__(self) -> str:
        body = self.body
        if not isinstance(body, str):
            body = json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False)
        return f"{self.status}\n" + "".join(f"{k}: {v}\n" for k, v in sorted(self.headers.items())) + f"\n{body}\n"


@dataclass
class Outcome:
    """One exchange, replayed or not."""

    line: int
    exchange: Exchange
    verdict: Verdict
    expected: Answer | None = None
    got: Answer | None = None
    sent: str = ""
    # Why it is a listed exception, where it is one.
    listed: str = ""

    @property
    def case(self) -> str:
        case: str = self.exchange["case"]
        return case

    @property
    def same(self) -> bool:
        # As text, since to Python true is 1.
        return str(self.expected) == str(self.got)

    def diff(self) -> Iterator[str]:
        lines = difflib.unified_diff(
            str(self.expected).splitlines(), str(self.got).splitlines(), "recorded", "simulated", lineterm="", n=2
        )
        return (line for line in lines if not line.startswith("@@"))


@dataclass
class Report:
    """What the replay of one recording came to."""

    name: str
    outcomes: list[Outcome] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    @property
    def in_scope(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.verdict == "compare"]

    @property
    def different(self) -> list[Outcome]:
        return [outcome for outcome in self.in_scope if not outcome.same]

    @property
    def unlisted(self) -> list[Outcome]:
        return [outcome for outcome in self.different if not outcome.listed]


class Replay:
    """The replay of one recording."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.target = TARGETS[name]
        self.app = create_app(self.target.name, seed="contract")
        self.server: Server = self.app.extensions["server"]
        self.client = self.app.test_client()
        self.names = Names()
        self.unrecorded = dict(UNRECORDED.get(name, {}))

    def run(self) -> Report:
        report = Report(self.name)
        for number, exchange in enumerate(read(self.name), 1):
            case, method, path = exchange["case"], exchange["method"], exchange["path"]
            self.server.contract_step(self.name, case)
            for made in self.unrecorded.pop(case, []):
                self.exchange(made)
            rule = rule_for(self.name, case, method, path)
            outcome = Outcome(number, exchange, rule.verdict)
            if adapters.SERVICE_DOWN.match(case):
                self.client.post("/_simulator/faults", json={"kind": "error_after"})
            if outcome.verdict != "skip":
                self.exchange(exchange, outcome)
            report.outcomes.append(outcome)
        if self.unrecorded:
            raise ValueError(f"{self.name}: unrecorded before cases that there are not: {list(self.unrecorded)}")
        self._list_exceptions(report)
        return report

    def exchange(self, exchange: Exchange, outcome: Outcome | None = None) -> None:
        exchange = adapters.adapt(exchange)
        self.server.contract_dice(exchange.get("response_body"))
        response = self._send(exchange, outcome)
        if outcome is None and response.status_code != exchange["status"]:
            raise AssertionError(f"{self.name}: the unrecorded {exchange} came to {response.status}: {response.text}")
        kind = kind_of_path(exchange["path"])
        recorded, simulated = exchange.get("response_body"), json_or_text(response)
        if response.status_code == exchange["status"]:
            self.names.learn(recorded, simulated, kind)
        if outcome is not None:
            outcome.expected, outcome.got = self._comparable(exchange, recorded, response, simulated, kind)

    # Sending

    def _send(self, exchange: Exchange, outcome: Outcome | None) -> TestResponse:
        for name in TOKEN.findall(json.dumps([exchange.get(k) for k in ("path", "query", "request_headers")])):
            self._make_token(name)
        path = self.target.prefixes[exchange.get("server", "confd")] + self.names.path(exchange["path"])
        query = self.names.query(exchange.get("query"), exchange["path"])
        body = self._body(exchange)
        headers = {"User-Agent": ""}
        source = "127.0.0.1"
        self.client.delete_cookie("session")
        for key, value in (exchange.get("request_headers") or {}).items():
            if key == "(source address)":
                source = value
            elif masked := adapters.CREDENTIALS.fullmatch(value):
                login, password = masked["login"], masked["password"]
                if masked["scheme"] == "Basic":
                    headers[key] = adapters.basic(login, password)
                else:
                    with_cookie = "Cookie" in exchange["request_headers"]
                    headers[key] = adapters.digest(self.client, path, query, login, password, with_cookie)
            elif key not in ("Cookie", "Transfer-Encoding"):
                headers[key] = self.names.text(value)
        if outcome is not None:
            shown = "" if body is None else body[:2000].decode("utf-8", "replace")
            outcome.sent = f"{exchange['method']} {path}{'?' + query if query else ''}\n{shown}"
        return self.client.open(
            path,
            method=exchange["method"],
            query_string=query,
            headers=headers,
            data=body,
            environ_overrides={"REMOTE_ADDR": source},
        )

    def _body(self, exchange: Exchange) -> bytes | None:
        body = exchange.get("request_body")
        if body is None or isinstance(body, bytes):
            return body
        if isinstance(body, str):
            return self.names.text(body).encode()
        return json.dumps(self.names.value(body, kind_of_path(exchange["path"]))).encode()

    def _make_token(self, mask: str) -> None:
        """A token that the recording uses without having shown how it was made."""
        if self.names.knows(TOKEN_KIND, mask):
            return
        name = mask.removeprefix("<TOKEN:").removesuffix(">")
        if name in adapters.UNKNOWN_TOKENS:
            self.names.pair(TOKEN_KIND, mask, adapters.UNKNOWN_TOKENS[name])
            return
        life = adapters.SHORT_LIVES.get(name)
        response = self.client.post(
            self.target.token_path,
            json={**self.target.token_body, **({"expiration": life} if life else {})},
            headers={
                "Authorization": adapters.basic(adapters.TOKEN_ACCOUNTS.get(name, name), self.target.password),
                "User-Agent": "",
            },
        )
        if response.status_code != 200:
            raise AssertionError(f"{self.name}: no token for {mask}: {response.status} {response.text}")
        self.names.pair(TOKEN_KIND, mask, response.get_json()["data"]["token"], again=True)
        if life:
            time.sleep(life + 0.1)

    # Comparing

    def _comparable(
        self, exchange: Exchange, recorded: Any, response: TestResponse, simulated: Any, kind: str
    ) -> tuple[Answer, Answer]:
        expected = self.names.value(recorded, kind)
        got = links_apart(simulated)
        if exchange.get("body_unrecorded") or exchange.get("response_body_truncated"):
            expected = got = "(not recorded)"
        got = counted(expected, got)
        if order := adapters.chance(self.name, exchange):
            expected, got = ties_apart(expected, order), ties_apart(got, order)
        kept = dict(exchange.get("response_headers") or {})
        if recorded is None:
            kept.pop("content-type", None)
        return (
            Answer(exchange["status"], self._headers(kept, kept), options_apart(times_apart(expected))),
            Answer(response.status_code, self._headers(response.headers, kept), options_apart(times_apart(got))),
        )

    def _headers(self, headers: Headers | dict[str, str], recorded: dict[str, str]) -> dict[str, str]:
        """Those of the headers that are compared, without what differs from one server to the next."""
        comparable = {}
        for name in COMPARED_HEADERS:
            value = headers.get(name)
            if value is None or (name not in recorded and name not in TELLING):
                continue
            if name == "content-type":
                value = value.partition(";")[0]
            elif name == "location":
                value = LINK.sub("", value) if headers is not recorded else self.names.path(LINK.sub("", value))
            elif name == "allow":
                value = ", ".join(sorted(value.split(", ")))
            elif name == "www-authenticate":
                value = re.sub(r'(nonce|opaque)="\w+"', r'\1="…"', value)
            comparable[name] = value
        return comparable

    def _list_exceptions(self, report: Report) -> None:
        by_case: dict[tuple[str, int | None], Outcome] = {}
        for outcome in report.in_scope:
            by_case.setdefault((outcome.case, None), outcome)
            by_case[outcome.case, outcome.line] = outcome
        for entry in exceptions():
            if entry["file"] != self.name:
                continue
            found = by_case.get((entry["case"], entry.get("line")))
            if found is None:
                report.stale.append(f"{entry['case']}: no exchange in scope has this name")
            elif found.same:
                report.stale.append(f"{entry['case']}: has become the same")
            else:
                found.listed = entry["reason"]


def read(name: str) -> list[Exchange]:
    with (HERE / "recordings" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def exceptions() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((HERE / "exceptions.yml").read_text("utf-8")) or []
    for entry in loaded:
        if not {"file", "case", "reason"} <= entry.keys() or entry.keys() - {"file", "case", "line", "reason"}:
            raise ValueError(f"exceptions.yml: file, case, reason, and line where needed: {entry}")
        if entry["file"] not in SCOPE:
            raise ValueError(f"exceptions.yml: no such recording: {entry['file']}")
    return loaded


def json_or_text(response: TestResponse) -> Any:
    """The body as the recordings hold it: JSON where it is JSON, else text, and nothing where it is empty."""
    if not response.data:
        return None
    if response.mimetype == "application/json":
        try:
            return json.loads(response.data)
        except ValueError:
            pass
    return response.data.decode("utf-8", "replace")


def links_apart(value: Any) -> Any:
    """The value with its links beginning at the API's version, as those of a translated recording do."""
    if isinstance(value, dict):
        return {key: links_apart(item) for key, item in value.items()}
    if isinstance(value, list):
        return [links_apart(item) for item in value]
    return LINK.sub("", value) if isinstance(value, str) else value


def ties_apart(answer: Any, order: Chance) -> Any:
    """A list with the neighbours that are the same under the key in the order of their ids."""
    if not isinstance(answer, dict) or not isinstance(answer.get(order.items), list):
        return answer
    groups = itertools.groupby(answer[order.items], key=lambda item: order.key and item[order.key])
    items = [item for _unused, group in groups for item in sorted(group, key=lambda item: item[order.by])]
    return {**answer, order.items: items}


def times_apart(value: Any, key: str = "") -> Any:
    """The value with the form of its times instead of the times."""
    if isinstance(value, dict):
        return {name: times_apart(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [times_apart(item, key) for item in value]
    if key in TIME_KEYS:
        return re.sub(r"\d", "0", value) if isinstance(value, str) else type(value).__name__
    return value


def options_apart(value: Any) -> Any:
    """The value with the options of SIP endpoints and the like in one order: a Wazo shows them in any."""
    if isinstance(value, list):
        return [options_apart(item) for item in value]
    if isinstance(value, dict):
        return {
            key: sorted(item, key=str) if key.endswith("options") and isinstance(item, list) else options_apart(item)
            for key, item in value.items()
        }
    return value


def counted(expected: Any, got: Any) -> Any:
    """Where the recording only tells how many items there were, the simulated answer too."""
    if isinstance(expected, dict) and isinstance(got, dict) and isinstance(got.get("items"), list):
        items = expected.get("items")
        if isinstance(items, str) and COUNTED.fullmatch(items):
            return {**got, "items": f"<{len(got['items'])} items>"}
    return got

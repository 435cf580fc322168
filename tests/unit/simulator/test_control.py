# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls of the simulator, over real connections to a server of two routes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
import requests
from cheroot import wsgi

from tests.simulator import __main__ as command
from tests.simulator.app import wrap
from tests.simulator.server import Server

ROOT = Path(__file__).parents[3]


class Counter(Server):
    """A product that counts."""

    name = "counter"

    def register(self, app: flask.Flask) -> None:
        @app.get("/count")
        def show() -> dict[str, Any]:
            return {"count": self.count, "padding": "x" * 200}

        @app.get("/port")
        def port() -> str:
            """That of the client: the same for all requests of one connection."""
            return str(flask.request.environ["REMOTE_PORT"])

        @app.post("/count")
        def add() -> tuple[dict[str, int], int]:
            self.count += flask.request.get_json().get("by", 1)
            return {"count": self.count}, 201

        @app.delete("/count")
        def clear() -> tuple[str, int]:
            self.count = 0
            return "", 204

    def reset(self, seed: str = "fresh") -> None:
        self.count = 0 if seed == "fresh" else 100
        self.expired = False

    def tokens(self) -> list[dict[str, Any]]:
        return [] if self.expired else [{"token": "t", "login": "admin", "expires_at": "2026-01-01T00:00:00"}]

    def expire_tokens(self) -> None:
        self.expired = True


class Client:
    """Speaks to one server over one session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, self.url + path, timeout=5, **options)

    def arm(self, kind: str, **options: Any) -> None:
        assert self("POST", "/_simulator/faults", json={"kind": kind, **options}).status_code == 201

    def count(self) -> int:
        count: int = self("GET", "/count").json()["count"]
        return count

    def log(self) -> list[tuple[str, str, int | None]]:
        return [(r["method"], r["path"], r["status"]) for r in self("GET", "/_simulator/requests").json()]


def start(tls: Path | None = None) -> tuple[wsgi.Server, str]:
    server = command.make_server(wrap(Counter()), "127.0.0.1", 0, tls)
    server.error_log = lambda *_args, **_kwargs: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve, daemon=True).start()
    return server, f"{'https' if tls else 'http'}://127.0.0.1:{server.bind_addr[1]}"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server, url = start()
    yield url
    server.stop()


@pytest.fixture
def client(url: str) -> Client:
    client = Client(url)
    client("POST", "/_simulator/reset")
    return client


def test_log_holds_what_was_asked_but_not_the_controls(client: Client) -> None:
    client("GET", "/count?a=1&b=%C3%A9")
    client("POST", "/count", json={})
    client("GET", "/nowhere")
    assert client("GET", "/_simulator/requests").json() == [
        {"method": "GET", "path": "/count", "query": "a=1&b=%C3%A9", "status": 200},
        {"method": "POST", "path": "/count", "query": "", "status": 201},
        {"method": "GET", "path": "/nowhere", "query": "", "status": 404},
    ]
    assert client("DELETE", "/_simulator/requests").status_code == 204
    assert client.log() == []


def test_tokens(client: Client) -> None:
    assert [token["token"] for token in client("GET", "/_simulator/tokens").json()] == ["t"]
    client.arm("expire_tokens", method="POST")
    client("GET", "/count")
    assert client("GET", "/_simulator/tokens").json() != []
    client("POST", "/count", json={})
    assert client("GET", "/_simulator/tokens").json() == []


@pytest.mark.parametrize(("kind", "done"), [("error_before", 0), ("error_after", 1)])
def test_error(client: Client, kind: str, done: int) -> None:
    client.arm(kind, method="POST", status=503)
    answer = client("POST", "/count", json={})
    assert (answer.status_code, answer.json()) == (503, {"message": "Internal Server Error"})
    assert client.count() == done
    assert client("POST", "/count", json={}).status_code == 201
    assert [entry[2] for entry in client.log()] == [503, 200, 201]


def test_too_many(client: Client) -> None:
    client.arm("too_many", retry_after=3)
    answer = client("POST", "/count", json={})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert client.count() == 0


@pytest.mark.parametrize("after", [False, True])
def test_reset_of_the_connection(client: Client, after: bool) -> None:
    client.arm("reset", method="POST", after=after)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        client("POST", "/count", json={})
    assert client.count() == int(after)
    assert client.log()[0] == ("POST", "/count", None)


def test_cut_body(client: Client) -> None:
    client.arm("cut")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError), match="IncompleteRead"):
        client("GET", "/count")
    assert client.count() == 0


def test_cut_of_an_answer_without_a_body(client: Client) -> None:
    client("POST", "/count", json={"by": 5})
    client.arm("cut", method="DELETE")
    with pytest.raises(requests.ConnectionError):
        client("DELETE", "/count")
    assert client.count() == 0


def test_slow_answer_holds_up_nobody_else(client: Client) -> None:
    client.arm("slow", method="POST", seconds=1)
    began = time.monotonic()
    with pytest.raises(requests.ReadTimeout):
        client.session.post(client.url + "/count", json={}, timeout=0.2)
    assert client.count() == 1
    assert time.monotonic() - began < 0.9


def test_skip_times_method_and_path(client: Client) -> None:
    client.arm("error_before", method="post", path="^/cou", skip=1, times=2)
    assert client("GET", "/_simulator/faults").json()[0]["skip"] == 1
    assert [client("POST", "/count", json={}).status_code for _unused in range(4)] == [201, 500, 500, 201]
    assert client("GET", "/_simulator/faults").json() == []
    client.arm("error_before", path="^/other")
    assert client("GET", "/count").status_code == 200
    assert client("DELETE", "/_simulator/faults").status_code == 204
    assert client("GET", "/other").status_code == 404


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ([], "JSON object"),
        ({}, "kind"),
        ({"kind": "earthquake"}, "kind"),
        ({"kind": "slow", "second": 1}, "second"),
        ({"kind": "slow", "seconds": "1"}, "seconds"),
        ({"kind": "reset", "times": 0}, "times"),
        ({"kind": "reset", "times": True}, "times"),
        ({"kind": "error_before", "status": 404}, "status"),
        ({"kind": "reset", "path": "("}, "path"),
        ({"kind": "reset", "method": 1}, "method"),
        ({"kind": "reset", "after": "yes"}, "after"),
        ({"kind": "too_many", "retry_after": -1}, "retry_after"),
    ],
)
def test_bad_fault_is_refused(client: Client, fault: object, text: str) -> None:
    answer = client("POST", "/_simulator/faults", json=fault)
    assert answer.status_code == 400
    assert text in answer.json()["message"]
    assert client("GET", "/_simulator/faults").json() == []


def test_reset(client: Client) -> None:
    client("POST", "/count", json={})
    client.arm("reset", path="^/never")
    assert client("POST", "/_simulator/reset").status_code == 204
    assert client.log() == []
    assert client("GET", "/_simulator/faults").json() == []
    assert client.count() == 0
    assert client("POST", "/_simulator/reset", json={"seed": "contract"}).status_code == 204
    assert client.count() == 100
    assert client("POST", "/_simulator/reset", json={"seed": "rotten"}).status_code == 400
    assert client.count() == 100


def test_connection_is_kept_and_quick(client: Client) -> None:
    port = client("GET", "/port").text
    began = time.monotonic()
    for _unused in range(50):
        client("POST", "/count", json={})
        client("DELETE", "/count")
        client("HEAD", "/count")
    # Nagle's algorithm against delayed acknowledgements would cost 40 ms each.
    assert time.monotonic() - began < 150 * 0.02
    assert client("GET", "/port").text == port


def test_tls_is_trusted_through_the_authority_it_writes_only(tmp_path: Path) -> None:
    server, url = start(tmp_path / "tls")
    try:
        client = Client(url)
        with pytest.raises(requests.exceptions.SSLError):
            client.count()
        client.session.verify = str(tmp_path / "tls" / "ca.pem")
        assert client.count() == 0
        client.arm("reset")
        with pytest.raises(requests.ConnectionError):
            client("GET", "/count")
    finally:
        server.stop()


def run(port: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "tests.simulator", "--server", "wazo-26.09", "--port", str(port)]
    return subprocess.Popen(arguments, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_announces_itself_and_ends_at_once(number: signal.Signals) -> None:
    with run(0) as process:
        assert process.stdout
        line = process.stdout.readline()
        url = line.rpartition(" ")[2].strip()
        assert line == f"wazo-26.09 listening on {url}\n"
        assert requests.get(url + "/_simulator/requests", timeout=5).json() == []
        process.send_signal(number)
        assert process.wait(timeout=2) == 0


def test_command_says_that_the_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, run(other.getsockname()[1]) as process:
        output, errors = process.communicate(timeout=20)
        assert process.returncode == 1
        assert output == ""
        assert errors.count("\n") == 1
        assert f"cannot listen on 127.0.0.1:{other.getsockname()[1]}" in errors

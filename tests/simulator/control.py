# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's controls under ``/_simulator/``: the request log, the live tokens, the faults, the reset."""

from __future__ import annotations

import errno
import os
import re
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn

import flask
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from tests.simulator.server import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/_simulator/"
# Where the web server puts the request that it is busy with; absent under a test client.
CONNECTION = "simulator.request"
SEEDS = ("fresh", "contract")
KINDS = {
    "error_before": "answer `status` (a 5xx) and do nothing",
    "error_after": "do what was asked, then answer `status` (a 5xx)",
    "too_many": "answer 429 and do nothing; `retry_after` seconds go into Retry-After where given",
    "reset": "reset the connection instead of an answer, before doing anything, or `after` it was done",
    "cut": "do what was asked, then send half of the body and close; the same as a late reset where there is no body",
    "slow": "do what was asked, and answer `seconds` later",
    "expire_tokens": "make every live token an expired one, then do what was asked",
    "token_ends": "make every live token an expired one, do nothing, and answer as a Wazo 22 that notices late",
    "confd_down": "do nothing, and answer as the server does while its confd does not run",
    "database_down": "do nothing, and answer as the server does while its database is stopped",
}
OUTAGES = ("confd_down", "database_down")


class BadInput(ValueError):
    """A control call that cannot be obeyed; the text says why."""


@dataclass
class Fault:
    """What goes wrong, and for which requests: the first ``skip`` that match pass, the next ``times`` do not."""

    kind: str
    method: str | None = None
    path: str | None = None
    times: int = 1
    skip: int = 0
    status: int = 500
    seconds: float = 1.0
    retry_after: int | None = None
    after: bool = False

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Fault:
        if body.get("kind") not in KINDS:
            raise BadInput(f"kind: one of {', '.join(KINDS)}")
        _only_known(body, [field.name for field in fields(cls)])
        fault = cls(**body)
        for name, least, most in (("times", 1, 10**6), ("skip", 0, 10**6), ("status", 500, 599), ("seconds", 0, 600)):
            _check_number(name, getattr(fault, name), least, most)
        if fault.retry_after is not None:
            _check_number("retry_after", fault.retry_after, 0, 86400)
        if not isinstance(fault.after, bool):
            raise BadInput("after: true or false")
        for name in ("method", "path"):
            if not isinstance(getattr(fault, name), str | None):
                raise BadInput(f"{name}: text or null")
        try:
            re.compile(fault.path or "")
        except re.error as error:
            raise BadInput(f"path: not a regular expression: {error}") from error
        return fault

    def matches(self, method: str, path: str) -> bool:
        return (not self.method or self.method.upper() == method) and re.search(self.path or "", path) is not None


def _only_known(body: dict[str, Any], known: Iterable[str]) -> None:
    if unknown := sorted(set(body) - set(known)):
        raise BadInput(f"unknown: {', '.join(unknown)} (known: {', '.join(known)})")


def _check_number(name: str, value: object, least: int, most: int) -> None:
    types = (int, float) if name == "seconds" else (int,)
    if isinstance(value, bool) or not isinstance(value, types) or not least <= value <= most:
        raise BadInput(f"{name}: {'a number' if name == 'seconds' else 'an integer'} from {least} to {most}")


def path_of(environ: WSGIEnvironment) -> str:
    path: str = environ["PATH_INFO"]
    return path.encode("latin-1").decode("utf-8", "replace")


class Relayed(Response):
    """The server's own answer, header by header: of a 204, werkzeug would drop the length that wazo 22.13 tells."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        return self.headers


class Control:
    """The WSGI layer around a server's application."""

    def __init__(self, app: WSGIApplication, server: Server) -> None:
        self.app = app
        self.server = server
        self.requests: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        # An application of its own: the server's error handlers and checks do not touch the controls.
        self.control_app = _control_app(self)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = path_of(environ)
        if path.startswith(PREFIX):
            with self.server.lock:
                return Response.from_app(self.control_app, environ, buffered=True)(environ, start_response)

        method = environ["REQUEST_METHOD"]
        entry = {"method": method, "path": path, "query": environ.get("QUERY_STRING", ""), "status": None}
        with self.server.lock:
            self.requests.append(entry)
            fault = self._take(method, path)
            response = self._answer(fault, environ, path)
            cut = fault is not None and fault.kind == "cut"
            if response is None or (cut and not response.data):
                _reset(environ)
            entry["status"] = response.status_code
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        if cut:
            return _cut(response, environ, start_response)
        return response(environ, start_response)

    def forget(self) -> None:
        self.requests.clear()
        self.faults.clear()

    def due(self, method: str, path: str) -> Fault | None:
        """The fault that a request would meet: at most one, and the one that was armed first."""
        return next((fault for fault in self.faults if not fault.skip and fault.matches(method, path)), None)

    def _take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets; those before it let one request less pass."""
        found = self.due(method, path)
        for fault in self.faults:
            if fault is found:
                break
            if fault.skip and fault.matches(method, path):
                fault.skip -= 1
        if found:
            found.times -= 1
            if not found.times:
                self.faults.remove(found)
        return found

    def _answer(self, fault: Fault | None, environ: WSGIEnvironment, path: str) -> Response | None:
        """The answer, or None where the connection is to be reset."""
        if fault:
            if fault.kind == "error_before":
                return self._failure(path, fault.status)
            if fault.kind == "too_many":
                response = self._failure(path, HTTPStatus.TOO_MANY_REQUESTS)
                if fault.retry_after is not None:
                    response.headers["Retry-After"] = str(fault.retry_after)
                return response
            if fault.kind == "reset" and not fault.after:
                return None
            if fault.kind in OUTAGES:
                return self.server.outage(fault.kind, path)
            if fault.kind in ("expire_tokens", "token_ends"):
                self.server.expire_tokens()
            if fault.kind == "token_ends":
                return Response('{"message": "Invalid token"}\n', 500, content_type="application/json")
        response = Relayed.from_app(self.app, environ, buffered=True)
        if fault and fault.kind == "error_after":
            return self._failure(path, fault.status)
        if fault and fault.kind == "reset":
            return None
        return response

    def _failure(self, path: str, status: int) -> Response:
        content_type, body = self.server.failure(path, status)
        return Response(body, status=status, content_type=content_type)


def _reset(environ: WSGIEnvironment) -> NoReturn:
    request = environ.get(CONNECTION)
    if request is not None:
        # A client that is still sending would meet a broken pipe, and not the reset.
        environ["wsgi.input"].read()
        # Closed with nothing to linger for, TCP sends RST instead of FIN.
        connection = request.conn.socket
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
        request.conn.linger = True  # tells the web server that the closing is done
    raise ConnectionResetError(errno.ECONNRESET, "reset by a fault")


def _cut(response: Response, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    request = environ.get(CONNECTION)
    if request is not None:
        # Closing is what makes it a cut: with the connection kept, the client would wait for the rest.
        request.close_connection = True
    headers = response.get_wsgi_headers(environ)
    start_response(response.status, headers.to_wsgi_list())
    return [response.data[: len(response.data) // 2]]


def _control_app(control: Control) -> flask.Flask:
    app = flask.Flask("simulator", static_folder=None)

    def body() -> dict[str, Any]:
        if not flask.request.get_data():
            return {}
        value = flask.request.get_json(force=True, silent=True)
        if not isinstance(value, dict):
            raise BadInput("the body is to be a JSON object")
        return value

    @app.errorhandler(BadInput)
    def bad_input(error: BadInput) -> tuple[dict[str, str], int]:
        return {"message": str(error)}, HTTPStatus.BAD_REQUEST

    @app.get(PREFIX + "requests")
    def requests() -> list[dict[str, Any]]:
        return control.requests

    @app.delete(PREFIX + "requests")
    def forget_requests() -> tuple[str, int]:
        control.requests.clear()
        return "", HTTPStatus.NO_CONTENT

    @app.get(PREFIX + "tokens")
    def tokens() -> list[dict[str, Any]] | list[str]:
        """The live ones; with ``?all=1`` just the texts of all that were ever given, also before a reset."""
        return control.server.given_tokens if flask.request.args.get("all") else control.server.tokens()

    @app.get(PREFIX + "faults")
    def faults() -> list[dict[str, Any]]:
        return [asdict(fault) for fault in control.faults]

    @app.post(PREFIX + "faults")
    def arm_fault() -> tuple[dict[str, Any], int]:
        fault = Fault.from_body(body())
        control.faults.append(fault)
        return asdict(fault), HTTPStatus.CREATED

    @app.delete(PREFIX + "faults")
    def clear_faults() -> tuple[str, int]:
        control.faults.clear()
        return "", HTTPStatus.NO_CONTENT

    @app.post(PREFIX + "reset")
    def reset() -> tuple[str, int]:
        given = body()
        _only_known(given, ["seed"])
        seed = given.get("seed", "fresh")
        if seed not in SEEDS:
            raise BadInput(f"seed: one of {', '.join(SEEDS)}")
        control.server.reset(seed)
        control.forget()
        return "", HTTPStatus.NO_CONTENT

    return app

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated product offers to the framework."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import flask
from werkzeug.wrappers import Response

# What the nginx in front of each of them answers for a service that does not run.
BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    b"<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
)


class Server(ABC):
    """One simulated product. The framework holds ``lock`` around each request, so a server needs no locking."""

    name: ClassVar[str]

    def __init__(self) -> None:
        self.lock = threading.RLock()
        # Every token that was ever given, also before a reset.
        self.given_tokens: list[str] = []

    @abstractmethod
    def register(self, app: flask.Flask) -> None:
        """Add the routes to the application; called once, before the first reset."""

    @abstractmethod
    def reset(self, seed: str = "fresh") -> None:
        """Forget everything and start again.

        ``fresh`` is what the set-up wizard of a real server leaves behind, with the accounts of accounts.py;
        ``contract`` is the state from which the recordings started.
        """

    @abstractmethod
    def tokens(self) -> list[dict[str, Any]]:
        """The live tokens: ``token``, ``login`` and ``expires_at`` (ISO 8601)."""

    @abstractmethod
    def expire_tokens(self) -> None:
        """Make every live token an expired one."""

    def contract_step(self, recording: str, case: str) -> None:  # noqa: B027
        """Do what the makers of a recording did by SQL or in a configuration file before the exchange ``case``.

        The replay calls it before each exchange; what could be done over HTTP has no place here.
        """

    def contract_dice(self, answer: Any) -> None:  # noqa: B027
        """Draw next the random values (names, passwords, codes) that the real server drew for this recorded answer.

        The replay calls it before each exchange: lists are ordered by such values, so they cannot be any.
        """

    def failure(self, path: str, status: int) -> tuple[str, bytes]:
        """Content type and body of an uncaught error or a refusal by a fault, for a request of ``path``."""
        message = "Too Many Requests" if status == 429 else "Internal Server Error"
        return "application/json", json.dumps({"message": message}).encode() + b"\n"

    def outage(self, kind: str, path: str) -> Response:
        """The answer to a request of ``path`` while something behind it is down: ``confd_down``, ``database_down``."""
        if kind == "confd_down":
            return Response(BAD_GATEWAY, 502, {"Content-Type": "text/html"})
        content_type, body = self.failure(path, 500)
        return Response(body, 500, {"Content-Type": content_type})

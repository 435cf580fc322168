# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to a simulated server of this process, handed to it without a network: that is most of what they cost.

What a network does to a request is left to a network: those that meet a fault which breaks a connection, or keeps it
waiting, go over one, as all do to other servers, and over TLS. simulator/test_direct.py compares the two ways.
"""

from __future__ import annotations

import email.message
import io
import sys
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_to_bytes

import requests
from cheroot.server import QUOTED_SLASH, QUOTED_SLASH_REGEX
from cheroot.wsgi import Server
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from tests.simulator.control import Control, path_of

CONNECTION_FAULTS = ("reset", "cut", "slow")


class Direct(HTTPAdapter):
    """Stands in for the connections of a session to `server`."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.control: Control = server.wsgi_app.wsgi_app

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        environ = self._environ(request)
        # Held until the answer: no other request is to meet the fault that was found, or not, for this one.
        with self.control.server.lock:
            fault = self.control.due(environ["REQUEST_METHOD"], path_of(environ))
            if fault is None or fault.kind not in CONNECTION_FAULTS:
                return self._answer(request, environ)
        return super().send(request, *arguments, **options)

    def _environ(self, request: requests.PreparedRequest) -> dict[str, Any]:
        """What the web server makes of a request. UnicodeError for what HTTP cannot carry, as of http.client."""
        target = request.path_url
        path, _mark, query = target.encode("ascii").partition(b"?")
        path = QUOTED_SLASH.join(unquote_to_bytes(part) for part in QUOTED_SLASH_REGEX.split(path))
        body = request.body or b""
        environ = {
            "ACTUAL_SERVER_PROTOCOL": "HTTP/1.1",
            "PATH_INFO": path.decode("latin-1"),
            "QUERY_STRING": query.decode("ascii"),
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_PORT": "0",
            "REQUEST_METHOD": request.method,
            "REQUEST_URI": target,
            "SCRIPT_NAME": "",
            "SERVER_NAME": self.server.server_name,
            "SERVER_PORT": str(self.server.bind_addr[1]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_SOFTWARE": self.server.software,
            "wsgi.errors": sys.stderr,
            "wsgi.input": io.BytesIO(body if isinstance(body, bytes) else body.encode("latin-1")),
            "wsgi.input_terminated": False,
            "wsgi.multiprocess": False,
            "wsgi.multithread": True,
            "wsgi.run_once": False,
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "HTTP_HOST": f"127.0.0.1:{self.server.bind_addr[1]}",
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            text = value.decode("latin-1") if isinstance(value, bytes) else value.encode("latin-1").decode("latin-1")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text.strip()
        return environ

    def _answer(self, request: requests.PreparedRequest, environ: dict[str, Any]) -> requests.Response:
        started: list[Any] = []
        parts = self.control(environ, lambda status, headers, _problem=None: started.extend((status, headers)))
        body = b"".join(parts)
        status, given = started
        headers = HTTPHeaderDict(given)
        if "content-length" not in headers and int(status[:3]) not in (204, 205, 304):
            headers["Transfer-Encoding"] = "chunked"
        headers.setdefault("Date", formatdate(usegmt=True))
        headers.setdefault("Server", self.server.server_name)
        raw = HTTPResponse(
            io.BytesIO(body),
            headers,
            int(status[:3]),
            reason=status[4:],
            preload_content=False,
            decode_content=False,
            request_method=request.method,
        )
        if "set-cookie" in headers:
            raw._original_response = _Headers(headers)  # type: ignore[assignment]  # where requests looks for them
        return self.build_response(request, raw)


class _Headers:
    """What requests and urllib3 use of http.client's answer, which has been read to its end."""

    def __init__(self, headers: HTTPHeaderDict) -> None:
        self.msg = email.message.Message()
        for name, value in headers.iteritems():
            self.msg[name] = value

    @staticmethod
    def isclosed() -> bool:
        return True

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a recorded request is put to the simulator: paths, masked credentials, and what the recordings leave unsaid."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from requests.auth import HTTPDigestAuth
from requests.utils import parse_dict_header
from werkzeug.test import Client

Exchange = dict[str, Any]
# An account that was made for a case had the time in its name: many1795415630.
CREDENTIALS = re.compile(r"(?P<scheme>Basic|Digest) <(?P<login>[^:>]+?)(?:\d{10})?:(?P<password>[^>]*)>")
JSON = "application/json"


@dataclass
class Target:
    """The simulated server that stands for the recorded ones, and where it has their APIs."""

    name: str
    prefixes: dict[str, str]
    # Where a token is made, and the body that asks for one.
    token_path: str
    token_body: dict[str, Any] = field(default_factory=dict)
    # Of the accounts that the recordings mask; of others the login is that of the token's name.
    password: str = "secret"


WAZO_PREFIXES = {"confd": "/api/confd", "auth": "/api/auth"}
# What was asked on port 9487, which wants no authentication, the simulator has below /noauth.
XIVO_PREFIXES = {"confd": "/noauth", "confd-9486": "", "auth-9497": "", "webi": ""}
XIVO_TOKEN: dict[str, Any] = {
    "token_path": "/0.1/token",
    "token_body": {"backend": "xivo_service"},
    "password": "proformatique",
}

TARGETS = {
    "wazo-confd-26.09": Target("wazo-26.09", WAZO_PREFIXES, "/api/auth/0.1/token"),
    "wazo-confd-22.13": Target("wazo-22.13", WAZO_PREFIXES, "/api/auth/0.1/token"),
    "people-wazo-26.09": Target("wazo-26.09", WAZO_PREFIXES, "/api/auth/0.1/token"),
    "people-wazo-22.13": Target("wazo-22.13", WAZO_PREFIXES, "/api/auth/0.1/token"),
    "xivo-confd-16.15": Target("xivo-16.15", XIVO_PREFIXES, **XIVO_TOKEN),
    "xivo-confd-fork-2016-10-19": Target("xivo-2018", XIVO_PREFIXES, **XIVO_TOKEN),
    "xivo-webservices-2018.02": Target("xivo-2018", XIVO_PREFIXES, **XIVO_TOKEN),
    "people-xivo-confd-16.15": Target("xivo-16.15", XIVO_PREFIXES, **XIVO_TOKEN),
    "people-xivo-confd-fork-2016-10-19": Target("xivo-2018", XIVO_PREFIXES, **XIVO_TOKEN),
    "people-xivo-webservices-2018.02": Target("xivo-2018", XIVO_PREFIXES, **XIVO_TOKEN),
}

# Tokens that the recordings use without having shown how they were made are those of an account of the same name, but:
TOKEN_ACCOUNTS = {"tmp": "admin", "short": "admin"}
# Never issued.
UNKNOWN_TOKENS = {"unknown": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}
# Used once it has expired; its life in seconds.
SHORT_LIVES = {"short": 1}

# The bytes that could not be recorded as text, one after the other.
LOST_BYTES = {
    "contexts.create.body.charset-latin1": [b"\xe9"],
    "contexts.create.body.invalid-utf8": [b"\xff"],
    "contexts.create.body.utf16": [b"\xff", b"\xfe"],
}

# What was recorded from a bare socket, with the raw answers, of which the first final one counts; the web server in
# front of the application is not in play here.
ADMIN = {"X-Auth-Token": "<TOKEN:admin>"}
ADMIN_JSON = {**ADMIN, "Content-Type": JSON}
REWRITTEN: dict[str, dict[str, Any]] = {
    "http.body-41-MiB": {
        "request_headers": ADMIN_JSON,
        "request_body": b'{"label": "' + b"x" * (41 << 20) + b'"}',
    },
    "http.keep-alive": {"request_headers": ADMIN, "body_unrecorded": True},
    "http.http-1.0": {"request_headers": ADMIN, "body_unrecorded": True},
    "http.raw.put-204-then-get-same-connection": {"request_headers": ADMIN_JSON},
    "http.raw.put-204-pipelined": {"request_headers": ADMIN_JSON, "request_body": '{"label":"Brut 3"}'},
    "http.raw.head": {"request_headers": ADMIN, "request_body": None, "method": "HEAD"},
    "http.raw.expect-100": {"request_headers": ADMIN_JSON, "method": "POST", "path": "/1.1/contexts"},
    # Without a length there is no body.
    "http.raw.no-content-length": {
        "request_headers": ADMIN_JSON,
        "method": "POST",
        "path": "/1.1/contexts",
        "request_body": b"",
    },
    "http.raw.chunked": {"request_headers": ADMIN_JSON},
}
# Lists whose order is chance among the items that are the same under the key: PostgreSQL promises none. Without a key
# the whole order is chance, that of names with a random uuid in them.
CHANCE = {
    ("wazo-confd-26.09", "contexts.list.beta.order-name"): None,
    **{
        (name, f"contexts.list.beta.order-{key}"): key
        for name in ("wazo-confd-26.09", "wazo-confd-22.13")
        for key in ("type", "description")
    },
}


@dataclass(frozen=True)
class Chance:
    """Of the list under ``items``, those that are the same under ``key`` are compared in the order of ``by``."""

    key: str | None
    items: str = "items"
    by: str = "id"


# The people of XiVO are listed in the order of a column in which many have the same value, or none at all.
PEOPLE_ORDER = {
    "/1.1/users": "lastname",
    "/1.1/lines": "name",
    "/1.1/endpoints/sip": "username",
    "/1.1/extensions": "exten",
    "/1.1/voicemails": "number",
}


def chance(name: str, exchange: Exchange) -> Chance | None:
    """What is chance in the order of the recorded list."""
    if (name, exchange["case"]) in CHANCE:
        return Chance(CHANCE[name, exchange["case"]])
    if name == "people-wazo-26.09" and exchange["case"] == "incalls.list":
        # Sorted by their numbers, which most have not.
        return Chance(None)
    if name.startswith("people-xivo-") and exchange["status"] == 200:
        if exchange["path"] == "/1.1/users/export":
            return Chance(None, "content", "uuid")
        if exchange["path"] in PEOPLE_ORDER:
            asked = dict(parse_qsl(exchange.get("query") or "")).get("order")
            return Chance(asked or PEOPLE_ORDER[exchange["path"]])
    return None


RAW_ANSWER = re.compile(r"HTTP/1\.1 (?P<status>[2-5]\d\d) [^\r]*\r\n(?P<headers>(?:[^\r]+\r\n)*)\r\n", re.ASCII)

# A service that is down behind the real server, and the fault that stands for it: the commit comes first.
SERVICE_DOWN = re.compile(r"down\.(sysconfd\.(create|update|delete)|bus\.create)$")


def adapt(exchange: Exchange) -> Exchange:
    """The exchange in the form of all the others."""
    adapted = {**exchange, **REWRITTEN.get(exchange["case"], {})}
    sent = adapted.get("request_body")
    if (lost := LOST_BYTES.get(exchange["case"])) and isinstance(sent, str):
        first, *others = sent.split("\ufffd")
        adapted["request_body"] = first.encode() + b"".join(
            byte + text.encode() for byte, text in zip(lost, others, strict=True)
        )
    if exchange["case"].startswith("concurrency.") and sent is not None:
        # The client of these sent it, but it was not noted.
        adapted["request_headers"] = {**exchange["request_headers"], "Content-Type": JSON}
    body = exchange.get("response_body")
    if isinstance(body, str) and (answer := RAW_ANSWER.search(body)):
        headers = dict(line.lower().split(": ", 1) for line in answer["headers"].splitlines())
        length = 0 if answer["status"] == "204" or adapted["method"] == "HEAD" else int(headers["content-length"])
        adapted["status"] = int(answer["status"])
        adapted["response_headers"] = {key: headers[key] for key in ("content-type", "location") if key in headers}
        adapted["response_body"] = _json_or_text(body[answer.end() : answer.end() + length])
    elif isinstance(body, str) and adapted["status"] == 413:
        adapted["response_body"] = _json_or_text(body)
    return adapted


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text or None


def basic(login: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()


def digest(client: Client, path: str, query: str, login: str, password: str, with_cookie: bool) -> str:
    """The header that answers the challenge of a first request, whose session cookie stays in the client or not."""
    challenge = client.get(path, query_string=query)
    if not with_cookie:
        client.delete_cookie("session")
    auth = HTTPDigestAuth(login, password)
    auth.init_per_thread_state()
    # It has no public way to be given a challenge that was not answered to itself.
    auth._thread_local.chal = parse_dict_header(challenge.headers["WWW-Authenticate"].removeprefix("Digest "))  # type: ignore[attr-defined]
    header: str | None = auth.build_digest_header("GET", f"http://localhost{path}" + (f"?{query}" if query else ""))
    assert header is not None
    return header

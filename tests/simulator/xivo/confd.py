# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""xivo-confd: the REST API under /1.1.

Two ages of it: the one that XiVO took over on 2016-10-19 (the fork), and the community's 16.15, which added
``/contexts`` and embeds the associated resources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import flask
import werkzeug.exceptions
from werkzeug.routing import Map, Rule

from tests.simulator.xivo import access
from tests.simulator.xivo.auth import Auth
from tests.simulator.xivo.database import Database
from tests.simulator.xivo.python2 import py2_order, py2_repr
from tests.simulator.xivo.schema import Invalid, Schema, load

PREFIX = "/1.1"
# A real server listens a second time, on port 9487 of the loopback, without authentication.
OPEN_PREFIX = "/noauth/1.1"

NOT_FOUND_PAGE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>The requested URL was not found on the server.  If you entered the URL manually please check your spelling and try \
again.</p>
"""
VERBS = {"GET": "read", "HEAD": "read", "POST": "create", "PUT": "update", "DELETE": "delete"}


class Failure(Exception):
    """An answer that is an error: a JSON array of strings, or for one odd case something else."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(body)
        self.status = status
        self.body = body


def input_error(message: str) -> Failure:
    return Failure(400, [f"Input Error - {message}"])


def resource_error(message: str, **metadata: Any) -> Failure:
    return Failure(400, [f"Resource Error - {message}{_metadata(metadata)}"])


def not_found(resource: str, **metadata: Any) -> Failure:
    return Failure(404, [f"Resource Not Found - {resource} was not found{_metadata(metadata)}"])


def unknown_context(name: str) -> Failure:
    return input_error(f"field 'context': Context was not found{_metadata({'context': name})}")


def unexpected(message: str) -> Failure:
    return Failure(500, [f"Unexpected error: {message}"])


def _metadata(metadata: dict[str, Any]) -> str:
    if not metadata:
        return ""
    return " (" + ", ".join(f"'{key}': {py2_repr(metadata[key])}" for key in py2_order(metadata)) + ")"


class Created:
    def __init__(self, resource: str, body: dict[str, Any]) -> None:
        self.location = f"{resource}/{body['id']}"
        self.body = body


class Confd:
    def __init__(self, auth: Auth, rules: Callable[[Confd], Iterable[Rule]]) -> None:
        self.auth = auth
        # An endpoint is the function that answers; it returns the body of a 200, a Created, or None for a 204.
        self._map = Map(list(rules(self)), merge_slashes=False)

    @property
    def database(self) -> Database:
        return self.auth.database

    def register(self, app: flask.Flask) -> None:
        for prefix in (PREFIX, OPEN_PREFIX):
            app.add_url_rule(
                prefix + "/<path:path>",
                endpoint=f"confd {prefix}",
                view_func=self._answer,
                defaults={"prefix": prefix},
                methods=["GET", "POST", "PUT", "DELETE", "PATCH"],
            )

    def url(self, path: str) -> str:
        prefix = flask.request.view_args["prefix"] if flask.request.view_args else PREFIX
        return f"{flask.request.host_url.rstrip('/')}{prefix}/{path}"

    def links(self, resource: str, number: int, rel: str) -> list[dict[str, str]]:
        return [{"rel": rel, "href": self.url(f"{resource}/{number}")}]

    def body(self, schema: Schema, partial: bool = False) -> dict[str, Any]:
        """The checked body of the request."""
        data = flask.request.get_data()
        body = None
        if flask.request.is_json:
            try:
                body = json.loads(data)
            except (ValueError, RecursionError):
                raise Failure(400, [_message(werkzeug.exceptions.BadRequest)]) from None
        try:
            return load(schema, body, partial)
        except Invalid as invalid:
            errors = invalid.errors
            raise Failure(
                400, [f"Input Error - {name}: {py2_repr(errors[name])}" for name in py2_order(errors)]
            ) from None

    def _answer(self, path: str, prefix: str) -> flask.Response:
        response = self._dispatch("/" + path, prefix)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    def _dispatch(self, path: str, prefix: str) -> flask.Response:
        method = flask.request.method
        try:
            function, arguments = self._map.bind("confd").match(path, method)
        except werkzeug.exceptions.MethodNotAllowed:
            return _json(405, [_message(werkzeug.exceptions.MethodNotAllowed)])
        except werkzeug.exceptions.HTTPException:
            return flask.Response(NOT_FOUND_PAGE, status=404, content_type="text/html")
        if prefix == PREFIX and not access.allowed(self.auth, _acl(method, path)):
            return access.challenge()
        try:
            result = function(**arguments)
        except Failure as failure:
            return _json(failure.status, failure.body)
        if result is None:
            return flask.Response(status=204, content_type="application/json")
        if isinstance(result, Created):
            response = _json(201, result.body)
            response.headers["Location"] = self.url(result.location)
            return response
        return _json(200, result)


def _acl(method: str, path: str) -> str:
    return "confd" + path.replace("/", ".") + "." + VERBS.get(method, "update")


def _json(status: int, body: Any) -> flask.Response:
    return flask.Response(json.dumps(body), status=status, content_type="application/json")


def _message(error: type[werkzeug.exceptions.HTTPException]) -> str:
    """The texts of Werkzeug have not changed since, but for two."""
    if error is werkzeug.exceptions.BadRequest:
        return "The browser (or proxy) sent a request that this server could not understand."
    return str(error.description)


class Listing:
    """``GET`` of a collection: search, exact filters, order, and a page of the result."""

    def __init__(
        self,
        columns: Iterable[str],
        order: str = "id",
        integers: Iterable[str] = ("id",),
        booleans: Iterable[str] = (),
        search: Iterable[str] | None = None,
    ) -> None:
        self.columns = tuple(columns)
        self.order = order
        self.integers = tuple(integers)
        self.booleans = tuple(booleans)
        self.search = self.columns if search is None else tuple(search)

    def find(
        self, rows: Iterable[Any], value: Callable[[Any, str], Any], query_error: Callable[[str, str], Failure]
    ) -> tuple[int, list[Any]]:
        """How many rows there are in all, and those of the page. ``value`` gives a row's value in a column."""
        args = flask.request.args
        limit = _positive("limit", args.get("limit"), 1)
        offset = _positive("offset", args.get("offset", args.get("skip")), 0)
        order, direction = args.get("order", self.order), args.get("direction", "asc")
        if order not in self.columns:
            raise input_error(f"order: column '{order}' was not found")
        if direction not in ("asc", "desc"):
            raise input_error("direction: must be 'asc' or 'desc'")
        found = list(rows)
        if search := args.get("search"):
            like = _like(search)
            found = [row for row in found if any(like.fullmatch(_text(value(row, name))) for name in self.search)]
        for name, wanted in args.items():
            if name in self.columns:
                if name in self.integers and not wanted.strip().lstrip("+-").isdigit():
                    raise query_error(name, wanted)
                if name in self.booleans:
                    wanted = wanted.lower()
                    if wanted not in ("true", "false"):
                        raise query_error(name, wanted)
                found = [row for row in found if _shown(value(row, name)) == wanted]
        # NULL comes last in PostgreSQL, and first in a descending order.
        found.sort(key=lambda row: _sorted(value(row, order)), reverse=direction == "desc")
        return len(found), found[offset or 0 :][:limit]


def _positive(name: str, value: str | None, least: int) -> int | None:
    if value is None:
        return None
    if not re.fullmatch("[0-9]{1,18}", value) or int(value) < least:
        raise input_error(f"field '{name}': wrong type. Should be a positive number")
    return int(value)


def _like(text: str) -> re.Pattern[str]:
    """ILIKE of a text in which confd does not escape the wildcards."""
    wildcards = {"%": ".*", "_": "."}
    expression = "".join(wildcards.get(character) or re.escape(character) for character in text)
    return re.compile(f".*{expression}.*", re.IGNORECASE | re.DOTALL)


def _sorted(value: Any) -> tuple[bool, Any]:
    return (True, "") if value is None else (False, value)


def _shown(value: Any) -> str | None:
    """The text that is equal to the value in a query; nothing is equal to NULL."""
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)

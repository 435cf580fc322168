# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wazo-confd: what all of its resources share, and the small ones (status, infos)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import flask
from flask import Response
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest, HTTPException

from tests.simulator.wazo.database import Database, Line, Row, Token
from tests.simulator.wazo.errors import ConfdError, not_found
from tests.simulator.wazo.schemas import ListSchema
from tests.simulator.wazo.search import find
from tests.simulator.wazo.web import answer, json_body, no_content

if TYPE_CHECKING:
    from tests.simulator.wazo import Wazo

PREFIX = "/api/confd/1.1"
LARGEST_BODY = 40 * 1024**2
ACTIONS = {"GET": "read", "POST": "create", "PUT": "update", "DELETE": "delete"}

View = Callable[..., Any]


def _not_found_by_id(resource: str, key: object) -> tuple[str, dict[str, object]]:
    return resource[:-1].capitalize(), {"id": key}


# How the 404 of a resource names it and the key that was asked for.
NOT_FOUND: dict[str, Callable[[str, object], tuple[str, dict[str, object]]]] = {
    "endpoints/sip": lambda _resource, key: ("SIPEndpoint", {"uuid": key}),
    "groups": lambda _resource, key: ("Group", {"uuid": str(key)} if isinstance(key, UUID) else {"id": key}),
}
# A user may be named by his uuid or by his id.
USER = "<user>"
USER_KEYS = ("<uuid:user_key>", "<int:user_key>")


class Confd:
    """The blueprint of wazo-confd, and what a view needs of the request."""

    def __init__(self, server: Wazo) -> None:
        self.server = server
        self.blueprint = flask.Blueprint("wazo-confd", __name__, url_prefix=PREFIX)
        self.blueprint.register_error_handler(ConfdError, lambda error: answer([str(error)], error.status))
        self.blueprint.register_error_handler(ValidationError, _invalid)
        self.blueprint.register_error_handler(BadRequest, lambda error: answer([error.description], 400))
        self.blueprint.register_error_handler(HTTPException, http_error)
        self.blueprint.register_error_handler(Exception, _unexpected)

    @property
    def db(self) -> Database:
        return self.server.db

    def route(self, method: str, rule: str, needs_token: bool = True) -> Callable[[View], View]:
        """Declare a view. The right that it needs follows from its path: ``confd.contexts.{id}.update``.

        The view returns what is shown, a pair of that and the status (and headers), or None for a 204.
        """
        if USER in rule:

            def declare_both(view: View) -> View:
                for key in USER_KEYS:
                    self.route(method, rule.replace(USER, key), needs_token)(view)
                return view

            return declare_both

        access = "confd" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule).replace("/", ".") + "." + ACTIONS[method]

        def declare(view: View) -> View:
            @functools.wraps(view)
            def answered(**arguments: Any) -> Response:
                if needs_token:
                    flask.g.token = self._authorize(access.format(**arguments))
                result = view(**arguments)
                if result is None:
                    return no_content(self.server)
                return answer(*result) if isinstance(result, tuple) else answer(result)

            self.blueprint.add_url_rule(rule, f"{method} {rule}".replace(".", "-"), answered, methods=[method])
            return view

        return declare

    def _authorize(self, access: str) -> Token:
        """Whatever is wrong, a 401; its text is a tuple that holds the token."""
        token_id = flask.request.headers.get("X-Auth-Token", "")
        tenant = flask.request.headers.get("Wazo-Tenant") or None
        token = self.db.token(token_id)
        if not token:
            raise ConfdError(401, str((token_id, access)))
        named_tenant = (tenant,) if self.server.refusal_names_tenant else ()
        if not token.allows(access):
            raise ConfdError(401, str((token_id, access, *named_tenant)))
        # Compared as it is written: a UUID in upper case is no tenant.
        if tenant and tenant not in self.db.tenant_tree(token.account.tenant.uuid):
            raise ConfdError(401, str((token_id, access, tenant)) if named_tenant else tenant)
        return token

    def body(self) -> Any:
        return json_body(any_type=self.server.reads_untyped_json)

    @property
    def tenant_uuid(self) -> str:
        """The tenant that the request is for."""
        return flask.request.headers.get("Wazo-Tenant") or flask.g.token.account.tenant.uuid

    def tenants(self, recurse: bool = True) -> set[str]:
        """The tenants that the request sees. An item is looked for in those below, too, without being asked to."""
        return self.db.tenant_tree(self.tenant_uuid) if recurse else {self.tenant_uuid}

    def listed(
        self,
        rows: Iterable[Any],
        columns: Mapping[str, Callable[[Any], Any]],
        default_order: str,
        shown: Callable[[Any], dict[str, Any]],
        searched: Iterable[str] | None = None,
        several: Iterable[str] = (),
    ) -> dict[str, Any]:
        query = flask.request.args.to_dict()
        asked = ListSchema().load(query)
        tenants = self.tenants(asked["recurse"])
        visible = (row for row in rows if row.tenant_uuid in tenants)
        total, found = find(visible, query, asked, columns, default_order, searched, several)
        return {"total": total, "items": [shown(row) for row in found]}

    def find_row(self, resource: str, key: object) -> Row | None:
        """The row with this id (a number) or uuid, where the request sees it."""
        rows = self.db.rows(resource)
        row = rows.get(key) if isinstance(key, int) else self.db.row_by_uuid(str(key))
        return row if row and row.id in rows and rows[row.id] is row and row.tenant_uuid in self.tenants() else None

    def visible_row(self, resource: str, key: object) -> Row:
        row = self.find_row(resource, key)
        if row is None:
            name, details = NOT_FOUND.get(resource, _not_found_by_id)(resource, key)
            raise not_found(name, **details)
        return row

    def line_name(self, line: Line) -> str | None:
        """That of its endpoint."""
        sip = self.db.sip_of(line)
        return str(sip.values["name"]) if sip else line.old_name

    @staticmethod
    def url(path: str) -> str:
        return f"{flask.request.host_url}{PREFIX[1:]}/{path}"

    def links(self, resource: str, key: object) -> list[dict[str, str]]:
        return [{"rel": resource, "href": self.url(f"{resource}/{key}")}]


def method_not_allowed(_error: HTTPException) -> Response:
    response = answer({"message": "The method is not allowed for the requested URL."}, 405)
    if methods := getattr(_error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(methods)
    return response


def http_error(error: HTTPException) -> Response:
    return answer({"message": error.description}, error.code or 500)


def _invalid(error: ValidationError) -> Response:
    messages: dict[str, Any] = error.messages  # type: ignore[assignment]
    return answer([f"Input Error - {field}: {texts}" for field, texts in messages.items()], 400)


def _unexpected(error: Exception) -> Response:
    """A real one does the same to whatever its code did not expect. Logged: it may be a bug of the simulator."""
    flask.current_app.logger.debug("unexpected", exc_info=error)
    return answer([f"Unexpected error: {error}"], 500)


def add_routes(front: Confd) -> None:
    server = front.server

    @front.route("GET", "/status", needs_token=server.status_needs_token)
    def status() -> dict[str, Any]:
        return {part: {"status": "ok"} for part in ("master_tenant", "service_token", "bus_consumer", "rest_api")}

    @front.route("GET", "/infos")
    def infos() -> dict[str, Any]:
        return {"uuid": front.db.wazo_uuid, "wazo_version": server.version}

    @front.route("GET", "/configuration/live_reload")
    def live_reload() -> dict[str, Any]:
        return {"enabled": True}

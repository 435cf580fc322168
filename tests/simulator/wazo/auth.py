# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wazo-auth: tokens and their checks, tenants."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import flask
from flask import Response
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest

from tests.simulator.wazo.database import Account, Tenant, Token
from tests.simulator.wazo.schemas import CodedRange, TokenSchema
from tests.simulator.wazo.search import matches
from tests.simulator.wazo.web import answer, json_body

if TYPE_CHECKING:
    from tests.simulator.wazo import Wazo

# Where 22.13 looks for the account; it refuses any other name, and newer ones ignore it.
BACKENDS = (None, "wazo_user")


class Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def blueprint(server: Wazo) -> flask.Blueprint:
    routes = flask.Blueprint("wazo-auth", __name__, url_prefix="/api/auth/0.1")

    @routes.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return answer({"reason": [str(error)], "timestamp": [time.time()], "status_code": error.status}, error.status)

    @routes.errorhandler(BadRequest)
    def bad_request(error: BadRequest) -> Response:
        return answer({"message": error.description}, 400)

    @routes.errorhandler(RecursionError)
    def unexpected(_error: RecursionError) -> Response:
        return answer({"message": "Internal Server Error"}, 500)

    @routes.post("/token")
    def make_token() -> Response:
        try:
            asked = TokenSchema().load(json_body(any_type=True))
            check_expiration(server, asked)
        except ValidationError as error:
            raise Refused(400, str(error.messages)) from error
        account = authenticate(server, asked)
        if server.max_sessions and live_sessions(server, account) >= server.max_sessions:
            raise Refused(429, f"User {account.uuid} has exceeded the maximum number of active sessions")
        token = server.db.add_token(
            account, asked["expiration"], flask.request.headers.get("User-Agent", ""), flask.request.remote_addr or ""
        )
        server.given_tokens.append(token.id)
        data = token_data(server, token, "microseconds")
        if asked.get("access_type") == "offline":
            data["refresh_token"] = account.refresh_tokens.setdefault(asked["client_id"], str(uuid4()))
        return answer({"data": data}, headers={"Wazo-Sessions-Revoked": "0"} if server.max_sessions else None)

    @routes.get("/token/<uuid:token_id>")
    def check_token(token_id: UUID) -> Response:
        token = server.db.token(str(token_id))
        if not token:
            raise Refused(404, "No such token")
        tenant = flask.request.args.get("tenant")
        if tenant and tenant not in server.db.tenant_tree(token.account.tenant.uuid):
            raise Refused(403, f"Unauthorized for tenant {tenant}")
        scope = flask.request.args.get("scope")
        if scope and not token.allows(scope):
            raise Refused(403, f"Unauthorized for {scope}")
        if flask.request.method == "HEAD":
            return Response(status=204, content_type="application/json")
        return answer({"data": token_data(server, token, "seconds")})

    @routes.delete("/token/<uuid:token_id>")
    def delete_token(token_id: UUID) -> Response:
        server.db.drop_token(str(token_id))
        return answer({"data": {"message": "success"}})

    @routes.delete("/users/me/tokens/<client_id>")
    def delete_refresh_token(client_id: str) -> Response:
        token = authorized(server, f"auth.users.me.tokens.{client_id}.delete")
        if token.account.refresh_tokens.pop(client_id, None) is None:
            raise Refused(404, "No such refresh token")
        return Response(status=204, content_type="application/json")

    @routes.get("/tenants")
    def list_tenants() -> Response:
        token = authorized(server, "auth.tenants.read")
        visible = [server.db.tenants[uuid] for uuid in server.db.tenant_tree(token.account.tenant.uuid)]
        filters = {name: value for name, value in flask.request.args.items() if name in ("name", "uuid", "slug")}
        found = [tenant for tenant in visible if all(getattr(tenant, name) == filters[name] for name in filters)]
        if search := flask.request.args.get("search"):
            found = [tenant for tenant in found if matches(search, tenant.name, tenant.slug)]
        found.sort(key=lambda tenant: tenant.name)
        items = [tenant_data(server, tenant) for tenant in found]
        return answer({"filtered": len(items), "total": len(visible), "items": items})

    @routes.get("/tenants/<uuid:tenant_uuid>")
    def get_tenant(tenant_uuid: UUID) -> Response:
        token = authorized(server, f"auth.tenants.{tenant_uuid}.read")
        if str(tenant_uuid) not in server.db.tenant_tree(token.account.tenant.uuid):
            raise Refused(404, f'No such tenant "{tenant_uuid}"')
        return answer(tenant_data(server, server.db.tenants[str(tenant_uuid)]))

    @routes.route("/status", methods=["HEAD"])
    def status() -> Response:
        return Response(status=200)

    return routes


def check_expiration(server: Wazo, asked: dict[str, Any]) -> None:
    try:
        CodedRange(1, server.longest_expiration)(asked["expiration"])
    except ValidationError as error:
        raise ValidationError({"expiration": [error.messages]}) from error


def authenticate(server: Wazo, asked: dict[str, Any]) -> Account:
    if refresh_token := asked.get("refresh_token"):
        for account in server.db.accounts.values():
            if account.refresh_tokens.get(asked["client_id"]) == refresh_token:
                return account
        raise Refused(401, "Authentication Failed")
    given = flask.request.authorization
    if given and given.type == "basic" and (asked.get("backend") in BACKENDS or server.unknown_backend_is_ignored):
        for account in server.db.accounts.values():
            logins = [account.login, given.username or ""]
            if server.logins_ignore_case:
                logins = [login.lower() for login in logins]
            if logins[0] == logins[1] and account.password == given.password:
                return account
    raise Refused(401, "Authentication Failed")


def live_sessions(server: Wazo, account: Account) -> int:
    return sum(token.account is account for token in server.db.live_tokens())


def authorized(server: Wazo, access: str) -> Token:
    token = server.db.token(flask.request.headers.get("X-Auth-Token", ""))
    if not token or not token.allows(access):
        raise Refused(401, "Unauthorized")
    return token


def token_data(server: Wazo, token: Token, timespec: str) -> dict[str, Any]:
    def shown(date: datetime) -> str:
        return date.isoformat(timespec=timespec)

    def shown_utc(date: datetime) -> str:
        return date.isoformat(timespec="microseconds" if server.precise_utc else timespec)

    account = token.account
    metadata = {
        "uuid": account.uuid,
        "tenant_uuid": account.tenant.uuid,
        "auth_id": account.uuid,
        "pbx_user_uuid": account.uuid,
        "xivo_uuid": server.db.wazo_uuid,
    }
    if server.token_purpose:
        metadata["purpose"] = "user"
    return {
        "token": token.id,
        "auth_id": account.uuid,
        "xivo_user_uuid": account.uuid,
        "xivo_uuid": server.db.wazo_uuid,
        "issued_at": shown(token.issued_at),
        "expires_at": shown(token.expires_at),
        "utc_issued_at": shown_utc(token.issued_at),
        "utc_expires_at": shown_utc(token.expires_at),
        "acl": account.acl,
        "metadata": metadata,
        "session_uuid": token.session_uuid,
        "remote_addr": token.remote_addr,
        "user_agent": token.user_agent,
    }


def tenant_data(server: Wazo, tenant: Tenant) -> dict[str, Any]:
    method = {"default_authentication_method": "native"} if server.tenant_authentication_method else {}
    return {
        "uuid": tenant.uuid,
        "parent_uuid": tenant.parent_uuid,
        "name": tenant.name,
        "slug": tenant.slug,
        "contact": None,
        "phone": None,
        **method,
        "domain_names": [],
        "address": dict.fromkeys(("line_1", "line_2", "city", "state", "country", "zip_code")),
    }

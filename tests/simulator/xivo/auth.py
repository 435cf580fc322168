# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""xivo-auth: tokens for the web services accounts."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import flask

from tests.simulator.xivo.database import Account, Database

DEFAULT_EXPIRATION = 7200  # seconds


@dataclass
class Token:
    id: str
    account: Account
    acls: list[str]  # those that the account had when the token was made
    issued_at: datetime
    expires_at: datetime

    @property
    def live(self) -> bool:
        return datetime.now() < self.expires_at

    def allows(self, acl: str) -> bool:
        """``*`` stands for one word, ``#`` for any number of them."""
        return any(re.fullmatch(_pattern(given), acl) for given in self.acls)

    def to_json(self) -> dict[str, Any]:
        issued, expires = self.issued_at.isoformat(), self.expires_at.isoformat()
        return {
            "token": self.id,
            "auth_id": str(self.account.id),
            "acls": self.acls,
            "issued_at": issued,
            "expires_at": expires,
            "utc_issued_at": issued,
            "utc_expires_at": expires,
            "xivo_user_uuid": None,
        }


def _pattern(acl: str) -> str:
    return re.escape(acl).replace(r"\*", "[^.]*").replace(r"\#", ".*")


class Auth:
    def __init__(self, given_tokens: list[str]) -> None:
        self.database = Database()
        self.given_tokens = given_tokens
        self.tokens: dict[str, Token] = {}

    def reset(self, database: Database) -> None:
        self.database = database
        self.tokens.clear()

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/0.1/token", view_func=self.create, methods=["POST"])
        app.add_url_rule("/0.1/token/<token>", view_func=self.check, methods=["GET"])
        app.add_url_rule("/0.1/token/<token>", view_func=self.delete, methods=["DELETE"])

    def token(self, given: str) -> Token | None:
        token = self.tokens.get(given)
        return token if token and token.live else None

    def create(self) -> flask.typing.ResponseReturnValue:
        body = flask.request.get_json(force=True, silent=True)
        if not isinstance(body, dict) or "backend" not in body:
            # A backend that was left out is looked up all the same.
            return {"message": "Internal Server Error"}, 500
        expiration = body.get("expiration", DEFAULT_EXPIRATION)
        if not isinstance(expiration, int) or not 0 < expiration < 10**9:
            return _error(400, "Invalid expiration")
        account = self._account()
        if body["backend"] != "xivo_service" or account is None:
            return _error(401, "Authentication Failed")
        now = datetime.now()
        token = Token(str(uuid.uuid4()), account, list(account.acls), now, now + timedelta(seconds=expiration))
        self.tokens[token.id] = token
        self.given_tokens.append(token.id)
        return {"data": token.to_json()}

    def check(self, token: str) -> flask.typing.ResponseReturnValue:
        found = self.token(token)
        if found is None:
            return _error(404, "No such token")
        scope = flask.request.args.get("scope")
        if scope and not found.allows(scope):
            return _error(403, f"Unauthorized for {scope}")
        if flask.request.method == "HEAD":
            return flask.Response(status=204, content_type="application/json")
        return {"data": found.to_json()}

    def delete(self, token: str) -> flask.typing.ResponseReturnValue:
        if self.token(token) is None:
            return _error(404, "No such token")
        del self.tokens[token]
        return {"data": {"message": "success"}}

    def _account(self) -> Account | None:
        given = flask.request.authorization
        if given is None or given.type != "basic":
            return None
        for account in self.database.accounts:
            if not account.disabled and (account.login, account.password) == (given.username, given.password):
                return account
        return None


def _error(status: int, reason: str) -> flask.typing.ResponseReturnValue:
    return {"reason": [reason], "timestamp": [time.time()], "status_code": status}, status

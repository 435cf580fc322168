# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use confd: a token with the ACL, or HTTP Digest with any web services account."""

from __future__ import annotations

import hashlib
import secrets

import flask
from werkzeug.datastructures import Authorization

from tests.simulator.xivo.auth import Auth

REALM = "Authentication Required"


def allowed(auth: Auth, acl: str) -> bool:
    request = flask.request
    enabled = [account for account in auth.database.accounts if not account.disabled]
    # A host that an account names needs no credentials here, whatever else the account asks for.
    if any(account.host and account.host == request.remote_addr for account in enabled):
        return True
    given = request.headers.get("X-Auth-Token")
    if given:
        token = auth.token(given)
        return token is not None and token.allows(acl)
    digest = request.authorization
    if digest is None or digest.type != "digest":
        return False
    # The challenge is remembered in the session: without its cookie even a right answer counts for nothing.
    if not digest.get("nonce") or any(digest.get(part) != flask.session.get(part) for part in ("nonce", "opaque")):
        return False
    return any(
        account.login == digest.get("username")
        and account.password is not None
        and digest.get("response") == _expected(digest, account.password)
        for account in enabled
    )


def challenge() -> flask.Response:
    nonce, opaque = secrets.token_hex(16), secrets.token_hex(16)
    flask.session["nonce"], flask.session["opaque"] = nonce, opaque
    response = flask.Response("Unauthorized Access", status=401, content_type="text/html; charset=utf-8")
    response.headers["WWW-Authenticate"] = f'Digest realm="{REALM}",nonce="{nonce}",opaque="{opaque}"'
    return response


def _expected(digest: Authorization, password: str) -> str:
    secret = _md5(f"{digest.get('username')}:{REALM}:{password}")
    asked = _md5(f"{flask.request.method}:{digest.get('uri')}")
    return _md5(f"{secret}:{digest.get('nonce')}:{asked}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

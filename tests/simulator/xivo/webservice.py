# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON web services of XiVO's web interface, written in PHP: ``/service/ipbx/json.php`` and its neighbours.

The HTTP method and the content type are not looked at; ``act`` says what to do. Answers to add, edit and delete, and
all errors, have an empty body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Protocol

import flask

from tests.simulator.xivo import php
from tests.simulator.xivo.auth import Auth
from tests.simulator.xivo.database import Database

# What a real server does, and nothing here asks for.
NOT_SIMULATED = 501
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


class Section(Protocol):
    """One subject of the web services: each act gives a status, or what is shown as JSON.

    Some have add, edit and delete too.
    """

    def all(self) -> Any: ...

    def search(self, text: str) -> Any: ...

    def view(self, number: str) -> Any: ...


class WebService:
    def __init__(self, auth: Auth, sections: Callable[[WebService], dict[str, Any]]) -> None:
        self.auth = auth
        # By application, category and name: service/ipbx/system_management/context
        self.sections = sections(self)

    @property
    def database(self) -> Database:
        return self.auth.database

    def register(self, app: flask.Flask) -> None:
        applications = {path.rsplit("/", 2)[0] for path in self.sections}
        for application in sorted(applications):
            app.add_url_rule(
                f"/{application}/json.php/<path:path>",
                endpoint=f"webservice {application}",
                view_func=self._answer,
                defaults={"application": application},
                methods=METHODS,
            )

    def _answer(self, path: str, application: str) -> flask.Response:
        mode, _unused, section_path = path.rstrip("/").partition("/")
        if f"{application}/{mode}/{section_path}" in self.sections:
            return _answer(403)  # the mode was left out
        section = self.sections.get(f"{application}/{section_path}")
        if section is None or mode not in ("restricted", "private"):
            response = _answer(404)
            del response.headers["X-XIVO-WS-VERSION"]
            return response
        if mode == "private" and flask.request.remote_addr not in ("127.0.0.1", "::1"):
            return _answer(403)
        if mode == "restricted" and not self._allowed():
            response = _answer(401)
            response.headers["WWW-Authenticate"] = 'Basic realm="Access Restricted"'
            return response
        return _answer(_act(section))

    def _allowed(self) -> bool:
        """ACLs are not looked at. An account with a host needs both the host and the credentials, where it has any."""
        given = flask.request.authorization
        credentials = (given.username, given.password) if given and given.type == "basic" else None
        for account in self.database.accounts:
            if account.disabled or account.host not in (None, flask.request.remote_addr):
                continue
            if account.login is None or credentials == (account.login, account.password):
                return True
        return False


def _act(section: Section | Callable[[], int]) -> Any:
    if callable(section):
        return section()
    args = flask.request.args
    act, number = args.get("act"), args.get("id", "")
    if act == "view":
        return section.view(number)
    if act == "search":
        return section.search(args.get("search", ""))
    # An act that a subject does not have is answered with the list.
    write = getattr(section, act, None) if act in ("add", "edit", "delete") else None
    if write is None:
        return section.all()
    arguments = [] if act == "add" else [number]
    return write(*arguments) if act == "delete" else write(*arguments, php.decode(flask.request.get_data()))


def _answer(result: Any) -> flask.Response:
    """A status, or a body: nothing in a list is a 204, and nothing to view a 404."""
    if result is None or result == []:
        result = 404 if result is None else 204
    if isinstance(result, int):
        response = flask.Response(status=result, content_type="text/html; charset=UTF-8")
    else:
        body = php.encode(result)
        if flask.request.args.get("sum") == hashlib.md5(body.encode(), usedforsecurity=False).hexdigest():
            response = flask.Response(status=304)
            del response.headers["Content-Type"]
        else:
            response = flask.Response(body, content_type="application/json")
    response.headers["X-XIVO-WS-VERSION"] = "1.0"
    return response

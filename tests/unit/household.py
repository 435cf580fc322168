# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A department on a simulated server, its people, and all that the server then holds of them."""

from __future__ import annotations

import re
from typing import Any

import requests
from ansible_collections.telephony.xivo.plugins.modules import xivo_user, xivo_user_info, xivo_users

from tests.simulator.accounts import LOGIN, PASSWORD
from tests.unit.bench import Bench, Result

DEPARTMENT = {
    "name": "Comptabilite",
    "label": "Comptabilité",
    "user_ranges": [{"start": "2001", "end": "2090"}],
    "group_ranges": [{"start": "2091", "end": "2094"}],
    "conference_room_ranges": [{"start": "2095", "end": "2099"}],
}
OTHER = {"name": "Ventes", "label": "Ventes", "user_ranges": [{"start": "3001", "end": "3090"}]}
# Passwords that no other text of a result can hold by chance.
VOICEMAIL_PASSWORD = "948571630264"
SIP_PASSWORD = "Vb7tQ9zKpX2m"
ANNE = {"firstname": "Anne", "lastname": "Durand", "email": "anne@example.com"}
FULL = {
    **ANNE,
    "context": "Comptabilite",
    "extension": "auto",
    "voicemail": {"password": VOICEMAIL_PASSWORD, "attach_audio": True},
    "sip_password": SIP_PASSWORD,
}

LISTS = ("users", "lines", "endpoints/sip", "extensions", "voicemails")
# What differs from one run to the next, and what only repeats it.
RANDOM = (
    *("id", "uuid", "links", "created_at", "provisioning_code", "provisioning_extension", "line_id"),
    *("label", "tenant_uuid", "user_id", "extension_id", "secret", "username", "protocolid", "provisioningid"),
)
# The name of an endpoint, which is that of its line too, comes from the uuid of the user.
NAME = re.compile(r"(SIP/)?(u[0-9a-f]{15}|[a-z0-9]{8})")

Held = dict[str, list[Any]]


class Household:
    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.xivo = bench.name.startswith("xivo")
        # XiVO's confd as it was taken over: it embeds nothing, and the web service stands beside it.
        self.fork = bench.name == "xivo-2018"
        self.nested = bench.name == "wazo-26.09"
        # What the last run asked the server.
        self.asked: list[dict[str, Any]] = []
        self.reset()

    def reset(self) -> None:
        self.bench.reset()
        if self.fork:
            self.bench.connect_to_confd()
            self.bench.connection["webservices_url"] = self.bench.url
        for context in (DEPARTMENT, OTHER):
            result = self.bench.context(conflicts="ignore", **context)
            assert result["changed"], result
        self.names = {self.name(handle): handle for handle in ("Comptabilite", "Ventes")}
        self.bench.forget()

    def name(self, handle: str) -> str:
        """What the server calls a context."""
        found = self.bench.info(name=handle)["identities"]
        name: str = next(iter(found.values()))["name"]
        return name

    # The engines

    def user(self, check_mode: bool = False, **options: Any) -> Result:
        return self._run(xivo_user, check_mode, options)

    def users(self, *users: dict[str, Any], check_mode: bool = False, **options: Any) -> Result:
        return self._run(xivo_users, check_mode, {"users": list(users), **options})

    def info(self, **options: Any) -> Result:
        return self._run(xivo_user_info, True, options)

    def _run(self, module: Any, check_mode: bool, options: dict[str, Any]) -> Result:
        asked = len(self.bench.requests())
        result = self.bench._run(module, options, check_mode)
        self.asked = self.bench.requests()[asked:]
        # Neither what is declared, nor what the lists of the server hold.
        for secret in (VOICEMAIL_PASSWORD, SIP_PASSWORD, *self.secrets()):
            assert secret not in str(result)
        return result

    def done(self, **options: Any) -> Result:
        """Run `user`; check mode must foretell it, it must work, and nothing be left to do."""
        foretold = self.user(check_mode=True, **options)
        result = self.user(**options)
        assert not result.get("failed"), result["msg"]
        assert result["changed"]
        for key in ("changed", "changes", "diff"):
            assert foretold[key] == result[key]
        assert without_uuid(foretold["user"]) == without_uuid(result["user"])
        self.settled(**options)
        return result

    def settled(self, **options: Any) -> None:
        """Nothing is left to do, and nothing is written."""
        self.bench.forget()
        again = self.user(**options)
        assert again.get("changed") is False, again
        assert (again["changes"], again["diff"], self.bench.writes()) == ([], [], [])

    def settled_with(self, people: list[dict[str, Any]]) -> None:
        """The list must have nothing to change."""
        again = self.users(*people)
        assert not again.get("failed"), again["msg"]
        assert (again["changed"], again["diff"]) == (False, [])

    def refused(self, *users: dict[str, Any], **options: Any) -> str:
        """Run `users`, or else `user`; it must fail without having written. Returns the message."""
        before = self.held()
        self.bench.forget()
        result = self.users(*users, **options) if users else self.user(**options)
        assert result.get("failed"), result
        assert self.bench.writes() == []
        assert self.held() == before
        message: str = result["msg"]
        return message

    # The server, asked by somebody else

    def ask(self, method: str, path: str, body: Any = None, **params: str) -> Any:
        """One request to confd, which must be granted."""
        answer = self.answer(method, path, body, **params)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def answer(self, method: str, path: str, body: Any = None, **params: str) -> requests.Response:
        session = self.bench.session
        if self.xivo:
            return session.request(method, f"{self.bench.url}/noauth/1.1{path}", json=body, params=params, timeout=10)
        token = self.bench.make_token("/api/auth/0.1/token", {})
        try:
            return session.request(
                method,
                f"{self.bench.url}/api/confd/1.1{path}",
                json=body,
                params=params,
                headers={"X-Auth-Token": token},
                timeout=10,
            )
        finally:
            session.delete(f"{self.bench.url}/api/auth/0.1/token/{token}", timeout=10)

    def items(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", path)["items"]
        return found

    def php(self, path: str, act: str = "list", body: Any = None, **params: str) -> Any:
        """One request to the web service of a XiVO."""
        answer = self.bench.session.request(
            "POST" if body is not None else "GET",
            f"{self.bench.url}/service/ipbx/json.php/restricted/{path}/",
            params={"act": act, **params},
            json=body,
            auth=(LOGIN, PASSWORD),
            timeout=10,
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else []

    def secrets(self) -> list[str]:
        """The passwords that the server chose."""
        if self.xivo:
            return [item["secret"] for item in self.items("/endpoints/sip")]
        options = [option for item in self.items("/endpoints/sip") for option in item["auth_section_options"]]
        return [value for key, value in options if key == "password"]

    def counts(self) -> dict[str, int]:
        return {path: len(self.items(f"/{path}")) for path in LISTS}

    def held(self) -> Held:
        """All that the server holds of people, but for what is random."""
        found = {path: [self._plain(item) for item in self.items(f"/{path}")] for path in LISTS}
        if self.xivo:
            found["directory"] = [self._plain(item) for item in self.ask("GET", "/users", view="directory")["items"]]
            # The context of the SIP peer shows nowhere else.
            found["peers"] = [self._plain(item) for item in self.php("pbx_settings/lines")]
            found["line users"] = [self._count(f"/lines/{i['id']}/users") for i in self.items("/lines")]
            found["line numbers"] = [self._count(f"/lines/{i['id']}/extensions") for i in self.items("/lines")]
        return {key: sorted(value, key=str) for key, value in found.items()}

    def _count(self, path: str) -> int:
        return len(self.items(path))

    def _plain(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._plain(item, name) for name, item in value.items() if name not in RANDOM}
        if isinstance(value, list):
            if len(value) == 2 and value[0] in ("username", "password") and value[1] != SIP_PASSWORD:
                return [value[0], "random"]
            return [self._plain(item) for item in value]
        if isinstance(value, str):
            if key in ("name", "identity") and NAME.fullmatch(value):
                return "random"
            return self.names.get(value, value)
        return value


def without_uuid(user: dict[str, Any] | None) -> dict[str, Any] | None:
    return user and {key: value for key, value in user.items() if key != "uuid"}

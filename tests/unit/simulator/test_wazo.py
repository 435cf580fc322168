# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the recordings cannot show of the simulated Wazo servers."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from tests.simulator.accounts import LOGIN, PASSWORD
from tests.simulator.app import create_app
from tests.simulator.wazo import Wazo
from tests.simulator.wazo.database import Account, Tenant, Token, now

CONTEXTS = "/api/confd/1.1/contexts"
TOKEN = "/api/auth/0.1/token"


class Api:
    """A client of a fresh server."""

    def __init__(self, name: str) -> None:
        app = create_app(name)
        self.server: Wazo = app.extensions["server"]
        self.client: Client = app.test_client()

    def token(self, login: str = "admin") -> str:
        response = self.client.post(TOKEN, json={}, auth=(login, PASSWORD))
        assert response.status_code == 200, response.text
        token: str = response.get_json()["data"]["token"]
        return token

    def contexts(self, token: str, query: str = "", tenant: str = "") -> list[dict[str, Any]]:
        headers = {"X-Auth-Token": token} | ({"Wazo-Tenant": tenant} if tenant else {})
        response = self.client.get(CONTEXTS, query_string=query, headers=headers)
        assert response.status_code == 200, response.text
        items: list[dict[str, Any]] = response.get_json()["items"]
        return items


@pytest.fixture(params=["wazo-22.13", "wazo-26.09"])
def api(request: pytest.FixtureRequest) -> Api:
    return Api(request.param)


def test_a_fresh_server_has_the_contexts_of_the_wizard(api: Api) -> None:
    handle = "label" if api.server.names_by_server else "name"
    default, incall, outcall = api.contexts(api.token())

    assert [context[handle] for context in (default, incall, outcall)] == ["default", "from-extern", "to-extern"]
    assert [context["type"] for context in (default, incall, outcall)] == ["internal", "incall", "outcall"]
    assert default["user_ranges"] == [{"start": "1000", "end": "1999"}]
    assert [child["id"] for child in default["contexts"]] == [outcall["id"]]


def test_the_other_tenant_has_contexts_of_its_own(api: Api) -> None:
    token = api.token()
    response = api.client.get("/api/auth/0.1/tenants?name=filiale", headers={"X-Auth-Token": token})
    (tenant,) = response.get_json()["items"]

    own = api.contexts(token, tenant=tenant["uuid"])

    assert {context["tenant_uuid"] for context in own} == {tenant["uuid"]}
    assert len(own) == 3
    assert len(api.contexts(token, "recurse=true")) == 6


def test_the_reader_only_reads(api: Api) -> None:
    token = api.token("reader")
    headers = {"X-Auth-Token": token}
    path = f"{CONTEXTS}/{api.contexts(token)[0]['id']}"

    assert api.client.get(path, headers=headers).status_code == 200
    for method, where in (("POST", CONTEXTS), ("PUT", path), ("PUT", f"{path}/contexts"), ("DELETE", path)):
        response = api.client.open(where, method=method, json={"contexts": []}, headers=headers)
        assert response.status_code == 401, (method, where)
        assert token in response.text


def test_a_deleted_token_is_worth_nothing(api: Api) -> None:
    token = api.token()
    assert [(live["token"], live["login"]) for live in api.server.tokens()] == [(token, "admin")]

    assert api.client.delete(f"{TOKEN}/{token}").status_code == 200

    assert api.server.tokens() == []
    assert api.client.get(CONTEXTS, headers={"X-Auth-Token": token}).status_code == 401
    assert api.client.get(f"{TOKEN}/{token}").status_code == 404


def test_an_expired_token_is_worth_nothing_and_a_new_one_is(api: Api) -> None:
    token = api.token()

    api.server.expire_tokens()

    assert api.server.tokens() == []
    assert api.client.get(CONTEXTS, headers={"X-Auth-Token": token}).status_code == 401
    assert api.contexts(api.token())


def test_100_tokens_a_user_at_most() -> None:
    api = Api("wazo-26.09")
    tokens = [api.token() for _unused in range(100)]

    response = api.client.post(TOKEN, json={}, auth=(LOGIN, PASSWORD))

    assert response.status_code == 429
    assert len(api.server.tokens()) == 100
    assert api.token("reader"), "another user has a hundred of his own"
    api.client.delete(f"{TOKEN}/{tokens[0]}")
    assert api.token()


def test_22_13_has_no_such_limit() -> None:
    api = Api("wazo-22.13")
    for _unused in range(101):
        api.token()
    assert len(api.server.tokens()) == 101


def test_22_13_tells_the_length_of_a_body_that_never_comes() -> None:
    told = {}
    for name in ("wazo-22.13", "wazo-26.09"):
        api = Api(name)
        headers = {"X-Auth-Token": api.token()}
        response = api.client.put(f"{CONTEXTS}/1", json={"description": "x"}, headers=headers)
        assert (response.status_code, response.data) == (204, b"")
        told[name] = response.headers.get("Content-Length")
    assert told == {"wazo-22.13": "3", "wazo-26.09": None}


def test_a_reset_forgets(api: Api) -> None:
    token = api.token()
    body = {"label": "Comptabilité", "name": "compta"}
    assert api.client.post(CONTEXTS, json=body, headers={"X-Auth-Token": token}).status_code == 201

    api.server.reset()

    assert api.server.tokens() == []
    assert len(api.contexts(api.token())) == 3


@pytest.mark.parametrize(
    ("rights", "access", "allowed"),
    [
        (["#"], "confd.contexts.create", True),
        (["confd.#"], "confd.contexts.12.contexts.update", True),
        (["confd.contexts.read"], "confd.contexts.12.read", False),
        (["confd.contexts.*.read"], "confd.contexts.12.read", True),
        (["confd.contexts.*.read"], "confd.contexts.read", False),
        (["confd.contexts.*"], "confd.contexts.12.read", False),
        (["confd.contextsXread"], "confd.contexts.read", False),
        (["confd.#", "!confd.contexts.*.delete"], "confd.contexts.12.delete", False),
        (["confd.#", "!confd.contexts.*.delete"], "confd.contexts.12.update", True),
        ([], "confd.contexts.read", False),
    ],
)
def test_rights(rights: list[str], access: str, allowed: bool) -> None:
    account = Account("", "someone", PASSWORD, Tenant("", "master", "master", "", {}), rights)
    assert Token("", account, now(), now(), "", "", "").allows(access) is allowed


@pytest.mark.parametrize("body", [b"[" * 5000, b"[" * 5000 + b"]" * 5000, b'{"a":' * 5000])
def test_json_that_is_too_deep(api: Api, body: bytes) -> None:
    """A 500 as on a real one, whatever the Python that runs this could take."""
    headers = {"X-Auth-Token": api.token(), "Content-Type": "application/json"}
    response = api.client.post(CONTEXTS, data=body, headers=headers)
    assert response.status_code == 500
    assert "maximum recursion depth exceeded" in response.get_json()[0]


def test_brackets_in_texts_are_not_depth(api: Api) -> None:
    headers = {"X-Auth-Token": api.token()}
    label = '[{"\\' * 20
    body = {"name": "deep", "label": label, "user_ranges": [{"start": str(number)} for number in range(1000, 2000)]}
    response = api.client.post(CONTEXTS, json=body, headers=headers)
    assert response.status_code == 201
    assert response.get_json()["label"] == label

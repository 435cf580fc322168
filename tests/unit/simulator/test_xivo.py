# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the recordings cannot show of the simulated XiVO servers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.auth import HTTPDigestAuth
from werkzeug.test import TestResponse

from tests.simulator.__main__ import make_server
from tests.simulator.accounts import LOGIN, PASSWORD
from tests.simulator.app import create_app
from tests.simulator.xivo.python2 import Str, py2_order, py2_repr

CONTEXT = "/service/ipbx/json.php/restricted/system_management/context/"
ENTITY = "/xivo/configuration/json.php/restricted/manage/entity/"
ADMIN = (LOGIN, PASSWORD)


class Service:
    """The PHP web service of a simulated server."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def __call__(self, act: str, number: str = "", body: Any = None, path: str = CONTEXT) -> TestResponse:
        return self.client.post(path, query_string={"act": act, "id": number}, json=body, auth=ADMIN)

    def view(self, name: str) -> Any:
        return self("view", name).get_json()


@pytest.fixture(params=["xivo-2018", "xivo-16.15"])
def client(request: pytest.FixtureRequest) -> FlaskClient:
    return create_app(request.param).test_client()


@pytest.fixture
def community() -> FlaskClient:
    return create_app("xivo-16.15").test_client()


def token(client: FlaskClient, login: str = "admin") -> str:
    answer = client.post("/0.1/token", json={"backend": "xivo_service"}, auth=(login, PASSWORD))
    made: str = answer.get_json()["data"]["token"]
    return made


def status(client: FlaskClient, made: str, method: str = "GET", path: str = "/1.1/contexts", **options: Any) -> int:
    return client.open(path, method=method, headers={"X-Auth-Token": made}, **options).status_code


def test_a_fresh_server_has_the_contexts_of_the_wizard(client: FlaskClient) -> None:
    service = Service(client)
    shown = {row["context"]["name"]: row for row in service("list").get_json()}
    assert {name: (row["context"]["displayname"], row["context"]["contexttype"]) for name, row in shown.items()} == {
        "__switchboard_directory": ("Switchboard", "others"),
        "from-extern": ("Appels entrants", "incall"),
        "default": ("Appels internes", "internal"),
        "to-extern": ("Appels sortants", "outcall"),
    }
    default = service.view("default")
    assert [(row["numberbeg"], row["numberend"]) for row in default["contextnumbers"]["user"]] == [("1000", "1999")]
    assert [row["include"] for row in default["contextinclude"]] == ["to-extern"]
    assert [row["name"] for row in service("list", path=ENTITY).get_json()] == ["xivo"]


def test_confd_and_the_web_service_share_one_database(community: FlaskClient) -> None:
    service = Service(community)
    body = {"context": {"name": "Compta", "displayname": "Comptabilité", "entity": "xivo", "contexttype": "internal"}}
    assert service("add", body={**body, "contextnumbers": {"meetme": [{"numberbeg": "2095", "numberend": "2099"}]}})
    (found,) = community.get("/noauth/1.1/contexts?name=compta").get_json()["items"]
    assert (found["label"], found["conference_room_ranges"]) == ("Comptabilité", [{"start": "2095", "end": "2099"}])

    assert community.post("/noauth/1.1/contexts", json={"name": "Made", "label": "By REST"}).status_code == 201
    assert service.view("Made")["context"]["entity"] is None
    assert service("edit", "Made", {"contextinclude": ["default"]}).status_code == 400
    edit = {"context": {"entity": "xivo"}, "contextinclude": ["default"]}
    assert service("edit", "Made", edit).status_code == 200
    # The web interface knows lower case only.
    assert service.view("Made") is None
    assert service.view("made")["contextinclude"][0]["include"] == "default"


def test_the_older_confd_has_no_contexts() -> None:
    client = create_app("xivo-2018").test_client()
    answer = client.get("/1.1/contexts")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert client.get("/noauth/1.1/infos").status_code == 200


def test_what_a_token_allows(community: FlaskClient) -> None:
    admin, reader = token(community), token(community, "reader")
    assert status(community, admin, "POST", json={"name": "a"}) == 201
    assert status(community, reader) == 200
    assert status(community, reader, path="/1.1/contexts/1") == 401  # confd.contexts.1.read is another ACL
    assert status(community, reader, "POST", json={"name": "b"}) == 401
    assert status(community, "") == 401


def test_tokens_are_deleted_and_expire(community: FlaskClient) -> None:
    server = community.application.extensions["server"]
    first, second = token(community), token(community)
    assert [row["login"] for row in server.tokens()] == ["admin", "admin"]
    assert community.delete(f"/0.1/token/{first}").status_code == 200
    assert [row["token"] for row in server.tokens()] == [second]
    assert (status(community, first), status(community, second)) == (401, 200)
    server.expire_tokens()
    assert (server.tokens(), status(community, second)) == ([], 401)


@pytest.fixture
def url(community: FlaskClient) -> Iterator[str]:
    server = make_server(community.application, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield f"http://127.0.0.1:{server.bind_addr[1]}"
    server.stop()
    thread.join()


def test_digest_wants_the_session_cookie(url: str) -> None:
    with requests.Session() as session:
        session.auth = HTTPDigestAuth(*ADMIN)
        assert session.get(url + "/1.1/contexts", timeout=5).status_code == 200
        made = session.post(url + "/1.1/contexts", json={"name": "by-digest"}, timeout=5)
        assert made.status_code == 201
        assert made.headers["Location"] == f"{url}/1.1/contexts/5"
        # The same answer to the challenge is worth nothing once the cookie is gone.
        header = session.get(url + "/1.1/contexts", timeout=5).request.headers["Authorization"]
    assert requests.get(url + "/1.1/contexts", headers={"Authorization": header}, timeout=5).status_code == 401


def test_digest_with_a_wrong_password(url: str) -> None:
    with requests.Session() as session:
        session.auth = HTTPDigestAuth("admin", "wrong")
        assert session.get(url + "/1.1/contexts", timeout=5).status_code == 401


def test_links_stay_on_the_port_that_was_asked(community: FlaskClient) -> None:
    for prefix in ("/1.1", "/noauth/1.1"):
        shown = community.get(f"{prefix}/contexts/3", headers={"X-Auth-Token": token(community)}).get_json()
        assert shown["links"] == [{"rel": "contexts", "href": f"http://localhost{prefix}/contexts/3"}]


def test_python_2_prints() -> None:
    assert py2_repr(["a'b", 1, None, Str("k"), "\xe9\u20ac"]) == "[u\"a'b\", 1, None, 'k', u'\\xe9\\u20ac']"
    assert py2_order(["name", "label", "type", "user_ranges"]) == ["user_ranges", "type", "name", "label"]
    many = [f"field_{number}" for number in range(40)]
    assert sorted(py2_order(many)) == sorted(many)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
NUMBER = st.sampled_from(["", "100", "199", "99", "1000", 100, 0, "²", "١", "1a"]) | JSON


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any JSON, but mostly an object with some of the keys."""
    return st.one_of(JSON, st.fixed_dictionaries({}, optional=keys), st.fixed_dictionaries({}, optional=keys))


RANGES = JSON | st.lists(
    some(start=NUMBER, end=NUMBER, did_length=NUMBER, numberbeg=NUMBER, numberend=NUMBER), max_size=3
)
NAMES = st.sampled_from(["default", "New", "new", "general", "é", "x" * 40, True, 0]) | JSON
REST = some(
    name=NAMES, label=NAMES, type=st.just("incall") | JSON, user_ranges=RANGES, incall_ranges=RANGES, enabled=JSON
)
PHP = some(
    context=some(name=NAMES, displayname=NAMES, entity=st.just("xivo") | JSON, contexttype=NAMES, description=JSON),
    contextnumbers=some(user=RANGES, incall=RANGES, foo=RANGES),
    contextinclude=JSON | st.lists(NAMES, max_size=3),
    name=NAMES,
    displayname=NAMES,
)
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(body=REST)
def test_no_body_breaks_confd(community: FlaskClient, body: Any) -> None:
    for method, path in (("POST", "contexts"), ("PUT", "contexts/3"), ("POST", "entities"), ("POST", "extensions")):
        answer = community.open(f"/noauth/1.1/{path}", method=method, json=body)
        if answer.status_code == 500:
            assert "UniqueViolation" in answer.get_json()[0] or "invalid literal" in answer.get_json()[0]
        else:
            assert answer.status_code in (201, 204, 400)
    assert community.get("/noauth/1.1/contexts").status_code == 200


@FUZZ
@given(body=PHP)
def test_no_body_breaks_the_web_service(community: FlaskClient, body: Any) -> None:
    service = Service(community)
    for act in ("add", "edit"):
        for path, number in ((CONTEXT, "default"), (ENTITY, "1")):
            assert service(act, number, body, path).status_code in (200, 400, 404)
    for name in [row["context"]["name"] for row in json.loads(service("list").data)]:
        assert service("view", name).status_code == 200


@pytest.mark.parametrize("body", [b"\xff", b"[" * 100000, b'{"a":' * 2000, b"nul", b"1" * 5000])
def test_no_text_breaks_a_server(community: FlaskClient, body: bytes) -> None:
    answer = community.post("/noauth/1.1/contexts", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert community.post(CONTEXT + "?act=add", data=body, auth=ADMIN).status_code == 400


@pytest.mark.parametrize("query", ["limit=" + "9" * 5000, "limit=²", "search=[", "search=%25", "id=²", "order="])
def test_no_query_breaks_confd(community: FlaskClient, query: str) -> None:
    assert community.get(f"/noauth/1.1/contexts?{query}").mimetype == "application/json"

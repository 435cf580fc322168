# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People and their numbers on the simulated Wazo servers: whole stories, which the recordings tell in pieces."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.simulator.accounts import LOGIN, PASSWORD
from tests.simulator.app import create_app
from tests.simulator.wazo import Wazo

CONFD = "/api/confd/1.1"
RANGES = {
    "user_ranges": [{"start": "2001", "end": "2090"}],
    "group_ranges": [{"start": "2091", "end": "2094"}],
    "conference_room_ranges": [{"start": "2095", "end": "2099"}],
}
LISTS = ("users", "lines", "endpoints/sip", "extensions", "voicemails", "groups", "conferences", "incalls")


class Api:
    """A server with the context ``comptabilite``, and a client with all rights."""

    def __init__(self, name: str) -> None:
        app = create_app(name)
        self.server: Wazo = app.extensions["server"]
        self.nested = self.server.nested_users
        self.client: FlaskClient = app.test_client()
        answer = self.client.post("/api/auth/0.1/token", json={}, auth=(LOGIN, PASSWORD))
        self.headers = {"X-Auth-Token": answer.get_json()["data"]["token"]}
        handle = "label" if self.server.names_by_server else "name"
        self.context: str = self("POST", "contexts", {handle: "comptabilite", **RANGES})["name"]

    def open(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.open(f"{CONFD}/{path}", method=method, json=body, headers=self.headers)

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.open(method, path, body)
        assert answer.status_code < 300, (method, path, answer.text)
        return answer.get_json() if answer.data else None

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = self.open(method, path, body)
        (message,) = answer.get_json()
        return answer.status_code, message

    def rows(self) -> dict[str, int]:
        return {path: self("GET", path)["total"] for path in LISTS}

    def number(self, exten: str) -> dict[str, Any]:
        made: dict[str, Any] = self("POST", "extensions", {"exten": exten, "context": self.context})
        return made

    def line(self, exten: str | None = None) -> dict[str, Any]:
        """A line with an endpoint, and perhaps a number."""
        line_id = self("POST", "lines", {"context": self.context})["id"]
        self("PUT", f"lines/{line_id}/endpoints/sip/{self('POST', 'endpoints/sip', {})['uuid']}")
        if exten:
            self("POST", f"lines/{line_id}/extensions", {"exten": exten, "context": self.context})
        return self.get(f"lines/{line_id}")

    def person(self, firstname: str, exten: str) -> dict[str, Any]:
        """A user with a line and a number, made step by step."""
        line = self.line(exten)
        uuid = self("POST", "users", {"firstname": firstname})["uuid"]
        self("PUT", f"users/{uuid}/lines/{line['id']}")
        return self.get(f"users/{uuid}")

    def get(self, path: str) -> dict[str, Any]:
        shown: dict[str, Any] = self("GET", path)
        return shown

    def caller_id(self, line_id: int) -> str | None:
        endpoint = self.get(f"endpoints/sip/{self.get(f'lines/{line_id}')['endpoint_sip']['uuid']}")
        return dict(endpoint["endpoint_section_options"]).get("callerid")


@pytest.fixture(params=["wazo-22.13", "wazo-26.09"])
def api(request: pytest.FixtureRequest) -> Api:
    return Api(request.param)


@pytest.fixture
def newer() -> Api:
    return Api("wazo-26.09")


def test_nothing_is_left_of_a_person_deleted_step_by_step(api: Api) -> None:
    before = api.rows()
    user = api.person("Ada", "2001")
    voicemail = api("POST", "voicemails", {"name": "Ada", "number": "2001", "context": api.context})
    api("PUT", f"users/{user['uuid']}/voicemails/{voicemail['id']}")
    (line,) = user["lines"]

    assert api.refusal("DELETE", f"users/{user['uuid']}")[0] == 400
    api("DELETE", f"users/{user['uuid']}/voicemails")
    for path in (
        f"voicemails/{voicemail['id']}",
        f"users/{user['id']}",
        f"lines/{line['id']}",
        f"extensions/{line['extensions'][0]['id']}",
    ):
        api("DELETE", path)

    assert api.rows() == before


def test_a_person_in_one_request(api: Api) -> None:
    before = api.rows()
    line = {"context": api.context, "endpoint_sip": {}, "extensions": [{"exten": "2001"}]}
    voicemail = {"number": "2001", "context": api.context}

    made = api("POST", "users", {"firstname": "Ada", "lines": [line], "voicemail": voicemail})

    user = api.get(f"users/{made['uuid']}")
    if not api.nested:
        assert (user["lines"], user["voicemail"]) == ([], None), "22.13 ignores it all"
        api("DELETE", f"users/{made['uuid']}?recursive=true")
    else:
        assert user["lines"][0]["extensions"][0]["exten"] == "2001"
        assert user["voicemail"]["name"] == "Ada"
        assert api.caller_id(user["lines"][0]["id"]) == '"Ada" <2001>'
        api("DELETE", f"users/{made['uuid']}?recursive=true")
    assert api.rows() == before


@pytest.mark.parametrize(
    ("number", "voicemail", "message"),
    [
        ("2095", "2001", "outside of range"),
        ("2002", "2001", "is associated with a Extension"),
        ("2001", "2002", "Voicemail already exists"),
    ],
)
def test_a_refused_person_leaves_nothing(newer: Api, number: str, voicemail: str, message: str) -> None:
    newer.person("Bob", "2002")
    newer("POST", "voicemails", {"name": "Bob", "number": "2002", "context": newer.context})
    before, free = newer.rows(), newer.number("2003")
    line = {"context": newer.context, "endpoint_sip": {}, "extensions": [{"exten": "2003"}]}
    refused = {"context": newer.context, "endpoint_sip": {}, "extensions": [{"exten": number}]}
    body = {"firstname": "Ada", "lines": [line, refused]}

    status, told = newer.refusal("POST", "users", body | {"voicemail": {"number": voicemail, "context": newer.context}})

    assert (status, message in told) == (400, True), told
    assert newer.get(f"extensions/{free['id']}")["lines"] == [], "not even taken over"
    newer("DELETE", f"extensions/{free['id']}")
    assert newer.rows() == before


def test_a_changed_number_changes_the_phone_and_not_the_voicemail(api: Api) -> None:
    user = api.person("Ada", "2001")
    (line,) = user["lines"]
    voicemail = api("POST", "voicemails", {"name": "Ada", "number": "2001", "context": api.context})
    api("PUT", f"users/{user['uuid']}/voicemails/{voicemail['id']}")

    api("PUT", f"extensions/{line['extensions'][0]['id']}", {"exten": "2002"})

    assert api.caller_id(line["id"]) == '"Ada" <2002>'
    assert api.get(f"voicemails/{voicemail['id']}")["number"] == "2001"
    assert [user["id"] for user in api("GET", "users?exten=2002")["items"]] == [user["id"]]


def test_renaming_leaves_the_caller_id(api: Api) -> None:
    user = api.person("Ada", "2001")
    api("PUT", f"users/{user['uuid']}", {"firstname": "Augusta"})

    assert api.get(f"users/{user['id']}")["caller_id"] == '"Ada"'
    api("PUT", f"users/{user['uuid']}", {"caller_id": '"Augusta"'})
    assert api.caller_id(user["lines"][0]["id"]) == '"Augusta" <2001>'


def test_a_line_without_a_user_shares_its_number_silently(api: Api) -> None:
    first, second = api.line("2001"), api.line()
    extension_id = first["extensions"][0]["id"]
    ada, bob = (api("POST", "users", {"firstname": name})["uuid"] for name in ("Ada", "Bob"))

    api("PUT", f"lines/{second['id']}/extensions/{extension_id}")
    assert len(api.get(f"extensions/{extension_id}")["lines"]) == 2
    api("PUT", f"users/{ada}/lines/{first['id']}")
    assert api.refusal("PUT", f"users/{bob}/lines/{second['id']}")[0] == 400


def test_the_first_line_is_the_main_one(api: Api) -> None:
    user = api.person("Ada", "2001")
    (main,) = user["lines"]
    second = api.line("2002")
    api("PUT", f"users/{user['uuid']}/lines/{second['id']}")
    assert api("GET", "users?exten=2002")["total"] == 0

    api("PUT", f"users/{user['uuid']}/lines", {"lines": [{"id": second["id"]}, {"id": main["id"]}]})

    assert [line["id"] for line in api.get(f"users/{user['uuid']}")["lines"]] == [second["id"], main["id"]]
    assert api("GET", "users?exten=2002")["total"] == 1


def test_whoever_loses_his_line_loses_his_groups(api: Api) -> None:
    group = api("POST", "groups", {"label": "Accueil"})
    number = api.number("2091")
    api("PUT", f"groups/{group['uuid']}/extensions/{number['id']}")
    ada, bob = api.person("Ada", "2001"), api.person("Bob", "2002")
    members = {"users": [{"uuid": user["uuid"]} for user in (ada, bob)]}
    api("PUT", f"groups/{group['uuid']}/members/users", members)

    api("DELETE", f"users/{ada['uuid']}/lines/{ada['lines'][0]['id']}")
    api("DELETE", f"lines/{bob['lines'][0]['id']}")

    assert api.get(f"groups/{group['uuid']}")["members"]["users"] == []
    assert api.get(f"users/{ada['uuid']}")["groups"] == []


def test_a_put_of_a_group_resets_what_it_leaves_out(api: Api) -> None:
    body = {"label": "Accueil"} | ({"ignore_forward": True} if api.nested else {})
    group = api("POST", "groups", body)

    api("PUT", f"groups/{group['uuid']}", {"timeout": 7})

    shown = api.get(f"groups/{group['uuid']}")
    assert (shown["label"], shown["timeout"]) == ("Accueil", 7)
    assert not shown.get("ignore_forward")


@pytest.mark.parametrize(("kind", "exten"), [("user", ""), ("group", "2091"), ("conference", "2095")])
def test_who_goes_leaves_his_incall_and_his_number(api: Api, kind: str, exten: str) -> None:
    if kind == "user":
        target = api.person("Ada", "2001")
    elif kind == "group":
        target = api("POST", "groups", {"label": "Accueil"})
    else:
        target = api("POST", "conferences", {"name": "Salle"})
    key = target["uuid"] if kind == "group" else target["id"]
    if exten:
        number = api.number(exten)
        api("PUT", f"{kind}s/{key}/extensions/{number['id']}")
    incall = api("POST", "incalls", {"destination": {"type": kind, f"{kind}_id": target["id"]}})
    (known,) = (row for row in api("GET", f"{kind}s")["items"] if row["id"] == target["id"])
    assert [row["id"] for row in known["incalls"]] == [incall["id"]]

    api("DELETE", f"{kind}s/{key}")

    assert api.get(f"incalls/{incall['id']}")["destination"] == {"type": "none"}
    if exten:
        assert api.get(f"extensions/{number['id']}")[kind] is None


def test_a_recursive_put_deletes_lines_and_changes_nothing(newer: Api) -> None:
    user = newer.person("Ada", "2001")

    newer("PUT", f"users/{user['uuid']}?recursive=true", {"firstname": "Augusta"})

    shown = newer.get(f"users/{user['uuid']}")
    assert (shown["firstname"], shown["lines"]) == ("Ada", [])


def test_a_shared_voicemail_stays(newer: Api) -> None:
    ada, bob = newer.person("Ada", "2001"), newer.person("Bob", "2002")
    voicemail = newer("POST", f"users/{ada['uuid']}/voicemails", {"name": "v", "number": "1", "context": newer.context})
    newer("PUT", f"users/{bob['uuid']}/voicemails/{voicemail['id']}")

    newer("DELETE", f"users/{ada['uuid']}?recursive=true")

    assert [user["uuid"] for user in newer.get(f"voicemails/{voicemail['id']}")["users"]] == [bob["uuid"]]
    newer("DELETE", f"users/{bob['uuid']}?recursive=true")
    assert newer("GET", "voicemails")["total"] == 0


def test_each_tenant_has_templates_of_its_own(api: Api) -> None:
    (branch,) = (tenant for tenant in api.server.db.tenants.values() if tenant.slug == "filiale")
    own = api("GET", "endpoints/sip/templates")["items"]
    api.headers["Wazo-Tenant"] = branch.uuid
    theirs = api("GET", "endpoints/sip/templates")["items"]

    assert [row["label"] for row in own] == [row["label"] for row in theirs]
    assert not {row["uuid"] for row in own} & {row["uuid"] for row in theirs}
    template = next(row["uuid"] for row in own if row["label"] == "global")
    assert api.refusal("POST", "endpoints/sip", {"templates": [{"uuid": template}]})[0] == 400


def test_a_reset_forgets_everybody(api: Api) -> None:
    api.person("Ada", "2001")
    api.client.post("/_simulator/reset")
    answer = api.client.post("/api/auth/0.1/token", json={}, auth=(LOGIN, PASSWORD))
    api.headers = {"X-Auth-Token": answer.get_json()["data"]["token"]}

    assert set(api.rows().values()) == {0}

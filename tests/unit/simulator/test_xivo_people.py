# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People and their numbers on the simulated XiVO servers: whole stories, which the recordings tell in pieces."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulator.accounts import LOGIN, PASSWORD
from tests.simulator.app import create_app
from tests.simulator.xivo.extensions import Extensions
from tests.simulator.xivo.incalls import Incalls
from tests.simulator.xivo.lines import Lines, SipEndpoints
from tests.simulator.xivo.resources import Resource
from tests.simulator.xivo.trunks import Trunks
from tests.simulator.xivo.users import Users
from tests.simulator.xivo.voicemails import Voicemails

PHP = "/service/ipbx/json.php/restricted/"
GROUPS = PHP + "pbx_settings/groups/"
ROOMS = PHP + "pbx_settings/meetme/"
LINES = PHP + "pbx_settings/lines/"
INCALLS = PHP + "call_management/incall/"
FREE = PHP + "system_management/extensions/"
CONTEXTS = PHP + "system_management/context/"
QUEUES = "/callcenter/json.php/restricted/settings/queues/"
ENTITIES = "/xivo/configuration/json.php/restricted/manage/entity/"
RANGES = {
    "user": [{"numberbeg": "2001", "numberend": "2090"}],
    "group": [{"numberbeg": "2091", "numberend": "2094"}],
    "meetme": [{"numberbeg": "2095", "numberend": "2099"}],
}
COMPTA = {"name": "comptabilite", "displayname": "Comptabilité", "entity": "xivo", "contexttype": "internal"}
MOVE = {"exten": "1001", "context": "default"}


class Xivo:
    """A server with the context ``comptabilite``."""

    def __init__(self, name: str) -> None:
        self.client: FlaskClient = create_app(name).test_client()
        self.community = name == "xivo-16.15"
        assert self.php("add", CONTEXTS, body={"context": COMPTA, "contextnumbers": RANGES}) == 200

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """What confd answers: its body where it has one of JSON objects, else the status."""
        answer = self.client.open(f"/noauth/1.1/{path}", method=method, json=body)
        return answer.get_json() if answer.status_code in (200, 201) else answer.status_code

    def error(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = self.client.open(f"/noauth/1.1/{path}", method=method, json=body)
        (message,) = answer.get_json()
        return answer.status_code, message

    def php(self, act: str, path: str, item: int | str = "", body: Any = None, **query: str) -> Any:
        answer = self.client.post(
            path, query_string={"act": act, "id": item, **query}, json=body, auth=(LOGIN, PASSWORD)
        )
        return answer.get_json() if answer.data else answer.status_code

    def made(self, path: str, **body: Any) -> int:
        number: int = self("POST", path, body)["id"]
        return number

    def person(self, exten: str = "2001", context: str = "comptabilite", **user: Any) -> dict[str, int]:
        person = {
            "user": self.made("users", firstname="Zoé", lastname="Petit", **user),
            "line": self.made("lines", context=context),
            "sip": self.made("endpoints/sip"),
            "extension": self.made("extensions", exten=exten, context=context),
            "voicemail": self.made("voicemails", name="Zoé Petit", number=exten, context=context),
        }
        for path in (
            "lines/{line}/endpoints/sip/{sip}",
            "users/{user}/lines/{line}",
            "lines/{line}/extensions/{extension}",
            "users/{user}/voicemails/{voicemail}",
        ):
            assert self("PUT", path.format(**person)) == 204
        return person

    def remove(self, person: dict[str, int]) -> None:
        for path in (
            "users/{user}/voicemails",
            "users/{user}/lines/{line}",
            "lines/{line}/extensions/{extension}",
            "lines/{line}",
            "extensions/{extension}",
            "voicemails/{voicemail}",
            "users/{user}",
        ):
            assert self("DELETE", path.format(**person)) == 204

    def totals(self) -> list[int]:
        return [self("GET", path)["total"] for path in ("users", "lines", "endpoints/sip", "extensions", "voicemails")]

    def peer_context(self, line: int) -> Any:
        """The context of a SIP peer, which only the web service shows."""
        return {row["id"]: row["context"] for row in self.php("list", LINES)}[line]

    def group(self, **features: Any) -> int:
        body = {"groupfeatures": {"name": "ventes", "number": "2091", "context": "comptabilite", **features}}
        assert self.php("add", GROUPS, body={**body, "queue": {}, "user": []}) == 200
        return int(self.php("list", GROUPS)[-1]["id"])


@pytest.fixture(params=["xivo-2018", "xivo-16.15"])
def xivo(request: pytest.FixtureRequest) -> Xivo:
    return Xivo(request.param)


@pytest.fixture
def fork() -> Xivo:
    return Xivo("xivo-2018")


@pytest.fixture
def community() -> Xivo:
    return Xivo("xivo-16.15")


def test_a_person_comes_and_goes(xivo: Xivo) -> None:
    before = xivo.totals()
    person = xivo.person(email="zoe@example.org")
    (shown,) = xivo("GET", "users?view=directory&exten=2001")["items"]
    assert (shown["line_id"], shown["context"], shown["voicemail_number"]) == (person["line"], "comptabilite", "2001")
    (row,) = xivo("GET", "users/export")["content"]
    assert (row["exten"], row["email"], row["entity_id"]) == ("2001", "zoe@example.org", "1")
    line = xivo("GET", f"lines/{person['line']}")
    assert (line["protocol"], line["caller_id_name"], line["caller_id_num"]) == ("sip", "Zoé Petit", "2001")
    xivo.remove(person)
    assert xivo.totals() == before


def test_each_association_once(xivo: Xivo) -> None:
    person = xivo.person()
    for path in (
        "lines/{line}/endpoints/sip/{sip}",
        "users/{user}/lines/{line}",
        "lines/{line}/extensions/{extension}",
    ):
        assert xivo("PUT", path.format(**person)) == 400
    assert xivo("DELETE", f"users/{person['user']}/voicemails") == 204
    assert xivo("DELETE", f"users/{person['user']}/voicemails") == 404


def test_nothing_hangs_on_a_line_without_an_endpoint(xivo: Xivo) -> None:
    line, user = xivo.made("lines", context="default"), xivo.made("users", firstname="A")
    extension = xivo.made("extensions", exten="1001", context="default")
    for path in (f"users/{user}/lines/{line}", f"lines/{line}/extensions/{extension}"):
        assert xivo.error("PUT", path)[1].startswith("Resource Error - Line must be associated with a Endpoint")


def test_what_is_in_use_is_not_deleted(xivo: Xivo) -> None:
    person = xivo.person()
    for path in ("users/{user}", "extensions/{extension}", "voicemails/{voicemail}", "entities/1"):
        assert xivo("DELETE", path.format(**person)) == 400


def test_deleting_a_line_in_use(fork: Xivo, community: Xivo) -> None:
    person = fork.person()
    assert fork("DELETE", f"lines/{person['line']}") == 500
    assert fork("GET", f"users/{person['user']}/lines")["total"] == 1

    person = community.person()
    assert community("DELETE", f"lines/{person['line']}") == 204
    assert community("GET", f"endpoints/sip/{person['sip']}") == 404
    assert community("GET", f"extensions/{person['extension']}")["lines"] == []
    assert community("DELETE", f"extensions/{person['extension']}") == 204


@pytest.mark.parametrize("repair", ["users/{user}", "endpoints/sip/{sip}", "lines/{line}", "extensions/{extension}"])
def test_the_peer_of_a_moved_extension_stays_behind_until_the_next_change(xivo: Xivo, repair: str) -> None:
    person = xivo.person()
    assert xivo("PUT", f"extensions/{person['extension']}", MOVE) == 204
    assert xivo("GET", f"lines/{person['line']}")["context"] == "default"
    assert xivo.peer_context(person["line"]) == "comptabilite"
    assert xivo("PUT", repair.format(**person), {}) == 204
    assert xivo.peer_context(person["line"]) == "default"


def test_a_line_is_not_moved_by_itself(xivo: Xivo) -> None:
    person = xivo.person()
    assert xivo("PUT", f"lines/{person['line']}", {"context": "default"}) == 204
    assert xivo("GET", f"lines/{person['line']}")["context"] == "comptabilite"
    assert xivo.peer_context(person["line"]) == "default"


def test_changing_an_extension_whose_line_has_no_user(fork: Xivo, community: Xivo) -> None:
    for xivo, status in ((fork, 500), (community, 204)):
        person = xivo.person()
        assert xivo("DELETE", f"users/{person['user']}/lines/{person['line']}") == 204
        assert xivo("PUT", f"extensions/{person['extension']}", {"exten": "2002"}) == status
        shown = xivo("GET", f"extensions/{person['extension']}")["exten"]
        assert shown == ("2001" if status == 500 else "2002")


def test_the_type_of_the_context_of_an_extension_on_a_line(fork: Xivo, community: Xivo) -> None:
    for xivo, status in ((fork, 204), (community, 400)):
        person = xivo.person()
        body = {"exten": "99", "context": "to-extern"}
        assert xivo("PUT", f"extensions/{person['extension']}", body) == status


def test_a_user_is_written_over_his_voicemail_but_not_his_caller_id(xivo: Xivo) -> None:
    person = xivo.person()
    assert xivo("PUT", f"voicemails/{person['voicemail']}", {"name": "Accueil"}) == 204
    assert xivo("PUT", f"users/{person['user']}", {"lastname": "Grand"}) == 204
    assert xivo("GET", f"voicemails/{person['voicemail']}")["name"] == "Zoé Grand"
    assert xivo("GET", f"users/{person['user']}")["caller_id"] == '"Zoé Petit"'


def test_a_number_rings_on_the_lines_of_one_user_only(xivo: Xivo) -> None:
    first = xivo.person()
    second = xivo.person("2002")
    assert xivo("DELETE", f"lines/{second['line']}/extensions/{second['extension']}") == 204
    assert xivo("PUT", f"lines/{second['line']}/extensions/{first['extension']}") == 400
    # A line of nobody takes it, and nobody else can then have that line.
    assert xivo("DELETE", f"users/{second['user']}/lines/{second['line']}") == 204
    assert xivo("PUT", f"lines/{second['line']}/extensions/{first['extension']}") == 204
    assert xivo("PUT", f"users/{second['user']}/lines/{second['line']}") == 400
    assert xivo("PUT", f"users/{first['user']}/lines/{second['line']}") == 204
    assert xivo("GET", f"extensions/{first['extension']}/lines")["total"] == 2


def test_a_shared_line(xivo: Xivo) -> None:
    person, other = xivo.person(), xivo.made("users", firstname="B")
    line = person["line"]
    assert xivo("PUT", f"users/{other}/lines/{line}") == 204
    assert [row["main_user"] for row in xivo("GET", f"lines/{line}/users")["items"]] == [True, False]
    assert xivo("DELETE", f"users/{person['user']}/lines/{line}") == 400
    assert xivo("DELETE", f"users/{other}/lines/{line}") == 204
    assert xivo("DELETE", f"users/{person['user']}/lines/{line}") == 204


def test_an_endpoint_that_is_deleted_leaves_its_line(xivo: Xivo) -> None:
    person = xivo.person()
    assert xivo("DELETE", f"endpoints/sip/{person['sip']}") == 204
    line = xivo("GET", f"lines/{person['line']}")
    assert (line["protocol"], line["name"]) == (None, None)


def test_an_extension_that_is_commented_out_reads_as_none(xivo: Xivo) -> None:
    person = xivo.person()
    assert xivo("PUT", f"extensions/{person['extension']}", {"commented": True}) == 204
    (shown,) = xivo("GET", "users?view=directory")["items"]
    assert (shown["exten"], shown["context"]) == (None, None)
    assert xivo("POST", "extensions", {"exten": "2001", "context": "comptabilite"}) == 400


def test_unknown_filters_are_ignored(xivo: Xivo) -> None:
    xivo.person()
    assert xivo("GET", "users?username=nobody")["total"] == 1
    assert xivo("GET", "lines?id=999")["total"] == 1
    assert xivo("GET", "users?firstname=nobody")["total"] == 0


@pytest.mark.parametrize("name", ["email", "username"])
def test_what_is_unique(xivo: Xivo, name: str) -> None:
    first = xivo.made("users", firstname="A", **{name: "ab@c"} if name == "email" else {name: "ab"})
    value = xivo("GET", f"users/{first}")[name]
    assert xivo("POST", "users", {"firstname": "A", name: value}) == 400
    assert xivo("PUT", f"users/{first}", {name: value}) == 204


@pytest.mark.parametrize("resource", [Users, Lines, SipEndpoints, Extensions, Voicemails, Incalls, Trunks])
def test_any_column_gives_an_order(xivo: Xivo, resource: type[Resource]) -> None:
    xivo.person()
    xivo.person("2002", enabled=False)
    xivo.made("lines", context="default")
    for column in resource.listing.columns:
        orders = [
            [row["id"] for row in xivo("GET", f"{resource.path}?order={column}&direction={direction}")["items"]]
            for direction in ("asc", "desc")
        ]
        assert sorted(orders[0]) == sorted(orders[1])


def test_null_is_for_post_only(xivo: Xivo) -> None:
    user = xivo.made("users", firstname="A", caller_id=None, ring_seconds=None, enabled=None)
    for name in ("caller_id", "ring_seconds", "enabled"):
        assert xivo("PUT", f"users/{user}", {name: None}) == 400
    assert xivo("PUT", f"users/{user}", {"lastname": None}) == 204


def test_the_members_of_a_group_of_the_web_service(xivo: Xivo) -> None:
    person, group = xivo.person(), xivo.group()
    body = {"groupfeatures": {"name": "ventes", "number": "2092", "context": "comptabilite"}, "queue": {}}
    assert xivo.php("edit", GROUPS, group, {**body, "user": [person["user"]]}) == 200
    shown = xivo.php("view", GROUPS, group)
    assert [row["userid"] for row in shown["user"]] == [person["user"]]
    assert shown["groupfeatures"]["number"] == "2092"
    assert [row["nb_qmember"] for row in xivo.php("list", GROUPS)] == ["1"]
    assert xivo.php("edit", GROUPS, group, body) == 200
    assert xivo.php("view", GROUPS, group)["user"] is False


def test_confd_and_the_extension_of_a_group(xivo: Xivo) -> None:
    group = xivo.group()
    (extension,) = xivo("GET", "extensions?exten=2091")["items"]
    assert xivo("POST", "extensions", {"exten": "2091", "context": "comptabilite"}) == 400
    assert "associated with a group" in xivo.error("DELETE", f"extensions/{extension['id']}")[1]
    # Renumbered, it leaves the group behind.
    assert xivo("PUT", f"extensions/{extension['id']}", {"exten": "2094"}) == 204
    assert xivo.php("view", GROUPS, group)["groupfeatures"]["number"] == "2091"
    assert xivo.php("delete", GROUPS, group) == 200
    assert xivo("GET", f"extensions/{extension['id']}") == 404


@pytest.mark.parametrize(
    "features", [{"number": "2001"}, {"number": "3000"}, {"context": "nosuch"}, {"name": "general"}, {"name": "VENTES"}]
)
def test_groups_that_are_refused(xivo: Xivo, features: dict[str, str]) -> None:
    xivo.group()
    body = {"groupfeatures": {"name": "autre", "number": "2092", "context": "comptabilite", **features}, "queue": {}}
    assert xivo.php("add", GROUPS, body=body) == 400
    assert len(xivo.php("list", GROUPS)) == 1


def test_the_groups_of_confd(community: Xivo, fork: Xivo) -> None:
    assert fork("GET", "groups") == 404
    xivo = community
    person, group = xivo.person(), xivo.made("groups", name="ventes")
    extension = xivo.made("extensions", exten="2091", context="comptabilite")
    assert xivo("PUT", f"groups/{group}/extensions/{extension}") == 204
    uuid = xivo("GET", f"users/{person['user']}")["uuid"]
    assert xivo("PUT", f"groups/{group}/members/users", {"users": [{"uuid": uuid}]}) == 204
    user = xivo("GET", f"users/{uuid}")
    assert [row["name"] for row in user["groups"]] == ["ventes"]
    assert xivo("GET", f"extensions/{extension}")["group"]["id"] == group
    assert xivo("DELETE", f"users/{uuid}/lines/{person['line']}") == 204
    assert xivo("GET", f"groups/{group}")["members"]["users"] == []
    assert xivo("DELETE", f"groups/{group}/extensions/{extension}") == 204
    assert xivo("PUT", f"groups/{group}", {"name": "achats"}) == 204
    assert xivo("DELETE", f"groups/{group}") == 204
    assert xivo("DELETE", f"extensions/{extension}") == 204


ROOM = {"admin_typefrom": "none", "user_mode": "all", "user_announcejoinleave": "no", "maxusers": "0"}


def test_rooms(xivo: Xivo) -> None:
    features = {"name": "salle", "confno": "2095", "context": "comptabilite", **ROOM}
    body = {"meetmefeatures": features, "meetmeroom": {"confno": "2095", "pin": "1234"}}
    assert xivo.php("add", ROOMS, body=body) == 200
    assert xivo.php("add", ROOMS, body=body) == 400
    (row,) = xivo.php("list", ROOMS)
    # There is no edit: it lists.
    assert xivo.php("edit", ROOMS, row["id"], body) == [row]
    assert xivo.php("view", ROOMS, row["id"])["meetmeroom"]["pin"] == "1234"
    assert xivo("GET", "extensions?exten=2095")["total"] == 1
    assert xivo.php("delete", ROOMS, row["id"]) == 200
    assert xivo("GET", "extensions?exten=2095")["total"] == 0


def test_free_numbers(xivo: Xivo) -> None:
    xivo.person("2001")
    xivo.group()
    free = {kind: xivo.php("search", FREE, context="comptabilite", obj=kind) for kind in ("user", "group", "meetme")}
    assert free == {"user": [*range(2002, 2091)], "group": [2092, 2093, 2094], "meetme": [*range(2095, 2100)]}
    assert xivo.php("search", FREE, context="comptabilite", obj="user", number="209") == [2090]


def test_incalls_of_both_sides(xivo: Xivo) -> None:
    ranges = {"incall": [{"numberbeg": "0123456700", "numberend": "0123456799", "didlength": "4"}]}
    context = {"name": "from-extern", "displayname": "Appels", "entity": "xivo", "contexttype": "incall"}
    assert xivo.php("edit", CONTEXTS, "from-extern", {"context": context, "contextnumbers": ranges}) == 200
    person = xivo.person()
    incall = xivo.made("incalls", destination={"type": "user", "user_id": person["user"]})
    extension = xivo.made("extensions", exten="6700", context="from-extern")
    internal = xivo.made("extensions", exten="2002", context="comptabilite")
    assert xivo("PUT", f"incalls/{incall}/extensions/{internal}") == 400
    assert xivo("PUT", f"incalls/{incall}/extensions/{extension}") == 204
    assert xivo("DELETE", f"extensions/{extension}") == 400
    answer = {"answer": {"actiontype": "user", "actionarg1": str(person["user"])}}
    body = {"incall": {"exten": "6701", "context": "from-extern"}, "dialaction": answer}
    assert xivo.php("add", INCALLS, body=body) == 200
    assert [row["exten"] for row in xivo.php("list", INCALLS)] == ["6700", "6701"]
    shown = xivo("GET", "incalls")["items"]
    assert [row["extensions"][0]["exten"] for row in shown] == ["6700", "6701"]
    if xivo.community:
        user = xivo("GET", f"users/{person['user']}")
        assert [row["extensions"][0]["exten"] for row in user["incalls"]] == ["6700", "6701"]
        assert shown[0]["destination"]["user_firstname"] == "Zoé"
    # The one deletes the extension along, the other leaves it.
    assert xivo.php("delete", INCALLS, shown[1]["id"]) == 200
    assert xivo("DELETE", f"incalls/{incall}") == 204
    assert xivo("GET", "extensions?context=from-extern")["total"] == 1


def test_a_context_deleted_with_people_inside(xivo: Xivo) -> None:
    person = xivo.person()
    assert xivo.php("delete", CONTEXTS, "comptabilite") == 200
    for path in ("extensions/{extension}", "voicemails/{voicemail}", "lines/{line}"):
        status, message = xivo.error("PUT", path.format(**person), {})
        assert (status, "Context was not found" in message) == (400, True)
    # The way out.
    assert xivo.php("add", CONTEXTS, body={"context": COMPTA, "contextnumbers": RANGES}) == 200
    xivo.remove(person)


def test_a_user_deleted_by_the_web_service(xivo: Xivo) -> None:
    before = xivo.totals()
    person = xivo.person()
    assert xivo.php("delete", PHP + "pbx_settings/users/", person["user"]) == 200
    extra = [now - then for now, then in zip(xivo.totals(), before, strict=True)]
    assert extra == [0, 0, 0, 1, 1]
    assert xivo("DELETE", f"extensions/{person['extension']}") == 204


def test_the_entity_of_a_user(xivo: Xivo) -> None:
    user = xivo.made("users", firstname="A")
    entity = xivo.made("entities", name="autre", display_name="Autre")
    assert xivo("PUT", f"users/{user}/entities/{entity}") == 204
    assert xivo("GET", f"users/{user}/entities")["entity_id"] == entity
    assert xivo("GET", "users?entity=autre")["total"] == 1
    assert xivo("DELETE", f"entities/{entity}") == 400


NUMBER = st.sampled_from(["2001", "1001", "", "_1XX", "*10", "a", 1, None, "2" * 40])
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | NUMBER,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
CONTEXT = st.sampled_from(["comptabilite", "default", "nosuch", None])


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return VALUE | st.fixed_dictionaries({}, optional=keys) | st.fixed_dictionaries({}, optional=keys)


TARGET = some(type=st.sampled_from(["user", "group", "none", "x"]), user_id=VALUE, group_id=VALUE, ring_time=VALUE)
BODIES = {
    "users": some(firstname=VALUE, lastname=VALUE, email=VALUE, caller_id=VALUE, ring_seconds=VALUE, enabled=VALUE),
    "lines": some(
        context=CONTEXT, provisioning_code=NUMBER, position=VALUE, caller_id_name=VALUE, caller_id_num=NUMBER
    ),
    "endpoints/sip": some(username=VALUE, secret=VALUE, options=VALUE | st.lists(st.lists(st.text(max_size=3)))),
    "extensions": some(exten=NUMBER, context=CONTEXT, commented=VALUE),
    "voicemails": some(name=VALUE, number=NUMBER, context=CONTEXT, timezone=VALUE, max_messages=VALUE, options=VALUE),
    "incalls": some(destination=TARGET, description=VALUE),
    "groups": some(name=VALUE, timeout=VALUE, enabled=VALUE),
}
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("path", BODIES)
@FUZZ
@given(data=st.data())
def test_no_body_breaks_confd(community: Xivo, path: str, data: st.DataObject) -> None:
    body = data.draw(BODIES[path])
    for method, where in (("POST", path), ("PUT", f"{path}/1")):
        answer = community.client.open(f"/noauth/1.1/{where}", method=method, json=body)
        if answer.status_code == 500:
            assert "invalid literal for int()" in answer.get_json()[0]
        else:
            assert answer.status_code in (201, 204, 400, 404)
    assert isinstance(community("GET", path), dict)


NAME = st.sampled_from(["ventes", "salle", "é", "", None, True, 1]) | VALUE
FORMS = {
    GROUPS: some(groupfeatures=some(name=NAME, number=NUMBER, context=CONTEXT), queue=st.just({}) | VALUE, user=VALUE),
    QUEUES: some(queuefeatures=some(name=NAME, number=NUMBER, context=CONTEXT), queue=st.just({}) | VALUE, user=VALUE),
    ROOMS: some(
        meetmefeatures=st.builds(lambda given: {**ROOM, **given}, st.dictionaries(st.sampled_from(["name"]), NAME))
        | some(name=NAME, confno=NUMBER, context=CONTEXT),
        meetmeroom=some(confno=NUMBER, pin=VALUE),
    ),
    INCALLS: some(
        incall=some(exten=NUMBER, context=CONTEXT, description=VALUE),
        dialaction=some(answer=some(actiontype=st.just("user") | VALUE, actionarg1=NUMBER)),
    ),
}


@pytest.mark.parametrize("path", FORMS)
@FUZZ
@given(data=st.data())
def test_no_form_breaks_the_web_service(xivo: Xivo, path: str, data: st.DataObject) -> None:
    form = data.draw(FORMS[path])
    assert xivo.php("add", path, body=form) in (200, 400)
    if path == GROUPS and xivo.php("list", GROUPS) != 204:
        assert xivo.php("edit", GROUPS, xivo.php("list", GROUPS)[0]["id"], form) in (200, 400)
    listed = xivo.php("list", path)
    assert listed == 204 or isinstance(listed, list)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""wazo-confd: who may do what where, and what the two ages of it do differently."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.simulator.accounts import PASSWORD
from tests.simulator.wazo.contexts import add_context
from tests.unit.bench import Bench

DEPARTMENT: dict[str, Any] = {
    "name": "Comptabilite",
    "label": "Comptabilité",
    "includes": ["default"],
    "user_ranges": [{"start": "2001", "end": "2090"}],
    "group_ranges": [{"start": "2091", "end": "2094"}],
    "conference_room_ranges": [{"start": "2095", "end": "2099"}],
}


def stored(bench: Bench, label: str = "Comptabilité", name: str = "Comptabilite") -> dict[str, Any]:
    return bench.stored(label if bench.name == "wazo-26.09" else name)


def master(bench: Bench) -> Any:
    return next(tenant for tenant in bench.state.db.tenants.values() if tenant.name == "master")


def branch(bench: Bench) -> Any:
    return next(tenant for tenant in bench.state.db.tenants.values() if tenant.name == "filiale")


def account(bench: Bench, *rights: str) -> None:
    bench.state.db.add_account("few-rights", PASSWORD, master(bench), list(rights))
    bench.connection["username"] = "few-rights"


# Names


def test_the_server_makes_the_name_and_the_label_is_who_it_is(wazo26: Bench) -> None:
    made = wazo26.done(**DEPARTMENT)
    assert made["context"]["name"] == "Comptabilite"
    context = stored(wazo26)
    assert context["name"].startswith("ctx-master-internal-")
    assert wazo26.context(name=context["name"])["context"] == made["context"]
    assert wazo26.context(name="COMPTABILITE")["changed"] is False
    assert "Write name: Comptabilite" in wazo26.refused(name="Comptabilité")
    wazo26.done(name=context["name"], label="Compta")
    assert stored(wazo26, "Compta")["name"] == context["name"]
    # The old name leads there no more, but together with the label it does.
    assert wazo26.context(True, name="Comptabilite")["changed"]
    assert wazo26.context(name="Comptabilite", label="Compta")["changed"] is False


def test_a_name_alone_becomes_the_label(wazo26: Bench) -> None:
    wazo26.done(name="Ventes")
    assert stored(wazo26, "Ventes")["type"] == "internal"


def test_a_uuid_is_a_name_too(wazo26: Bench) -> None:
    wazo26.done(**DEPARTMENT)
    uuid = wazo26.info(name="Comptabilite")["identities"]["Comptabilite"]["uuid"]
    assert wazo26.context(name=uuid, includes=["default"])["changed"] is False
    wazo26.done(name=uuid, state="absent")


def test_a_label_that_two_contexts_carry(wazo26: Bench) -> None:
    twins = [add_context(wazo26.state, master(wazo26), label=label) for label in ("Été", "ete")]
    message = wazo26.refused(name="Ete")
    for twin in twins:
        assert f"name {twin.name}, uuid {twin.uuid}, label '{twin.label}', tenant {twin.tenant_uuid}" in message
    assert "Give the name or the uuid of one of them in its place." in message
    assert wazo26.refused(name="x", includes=["ete"])
    wazo26.done(name=twins[1].uuid, description="This one")
    # Each has a name of its own, by which it can be declared anywhere.
    shown = [context["name"] for context in wazo26.info(search="ete")["contexts"]]
    assert [name.rpartition("-")[0] for name in shown] == ["Ete", "ete"]
    for name, twin in zip(shown, twins, strict=True):
        assert wazo26.info(name=name)["identities"][name]["name"] == twin.name


def test_the_label_that_this_task_would_make_ambiguous(wazo26: Bench) -> None:
    wazo26.done(name="Ventes")
    assert "2 contexts are meant by 'Ventes'" in wazo26.refused(name="Ventes", label="default")


def test_an_old_context_without_a_label(wazo26: Bench) -> None:
    old = add_context(wazo26.state, master(wazo26), name="old-one", label=None)
    wazo26.done(name="old-one", user_ranges=[{"start": "7000"}])
    assert old.label is None
    wazo26.done(name="old-one", label="Old")
    assert old.label == "Old"


def test_the_client_chooses_the_name(wazo22: Bench) -> None:
    made = wazo22.done(**DEPARTMENT)
    assert made["context"]["name"] == "Comptabilite"
    assert stored(wazo22)["label"] == "Comptabilité"
    # The label is no name there.
    wazo22.done(name="Compta", label="Comptabilité")
    wazo22.done(name="COMPTABILITE")


def test_a_name_that_another_tenant_holds(wazo22: Bench) -> None:
    result = wazo22.context(name="default-filiale")
    assert result["failed"]
    assert "Taken by contexts of another tenant: default-filiale." in result["msg"]
    assert not result.get("changed")


def test_no_context_at_all_says_nothing_of_the_age(wazo26: Bench) -> None:
    wazo26.state.db.contexts.clear()
    wazo26.done(name="First", label="Première")


# Includes


def test_the_order_of_includes(wazo: Bench) -> None:
    order = ["to-extern", "default", "from-extern"]
    wazo.done(**DEPARTMENT | {"includes": order})
    assert stored(wazo)["includes"] == order
    wazo.forget()
    wazo.done(name="Comptabilite", includes=order[::-1])
    assert stored(wazo)["includes"] == order[::-1]
    assert [entry["path"].rpartition("/")[2] for entry in wazo.writes()] == ["contexts"]
    wazo.done(name="Comptabilite", label="Comptabilite", user_ranges=[])
    assert stored(wazo, "Comptabilite")["includes"] == order[::-1]
    wazo.done(name="Comptabilite", includes=[])
    assert stored(wazo, "Comptabilite")["includes"] == []


def test_a_circle_is_fine(wazo: Bench) -> None:
    wazo.done(**DEPARTMENT)
    wazo.done(name="default", includes=["to-extern", "Comptabilite"])
    assert wazo.info(name="Comptabilite")["included_by"] == {"Comptabilite": ["default"]}
    deleted = wazo.done(name="Comptabilite", state="absent")
    assert len(deleted["diff"]) == 2
    assert wazo.stored("default")["includes"] == ["to-extern"]


# Fields and ranges


def test_each_field_alone(wazo: Bench) -> None:
    wazo.done(**DEPARTMENT)
    for change in ({"description": "A remark"}, {"enabled": False}, {"type": "services"}, {"description": ""}):
        before = stored(wazo)
        wazo.done(name="Comptabilite", **change)
        assert stored(wazo) == before | change


def test_ranges(wazo: Bench) -> None:
    wazo.done(**DEPARTMENT)
    wazo.done(name="Comptabilite", user_ranges=[{"start": "2060"}, {"start": "2001", "end": "2050"}], group_ranges=[])
    assert stored(wazo)["ranges"]["user"] == [("2001", "2050", 0), ("2060", "2060", 0)]
    assert stored(wazo)["ranges"]["group"] == []
    assert stored(wazo)["ranges"]["conference_room"] == [("2095", "2099", 0)]
    wazo.range(context="Comptabilite", type="user", start="2060", end="2069")
    assert stored(wazo)["ranges"]["user"] == [("2001", "2050", 0), ("2060", "2069", 0)]
    wazo.done(name="from-extern", incall_ranges=[{"start": "0100", "end": "0199"}])
    wazo.done(name="from-extern", incall_ranges=[{"start": "0100", "end": "0199", "did_length": 4}])
    assert wazo.stored("from-extern")["ranges"]["incall"] == [("0100", "0199", 4)]


def test_leading_zeros(wazo: Bench) -> None:
    wazo.done(name="Zeros", user_ranges=[{"start": "01500", "end": "01599"}, {"start": "2500", "end": "2599"}])
    assert wazo.context(name="Zeros")["context"]["user_ranges"] == [
        {"start": "2500", "end": "2599"},
        {"start": "01500", "end": "01599"},
    ]


def test_a_deletion_that_an_extension_stops(wazo: Bench) -> None:
    token = wazo.make_token("/api/auth/0.1/token", {})
    wazo.done(**DEPARTMENT)
    url = f"{wazo.url}/api/confd/1.1/extensions"
    body = {"exten": "2001", "context": stored(wazo)["name"]}
    assert requests.post(url, json=body, headers={"X-Auth-Token": token}, timeout=10).status_code == 201
    result = wazo.context(name="Comptabilite", state="absent")
    assert result["failed"]
    assert "Context 'Comptabilite' cannot be deleted, by force neither" in result["msg"]
    assert stored(wazo)


def test_an_empty_answer_that_says_it_has_three_bytes(wazo22: Bench) -> None:
    """A naive reader hangs, or takes what comes next for those bytes."""
    wazo22.connection["timeout"] = 3
    wazo22.done(name="Ventes")
    assert wazo22.context(name="Ventes", label="L", includes=["default"], description="D")["changed"]
    headers = {"X-Auth-Token": wazo22.make_token("/api/auth/0.1/token", {})}
    url = f"{wazo22.url}/api/confd/1.1/contexts/1"
    answer = requests.put(url, json={"label": "Other"}, headers=headers, timeout=10)
    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (204, "3", b"")


# Tenants


def test_a_tenant_by_name_and_by_uuid(wazo: Bench) -> None:
    uuid = branch(wazo).uuid
    for tenant in ("filiale", "FILIALE", uuid, uuid.upper()):
        found = wazo.info(tenant=tenant)
        assert {identity["tenant_uuid"] for identity in found["identities"].values()} == {uuid}
        assert len(found["contexts"]) == 3
    wazo.done(tenant="filiale", name="Ventes")
    assert wazo.stored("Ventes", tenant="filiale")
    assert "Ventes" not in [context["name"] for context in wazo.info()["contexts"]]


def test_a_tenant_that_is_unknown(wazo: Bench) -> None:
    message = wazo.refused(name="Ventes", tenant="nosuch")
    assert "No tenant is called 'nosuch'. This account sees:" in message
    for tenant in (master(wazo), branch(wazo)):
        assert f"{tenant.name} ({tenant.uuid})" in message
    uuid = "00000000-0000-0000-0000-000000000000"
    assert "401" in wazo.refused(name="Ventes", tenant=uuid)


def test_the_uuid_of_an_unknown_tenant_is_named(wazo26: Bench) -> None:
    uuid = "00000000-0000-0000-0000-000000000000"
    message = wazo26.refused(name="Ventes", tenant=uuid)
    assert f"in the tenant {uuid}, or there is no such tenant" in message


def test_two_tenants_of_one_name(wazo: Bench) -> None:
    wazo.state.db.add_tenant("Filiale", "other", parent=master(wazo))
    assert len(wazo.info(tenant="filiale")["contexts"]) == 3  # letter by letter it is one
    message = wazo.refused(name="Ventes", tenant="FILIALE")
    assert "More than one tenant is called 'FILIALE'" in message


def test_the_right_to_list_tenants(wazo: Bench) -> None:
    account(wazo, "confd.#")
    message = wazo.refused(name="Ventes", tenant="filiale")
    assert "the right (ACL) auth.tenants.read" in message
    assert "With the tenant's uuid in place of its name, it is not needed" in message
    wazo.done(name="Ventes", tenant=branch(wazo).uuid)


# Rights and tokens


@pytest.mark.parametrize(
    ("rights", "options", "missing"),
    [
        ([], {"name": "default"}, "confd.contexts.read"),
        (["confd.contexts.read"], {"name": "new"}, "confd.contexts.create"),
        (["confd.contexts.read"], {"name": "default", "label": "Other"}, "confd.contexts.1.update"),
        (["confd.contexts.read"], {"name": "default", "includes": []}, "confd.contexts.1.contexts.update"),
        (["confd.contexts.read"], {"name": "default", "state": "absent"}, "confd.contexts.1.delete"),
    ],
)
def test_the_missing_right_is_named(wazo: Bench, rights: list[str], options: dict[str, Any], missing: str) -> None:
    account(wazo, *rights)
    before = wazo.everything()
    result = wazo.context(**options)
    assert result["failed"]
    assert f"needs the right (ACL) {missing}" in result["msg"]
    assert wazo.everything() == before


def test_the_documented_rights_suffice(wazo: Bench) -> None:
    account(
        wazo,
        "confd.contexts.read",
        "confd.contexts.create",
        "confd.contexts.*.update",
        "confd.contexts.*.contexts.update",
        "confd.contexts.*.delete",
    )
    wazo.done(**DEPARTMENT)
    wazo.done(name="Comptabilite", includes=["to-extern"], description="A remark")
    wazo.done(name="Comptabilite", state="absent")


def test_wrong_password(wazo: Bench) -> None:
    wazo.connection["password"] = "not-this-one"
    message = wazo.refused(name="new")
    assert "refused the username 'admin' with this password (Authentication Failed)" in message


def test_a_given_token_is_used_and_left_alone(wazo: Bench) -> None:
    made = wazo.make_token("/api/auth/0.1/token", {})
    wazo.connection |= {"username": None, "password": None, "token": made}
    wazo.forget()
    result = wazo.done(name="Ventes", tenant="filiale")
    assert result["server"]["api"] == "wazo-confd"
    assert wazo.tokens() == [made]
    assert not any(entry["path"].endswith("/token") for entry in wazo.requests())


@pytest.mark.parametrize("token", ["00000000-0000-0000-0000-000000000000", "not-a-token"])
def test_a_bad_token_never_shows(wazo: Bench, token: str) -> None:
    wazo.connection |= {"username": None, "password": None, "token": token}
    for product in ("auto", "wazo"):
        message = wazo.refused(name="new", product=product)
        assert "the right (ACL) confd.contexts.read, or the token is not valid any more" in message


def test_more_sessions_than_one_may_have(wazo26: Bench) -> None:
    for _unused in range(100):
        wazo26.make_token("/api/auth/0.1/token", {})
    message = wazo26.refused(name="new")
    assert "gives no more tokens to 'admin'" in message
    assert "has exceeded the maximum number of active sessions" in message
    assert len(wazo26.tokens()) == 100


def test_120_runs_leave_no_session(wazo26: Bench) -> None:
    for _unused in range(120):
        assert "contexts" in wazo26.info(name="default")
    assert wazo26.tokens() == []


def test_wazo_auth_is_down(wazo: Bench) -> None:
    """confd's text of that holds the token."""
    wazo.arm("error_before", path="/confd/", status=503, times=4)
    message = wazo.refused(name="new")
    assert "HTTP 503: one of the services behind it, often wazo-auth, is down" in message


def test_nobody_is_let_in_without_credentials(wazo: Bench) -> None:
    wazo.connection |= {"username": None, "password": None}
    assert "A Wazo server wants username and password, or a token." in wazo.refused(name="new", product="wazo")

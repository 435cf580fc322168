# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""xivo-confd 16.15: no includes, single numbers that cannot be sent again as they came, and three ways in."""

from __future__ import annotations

from collections.abc import Iterator

import flask
import pytest

from tests.simulator.xivo import access
from tests.simulator.xivo.database import Account
from tests.unit.bench import Bench, WatchedSession


@pytest.fixture
def silent_auth(xivo1615: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A XiVO whose xivo-auth does not answer at its usual port: nobody listens on 9497 here."""
    xivo1615.connection["auth_url"] = None
    yield xivo1615


def test_a_single_number_again_and_an_interval_over_it(xivo1615: Bench) -> None:
    xivo1615.done(name="one", user_ranges=[{"start": "7000"}])
    xivo1615.done(name="one", user_ranges=[{"start": "7000"}, {"start": "7005"}])
    xivo1615.done(name="one", label="Other", user_ranges=[{"start": "7005"}, {"start": "7000"}])
    xivo1615.done(name="one", user_ranges=[{"start": "7000", "end": "7009"}])
    xivo1615.done(name="one", user_ranges=[{"start": "7000"}])
    assert xivo1615.stored("one")["ranges"]["user"] == [("7000", "7000", 0)]


def test_a_single_number_that_was_stored_without_its_end(xivo1615: Bench) -> None:
    xivo1615.connect_to_webservice()
    xivo1615.done(name="one", user_ranges=[{"start": "7000"}])
    xivo1615.connection["webservices_url"] = None
    xivo1615.connect_to_confd()
    assert xivo1615.context(name="one", user_ranges=[{"start": "7000"}])["changed"] is False
    xivo1615.done(name="one", user_ranges=[{"start": "7000"}, {"start": "7005"}])
    assert xivo1615.stored("one")["ranges"]["user"] == [("7000", "7000", 0), ("7005", "7005", 0)]


def test_lists_left_out_stay_and_empty_ones_empty(xivo1615: Bench) -> None:
    xivo1615.done(name="x", user_ranges=[{"start": "7000"}], group_ranges=[{"start": "7001"}])
    xivo1615.done(name="x", user_ranges=[])
    assert xivo1615.stored("x")["ranges"]["user"] == []
    assert xivo1615.stored("x")["ranges"]["group"] == [("7001", "7001", 0)]


def test_case_is_kept_and_counts(xivo1615: Bench) -> None:
    # By labels that lead nowhere else: a name that is like a label means that context.
    xivo1615.done(name="Compta", label="Comptables")
    xivo1615.done(name="compta", label="Compta bis")
    assert {"Compta", "compta"} < {context["name"] for context in xivo1615.everything()}


def test_names_that_this_server_would_take_are_refused_all_the_same(xivo1615: Bench) -> None:
    for name in ("general", "Bad Name !", "rec-é", "x" * 40):
        xivo1615.refused(name=name)


def test_includes_are_refused_with_the_way_to_have_them(xivo1615: Bench) -> None:
    message = xivo1615.refused(name="x", includes=["default"])
    assert "has no includes. Set webservices_url" in message
    xivo1615.done(name="x", includes=[])


def test_a_label_of_any_length_and_a_context_that_is_off(xivo1615: Bench) -> None:
    xivo1615.done(name="x", label="é" * 128, enabled=False, incall_ranges=[{"start": "0100"}])
    stored = xivo1615.stored("x")
    assert (stored["label"], stored["enabled"]) == ("é" * 128, False)
    assert "has 129 characters" in xivo1615.refused(name="y", label="x" * 129)


def test_a_label_and_a_description_that_are_null(xivo1615: Bench) -> None:
    xivo1615.state.auth.database.add_context("bare", None, "internal", description=None)
    assert xivo1615.context(name="bare", description="")["changed"] is False
    assert xivo1615.context(name="bare")["context"]["label"] is None
    xivo1615.done(name="bare", user_ranges=[{"start": "7000"}])
    assert xivo1615.stored("bare")["label"] is None


def test_did_length_of_0(xivo1615: Bench) -> None:
    xivo1615.done(name="from-extern", incall_ranges=[{"start": "0100", "end": "0199"}])
    xivo1615.done(name="from-extern", incall_ranges=[{"start": "0100", "end": "0199", "did_length": 4}])
    assert xivo1615.stored("from-extern")["ranges"]["incall"] == [("0100", "0199", 4)]


def test_what_the_server_refuses_is_said_as_it_says_it(xivo1615: Bench) -> None:
    """A context that an extension stands in."""
    xivo1615.state.auth.database.rows("extensions")[900] = {"id": 900, "exten": "1000", "context": "default"}
    result = xivo1615.context(name="default", state="absent")
    assert result["failed"]
    assert "HTTP 400: Resource Error - Context is associated with a Extension" in result["msg"]
    assert result["done"] == []
    assert xivo1615.stored("default")


# The ways in


def test_a_token_is_made_and_deleted(xivo1615: Bench) -> None:
    xivo1615.done(name="x")
    asked = [(e["method"], e["path"], e["status"]) for e in xivo1615.requests() if e["path"].startswith("/0.1/")]
    deleted = [path.rpartition("/")[2] for method, path, status in asked if (method, status) == ("DELETE", 200)]
    assert deleted == WatchedSession.tokens
    assert len(deleted) == asked.count(("POST", "/0.1/token", 200)) == 2


def test_digest_where_xivo_auth_does_not_answer(silent_auth: Bench) -> None:
    """It needs the cookie of the challenge, for writes too."""
    silent_auth.done(name="x", user_ranges=[{"start": "7000"}])
    assert silent_auth.stored("x")["ranges"]["user"] == [("7000", "7000", 0)]
    assert not any(entry["path"].startswith("/0.1/") for entry in silent_auth.requests())
    assert 401 in [entry["status"] for entry in silent_auth.requests()]


def test_digest_with_a_wrong_password(silent_auth: Bench) -> None:
    silent_auth.connection["password"] = "not-this-one"
    assert "was refused (HTTP 401)" in silent_auth.refused(name="new")


def test_digest_with_letters_beyond_latin_1(silent_auth: Bench) -> None:
    silent_auth.state.auth.database.accounts.append(Account(99, "łucja", "żółw-łódź", ["confd.#"]))
    silent_auth.connection |= {"username": "łucja", "password": "żółw-łódź"}
    message = silent_auth.refused(name="new")
    assert "The username or the token holds a letter that HTTP cannot carry" in message
    silent_auth.state.auth.database.accounts[-1].login = "lucja"
    silent_auth.connection["username"] = "lucja"
    silent_auth.done(name="x")


def test_an_auth_that_was_named_and_does_not_answer(xivo1615: Bench, closed_port: int) -> None:
    xivo1615.connection["auth_url"] = f"http://127.0.0.1:{closed_port}/0.1"
    assert f"http://127.0.0.1:{closed_port} cannot be reached" in xivo1615.refused(name="new")


def test_the_twin_without_authentication(xivo1615: Bench) -> None:
    xivo1615.connection |= {
        "username": None,
        "password": None,
        "auth_url": None,
        "confd_url": f"{xivo1615.url}/noauth/1.1",
    }
    result = xivo1615.done(name="x")
    assert result["server"]["url"].endswith("/noauth/1.1")
    assert not any("token" in entry["path"] for entry in xivo1615.requests())


def test_missing_right(xivo1615: Bench) -> None:
    """xivo-confd says 401 and nothing else."""
    xivo1615.connection["username"] = "reader"
    assert len(xivo1615.info()["contexts"]) == 4
    result = xivo1615.context(name="new")
    assert "POST " in result["msg"]
    assert "was refused (HTTP 401)" in result["msg"]
    assert "right (ACL)" in result["msg"]
    assert "new" not in [context["name"] for context in xivo1615.everything()]


def test_wrong_password(xivo1615: Bench) -> None:
    xivo1615.connection["password"] = "not-this-one"
    message = xivo1615.refused(name="new")
    assert "refused the username 'admin' with this password (Authentication Failed)" in message


def test_a_given_token_is_used_and_left_alone(xivo1615: Bench) -> None:
    made = xivo1615.make_token("/0.1/token", {"backend": "xivo_service"})
    xivo1615.connection |= {"username": None, "password": None, "token": made}
    xivo1615.done(name="x")
    assert xivo1615.tokens() == [made]
    xivo1615.connection["token"] = "not-a-token"
    assert "was refused (HTTP 401)" in xivo1615.refused(name="new")


def test_the_digest_trap_is_real(xivo1615: Bench) -> None:
    """Without the cookie a right answer counts for nothing."""
    assert xivo1615.state.auth.database.accounts[0].login == "admin"
    with xivo1615.app.test_request_context("/1.1/contexts"):
        flask.session.clear()
        assert not access.allowed(xivo1615.state.auth, "confd.contexts.read")

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task does when something goes wrong in the middle: it reads, then goes on or says how far it came."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.servers.xivo.webservice import VERSION_HEADER
from ansible_collections.telephony.xivo.plugins.module_utils.transport.session import Answer, Session

from tests.simulator.accounts import PASSWORD
from tests.simulator.xivo.webservice_context import ContextSection
from tests.unit.bench import Bench, Result, WatchedSession

# What each server's create, change, set of includes and delete are, as requests. The web service has one for all.
PHP = ("POST", "/system_management/context/$")
CONFD = {
    "create": ("POST", "/contexts$"),
    "change": ("PUT", r"/contexts/\d+$"),
    "includes": ("PUT", r"/contexts/\d+/contexts$"),
    "delete": ("DELETE", r"/contexts/\d+$"),
}
WRITES = ("create", "change", "includes", "delete")
# Each answer that does not tell, and whether the work was done before it.
DOUBTS = {
    "500 before": ({"kind": "error_before"}, False),
    "500 after": ({"kind": "error_after"}, True),
    "503 after": ({"kind": "error_after", "status": 503}, True),
    "reset before": ({"kind": "reset"}, False),
    "reset after": ({"kind": "reset", "after": True}, True),
    "cut": ({"kind": "cut"}, True),
}


def matching(bench: Bench, write: str) -> dict[str, str]:
    method, path = PHP if bench.name == "xivo-2018" else CONFD[write]
    return {"method": method, "path": path}


def task(bench: Bench, write: str) -> dict[str, Any]:
    """A task that makes this one write and no other."""
    if write == "create":
        return {"name": "ventes", "label": "ventes", "user_ranges": [{"start": "2001", "end": "2090"}]}
    if write == "change":
        return {"name": "default", "label": "Changed", "user_ranges": []}
    if write == "includes":
        return {"name": "default", "includes": ["from-extern", "to-extern"]}
    return {"name": "default", "state": "absent"}


def by_name(bench: Bench, options: dict[str, Any]) -> dict[str, Any]:
    """The task, with a name that also leads to a context whose label the task changes."""
    if bench.name == "wazo-26.09" and options["name"] == "default":
        found = next(c for c in bench.info(name="default")["identities"].values())
        return options | {"name": found["name"]}
    return options


def writes_of(bench: Bench) -> tuple[str, ...]:
    return tuple(write for write in WRITES if write != "includes" or bench.name != "xivo-16.15")


def finished(bench: Bench, options: dict[str, Any]) -> None:
    """Once more, without faults: it is finished, and there is one of each."""
    result = bench.context(**options)
    assert not result.get("failed"), result["msg"]
    assert bench.context(**options)["changed"] is False
    labels = [context["label"] for context in bench.everything() if context.get("tenant", "master") == "master"]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_write_in_doubt_is_read_and_never_sent_twice(anywhere: Bench, doubt: str) -> None:
    fault, done = DOUBTS[doubt]
    for write in writes_of(anywhere):
        anywhere.reset()
        options = by_name(anywhere, task(anywhere, write))
        before = anywhere.everything()
        anywhere.forget()
        anywhere.arm(**fault, **matching(anywhere, write))
        result = anywhere.context(**options)
        assert len(anywhere.writes()) == 1
        assert (anywhere.everything() != before) is done
        if done:
            assert result["changed"], result
            assert "Reading back shows that it was done all the same." in result["warnings"][-1]
            assert anywhere.context(**options)["changed"] is False
        else:
            assert result["failed"]
            assert "Reading back shows that it was not done." in result["msg"]
            assert (result["changed"], result["done"], len(result["left"])) == (False, [], 1)
        finished(anywhere, options)


def test_a_slow_answer(anywhere: Bench) -> None:
    anywhere.connection["timeout"] = 0.3
    anywhere.arm("slow", seconds=1, **matching(anywhere, "create"))
    result = anywhere.context(**task(anywhere, "create"))
    assert result["changed"], result
    assert "timed out" in result["warnings"][-1]
    anywhere.connection["timeout"] = 10
    finished(anywhere, task(anywhere, "create"))


def test_the_word_of_the_server_is_told(anywhere: Bench) -> None:
    anywhere.arm("error_before", **matching(anywhere, "create"))
    message = anywhere.context(**task(anywhere, "create"))["msg"]
    assert "HTTP 500" in message
    assert "Reading back shows that it was not done." in message


def test_created_and_then_stopped(wazo: Bench) -> None:
    """Half a department: it says which half, and the next run makes the other."""
    options = task(wazo, "create") | {"includes": ["default"]}
    wazo.arm("error_before", **matching(wazo, "includes"))
    result = wazo.context(**options)
    assert result["failed"]
    assert (result["changed"], result["done"]) == (True, ["make the context 'ventes'"])
    assert result["left"] == ["set the includes of the context 'ventes'"]
    assert "Run the task again to finish it." in result["msg"]
    wazo.forget()
    finished(wazo, options)
    assert [entry["method"] for entry in wazo.writes()] == ["PUT"]


def test_it_goes_on_after_what_was_done_all_the_same(wazo: Bench) -> None:
    options = task(wazo, "create") | {"includes": ["default"]}
    for write in ("create", "includes"):
        wazo.arm("error_after", **matching(wazo, write))
    result = wazo.context(**options)
    assert result["changed"], result
    assert len(result["warnings"]) == 2
    assert result["context"]["includes"] == ["default"]
    finished(wazo, options)


def test_changed_and_then_stopped(wazo: Bench) -> None:
    options = by_name(wazo, {"name": "default", "description": "A remark", "includes": []})
    wazo.arm("reset", **matching(wazo, "includes"))
    result = wazo.context(**options)
    assert result["failed"]
    assert (len(result["done"]), len(result["left"])) == (1, 1)
    assert result["done"][0].startswith("change ")
    finished(wazo, options)


def test_a_refusal_in_the_middle(wazo: Bench) -> None:
    """Surely not done, and said so without another look."""
    wazo.state.db.add_account("maker", PASSWORD, next(iter(wazo.state.db.tenants.values())), ["confd.contexts.*"])
    wazo.connection["username"] = "maker"
    options = task(wazo, "create") | {"includes": ["default"]}
    result = wazo.context(**options)
    assert "contexts.update" in result["msg"]
    assert (result["done"], result["left"]) == (
        ["make the context 'ventes'"],
        ["set the includes of the context 'ventes'"],
    )
    wazo.connection["username"] = "admin"
    finished(wazo, options)


def test_xivo_says_400_and_has_made_the_context(webservice: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with an include that is there twice: the context stays, without them."""
    options = task(webservice, "create") | {"includes": ["default"]}
    with monkeypatch.context() as patch:
        patch.setattr(ContextSection, "_add_includes", lambda *_: False)
        result = webservice.context(**options)
    assert result["failed"]
    assert "XiVO answered HTTP 400 to the add of the context 'ventes'; it never gives a reason." in result["msg"]
    assert "Reading back shows that it is there, and not as it was declared: the context 'ventes' has" in result["msg"]
    assert "includes [] in place of [default]. It was done in part, or another run" in result["msg"]
    assert webservice.stored("ventes")["includes"] == []
    finished(webservice, options)
    assert webservice.stored("ventes")["includes"] == ["default"]


def test_a_server_that_takes_everything_and_keeps_something_else(
    anywhere: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Success is what the server then shows, not what it answered."""
    options = by_name(anywhere, {"name": "default", "description": "A remark"})
    with monkeypatch.context() as patch:
        taken = Answer(200, {VERSION_HEADER: "1.0"}, "") if anywhere.name == "xivo-2018" else Answer(204, {}, "")
        patch.setattr(Session, "write", lambda *_, **__: taken)
        result = anywhere.context(**options)
    assert result["failed"]
    assert "has description '' in place of 'A remark'" in result["msg"]
    assert result["changed"] is True
    finished(anywhere, options)


# Reads


def reads(bench: Bench) -> dict[str, str]:
    return {"method": "GET", "path": "/system_management/context/$" if bench.name == "xivo-2018" else "/contexts$"}


def asked(bench: Bench) -> list[dict[str, Any]]:
    """The requests for the list of contexts."""
    method, path = reads(bench).values()
    return [e for e in bench.requests() if e["method"] == method and e["path"].endswith(path.rstrip("$"))]


def test_reads_are_tried_again(anywhere: Bench) -> None:
    anywhere.arm("error_before", status=503, times=3, **reads(anywhere))
    assert anywhere.info()["contexts"]
    assert WatchedSession.pauses == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(("asked", "waited"), [(0, 0.0), (3, 3.0), (3600, 10.0)])
def test_retry_after_is_honoured_within_bounds(anywhere: Bench, asked: int, waited: float) -> None:
    anywhere.arm("too_many", retry_after=asked, times=2, **reads(anywhere))
    assert anywhere.info()["contexts"]
    assert WatchedSession.pauses == [waited, waited]


@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"kind": "cut"}])
def test_a_broken_read_is_tried_again(anywhere: Bench, fault: dict[str, Any]) -> None:
    anywhere.arm(**fault, times=2, **reads(anywhere))
    assert anywhere.info()["contexts"]
    assert WatchedSession.pauses == [0.5, 1.0]


@pytest.mark.parametrize("fault", [{"kind": "error_before", "status": 502}, {"kind": "reset"}, {"kind": "cut"}])
def test_reads_are_given_up_in_the_end(anywhere: Bench, fault: dict[str, Any]) -> None:
    anywhere.arm(**fault, times=100, **reads(anywhere))
    assert anywhere.url in anywhere.refused(name="new")
    assert len(WatchedSession.pauses) <= 6
    anywhere.control("DELETE", "faults")
    finished(anywhere, {"name": "new"})


def test_a_slow_read_is_waited_for(anywhere: Bench) -> None:
    """Asked again, a slow server would work on both."""
    anywhere.connection["timeout"] = 1
    anywhere.arm("slow", seconds=1.5, times=100, **reads(anywhere))
    assert anywhere.info()["contexts"]
    queries = [entry["query"] for entry in asked(anywhere)]
    assert sorted(queries) == sorted(set(queries))


def test_a_read_that_times_out_is_not_asked_again(anywhere: Bench) -> None:
    anywhere.connection["timeout"] = 0.1
    anywhere.arm("slow", seconds=2, times=100, **reads(anywhere))
    message = anywhere.info()["msg"]
    assert len(asked(anywhere)) == 1
    assert WatchedSession.pauses == []
    assert "timed out: no whole answer came within 0.4 seconds. It was not asked again" in message
    assert "Set the option timeout to more than 0.1 seconds (or XIVO_TIMEOUT) to wait longer." in message


@pytest.mark.parametrize(("timeout", "patience"), [(0.5, 2), (30, 120), (60, 120), (300, 300)])
def test_how_long_a_read_is_waited_for(timeout: float, patience: float, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = []

    def send(*_: Any, **options: Any) -> Answer:
        waited.append(options["patience"])
        return Answer(200, {}, "")

    monkeypatch.setattr(Session, "send", send)
    Session(timeout=timeout).read("http://127.0.0.1/")
    assert waited == [patience]


def test_a_proxy_that_did_not_wait_is_not_asked_again(anywhere: Bench) -> None:
    anywhere.arm("error_before", status=504, times=100, **reads(anywhere))
    assert "HTTP 504" in anywhere.info()["msg"]
    assert len(asked(anywhere)) == 1


def test_a_500_on_a_read_is_not_tried_again(anywhere: Bench) -> None:
    anywhere.arm("error_before", **reads(anywhere))
    assert "HTTP 500" in anywhere.refused(name="new")
    assert WatchedSession.pauses == []


def test_when_the_reading_back_fails_too(anywhere: Bench) -> None:
    options = task(anywhere, "create")
    anywhere.context(check_mode=True, **options)
    method, path = reads(anywhere).values()
    before = [e for e in anywhere.requests() if e["method"] == method and e["path"].endswith(path.rstrip("$"))]
    anywhere.arm("error_after", **matching(anywhere, "create"))
    anywhere.arm("reset", skip=len(before), times=100, **reads(anywhere))
    result = anywhere.context(**options)
    assert result["failed"]
    assert "Reading back failed too" in result["msg"]
    assert "Whether it was done is not known." in result["msg"]
    assert result["left"] == ["make the context 'ventes'"]
    anywhere.control("DELETE", "faults")
    finished(anywhere, options)


def test_when_only_the_last_look_fails(anywhere: Bench) -> None:
    options = task(anywhere, "create")
    anywhere.context(check_mode=True, **options)
    method, path = reads(anywhere).values()
    before = [e for e in anywhere.requests() if e["method"] == method and e["path"].endswith(path.rstrip("$"))]
    anywhere.arm("error_before", status=503, skip=len(before), times=100, **reads(anywhere))
    result = anywhere.context(**options)
    assert result["failed"]
    assert "Everything was written, but could not be read back" in result["msg"]
    assert (result["changed"], result["done"], result["left"]) == (True, ["make the context 'ventes'"], [])
    anywhere.control("DELETE", "faults")
    assert anywhere.context(**options)["changed"] is False


# Too many, and tokens


def test_a_429_to_a_write_is_tried_again(anywhere: Bench) -> None:
    """It says that nothing was done."""
    for write in writes_of(anywhere):
        anywhere.reset()
        options = by_name(anywhere, task(anywhere, write))
        anywhere.arm("too_many", times=3, **matching(anywhere, write))
        result = anywhere.context(**options)
        assert result["changed"], result
        assert result["warnings"] == []
        # Where the server makes the names, it is then looked whether somebody else makes the same.
        assert WatchedSession.pauses[:3] == [0.5, 1.0, 2.0]
        finished(anywhere, options)


def test_a_429_to_a_write_that_does_not_end(anywhere: Bench) -> None:
    anywhere.arm("too_many", times=100, **matching(anywhere, "create"))
    message = anywhere.refused_by_server(**task(anywhere, "create"))
    assert "HTTP 429" in message
    assert len(anywhere.writes()) == 4


@pytest.fixture(params=("xivo-16.15", "wazo-22.13", "wazo-26.09"))
def with_tokens(request: pytest.FixtureRequest, benches: Any) -> Bench:
    found: Bench = benches(request.param)
    return found


def test_a_token_that_expires_before_a_write(with_tokens: Bench) -> None:
    for write in writes_of(with_tokens):
        with_tokens.reset()
        options = by_name(with_tokens, task(with_tokens, write))
        with_tokens.forget()
        with_tokens.arm("expire_tokens", **matching(with_tokens, write))
        result = with_tokens.context(**options)
        assert result["changed"], result
        assert [entry["status"] for entry in with_tokens.writes()][0] == 401
        assert len(with_tokens.writes()) == 2
        finished(with_tokens, options)


def test_a_token_that_ends_during_a_write(wazo: Bench) -> None:
    """Wazo 22 says 500 then, and has done nothing."""
    for write in writes_of(wazo):
        wazo.reset()
        options = by_name(wazo, task(wazo, write))
        wazo.forget()
        wazo.arm("token_ends", **matching(wazo, write))
        result = wazo.context(**options)
        assert result["changed"], result
        assert (result["warnings"], len(wazo.writes())) == ([], 2)
        finished(wazo, options)


def test_a_token_that_ends_during_a_read(wazo: Bench) -> None:
    wazo.arm("token_ends", **reads(wazo))
    assert wazo.info()["contexts"]


def test_a_token_that_was_given_and_ends(wazo: Bench) -> None:
    """There is no other: it is said, and the write is not sent again."""
    token = wazo.make_token("/api/auth/0.1/token", {})
    wazo.connection |= {"username": None, "password": None, "token": token}
    wazo.arm("token_ends", **matching(wazo, "create"))
    result = wazo.context(**task(wazo, "create"))
    assert "HTTP 500: Invalid token." in result["msg"]
    assert "or the token is not valid any more" in result["msg"]
    assert len(wazo.writes()) == 1


def test_a_token_that_expires_before_a_read(with_tokens: Bench) -> None:
    with_tokens.arm("expire_tokens", **reads(with_tokens))
    assert with_tokens.info()["contexts"]


def test_a_token_that_expires_each_time_is_renewed_once(with_tokens: Bench) -> None:
    with_tokens.arm("expire_tokens", times=100, **matching(with_tokens, "create"))
    message = with_tokens.refused_by_server(**task(with_tokens, "create"))
    assert "or the token is not valid any more" in message
    assert len(with_tokens.writes()) == 2


def test_a_missing_right_does_not_cost_a_second_token(wazo: Bench) -> None:
    wazo.connection["username"] = "reader"
    wazo.refused_by_server(name="new")
    assert [e["method"] for e in wazo.requests() if e["path"].endswith("/token")] == ["POST"]


def test_a_429_to_the_token(with_tokens: Bench) -> None:
    with_tokens.arm("too_many", path="/token$", times=10)
    assert "gives no more tokens to 'admin'" in with_tokens.refused(name="new")


def test_the_token_is_deleted_although_that_fails_at_first(with_tokens: Bench) -> None:
    with_tokens.arm("error_before", status=503, method="DELETE", path="/token/")
    assert with_tokens.info()["contexts"]
    assert WatchedSession.pauses == [0.5]


def test_the_token_is_deleted_after_every_sort_of_failure(with_tokens: Bench) -> None:
    """The bench looks for tokens after each run; here, that there was one to delete."""

    def failing(**options: Any) -> Result:
        with_tokens.forget()
        WatchedSession.tokens.clear()
        result = with_tokens.context(**options)
        assert result["failed"]
        assert len(WatchedSession.tokens) == 1
        assert [e["status"] for e in with_tokens.requests() if e["method"] == "DELETE"] == [200]
        return result

    failing(name="Bad Name !")
    failing(name="x", includes=["nosuch"])
    with_tokens.arm("error_before", method="GET", path="/contexts$")
    failing(name="x")
    with_tokens.arm("error_before", **matching(with_tokens, "create"))
    failing(name="x")

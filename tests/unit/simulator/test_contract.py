# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The replay itself: what it learns and translates, and that it sees a difference."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest

from tests.contract import __main__ as command
from tests.contract import replay
from tests.contract.adapters import TARGETS, Target
from tests.contract.names import Names, kind_of_path
from tests.contract.scope import SCOPE, Rule
from tests.simulator.app import wrap
from tests.simulator.server import Server

OURS, THEIRS = "d59a98d5-8dfa-420f-94e1-40070348c721", "1c7f2b06-6a1e-4a0e-9d0e-2f3a4b5c6d7e"


@pytest.fixture
def names() -> Names:
    names = Names()
    recorded = {"id": 65, "name": f"ctx-{OURS}", "contexts": [{"id": 66}], "line_id": 65, "token": "<TOKEN:new>"}
    simulated = {"id": 5, "name": f"ctx-{THEIRS}", "contexts": [{"id": 6}], "line_id": 1, "token": "t"}
    names.learn(recorded, simulated, "context")
    return names


def test_ids_are_learnt_by_kind(names: Names) -> None:
    assert names.path("/1.1/contexts/65/contexts") == "/1.1/contexts/5/contexts"
    assert names.path("/1.1/lines/65/extensions/65") == "/1.1/lines/1/extensions/65"
    assert names.path("/1.1/contexts/065") == "/1.1/contexts/05"
    assert names.value({"contexts": [{"id": 66}, {"id": 65}]}, "line") == {"contexts": [{"id": 6}, {"id": 5}]}


def test_texts_and_links_are_translated(names: Names) -> None:
    assert names.text("Context ('context_id': 65, 'line_id': 65), ('id': 65)", "context") == (
        "Context ('context_id': 5, 'line_id': 1), ('id': 5)"
    )
    assert names.query(f"name=ctx-{OURS}&label=%C3%89t%C3%A9", "/1.1/contexts") == (
        f"name=ctx-{THEIRS}&label=%C3%89t%C3%A9"
    )
    assert names.value({"href": "http://127.0.0.1:19486/1.1/contexts/65"}, "context") == {"href": "/1.1/contexts/5"}
    assert names.text("('<TOKEN:new>', 'confd.contexts.read')") == "('t', 'confd.contexts.read')"


def test_a_pair_is_not_learnt_again(names: Names) -> None:
    names.learn({"id": 65}, {"id": 6}, "context")
    names.learn({"id": 67}, {"id": 6}, "context")
    assert names.value([{"id": 65}, {"id": 67}], "context") == [{"id": 5}, {"id": 67}]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/1.1/contexts/65", "context"), ("/1.1/entities", "entity"), (f"/1.1/users/{OURS}/lines/1", "line")],
)
def test_kind_of_path(path: str, kind: str) -> None:
    assert kind_of_path(path) == kind


class Echo(Server):
    """Answers every request with what it is given."""

    name = "echo"
    answer: tuple[Any, int, dict[str, str]]

    def register(self, app: flask.Flask) -> None:
        app.add_url_rule("/1.1/things", view_func=lambda: self.answer)

    def reset(self, seed: str = "fresh") -> None:
        pass

    def tokens(self) -> list[dict[str, Any]]:
        return []

    def expire_tokens(self) -> None:
        pass


RECORDED = {"total": 1, "items": [{"id": 3, "name": "a", "on": True, "ranges": [1, 2]}]}


@pytest.fixture
def outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Replays one exchange against an answer, with the exceptions given, and gives the exit code."""

    def run(body: Any, status: int = 200, listed: str = "[]", headers: dict[str, str] | None = None) -> int:
        exchange = {"case": "list", "method": "GET", "path": "/1.1/things", "status": 200, "response_body": RECORDED}
        (tmp_path / "recordings").mkdir(exist_ok=True)
        (tmp_path / "recordings" / "echo.jsonl").write_text(json.dumps(exchange) + "\n")
        (tmp_path / "exceptions.yml").write_text(listed)
        server = Echo()
        server.answer = (body, status, headers or {})
        monkeypatch.setattr(replay, "HERE", tmp_path)
        monkeypatch.setattr(replay, "create_app", lambda _name, seed: wrap(server, seed))
        monkeypatch.setitem(TARGETS, "echo", Target("echo", {"confd": ""}, ""))
        monkeypatch.setitem(SCOPE, "echo", [Rule("compare")])
        return command.main(["echo"])

    return run


def item(**changes: Any) -> dict[str, Any]:
    return {"total": 1, "items": [{"id": 8, "name": "a", "on": True, "ranges": [1, 2]} | changes]}


LISTED = "- {file: echo, case: list, reason: because}"


def test_other_ids_are_the_same(outcome: Callable[..., int]) -> None:
    assert outcome(item()) == 0


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (item(name="b"), {}),
        (item(on=1), {}),
        (item(id="8"), {}),
        (item(ranges=[2, 1]), {}),
        (item(extra=None), {}),
        ({"total": 1, "items": []}, {}),
        ("", {}),
        (item(), {"status": 201}),
        (item(), {"headers": {"X-XIVO-WS-VERSION": "1.0"}}),
    ],
)
def test_a_difference_fails(outcome: Callable[..., int], body: Any, more: dict[str, Any]) -> None:
    assert outcome(body, **more) == 1


def test_exceptions(outcome: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    # With its one exchange an exception, the file is below the least share.
    assert outcome(item(name="b"), listed=LISTED) == 1
    assert "unlisted differences" not in capsys.readouterr().out
    assert outcome(item(), listed=LISTED) == 1
    assert "has become the same" in capsys.readouterr().out
    with pytest.raises(ValueError, match="no such recording"):
        outcome(item(), listed=LISTED.replace("echo", "other"))

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bridge from an engine to a module's result."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.transport.masking import MASK

from tests.simulator.accounts import LOGIN, PASSWORD
from tests.unit.bench import Bench, parts, validated, xivo_context_info


def info_options(bench: Bench, **options: Any) -> dict[str, Any]:
    spec, _engine = parts(xivo_context_info)
    return validated(spec, {"host": bench.url, "username": LOGIN, "password": PASSWORD, **options})


def test_what_nobody_expected_is_one_readable_message(wazo26: Bench) -> None:
    """With no secret in it nor in the traceback, and no token left."""

    def broken(_params: Any, _check_mode: bool, connect: Any) -> dict[str, Any]:
        server = connect()
        token = server.headers()["X-Auth-Token"]
        basic = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        raise ZeroDivisionError(f"with {token} and {PASSWORD} and {basic}")

    result = run.run(info_options(wazo26), False, broken)
    assert result["failed"]
    assert "This is a fault of the collection" in result["msg"]
    assert f"(ZeroDivisionError: with {MASK} and {MASK} and" in result["msg"]
    assert "Please report it." in result["msg"]
    assert "\n" not in result["msg"]
    assert "Traceback" in result["exception"]
    Bench.check_secrets(result, {"username": LOGIN, "password": PASSWORD})
    assert wazo26.tokens() == []


@pytest.mark.parametrize(
    "item",
    [{}, {"name": None}, {"name": "x", "user_ranges": 5}, {"id": 1, "name": "x", "user_ranges": [{}]}, "text", None],
)
def test_an_answer_that_no_server_is_known_to_give(wazo26: Bench, item: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        wazo26.app.view_functions, "wazo-confd.GET /contexts", lambda: ({"total": 1, "items": [item]}, 200)
    )
    spec, engine = parts(xivo_context_info)
    result = run.run(info_options(wazo26), False, engine)
    assert result["failed"]
    assert "what no XiVO and no Wazo is known to answer" in result["msg"]
    assert wazo26.tokens() == []


def test_a_password_that_is_a_word_of_the_message_changes_none(wazo26: Bench) -> None:
    spec, engine = parts(xivo_context_info)

    def refused(password: str) -> Any:
        return run.outcome(spec, info_options(wazo26, password=password), False, True, engine)["msg"]

    usual = refused("Rz8-mistyped")
    assert "refused the username 'admin' with this password" in usual
    for password in ("a", "20", "true", "null", "password", "refused", "127", "admin"):
        assert refused(password) == usual


def test_what_steers_a_terminal_is_shown_and_not_obeyed(wazo26: Bench) -> None:
    """In what is there to be read; what is data stays as it is."""
    text = "Ventes\x1b[2J\x9b1m\u2028\u202e\x85\x0b"
    result = wazo26.done(name="ventes", description=text)
    assert result["context"]["description"] == text
    (diff,) = result["diff"]
    assert r"description: Ventes\x1b[2J\x9b1m\u2028\u202e\x85\x0b" in diff["after"].splitlines()
    refused = wazo26.refused(name="x\x1b[2J", label=text, user_ranges=[{"start": "\x1b[31m9"}])
    assert "\x1b" not in refused
    assert r"\x1b[31m9" in refused


@pytest.mark.parametrize("mask", [MASK, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"])
def test_a_text_that_was_masked_on_its_way_is_written_nowhere(wazo26: Bench, mask: str) -> None:
    text = wazo26.refused(name="ventes", label=f"Le {mask}ariat", user_ranges=[{"start": mask}])
    assert f"The option label holds '{mask}'" in text
    assert f"The option user_ranges[0].start holds '{mask}'" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("label", ["x"], "items[0].label is ['x'], which is no text"),
        ("description", {"a": 1}, "items[0].description is {'a': 1}, which is no text"),
        ("user_ranges", "{{ 1 }}", "items[0].user_ranges is '{{ 1 }}', which is no list"),
        ("user_ranges", ["1"], "items[0].user_ranges is ['1'], which is no list"),
        ("user_ranges", [{"start": ["1"], "end": "1"}], "items[0].user_ranges[0].start is ['1'], which is no number"),
        ("id", "../users/1", "items[0].id is '../users/1', which is no id"),
        ("uuid", "x?y", "items[0].uuid is 'x?y', which is no id"),
        ("contexts", [5], "items[0].contexts is [5], which is no list"),
        ("name", "\x1b" * 99, None),
    ],
)
def test_what_comes_from_a_server_is_looked_at_on_its_way_in(
    wazo26: Bench, field: str, value: Any, told: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = {"id": 1, "name": "x", "label": "X", "type": "internal", "tenant_uuid": "t", field: value}
    monkeypatch.setitem(
        wazo26.app.view_functions, "wazo-confd.GET /contexts", lambda: ({"total": 1, "items": [item]}, 200)
    )
    spec, engine = parts(xivo_context_info)
    result = run.outcome(spec, info_options(wazo26), False, True, engine)
    if told is None:
        assert not result.get("failed")
        return
    assert result["failed"]
    assert f"/contexts was answered with what no XiVO and no Wazo is known to answer: {told}." in result["msg"]
    assert "Please report" not in result["msg"]

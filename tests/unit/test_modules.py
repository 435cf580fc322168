# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules as Ansible runs them: what goes in as arguments, and the JSON that comes out."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from ansible.module_utils import basic
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.arguments import connection_spec
from ansible_collections.telephony.xivo.plugins.modules import xivo_context, xivo_context_info, xivo_context_range

from tests.simulator.accounts import PASSWORD
from tests.unit.bench import Bench, Result, parts

try:
    from ansible.module_utils.testing import patch_module_args
except ImportError:  # ansible-core before 2.17.7

    def patch_module_args(args: dict[str, Any]) -> AbstractContextManager[Any]:
        return patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode())


FOLDER = Path(__file__).resolve().parents[2] / "plugins/modules"
MODULES = sorted(path.stem for path in FOLDER.glob("xivo_*.py"))

Ran = Callable[..., Result]


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str]) -> Ran:
    """Run a module, and return what it prints."""

    def run_module(module: ModuleType, **arguments: Any) -> Result:
        with patch_module_args(arguments), pytest.raises(SystemExit) as ended:
            module.main()
        output = capsys.readouterr().out
        result: Result = json.loads(output)
        assert bool(ended.value.code) == result.get("failed", False)
        assert PASSWORD not in output
        return result

    return run_module


@pytest.mark.parametrize(
    ("module", "arguments", "text"),
    [
        (xivo_context, {"name": "x"}, "Give the option host, or set the variable XIVO_HOST of the environment."),
        (xivo_context, {"host": "h"}, "missing required arguments: name"),
        (xivo_context_info, {"host": None}, "No server is named."),
        (xivo_context_range, {"host": "h"}, "missing required arguments: context, start, type"),
        (
            xivo_context,
            {"host": "h", "name": "x", "type": "intern"},
            "value of type must be one of: internal, incall, outcall, services, others, got: intern",
        ),
        (
            xivo_context_range,
            {"host": "h", "context": "x", "type": "meetme", "start": "1"},
            "value of type must be one of: user, group, queue, conference_room, incall, got: meetme",
        ),
        (
            xivo_context,
            {"host": "h", "name": "x", "user_ranges": [{"end": "1"}]},
            "missing required arguments: start found in user_ranges",
        ),
        (xivo_context, {"host": "h", "name": "x", "state": "gone"}, "value of state must be one of: present, absent"),
        (xivo_context, {"host": "h", "name": "x", "product": "asterisk"}, "value of product must be one of: auto"),
        (
            xivo_context,
            {"host": "h", "name": "x", "conflicts": "no"},
            "value of conflicts must be one of: error, reachable",
        ),
        (
            xivo_context,
            {"host": "h", "name": "x", "incall_ranges": [{"start": "1", "did_length": "four"}]},
            "did_length",
        ),
        (xivo_context, {"host": "h", "name": "x", "context_ranges": []}, "Unsupported parameters"),
        (xivo_context, {"host": "h", "name": "x", "username": "admin"}, "The option password is missing"),
        (
            xivo_context,
            {"host": "h", "name": "x", "user_ranges": [{"start": "1", "did_length": 1}]},
            "user range 1: did_length is for incall ranges only.",
        ),
    ],
)
def test_bad_arguments(ran: Ran, module: ModuleType, arguments: dict[str, Any], text: str) -> None:
    result = ran(module, **arguments)
    assert result["failed"]
    assert text in result["msg"]


@pytest.mark.parametrize("name", MODULES)
def test_requests_is_missing(ran: Ran, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(f"ansible_collections.telephony.xivo.plugins.modules.{name}")
    monkeypatch.setattr(run, "HAS_REQUESTS", False)
    monkeypatch.setattr(run, "REQUESTS_PROBLEM", "No module named requests")
    spec, _engine = parts(module)
    arguments = {
        option: entry["choices"][0] if "choices" in entry else [] if entry["type"] == "list" else "1"
        for option, entry in spec.items()
        if entry.get("required")
    }
    result = ran(module, **arguments)
    assert "Failed to import the required Python library (requests)" in result["msg"]


@pytest.mark.parametrize("name", MODULES)
def test_secrets_are_not_logged(name: str) -> None:
    spec, _engine = parts(importlib.import_module(f"ansible_collections.telephony.xivo.plugins.modules.{name}"))
    assert spec["password"]["no_log"] is spec["token"]["no_log"] is True


def test_what_is_wrong_in_the_environment_is_said(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes through Ansible's own look at the options, as if it stood in the task."""
    monkeypatch.setenv("XIVO_TIMEOUT", "soon")
    assert "argument 'timeout' is of type" in ran(xivo_context_info, host="h")["msg"]
    monkeypatch.setenv("XIVO_TIMEOUT", "1.5")
    monkeypatch.setenv("XIVO_PRODUCT", "asterisk")
    assert "value of product must be one of: auto" in ran(xivo_context_info, host="h")["msg"]


def test_from_the_environment(ran: Ran, wazo26: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for option in ("host", "username", "password"):
        monkeypatch.setenv(f"XIVO_{option.upper()}", wazo26.connection[option])
    assert len(ran(xivo_context_info)["contexts"]) == 3


def test_an_empty_variable_counts_as_left_out(ran: Ran, wazo26: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential of AWX sets a variable for each of its inputs."""
    for option in connection_spec():
        monkeypatch.setenv(f"XIVO_{option.upper()}", "")
    assert "No server is named." in ran(xivo_context_info)["msg"]
    for option in ("host", "username", "password"):
        monkeypatch.setenv(f"XIVO_{option.upper()}", wazo26.connection[option])
    assert len(ran(xivo_context_info)["contexts"]) == 3


def test_what_comes_out(ran: Ran, anywhere: Bench) -> None:
    options = {option: value for option, value in anywhere.connection.items() if option != "force"}
    options |= {"name": "ventes", "label": "Ventes", "user_ranges": [{"start": "1990", "end": "1999"}]}
    options |= {"conflicts": "warn"}
    foretold = ran(xivo_context, **options, _ansible_check_mode=True, _ansible_diff=True)
    assert (foretold["changed"], anywhere.writes()) == (True, [])
    made = ran(xivo_context, **options, _ansible_diff=True)
    for key in ("changed", "context", "changes", "diff", "server"):
        assert made[key] == foretold[key]
    assert "failed" not in made
    assert made["context"]["user_ranges"] == [{"start": "1990", "end": "1999"}]
    again = ran(xivo_context, **options)
    assert again["changed"] is False
    assert "diff" not in again


def test_a_warning_is_a_warning_of_ansible(ran: Ran, wazo26: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    # Where it goes from there depends on whether some other test has imported the controller.
    warnings: list[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda _module, warning: warnings.append(warning))
    options = {option: value for option, value in wazo26.connection.items() if option != "force"}
    numbers = [{"start": "1990", "end": "1999"}]
    made = ran(xivo_context, **options, name="ventes", includes=["default"], user_ranges=numbers, conflicts="warn")
    assert made["changed"]
    [warning] = warnings
    assert "share numbers, and 'ventes' could dial both" in warning


def test_a_failure_in_the_middle(ran: Ran, wazo26: Bench) -> None:
    options = {option: value for option, value in wazo26.connection.items() if option != "force"}
    wazo26.arm("error_before", method="PUT")
    failed = ran(xivo_context, **options, name="ventes", includes=["default"])
    assert (failed["failed"], failed["changed"]) == (True, True)
    assert failed["done"] == ["make the context 'ventes'"]
    assert failed["left"] == ["set the includes of the context 'ventes'"]

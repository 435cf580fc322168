# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which way a task goes, and what a worker process keeps from one item of a loop to the next."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.modules import xivo_context, xivo_context_info
from ansible_collections.telephony.xivo.plugins.plugin_utils import fast_path

from tests.simulator.accounts import PASSWORD
from tests.unit.action.playbook import NAME, Task, play
from tests.unit.bench import Bench, validated

OWN = {"ansible_python_interpreter": sys.executable}
LOOP = {NAME + "xivo_context_info": {}, "loop": [1, 2, 3]}


def action(task: dict[str, Any], connection: dict[str, Any]) -> fast_path.FastAction:
    """An action as Ansible makes it, with just what the decision looks at."""
    made = fast_path.FastAction.__new__(fast_path.FastAction)
    quiet = {"become": None, "async_val": 0, "environment": [], "delegate_to": None}
    made._task = SimpleNamespace(**quiet | task)
    made._connection = SimpleNamespace(**{"transport": "local", "become": None} | connection)
    made._templar = SimpleNamespace(template=lambda value: value)
    return made


@pytest.mark.parametrize(
    ("task", "connection", "variables", "fast"),
    [
        ({}, {}, OWN, True),
        ({"environment": [{}]}, {}, OWN, True),
        ({"environment": [{"LANG": "C"}]}, {}, OWN, False),
        ({"environment": ["{{ proxies }}"]}, {}, OWN, False),
        ({"become": True}, {}, OWN, False),
        ({}, {"become": object()}, OWN, False),
        ({"async_val": 30}, {}, OWN, False),
        ({}, {"transport": "ssh"}, OWN, False),
        ({}, {"transport": "community.docker.docker"}, OWN, False),
        ({}, {}, OWN | {"xivo_fast_path": False}, False),
        ({}, {}, OWN | {"xivo_fast_path": "no"}, False),
        ({}, {}, {"ansible_python_interpreter": "/usr/bin/env python3"}, False),
        ({}, {}, {"ansible_python_interpreter": "python3"}, False),
        ({}, {}, {"ansible_python_interpreter": str(Path(sys.executable).parent / "not-there")}, False),
        # Where Ansible would have to look for one, only what it has found already counts.
        ({}, {}, {}, False),
        ({}, {}, {"ansible_python_interpreter": "auto_silent"}, False),
        ({}, {}, {"ansible_facts": {"discovered_interpreter_python": sys.executable}}, True),
        ({}, {}, {"ansible_facts": {"discovered_interpreter_python": "/usr/bin/other"}}, False),
        ({"delegate_to": "here"}, {}, {"ansible_delegated_vars": {"here": OWN}}, True),
        ({"delegate_to": "here"}, {}, OWN | {"ansible_delegated_vars": {"here": {}}}, False),
    ],
)
def test_when(task: Task, connection: Task, variables: Task, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANSIBLE_PYTHON_INTERPRETER", raising=False)
    assert action(task, connection)._is_fast(variables) is fast


@pytest.mark.parametrize(("value", "fast"), [("0", False), ("no", False), ("1", True), ("", True)])
def test_the_environment_turns_it_off(value: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIVO_FAST_PATH", value)
    assert action({}, {})._is_fast(OWN) is fast


def test_without_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "HAS_REQUESTS", False)
    assert action({}, {})._is_fast(OWN) is False


def test_this_ansible_is_known() -> None:
    assert fast_path.IS_KNOWN


def test_another_name_of_the_same_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one folder they are the same; the same file in another folder may be another virtualenv."""
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        for name in ("python", "python3"):
            (tmp_path / folder / name).symlink_to(Path(sys.executable).resolve())
    monkeypatch.setattr(sys, "executable", str(tmp_path / "one/python"))
    assert fast_path.is_own_python(str(tmp_path / "one/python3"))
    assert not fast_path.is_own_python(str(tmp_path / "other/python"))


# Real runs of Ansible


def test_one_token_for_a_loop(wazo26: Bench, tmp_path: Path) -> None:
    assert play(wazo26, tmp_path, [LOOP]).tokens == 1


@pytest.mark.parametrize(
    "keywords",
    [
        {"vars": {"xivo_fast_path": False}},
        {"vars": {"ansible_python_interpreter": "{{ ansible_playbook_python | replace('bin/', 'bin/../bin/') }}"}},
        {"environment": {"LANG": "C"}},
        {"async": 60, "poll": 1},
    ],
    ids=["variable", "interpreter", "environment", "async"],
)
def test_otherwise_the_module_runs_as_ever(wazo26: Bench, tmp_path: Path, keywords: Task) -> None:
    assert play(wazo26, tmp_path, [LOOP | keywords]).tokens == 3


def test_two_servers_in_a_loop_are_two_connections(wazo26: Bench, tmp_path: Path) -> None:
    """A timeout of its own makes a connection of its own, as another host or account does."""
    task = {NAME + "xivo_context_info": {"timeout": "{{ item }}"}, "loop": [5, 6, 5, 6, 5]}
    assert play(wazo26, tmp_path, [task]).tokens == 2


def test_a_loop_whose_last_item_fails_deletes_its_token(wazo26: Bench, tmp_path: Path) -> None:
    task = {NAME + "xivo_context": {"name": "{{ item }}", "label": "L"}, "loop": ["a-1", "b-1", "no such name"]}
    ran = play(wazo26, tmp_path, [task])
    assert ran.tokens == 1
    assert "cannot be the internal name" in ran.output


def test_tokens_that_are_made_stay(wazo26: Bench, tmp_path: Path) -> None:
    """The end of the task, and of the process that ran all items of its loop, leaves them alone; and nothing shows."""
    each = {"loop": "{{ result_0.results }}", "no_log": True}
    todo = [
        {NAME + "xivo_token": {}, "loop": [1, 2], "no_log": True},
        {NAME + "xivo_context_info": {"token": "{{ item.token }}"}, **each},
        {NAME + "xivo_token": {"token": "{{ item.token }}", "state": "absent"}, **each},
    ]
    ran = play(wazo26, tmp_path, todo, verbose="-vvvv")
    made, used, gone = (result["results"] for result in json.loads(ran.registered))
    assert not any(item.get("failed") for item in (*made, *used, *gone))
    # Whoever finds that a token has ended makes another one.
    assert ran.tokens == 2
    assert "UUID" in json.dumps(made)
    assert "UUID" not in ran.output


def test_a_relative_path_starts_at_the_playbook(wazo26: Bench, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    task = {NAME + "xivo_context_info": {"host": "https://127.0.0.1:9", "ca_path": "ca.pem"}}
    output = play(wazo26, tmp_path, [task]).output
    assert "invalid path" not in output
    assert output == play(wazo26, tmp_path, [task], XIVO_FAST_PATH="0").output


# What is kept


Kept = dict[str, Any]


@pytest.fixture
def info(wazo26: Bench) -> Callable[..., Task]:
    def run_info(kept: Kept, **options: Any) -> Task:
        given = {option: value for option, value in wazo26.connection.items() if option != "force"}
        return run.run(validated(xivo_context_info.SPEC, given | options), False, xivo_context_info.ENGINE, kept)

    return run_info


def tokens_made(bench: Bench) -> int:
    return sum(entry["method"] == "POST" and entry["path"].endswith("/token") for entry in bench.requests())


def test_a_server_is_kept_and_closed(wazo26: Bench, info: Callable[..., Task]) -> None:
    kept: Kept = {}
    assert info(kept) == info(kept)
    assert (len(kept), tokens_made(wazo26)) == (1, 1)
    assert PASSWORD not in str(kept)
    [server] = list(kept.values())
    server.close()
    assert wazo26.tokens() == []


def test_what_differs_has_a_connection_of_its_own(wazo26: Bench, info: Callable[..., Task]) -> None:
    kept: Kept = {}
    info(kept)
    assert info(kept, password="wrong")["failed"]
    info(kept, tenant="master")
    assert (len(kept), tokens_made(wazo26)) == (2, 3)
    for server in kept.values():
        server.close()


def test_a_token_that_expired_is_made_anew(wazo26: Bench, info: Callable[..., Task]) -> None:
    kept: Kept = {}
    first = info(kept)
    wazo26.arm("expire_tokens", path="/contexts")
    assert info(kept) == first
    assert tokens_made(wazo26) == 2
    for server in kept.values():
        server.close()
    assert wazo26.tokens() == []


def test_a_change_made_elsewhere_is_seen(wazo26: Bench, info: Callable[..., Task]) -> None:
    """Whatever an earlier task has read is read again."""
    for options in ({}, {"product": "wazo"}):
        kept: Kept = {}
        before = info(kept, **options)
        wazo26.done(name=f"new{len(options)}")
        assert len(info(kept, **options)["contexts"]) == len(before["contexts"]) + 1
        for server in kept.values():
            server.close()


def test_a_server_that_is_gone_is_not_kept(wazo26: Bench, info: Callable[..., Task]) -> None:
    kept: Kept = {}
    info(kept)
    wazo26.arm("reset", path="/contexts", times=4)
    assert info(kept)["failed"]
    assert info(kept, host="http://127.0.0.1:9")["failed"]
    assert (kept, wazo26.tokens()) == ({}, [])


PROCESS = """
import json, os, sys
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.modules.xivo_context_info import ENGINE
from ansible_collections.telephony.xivo.plugins.plugin_utils.fast_path import kept_by

params, ended = json.loads(sys.argv[1]), int(sys.argv[2])
run.run(params, False, ENGINE, kept_by(os.getpid()))
if ended:
    os.kill(os.getpid(), ended)
"""


@pytest.mark.parametrize("ended", [0, signal.SIGTERM])
def test_a_process_that_ends_leaves_no_token(wazo26: Bench, ended: int) -> None:
    """Also one that Ansible ends because everything is done, as it does with workers that are slow to go."""
    given = {option: value for option, value in wazo26.connection.items() if option != "force"}
    params = json.dumps(validated(xivo_context_info.SPEC, given))
    process = subprocess.run([sys.executable, "-c", PROCESS, params, str(int(ended))], check=False)
    assert process.returncode == -ended
    assert tokens_made(wazo26) == 1
    assert wazo26.tokens() == []


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_after_what_nobody_expected_nothing_is_kept(wazo26: Bench, error: type[BaseException]) -> None:
    """A time-out of a task arrives as an exception that is no Exception."""
    kept: Kept = {}

    def broken(_params: Any, _check_mode: bool, connect: Any) -> Task:
        connect().contexts()
        raise error

    given = {option: value for option, value in wazo26.connection.items() if option != "force"}
    params = validated(xivo_context.SPEC, given | {"name": "x"})
    try:
        result = run.run(params, False, broken, kept)
    except KeyboardInterrupt:
        result = {"failed": error is KeyboardInterrupt}
    assert result["failed"]
    assert (kept, wazo26.tokens()) == ({}, [])

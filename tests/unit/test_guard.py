# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guard of the integration tests fails when it should: plays that break its rules, and one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import playbook
from tests.integration_run import ask, configuration, problems_in
from tests.simulated import simulator
from tests.simulator.accounts import OPERATOR, OPERATOR_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
MODULE_THAT_WRITES_IN_CHECK_MODE = """
import urllib.error
import urllib.request
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec={"url": {"type": "str"}}, supports_check_mode=True)
try:
    urllib.request.urlopen(urllib.request.Request(module.params["url"], data=b"{}", method="POST"))
except urllib.error.HTTPError:
    pass
module.exit_json(changed=True)
"""
READ = {"telephony.xivo.xivo_context_info": {"name": "default"}, "check_mode": True}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with simulator("wazo-26.09") as url:
        yield url


def play(folder: Path, url: str, *tasks: dict[str, Any]) -> str:
    """Run `tasks` as an integration target would, and return the output."""
    (folder / "library").mkdir()
    (folder / "library/rogue.py").write_text(MODULE_THAT_WRITES_IN_CHECK_MODE)
    variables = configuration("wazo-26.09", url, url, folder)
    (folder / "config.yml").write_text(yaml.safe_dump(variables))
    book = {
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "vars_files": ["config.yml"],
        "module_defaults": {"group/telephony.xivo.xivo": "{{ xivo_test_connection }}"},
        "tasks": list(tasks),
    }
    config = str(ROOT / "tests/integration/integration.cfg")
    return playbook.play(folder, book, "-vvvv", ANSIBLE_CONFIG=config).succeeded()


def problems(output: str, url: str) -> str:
    return "\n".join(problems_in(output, ask(f"{url}/_simulator/tokens?all=1")))


def test_a_play_that_keeps_the_rules(tmp_path: Path, url: str) -> None:
    output = play(tmp_path, url, READ)
    assert problems(output, url) == ""
    assert "GUARD watched 1 tasks" in output


def test_a_write_in_check_mode(tmp_path: Path, url: str) -> None:
    rogue = {"name": "Rogue", "rogue": {"url": f"{url}/api/confd/1.1/contexts"}}
    output = play(tmp_path, url, rogue, rogue | {"check_mode": True})
    assert problems(output, url).splitlines() == [
        "GUARD found a problem: the task 'Rogue' wrote, and must not: POST /api/confd/1.1/contexts?"
    ]


def test_a_write_of_what_is_refused(tmp_path: Path, url: str) -> None:
    # XiVO's web service goes by the act.
    rogue = {"rogue": {"url": f"{url}/context/?act=delete&id=default"}, "tags": ["no_write"]}
    assert "must not: POST /context/?act=delete&id=default" in problems(play(tmp_path, url, rogue), url)


def test_a_token_left_behind_and_shown(tmp_path: Path, url: str) -> None:
    token = {
        "ansible.builtin.uri": {
            "url": f"{url}/api/auth/0.1/token",
            "method": "POST",
            "url_username": OPERATOR,
            "url_password": OPERATOR_PASSWORD,
            "force_basic_auth": True,
            "body": {},
            "body_format": "json",
        }
    }
    found = problems(play(tmp_path, url, token, READ), url)
    assert "left 1 tokens behind" in found
    assert "a secret" in found


@pytest.mark.parametrize(
    "shown", ["{{ xivo_test_connection.password }}", "{{ ('operator:' ~ xivo_test_connection.password) | b64encode }}"]
)
def test_a_password_that_shows(tmp_path: Path, url: str, shown: str) -> None:
    output = play(tmp_path, url, {"ansible.builtin.debug": {"msg": shown}})
    assert "a secret" in problems(output, url)


def test_a_guard_that_cannot_look(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    output = play(tmp_path, nowhere, {"ansible.builtin.debug": {"msg": "nothing"}, "check_mode": True})
    assert any("the guard broke" in problem for problem in problems_in(output, []))

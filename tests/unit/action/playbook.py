# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks, run as a person runs them, against a simulated server."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import playbook as playbooks
from tests.simulated import environment as server
from tests.simulator.accounts import PASSWORD
from tests.unit.bench import Bench

Task = dict[str, Any]
NAME = "telephony.xivo."
# What a server makes anew each time.
MADE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# To 2.18 ansible-core wraps warnings, within a uuid too: after a hyphen, if a letter stands before it.
WRAPPED = re.compile(r"(?<=[a-z]-)\n")


@dataclass
class Ran:
    """What a run of a playbook showed, and what the server was asked."""

    output: str
    registered: str
    asked: Counter[str]

    @property
    def tokens(self) -> int:
        """How many tokens were made."""
        return self.asked["POST /token"]


def play(
    bench: Bench,
    folder: Path,
    tasks: list[Task],
    variables: Task | None = None,
    verbose: str = "-v",
    prepare: Callable[[], None] = lambda: None,
    **environment: str,
) -> Ran:
    """Run `tasks`, each with its result registered, on a fresh, prepared server. The group's defaults lead there.

    The environment is this process's, with the variables XIVO_… left out and `environment` added.
    """
    bench.reset()
    prepare()
    connection = {
        variable.removeprefix("XIVO_").lower(): value for variable, value in server(bench.name, bench.url).items()
    }
    named = [
        task | ({"register": f"result_{number}", "ignore_errors": True} if any(NAME in key for key in task) else {})
        for number, task in enumerate(tasks)
    ]
    written = folder / "registered.json"
    written.unlink(missing_ok=True)
    results = ", ".join(task["register"] for task in named if "register" in task)
    last = {"ansible.builtin.copy": {"dest": str(written), "content": f"{{{{ [{results}] | to_json }}}}"}}
    book = {
        "module_defaults": {"group/telephony.xivo.xivo": connection},
        "vars": variables or {},
        "tasks": [*named, last | {"no_log": True}],
    }
    # The arguments are part of a result before ansible-core 2.21, and by choice since.
    ran = playbooks.play(folder, book, verbose, ANSIBLE_INJECT_INVOCATION="1", **environment)
    output = ran.succeeded()
    assert bench.tokens() == [], output
    assert PASSWORD not in output, output
    asked = Counter(
        f"{entry['method']} {'/token' if '/token' in entry['path'] else entry['path']}?{entry['query']}".rstrip("?")
        for entry in bench.requests()
    )
    return Ran(*(MADE.sub("UUID", text) for text in (WRAPPED.sub("", output), written.read_text())), asked)

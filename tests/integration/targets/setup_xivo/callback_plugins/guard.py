# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Watches the simulated server during every task of every target, so that no target has to ask for it.

A task in check mode must not write, nor one with the tag no_write: what is refused, and what is there already. What it
finds goes to the output, from which tests/integration_run.py makes a failure. The results of all tasks go to a file,
for tests/integration_run.py to compare two runs.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: guard
type: notification
short_description: Finds writes in check mode, and tokens that were left behind
description:
  - Watches the simulated server during every task of every target.
"""

PREFIX = "telephony.xivo."
NO_WRITE = "no_write"
# The account with which the targets themselves look at the server. It keeps its token for as long as a target runs.
LOOKER = "admin"


def is_write(request: dict[str, Any]) -> bool:
    """XiVO's PHP service goes by the act, whatever the method. Making and deleting tokens is no write."""
    if re.search(r"/0\.1/token(/|$)", request["path"]):
        return False
    return request["method"] not in ("GET", "HEAD") or bool(re.search(r"(^|&)act=(add|edit|delete)", request["query"]))


def shown_of(result: Any) -> Any:
    """What a person sees of a result, all the way down."""
    if isinstance(result, dict):
        return {key: shown_of(value) for key, value in result.items() if not str(key).startswith("_ansible")}
    return [shown_of(value) for value in result] if isinstance(result, list) else result


class CallbackModule(CallbackBase):  # type: ignore[misc]
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "guard"
    # Not CALLBACK_NEEDS_ENABLED: ansible-test itself sets which ones are enabled.

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.results = ""
        self.task: Any = None
        self.asked: int | None = None  # how many requests there were before a task that must not write
        self.watched = 0

    def v2_playbook_on_play_start(self, play: Any) -> None:
        variables = play.get_variable_manager().get_vars(play=play)
        self.url = str(variables["xivo_test_url"])
        self.results = str(variables.get("xivo_test_results", ""))

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self.task = task
        self.asked = len(self.ask("requests")) if task.check_mode or NO_WRITE in task.tags else None

    def v2_runner_on_ok(self, result: Any) -> None:
        self.look()
        self.keep(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self.look()
        self.keep(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self.look_for_tokens("the target")
        self._display.display(f"GUARD watched {self.watched} tasks that must not write")

    def look(self) -> None:
        if self.task.action.startswith(PREFIX):
            self.look_for_tokens(f"the task '{self.task.name}'")
        if self.asked is not None:
            self.watched += self.task.action.startswith(PREFIX)
            for request in filter(is_write, self.ask("requests")[self.asked :]):
                shown = f"{request['method']} {request['path']}?{request['query']}"
                self.problem(f"the task '{self.task.name}' wrote, and must not: {shown}")

    def keep(self, result: Any) -> None:
        if self.results and self.task.action.startswith(PREFIX):
            shown = shown_of(getattr(result, "result", None) or result._result)  # the latter before ansible-core 2.19
            with open(self.results, "a", encoding="utf-8") as file:
                file.write(json.dumps([self.task.name, self.task.action, shown], sort_keys=True, default=str) + "\n")

    def look_for_tokens(self, who: str) -> None:
        """A loop shares one token, which its process deletes when it ends: moments after the last item is reported."""
        for _attempt in range(100):
            left = [token for token in self.ask("tokens") if token["login"] != LOOKER]
            if not left:
                return
            time.sleep(0.05)
        self.problem(f"{who} left {len(left)} tokens behind")

    def problem(self, text: str) -> None:
        self._display.display(f"GUARD found a problem: {text}")

    def ask(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_simulator/{what}", timeout=10) as answer:
            return json.load(answer)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible run as a person runs it: in a folder, from a shell whose environment may tell where the server is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.simulated import environment

Play = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """The exit status of a command, and what it printed."""

    status: int
    output: str

    def succeeded(self) -> str:
        """What it printed; it must not have failed."""
        assert self.status == 0, self.output
        return self.output


def run(folder: Path, words: list[str], server: tuple[str, str] | None = None, **variables: str | None) -> Ran:
    """Run a command of Ansible in `folder`; `server` is the name and the URL of a simulated one.

    The environment is this process's, but for what leads to a server, and with `variables`; None takes one away.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith(("XIVO_", "CONTROLLER_"))}
    env |= {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"ANSIBLE_LOCALHOST_WARNING": "0", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0"}
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    given = {**env, **(environment(*server) if server else {}), **variables}
    ended = subprocess.run(
        words,
        cwd=folder,
        env={name: value for name, value in given.items() if value is not None},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return Ran(ended.returncode, ended.stdout)


def play(
    folder: Path,
    playbook: str | Play,
    *words: str,
    server: tuple[str, str] | None = None,
    **variables: str | None,
) -> Ran:
    """Run ansible-playbook with a playbook that is there, or with one play on this machine, as data."""
    if not isinstance(playbook, str):
        text = json.dumps([{"hosts": "localhost", "gather_facts": False, **playbook}])
        (folder / "playbook.yml").write_text(text, encoding="utf-8")
        playbook = "playbook.yml"
    return run(folder, ["ansible-playbook", playbook, *words], server, **variables)

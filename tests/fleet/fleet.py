# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many simulated servers in one process, and playbooks that run on them as on a company's."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests import playbook
from tests.simulated import environment
from tests.simulator.__main__ import make_server
from tests.simulator.app import create_app

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/fleet"
NOWHERE = "http://127.0.0.1:1"


def connection(server: str, url: str) -> dict[str, str]:
    """The options with which a host reaches the simulated `server` at `url`."""
    return {variable.removeprefix("XIVO_").lower(): value for variable, value in environment(server, url).items()}


@contextmanager
def servers(names: Iterable[str]) -> Iterator[list[str]]:
    """Run a simulated server of each name, and give their URLs. A process for each would take most of the time."""
    started = [make_server(create_app(name), "127.0.0.1", 0) for name in names]
    threads = [threading.Thread(target=server.serve, daemon=True) for server in started]
    try:
        for server, thread in zip(started, threads, strict=True):
            server.error_log = lambda *_args, **_kwargs: None  # type: ignore[method-assign]
            thread.start()
        yield [f"http://127.0.0.1:{server.bind_addr[1]}" for server in started]
    finally:
        for server in started:
            server.stop()
        for thread in threads:
            thread.join(10)


def asked(url: str) -> Counter[str]:
    """What a server was asked since the last time, such as ``POST /contexts``."""
    entries = requests.get(f"{url}/_simulator/requests", timeout=30).json()
    requests.delete(f"{url}/_simulator/requests", timeout=30).raise_for_status()
    # Without the address of the API, and the token that is deleted.
    long = re.compile(r".*/(1\.1|0\.1)(?=/)|/[0-9a-f-]{36}")
    return Counter(f"{entry['method']} {long.sub('', entry['path'])}" for entry in entries)


def tokens(url: str) -> list[Any]:
    return list(requests.get(f"{url}/_simulator/tokens", timeout=30).json())


class Ran(playbook.Ran):
    @property
    def summary(self) -> dict[str, str]:
        """The lines of the summary at the end, by server; the last of all under an empty name."""
        [shown] = re.findall(r'"msg": (\[\n +" +outcome.*?\n +\])', self.output, re.S)
        _head, *lines, last = json.loads(shown)
        return {line.split()[0]: " ".join(line.split()[1:]) for line in lines} | {"": last}


class Fleet:
    """A copy of the example project whose hosts lead to simulated servers."""

    def __init__(self, folder: Path, connections: dict[str, dict[str, str]]) -> None:
        self.folder = folder / "fleet"
        shutil.copytree(EXAMPLE, self.folder)
        # Variables of the command line win over those of the inventory.
        lead = {"fleet": connections, "xivo_connection": "{{ fleet[inventory_hostname] }}"}
        (self.folder / "connections.json").write_text(json.dumps(lead))

    def play(self, name: str, *arguments: str) -> Ran:
        # The project has an ansible.cfg of its own.
        ran = playbook.play(self.folder, name, "-e", "@connections.json", *arguments, ANSIBLE_CONFIG=None)
        return Ran(ran.status, ran.output)

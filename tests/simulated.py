# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting a simulated server, and what a playbook needs to reach it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.simulator.accounts import LOGIN, PASSWORD

SERVERS = ("xivo-2018", "xivo-16.15", "wazo-22.13", "wazo-26.09")


@contextmanager
def simulator(server: str, *arguments: str) -> Iterator[str]:
    """Run the simulator of `server` on a free port, and give its URL."""
    command = [sys.executable, "-m", "tests.simulator", "--server", server, "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        assert process.stdout
        line = process.stdout.readline()
        watchdog.cancel()
        if "listening on" not in line:
            raise RuntimeError(f"the simulator of {server} did not start: {line or 'it printed nothing'}")
        yield line.split()[-1]
    finally:
        watchdog.cancel()
        process.terminate()
        process.wait()


def environment(server: str, url: str) -> dict[str, str]:
    """The XIVO_… variables with which a playbook reaches the simulated `server` at `url`."""
    variables = {"XIVO_HOST": url, "XIVO_USERNAME": LOGIN, "XIVO_PASSWORD": PASSWORD}
    if server.startswith("xivo-"):
        # On a real XiVO each of the three has a port of its own.
        variables |= {
            "XIVO_CONFD_URL": f"{url}/1.1",
            "XIVO_AUTH_URL": f"{url}/0.1",
            "XIVO_WEBSERVICES_URL": url,
        }
    return variables

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reference department, applied twice to a simulated server: what `make demo` shows."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys

from tests.simulated import SERVERS, environment, simulator

PLAYBOOK = "tests/demo/department.yml"


def say(text: str) -> None:
    print(f"\n\033[1m# {text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


def run(*command: str) -> str:
    """Run `command`, show what it prints while it does, and give it back; end the demo if it fails."""
    print(f"$ {' '.join(command)}", flush=True)
    output = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            output += line
            print(line, end="", flush=True)
    if process.returncode:
        sys.exit(f"\nThe demo failed: {command[0]} returned {process.returncode}.")
    return output


def changed(recap: str) -> int:
    """The number of changed tasks in what ansible-playbook printed."""
    match = re.search(r"changed=(\d+)", recap)
    if match is None:
        sys.exit("\nThe demo failed: ansible-playbook printed no recap.")
    return int(match[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=SERVERS, default=SERVERS[0])
    server = parser.parse_args().server

    with simulator(server) as url:
        say(f"A simulated {server} runs at {url}. It is told to the modules by the environment:")
        variables = environment(server, url)
        for name, value in variables.items():
            print(f"{name}={'********' if name == 'XIVO_PASSWORD' else value}")
        os.environ |= variables | {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}  # for diffs in YAML

        say(f"The department, as {PLAYBOOK} declares it")
        with open(PLAYBOOK, encoding="utf-8") as playbook:
            print(playbook.read().split("\n---\n", 1)[-1], end="")

        say("Apply it. The diff shows what becomes of the context:")
        if not changed(run("ansible-playbook", "--diff", PLAYBOOK)):
            sys.exit("The demo failed: the first run changed nothing.")

        say("Apply it again. It is there already, so nothing may change:")
        if changed(run("ansible-playbook", "--diff", PLAYBOOK)):
            sys.exit("The demo failed: the second run changed something.")

        say("What the server has now:")
        run("ansible", "localhost", "-m", "telephony.xivo.xivo_context_info", "-a", "name=Comptabilite")

    say("Done: the department was made by the first run, and the second one changed nothing.")


if __name__ == "__main__":
    main()

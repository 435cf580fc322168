# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the integration targets against one simulated server, then look at what they left behind and what they showed.

Stands in ansible_collections/telephony/xivo, as ansible-test must: see integration() in run.py, which calls this.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.simulated import SERVERS, simulator
from tests.simulator.accounts import LOGIN, OPERATOR, OPERATOR_PASSWORD, PASSWORD

CONFIG = Path("tests/integration/integration_config.yml")
# A password that the targets mistype is a secret too.
WRONG_PASSWORD = "Wq3-mistyped-Lp"
# What is made anew each time: uuids and the names that end in one of them, and the names of lines and telephones.
MADE = re.compile(
    r"""[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=[a-z]-)[0-9a-f]{8}\b"""
    r"""|(?<=line )[0-9a-z]{8}\b|(?<="sip_username": ")[0-9a-z]{8}(?=")"""
)
# What is worth seeing of an output that is as verbose as can be.
SHOWN = re.compile(r"(Running|PLAY|TASK|fatal:|failed:|ERROR|FATAL|\[ERROR\]|GUARD|\.\.\.ignoring|\w+ +: ok=)")


def configuration(
    server: str, url: str, tls_url: str, authority: Path, fast: bool = True, results: Path | None = None
) -> dict[str, Any]:
    """The variables of the targets."""
    connection = {"host": url, "username": OPERATOR, "password": OPERATOR_PASSWORD}
    if server.startswith("xivo-"):
        # On a real XiVO each has a port of its own.
        connection |= {"confd_url": f"{url}/1.1", "auth_url": f"{url}/0.1"}
    if server == "xivo-2018":
        # 16.15 has it too, the same; there the targets go through its xivo-confd.
        connection |= {"webservices_url": url}
    return {
        "xivo_fast_path": fast,
        "xivo_test_results": str(results or ""),
        "xivo_test_server": server,
        "xivo_test_url": url,
        "xivo_test_connection": connection,
        # Of the accounts admin and reader.
        "xivo_test_password": PASSWORD,
        "xivo_test_wrong_password": WRONG_PASSWORD,
        "xivo_test_tls_url": tls_url,
        "xivo_test_ca": str(authority),
        "xivo_test_product": server.split("-")[0],
        "xivo_test_api": {"xivo-2018": "xivo-webservice", "xivo-16.15": "xivo-confd"}.get(server, "wazo-confd"),
        # xivo-confd has no includes.
        "xivo_test_includes": server != "xivo-16.15",
        # What becomes of the name that a context is given.
        "xivo_test_names": {"xivo-2018": "lowered", "wazo-26.09": "made"}.get(server, "kept"),
    }


def run_targets(log: Path, arguments: list[str]) -> int:
    """Run ansible-test as verbosely as can be, for a secret to show: all of it to `log`, its course to the terminal."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = ["ansible-test", "integration", "--local", "--python", version, "--color", "no", "-vvvv", *arguments]
    with (
        open(log, "w", encoding="utf-8") as file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
        ) as process,
    ):
        assert process.stdout
        for line in process.stdout:
            file.write(line)
            if SHOWN.match(line):
                print(line, end="", flush=True)
    return process.returncode


def ask(url: str, authority: Path | None = None) -> Any:
    context = ssl.create_default_context(cafile=authority) if authority else None
    with urllib.request.urlopen(url, context=context) as answer:
        return json.load(answer)


def secrets(tokens: Iterable[str]) -> set[str]:
    """What must not show: passwords, as they are and as HTTP Basic has them, and the `tokens` that were given."""

    def basic(login: str, password: str) -> str:
        return base64.b64encode(f"{login}:{password}".encode()).decode()

    return {
        PASSWORD,
        OPERATOR_PASSWORD,
        WRONG_PASSWORD,
        basic(OPERATOR, OPERATOR_PASSWORD),
        basic(OPERATOR, WRONG_PASSWORD),
        basic(LOGIN, PASSWORD),
        basic("reader", PASSWORD),
        *tokens,
    }


def problems_in(output: str, tokens: Iterable[str]) -> list[str]:
    """What the guard found while the targets ran (see targets/setup_xivo/callback_plugins), and the secrets shown."""
    lines = output.splitlines()
    problems = [line for line in lines if line.startswith("GUARD found a problem")]
    # A callback that breaks is no failure to Ansible. The words are those of ansible-core to 2.18, which wraps its
    # warnings, and since.
    broken = r"Failure using method .{,80}guard|Callback dispatch .{,80}guard|guard.{,80}callback.{,80}(error|unable)"
    found = re.finditer(broken.replace(" ", r"\s+"), output, re.IGNORECASE | re.DOTALL)
    problems += [f"the guard broke: {' '.join(match[0].split())}" for match in found]
    for secret in secrets(tokens):
        number = next((number for number, line in enumerate(lines, 1) if secret in line), None)
        if number:
            # Without the line itself: it would show the secret once more.
            problems.append(f"a secret ({secret[:3]}...) shows in line {number} of the output")
    return problems


def run_once(server: str, log: Path, arguments: list[str], fast: bool) -> tuple[list[str], list[str]]:
    """Run the targets; return what is wrong, and the tasks' results without what a server makes anew each time."""
    with (
        tempfile.TemporaryDirectory() as folder,
        simulator(server) as url,
        simulator(server, "--tls", folder) as tls_url,
    ):
        authority, results = Path(folder) / "ca.pem", Path(folder) / "results"
        variables = configuration(server, url, tls_url, authority, fast, results)
        CONFIG.write_text(yaml.safe_dump(variables), encoding="utf-8")
        failed = run_targets(log, arguments)
        left = ask(f"{tls_url}/_simulator/tokens", authority)
        tokens = ask(f"{url}/_simulator/tokens?all=1") + ask(f"{tls_url}/_simulator/tokens?all=1", authority)
        shown = results.read_text(encoding="utf-8") if results.exists() else ""
        for made, name in ((url, "URL"), (tls_url, "TLS_URL"), (folder, "FOLDER")):
            shown = shown.replace(made, name)

    output = log.read_text(encoding="utf-8")
    problems = problems_in(output, tokens)
    if failed:
        print("...", *output.splitlines()[-60:], sep="\n")
        problems.append(f"ansible-test returned {failed}")
    if left:
        problems.append(f"{len(left)} tokens were left behind on the server with a certificate")
    # The web service of XiVO takes none; xivo-confd is asked beside it only where numbers are taken away.
    if not tokens and server != "xivo-2018":
        problems.append("no token was ever given, so it is unknown whether one would show in the output")
    ran = len(re.findall(r"^Running (?!setup_)\S+ integration test role", output, re.M))
    guarded = len(re.findall(r"^GUARD watched ", output, re.M))
    if not ran or guarded < ran:
        problems.append(f"the guard watched {guarded} targets of {ran}; does each depend on setup_xivo?")
    return problems, MADE.sub("MADE", shown).splitlines()


def differences(fast: list[str], slow: list[str]) -> list[str]:
    """Where the results of two runs of the same tasks differ."""
    if not fast or len(fast) != len(slow):
        return [f"the fast path ran {len(fast)} tasks, and modules {len(slow)}"]
    return [f"not the same both ways: {a}\nbut as a module: {b}" for a, b in zip(fast, slow, strict=True) if a != b]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=SERVERS, required=True)
    parser.add_argument("--log", type=Path, required=True, help="takes the whole output")
    parser.add_argument("--modules", action="store_true", help="each task in a process of its own, not the fast path")
    parser.add_argument(
        "--both", action="store_true", help="on the fast path, then as modules, and compare the results"
    )
    options, arguments = parser.parse_known_args()

    problems, results = run_once(options.server, options.log, arguments, fast=not options.modules)
    if options.both:
        log = options.log.with_suffix(".modules.log")
        more, as_modules = run_once(options.server, log, arguments, fast=False)
        problems += more + differences(results, as_modules)
        print(f"Compared the results of {len(results)} tasks both ways")
    for problem in problems:
        print(f"PROBLEM: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A person at a desk: a folder, a shell whose environment tells where the server is, and a server to work on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import requests

from tests.playbook import run
from tests.simulator.accounts import LOGIN, PASSWORD

# What the examples call a server, and an account of it.
HOST = re.compile(r"(?:https://)?(?:xivo|wazo)\.example\.com")
ACCOUNT = "username: ansible"
# The password of that account.
GIVEN = {"xivo_password": PASSWORD}


class Desk:
    def __init__(self, server: str, url: str, folder: Path) -> None:
        self.server = server
        self.url = url
        self.folder = folder
        requests.post(f"{url}/_simulator/reset", timeout=30).raise_for_status()

    def write(self, name: str, text: str) -> None:
        """Save a file of the examples, with this server and its account put in."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HOST.sub(self.url, text).replace(ACCOUNT, f"username: {LOGIN}"), encoding="utf-8")

    def run(self, words: list[str]) -> tuple[int, str]:
        """Type a command; give its exit status, and what it printed with the server called as in the examples."""
        if words[0] == "ansible-playbook":
            words = [*words, "--extra-vars", json.dumps(GIVEN)]
        variables: dict[str, str] = {"COLUMNS": "80"}
        if words[0] == "ansible-galaxy":
            # Neither sees the collection that is being tested, nor installs over it.
            variables |= {name: str(self.folder / "galaxy") for name in ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_HOME")}
            variables["ANSIBLE_COLLECTIONS_SCAN_SYS_PATH"] = "false"
        ran = run(self.folder, words, (self.server, self.url), **variables)
        return ran.status, ran.output.replace(self.url, "https://xivo.example.com")

    def extension(self, number: str, label: str) -> None:
        """Give a number of a context to an extension, as somebody does in the server's web page."""
        wazo = self.server.startswith("wazo")
        auth, confd = ("api/auth/0.1", "api/confd/1.1") if wazo else ("0.1", "1.1")
        body: dict[str, Any] = {} if wazo else {"backend": "xivo_service"}
        answer = requests.post(f"{self.url}/{auth}/token", json=body, auth=(LOGIN, PASSWORD), timeout=30)
        headers = {"X-Auth-Token": answer.json()["data"]["token"]}
        context = label.lower()
        if wazo:
            found = requests.get(f"{self.url}/{confd}/contexts?search={label}", headers=headers, timeout=30).json()
            [context] = [item["name"] for item in found["items"]]
        made = {"exten": number, "context": context}
        requests.post(f"{self.url}/{confd}/extensions", json=made, headers=headers, timeout=30).raise_for_status()


def changes_by_play(printed: str) -> list[list[str]]:
    """The lines of changed tasks of each play of an ansible-playbook, in order."""
    return [re.findall(r"^changed: .*", part, re.M) for part in re.split(r"^PLAY \[", printed, flags=re.M)[1:]]


def normal(text: str) -> str:
    """What is compared of an output: its words. Its lines may be folded differently, and differ between releases."""
    # Before 2.19, an error is told only as JSON.
    text = text.replace("\\n", " ").replace("[ERROR]: Task failed: Module failed: ", "")
    return " ".join(re.sub(r"\*{3,}", "***", text).split())


def missing_from(printed: str, shown: str) -> str | None:
    """The first piece of what a page shows, between two ``...``, that does not follow in what was printed."""
    rest = normal(printed)
    for piece in filter(str.strip, re.split(r"^ *\.\.\.$", shown, flags=re.M)):
        _before, found, rest = rest.partition(normal(piece))
        if not found:
            return piece
    return None

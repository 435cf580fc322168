# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection awx.awx, a controller that telephony.xivo.awx_setup has set up, and simulated servers."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.awx.controller import LOGIN as CONTROLLER_LOGIN
from tests.awx.controller import PASSWORD as CONTROLLER_PASSWORD
from tests.awx.controller import Controller, running
from tests.awx.jobs import Launcher
from tests.fleet.fleet import connection, servers
from tests.playbook import play
from tests.simulator.accounts import LOGIN, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/fleet"
PRODUCTS = {"lyon": "xivo-2018", "nantes": "xivo-16.15", "paris": "wazo-26.09", "bruxelles": "wazo-22.13"}
PRODUCTS |= {"geneve": "wazo-26.09"}

PROJECT = ("-e", "awx_project_url=https://git.example.com/telephony.git")
OF_THE_SERVERS = {"XIVO_USERNAME": LOGIN, "XIVO_PASSWORD": PASSWORD}


@pytest.fixture(scope="session")
def awx_collections() -> Path:
    """Where awx.awx is: it comes only with the package ansible, and is kept for the next time."""
    cache = Path(os.environ.get("TESTS_CACHE", ROOT / ".venv")) / "awx-collection"
    if not (cache / "ansible_collections/awx/awx/MANIFEST.json").exists():
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", folder]
            # The last releases that have it.
            subprocess.run([*pip, "ansible>=13,<13.9"], check=True)
            [wheel] = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as packed:
                packed.extractall(
                    cache, [name for name in packed.namelist() if name.startswith("ansible_collections/awx/")]
                )
    return cache


class Administrator:
    """Somebody who sets up AWX from a shell."""

    def __init__(self, controller: Controller, collections: str, folder: Path) -> None:
        self.controller = controller
        self.collections = collections
        self.folder = folder

    def set_up(self, *words: str, **variables: str) -> tuple[int, str]:
        """Run the playbook with these words and environment variables; give its exit status and what it printed."""
        account = {"CONTROLLER_USERNAME": CONTROLLER_LOGIN, "CONTROLLER_PASSWORD": CONTROLLER_PASSWORD}
        variables = {**account, "CONTROLLER_HOST": self.controller.url, **variables}
        variables = {"ANSIBLE_COLLECTIONS_PATH": self.collections, **variables}
        ran = play(self.folder, "telephony.xivo.awx_setup", *words, **variables)
        return ran.status, ran.output


@pytest.fixture
def administrator(awx_collections: Path, tmp_path: Path) -> Iterator[Administrator]:
    """Has a controller on which nothing is set up."""
    with running(Controller(EXAMPLE)) as controller:
        yield Administrator(controller, f"{os.environ['ANSIBLE_COLLECTIONS_PATH']}:{awx_collections}", tmp_path)


@pytest.fixture(scope="session")
def controller(awx_collections: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    """A controller that the playbook has set up, with the account of the simulated servers."""
    collections = f"{os.environ['ANSIBLE_COLLECTIONS_PATH']}:{awx_collections}"
    with running(Controller(EXAMPLE)) as controller:
        somebody = Administrator(controller, collections, tmp_path_factory.mktemp("setup"))
        status, printed = somebody.set_up(*PROJECT, **OF_THE_SERVERS)
        assert status == 0, printed
        yield controller


@pytest.fixture
def successor(controller: Controller, awx_collections: Path, tmp_path: Path) -> Iterator[Administrator]:
    """Has a controller of his own on which all is set up, as on `controller`."""
    with running(copy.deepcopy(controller)) as own:
        own.writes.clear()
        yield Administrator(own, f"{os.environ['ANSIBLE_COLLECTIONS_PATH']}:{awx_collections}", tmp_path)


@pytest.fixture(scope="session")
def urls() -> Iterator[dict[str, str]]:
    """A simulated server for each host of the example."""
    with servers(PRODUCTS.values()) as started:
        yield dict(zip(PRODUCTS, started, strict=True))


@pytest.fixture
def launcher(controller: Controller, urls: dict[str, str], tmp_path: Path) -> Launcher:
    """Starts jobs on servers that are fresh."""
    for url in urls.values():
        requests.post(f"{url}/_simulator/reset", timeout=30).raise_for_status()
        requests.delete(f"{url}/_simulator/requests", timeout=30).raise_for_status()
    connections = {host: connection(PRODUCTS[host], url) for host, url in urls.items()}
    return Launcher(controller, connections, tmp_path)

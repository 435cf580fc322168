# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the unit tests share: the simulated servers, each started once and made fresh for every test."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils import run
from hypothesis import HealthCheck, settings

from tests.simulated import SERVERS
from tests.unit.bench import Bench, WatchedSession, bench

# A busy machine is no failure. The tests of a project are to give the same verdict each time; to look for what they
# have not found yet: make unit ARGS="--hypothesis-profile search".
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]}
settings.register_profile("same", derandomize=True, **COMMON)
settings.register_profile("search", max_examples=500, **COMMON)
settings.load_profile("same")


@pytest.fixture(scope="session")
def benches() -> Iterator[Callable[[str], Bench]]:
    started: dict[str, Bench] = {}
    with ExitStack() as stack:

        def get(name: str) -> Bench:
            if name not in started:
                started[name] = stack.enter_context(bench(name))
            started[name].reset()
            return started[name]

        yield get


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "Session", WatchedSession)
    for variable in [name for name in os.environ if name.startswith("XIVO_")]:
        monkeypatch.delenv(variable)


@pytest.fixture
def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture(params=SERVERS)
def anywhere(request: pytest.FixtureRequest, benches: Callable[[str], Bench]) -> Bench:
    """Each server in turn: the web service of the first, confd of all others."""
    return benches(request.param)


@pytest.fixture(params=("wazo-22.13", "wazo-26.09"))
def wazo(request: pytest.FixtureRequest, benches: Callable[[str], Bench]) -> Bench:
    return benches(request.param)


@pytest.fixture
def wazo22(benches: Callable[[str], Bench]) -> Bench:
    return benches("wazo-22.13")


@pytest.fixture
def wazo26(benches: Callable[[str], Bench]) -> Bench:
    return benches("wazo-26.09")


@pytest.fixture
def webservice(benches: Callable[[str], Bench]) -> Bench:
    """XiVO's web service."""
    return benches("xivo-2018")


@pytest.fixture
def xivo1615(benches: Callable[[str], Bench]) -> Bench:
    """xivo-confd 16.15; the web service beside it is there for those that connect to it."""
    return benches("xivo-16.15")

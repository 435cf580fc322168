# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated servers against which the documentation is run, each started once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.desk import Desk
from tests.simulated import simulator


@pytest.fixture(scope="session")
def urls() -> Iterator[Callable[[str], str]]:
    started: dict[str, str] = {}
    with ExitStack() as stack:

        def get(server: str) -> str:
            if server not in started:
                started[server] = stack.enter_context(simulator(server))
            return started[server]

        yield get


@pytest.fixture
def desk(urls: Callable[[str], str], tmp_path: Path) -> Callable[[str], Desk]:
    """Where a person sits who has a fresh server of this name, and an empty folder."""
    return lambda server: Desk(server, urls(server), tmp_path)

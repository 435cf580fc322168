# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark runs, counts, and leaves nothing behind. What it measures is no test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.simulated import environment
from tests.unit.bench import Bench

SMALL = ["--rounds", "1", "--loop", "2", "--sizes", "2,3", "--create", "2"]


@pytest.fixture
def results(tmp_path: Path) -> dict[tuple[str, int], Any]:
    """The runs of the benchmark against a simulator of its own, by contender and how many contexts."""
    path = tmp_path / "bench.json"
    run_bench(path)
    return {(row["what"], row["count"]): row for row in json.loads(path.read_text())["runs"]}


def run_bench(path: Path, **variables: str) -> None:
    command = [sys.executable, "-m", "tests.bench", *SMALL, "--json", str(path)]
    ended = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_what_is_compared_sends_the_same_requests(results: dict[tuple[str, int], Any]) -> None:
    def asked(what: str, count: int) -> int:
        number: int = results[what, count]["costs"][0]["requests"]
        return number

    # A token, a list for each item, the token's end; as modules, each item has all three.
    assert asked("loop, fast path", 2) == 2 + 2
    assert asked("loop, module", 2) == 2 * 3
    assert asked("loop, uri", 2) == 2
    for name in ("in place", "create", "create, 30 ms a write"):
        assert asked(f"{name}, xivo_contexts", 2) == asked(f"{name}, bare requests", 2) > 0


def test_a_server_that_is_given_is_left_as_it_was(wazo26: Bench, tmp_path: Path) -> None:
    before = wazo26.everything()
    run_bench(tmp_path / "bench.json", **environment(wazo26.name, wazo26.url))
    assert wazo26.everything() == before
    assert wazo26.tokens() == []

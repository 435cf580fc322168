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

SMALL = ["--rounds", "1", "--loop", "2", "--sizes", "2,3", "--create", "2", "--growth", "8", "--asked", "4"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the benchmark finds with a simulator of its own."""
    path = tmp_path_factory.mktemp("bench") / "bench.json"
    run_bench(path)
    return json.loads(path.read_text())


@pytest.fixture
def results(report: Any) -> dict[tuple[str, int], Any]:
    """The runs of the benchmark, by contender and how many contexts."""
    return {(row["what"], row["count"]): row for row in report["runs"]}


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


def test_how_each_kind_grows(report: Any) -> None:
    costs = {(row["kind"], row["what"], row["count"]): row["cost"] for row in report["growth"]}
    for kind in ("context", "user", "group", "conference", "incall"):
        for count in (4, 8, 16) if kind == "context" else (2, 4, 8):
            assert costs[kind, "planned, to be made", count] > 0
            assert costs[kind, "planned, in place", count] > 0
        # On a Wazo, what is in place takes the requests of one.
        one, two, four = (costs[kind, "requests, in place", count] for count in (1, 2, 4))
        assert 0 < one == two == four
        one, two, four = (costs[kind, "requests, to be made", count] for count in (1, 2, 4))
        assert four - two == 2 * (two - one) > 0


def test_a_server_that_is_given_is_left_as_it_was(wazo26: Bench, tmp_path: Path) -> None:
    before = wazo26.everything()
    run_bench(tmp_path / "bench.json", **environment(wazo26.name, wazo26.url))
    assert wazo26.everything() == before
    assert wazo26.tokens() == []

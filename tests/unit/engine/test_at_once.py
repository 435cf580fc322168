# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs at the same time on a server that takes a label twice, in every order in which their requests can come.

The engines are the real ones; the server is a small one that makes each run wait for its turn before each request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import (
    NAMES_MADE,
    Context,
)
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, option_of
from ansible_collections.telephony.xivo.plugins.module_utils.engine import apply, contexts
from ansible_collections.telephony.xivo.plugins.module_utils.engine.contexts import run_contexts
from ansible_collections.telephony.xivo.plugins.module_utils.errors import RequestError, TelephonyError
from ansible_collections.telephony.xivo.plugins.module_utils.registry import state_of
from ansible_collections.telephony.xivo.plugins.module_utils.servers.base import Server

from tests.unit.engine.dial_plans import Options, ranges

HOUSE = Context("ctx-house", label="default", type="internal", key=1)
OPTIONS = {
    "purge": False,
    "max_deletions": 0,
    "purge_exclude": [],
    "conflicts": "ignore",
    "force": True,
    "on_error": "stop",
    "also_check": [],
}
VENTES: Options = {"name": "Ventes", "label": "Ventes", "user_ranges": ranges("2001-2090"), "includes": ["default"]}


class Killed(BaseException):
    """The run ended in the middle, as by kill -9."""


@dataclass
class World:
    """What the server holds: contexts by id, and who made each. ``coming`` have an id and do not show yet."""

    contexts: dict[int, Context] = field(default_factory=lambda: {1: HOUSE})
    maker: dict[int, int] = field(default_factory=dict)
    last_id: int = 1
    requests: int = 0

    def made(self) -> list[Context]:
        return [context for key, context in sorted(self.contexts.items()) if key != 1]


class Run:
    """One run of the engine, in a thread that goes one request at a time."""

    def __init__(self, number: int, world: World, declared: list[Options], late: bool) -> None:
        self.number = number
        self.result: dict[str, Any] = {}
        self.error = ""
        self.fault: BaseException | None = None
        self.killed = False
        self.over = False
        self.kill = False
        self._turn, self._waits = threading.Semaphore(0), threading.Semaphore(0)
        server = OneByOne(self, world, late)
        params = {**OPTIONS, "contexts": declared}
        self._thread = threading.Thread(target=self._work, args=(params, server), daemon=True)
        self._thread.start()
        self._waits.acquire()

    def _work(self, params: dict[str, Any], server: OneByOne) -> None:
        try:
            self.result = run_contexts(params, False, lambda: server, state_of, ())
        except TelephonyError as error:
            self.error = error.text
        except Killed:
            self.killed = True
        except BaseException as error:
            self.fault = error
        finally:
            self.over = True
            self._waits.release()

    def gate(self) -> None:
        """Called by the thread before each request."""
        self._waits.release()
        self._turn.acquire()
        if self.kill:
            raise Killed

    def step(self, kill: bool = False) -> None:
        """Let it make one request."""
        self.kill = kill
        self._turn.release()
        self._waits.acquire()


class OneByOne(Server):
    """What one run sees of the server. With ``late``, a context shows a step after it got its id."""

    def __init__(self, run: Run, world: World, late: bool) -> None:
        super().__init__(self, None, "http://wazo.example.com")  # type: ignore[arg-type]
        self.names = NAMES_MADE
        self._run = run
        self._world = world
        self._late = late

    def wait(self, _seconds: float) -> None:
        self._run.gate()

    def list_contexts(self) -> list[Context]:
        self._run.gate()
        return [context for _key, context in sorted(self._world.contexts.items())]

    def create(self, context: Context) -> Context:
        self._run.gate()
        self._world.last_id = key = self._world.last_id + 1
        made = context.replace(name=f"ctx-{key}", key=key, uuid=f"uuid-{key}", includes=())
        if self._late:
            self._run.gate()
        self._world.contexts[key] = made
        self._world.maker[key] = self._run.number
        return made

    def _held(self, context: Context) -> Context:
        if context.key not in self._world.contexts:
            raise RequestError("Context was not found", 404)
        return self._world.contexts[known_key(context)]

    def update(self, before: Context, after: Context, fields: Any) -> None:
        self._run.gate()
        held = self._held(before)
        assert set(fields) <= {option_of(kind) for kind in KINDS}
        self._world.contexts[known_key(held)] = held.replace(ranges=after.ranges)

    def set_includes(self, context: Context, includes: Any) -> None:
        self._run.gate()
        held = self._held(context)
        for other in includes:
            self._held(other)
        self._world.contexts[known_key(held)] = held.replace(includes=[other.name for other in includes])

    def delete(self, context: Context) -> None:
        self._run.gate()
        held = self._held(context)
        assert self._world.maker[known_key(held)] == self._run.number, "a run deletes what another made"
        del self._world.contexts[known_key(held)]
        for key, other in self._world.contexts.items():
            self._world.contexts[key] = other.replace(includes=[n for n in other.includes if n != held.name])


Choose = Callable[[int], int]


def play(declared: list[list[Options]], choose: Choose, late: bool = False, kills: int = 0) -> tuple[World, list[Run]]:
    """Let the runs make their requests in the order that ``choose`` picks, until all are over."""
    world = World()
    runs = [Run(number, world, own, late) for number, own in enumerate(declared)]
    while waiting := [run for run in runs if not run.over]:
        kinds = 2 if kills else 1
        choice = choose(len(waiting) * kinds)
        kill = kinds == 2 and choice % 8 == 7  # seldom
        kills -= kill
        waiting[choice % len(waiting)].step(kill)
    return world, runs


def every_order() -> Iterator[Choose]:
    """Yield choosers that go through all sequences of choices, one after the other."""
    path: list[tuple[int, int]] = []
    while True:
        at = 0

        def choose(count: int) -> int:
            nonlocal at
            if at == len(path):
                path.append((0, count))
            chosen, known = path[at]
            assert known == count, "the same choices must lead to the same place"
            at += 1
            return chosen

        yield choose
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return
        path[-1] = (path[-1][0] + 1, path[-1][1])


@pytest.fixture(autouse=True)
def few_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a step that can come at any time; with eight of them, the orders would be too many. And these runs stand
    for some on several machines, which do not wait for each other."""
    monkeypatch.setattr(contexts, "alone", lambda _url: nullcontext())
    monkeypatch.setattr(apply, "PAUSES", (0.1, 0.2))


def known_key(context: Context) -> int:
    assert isinstance(context.key, int)
    return context.key


def check(world: World, runs: list[Run], declared: list[list[Options]]) -> None:
    """What must hold whatever happened."""
    made = world.made()
    for run in runs:
        if run.fault:
            raise run.fault
        assert run.killed or bool(run.result) != bool(run.error)
    # A success means that there is one, as its run wanted it.
    for run in runs:
        if run.result:
            assert made, "a success, and nothing there"
            [shape] = run.result["contexts"]
            assert shape["label"] == made[0].label
    for context in made:
        assert set(context.includes) <= {"ctx-house"}


def test_two_runs_of_one_plan_in_every_order() -> None:
    orders = doubles = waits = 0
    declared = [[VENTES], [VENTES]]
    for choose in every_order():
        world, runs = play(declared, choose)
        check(world, runs, declared)
        orders += 1
        made = world.made()
        assert len(made) == 1, [context.key for context in made]
        assert made[0].includes == ("ctx-house",)
        doubles += world.last_id > 2
        # Only who waits for one that does not come to its turn gives up, and says so.
        for run in runs:
            if run.error:
                waits += 1
                assert "there are two now" in run.error
                assert world.maker[known_key(made[0])] == run.number
    assert orders > 100
    assert 0 < doubles < orders
    assert waits < orders / 4


def test_two_runs_that_want_different_numbers_in_every_order() -> None:
    other = VENTES | {"user_ranges": ranges("3001-3090")}
    declared = [[VENTES], [other]]
    told = 0
    for choose in every_order():
        world, runs = play(declared, choose)
        check(world, runs, declared)
        [made] = world.made()
        for run in runs:
            wanted = declared[run.number][0]["user_ranges"][0]["start"]
            if run.result:
                assert made.ranges["user"][0].start in (wanted, "2001", "3001")
            if "was not alike" in run.error:
                told += 1
                assert made.ranges["user"][0].start != wanted
                assert f"not [{wanted}-" in run.error
    assert told


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("kills", [0, 2])
def test_many_runs_some_cut_off_and_ids_that_show_late(late: bool, kills: int) -> None:
    left = [0, 0, 0]
    for seed in range(150):
        count = 2 + seed % 3
        declared = [[VENTES]] * count
        world, runs = play(declared, Random(seed).randrange, late, kills)
        check(world, runs, declared)
        killed = sum(run.killed for run in runs)
        told = sum("there are two now" in run.error for run in runs)
        made = world.made()
        # Each that is too many was left by one that was cut off, or somebody says that it is there.
        assert len(made) <= 1 + killed + told
        if made and killed < count and not told:
            assert made[0].includes == ("ctx-house",)
        left[min(len(made), 2)] += 1
    # Nobody cut off: one, but where an id was given before another and shows after it.
    assert left[1] > 100
    assert kills or not left[0]
    assert kills or late or not left[2]

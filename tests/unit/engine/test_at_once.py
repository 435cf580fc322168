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
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import (
    NAMES_MADE,
    Context,
)
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, option_of
from ansible_collections.telephony.xivo.plugins.module_utils.engine import execution, resources
from ansible_collections.telephony.xivo.plugins.module_utils.engine.resources import run_many
from ansible_collections.telephony.xivo.plugins.module_utils.errors import RequestError, TelephonyError
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.contexts import ContextKind
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.state import State
from ansible_collections.telephony.xivo.plugins.module_utils.servers.base import Server
from ansible_collections.telephony.xivo.plugins.module_utils.servers.contexts import ContextService

from tests.unit.domain.fakes import FakeNumbers
from tests.unit.engine.dial_plans import Options, ranges

HOUSE = Context("ctx-house", label="default", type="internal", id=1)
OPTIONS = {
    "purge": False,
    "max_deletions": 0,
    "purge_exclude": [],
    "conflicts": "ignore",
    "force": True,
    "on_error": "stop",
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
            self.result = run_many(ContextKind(), params, False, server.state)
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
        self.run = run
        self.world = world
        self.late = late

    def wait(self, _seconds: float) -> None:
        self.run.gate()

    def list_contexts(self) -> list[Context]:
        self.run.gate()
        return [context for _key, context in sorted(self.world.contexts.items())]

    def state(self) -> State:
        return State(self, lambda _kind, state: Contexts(self, state), lambda _state: FakeNumbers([], lambda _: None))

    def held(self, key: Any) -> Context:
        if key not in self.world.contexts:
            raise RequestError("Context was not found", 404)
        return self.world.contexts[key]


class Contexts(ContextService):
    """What a run can do there."""

    server: OneByOne

    def create(self, change: Any) -> None:
        server, world = self.server, self.server.world
        server.run.gate()
        world.last_id = key = world.last_id + 1
        made = replace(change.after, name=f"ctx-{key}", id=key, uuid=f"uuid-{key}", includes=())
        if server.late:
            server.run.gate()
        world.contexts[key] = made
        world.maker[key] = server.run.number
        change.made = key

    def update(self, change: Any) -> None:
        self.server.run.gate()
        held = self.server.held(change.id)
        assert set(change.fields) <= {"includes", *(option_of(kind) for kind in KINDS)}
        self.server.world.contexts[change.id] = replace(held, ranges=change.after.ranges)

    def include(self, change: Any) -> None:
        self.server.run.gate()
        held = self.server.held(change.id)
        there = self.state.directory.by_name
        ids = [change.needs[n].id if n in change.needs else there[n].id for n in change.after.includes]
        includes = tuple(self.server.held(one).name for one in ids)
        self.server.world.contexts[change.id] = replace(held, includes=includes)

    def delete(self, change: Any) -> None:
        self.server.run.gate()
        world, held = self.server.world, self.server.held(change.id)
        assert world.maker[change.id] == self.server.run.number, "a run deletes what another made"
        del world.contexts[change.id]
        for key, other in world.contexts.items():
            world.contexts[key] = replace(other, includes=tuple(n for n in other.includes if n != held.name))


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
    monkeypatch.setattr(resources, "alone", lambda _url: nullcontext())
    monkeypatch.setattr(execution, "PAUSES", (0.1, 0.2))


def known_key(context: Context) -> int:
    assert isinstance(context.id, int)
    return context.id


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
        assert len(made) == 1, [context.id for context in made]
        assert made[0].includes == ("ctx-house",)
        doubles += world.last_id > 2
        # Only who waits for one that does not come to its turn gives up, and says so.
        for run in runs:
            if run.error:
                waits += 1
                assert "There are several now" in run.error
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
            if "not alike" in run.error:
                told += 1
                assert made.ranges["user"][0].start != wanted
                assert f"in place of [{wanted}-" in run.error
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
        told = sum("There are several now" in run.error for run in runs)
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


def test_nobody_waits_for_one_of_several_while_others_wait_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "PAUSES", (0.1,) * 20)
    other = {"name": "Achats", "label": "Achats", "includes": ["Ventes"]}
    declared = [[VENTES, other], [other, VENTES], [VENTES, other]]
    for seed in range(100):
        world, runs = play(declared, Random(seed).randrange)
        for run in runs:
            if run.fault:
                raise run.fault
            # A run that finds two at its beginning has not written anything; it looks six times.
            assert not run.error or "contexts are meant by" in run.error.partition(":")[0]
        first, second = sorted(world.made(), key=lambda context: context.label or "")
        assert (first.label, first.includes) == ("Achats", (second.name,))
        assert (second.label, second.includes) == ("Ventes", ("ctx-house",))

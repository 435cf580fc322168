# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection costs, against a simulated server or a real one (XIVO_HOST and the other XIVO_ variables).

What is compared is measured in turns, within seconds of each other, and shown as ratios: the times of one machine say
little about another. Every run is checked for having done what it should. See docs/benchmark.md.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.release import __version__ as core
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import (
    NAMES_KEPT,
    Directory,
)
from ansible_collections.telephony.xivo.plugins.module_utils.environment import completed
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.contexts import (
    Abilities,
    ContextDeclaration,
    make_plan,
)
from ansible_collections.telephony.xivo.plugins.module_utils.transport.session import Answer, Session
from ansible_collections.telephony.xivo.plugins.modules import (
    xivo_conferences,
    xivo_contexts,
    xivo_groups,
    xivo_incalls,
    xivo_users,
)

from tests.simulated import SERVERS, environment, simulator
from tests.unit.domain import grown

Context = dict[str, Any]
Task = dict[str, Any]
Sent = dict[str, Any]
SLOW_WRITE = 0.03  # seconds
MODULES = {"user": xivo_users, "group": xivo_groups, "conference": xivo_conferences, "incall": xivo_incalls}
# The first number of each kind.
FIRST = {"user": 300000, "group": 400000, "conference": 500000, "incall": 600000}


class Recorder(Session):
    """A session that keeps every request of a run, for bare.py to send again."""

    sent: ClassVar[list[Sent]] = []

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        real = self._http.request

        def request(method: str, url: str, **options: Any) -> requests.Response:
            response = real(method, url, **options)
            auth = options["auth"]
            Recorder.sent.append(
                {
                    "method": method,
                    "url": response.request.url,
                    "headers": options["headers"],
                    "body": options["data"].decode() if options["data"] else None,
                    "auth": [auth.username.decode(), auth.password.decode()] if auth else None,
                    "verify": options["verify"],
                    "status": response.status_code,
                    "token": None,
                }
            )
            return response

        self._http.request = request  # type: ignore[method-assign]

    def send(self, method: str, url: str, **options: Any) -> Answer:
        answer = super().send(method, url, **options)
        if method == "POST" and url.endswith("/token") and answer.ok:
            self.sent[-1]["token"] = answer.body["data"]["token"]
        return answer


@dataclass(frozen=True)
class Cost:
    """What one run cost: seconds on the clock, seconds of this machine's processors, megabytes of its largest process,
    and requests, which only a simulated server counts."""

    wall: float
    cpu: float
    memory: float
    requests: int | None = None


@dataclass
class Row:
    """The runs of one contender with `count` contexts."""

    what: str
    count: int
    costs: list[Cost] = field(default_factory=list)

    def middle(self, what: str) -> float:
        return statistics.median(getattr(cost, what) for cost in self.costs)


@dataclass(frozen=True)
class Growth:
    """What `count` of a kind cost: milliseconds of processor time to plan, or requests."""

    kind: str
    what: str
    count: int
    cost: float


class Failed(Exception):
    """A run did not do what it is measured for."""


class Bench:
    def __init__(self, folder: Path, rounds: int, simulated: str | None) -> None:
        self.folder = folder
        self.rounds = rounds
        self.simulated = simulated  # its URL
        self.prefix = f"bench{secrets.token_hex(3)}"
        self.rows: dict[tuple[str, int], Row] = {}
        self.found: dict[str, float] = {}
        self.growths: list[Growth] = []

    def contexts(self, count: int, **options: Any) -> list[Context]:
        return [
            {
                "name": f"{self.prefix}-{number}",
                "label": f"Department {self.prefix} {number}",
                "user_ranges": [{"start": f"{100000 + 10 * number}", "end": f"{100009 + 10 * number}"}],
                **options,
            }
            for number in range(count)
        ]

    # The runs

    def apply(self, contexts: list[Context]) -> list[Sent]:
        """Apply `contexts` in this process, and return the requests that it took."""
        return self.run_here(xivo_contexts, {"contexts": contexts})[0]

    def run_here(self, module: Any, said: dict[str, Any]) -> tuple[list[Sent], bool]:
        """Run the engine of a module in this process; the requests that it took, and whether it changed anything."""
        Recorder.sent = []
        given, _unused = completed(said, os.environ)
        options = ArgumentSpecValidator(module.SPEC).validate(given)
        if options.error_messages:
            raise Failed("; ".join(options.error_messages))
        with patch.object(run, "Session", Recorder):
            result = run.run(options.validated_parameters, False, module.ENGINE)
        if result.get("failed"):
            raise Failed(result["msg"])
        return Recorder.sent, result["changed"]

    def remove(self, count: int) -> None:
        self.apply(self.contexts(count, state="absent"))

    def measure(self, *command: str | Path, **environment: str) -> tuple[Cost, str]:
        if self.simulated:
            requests.delete(f"{self.simulated}/_simulator/requests", timeout=10)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            begin = time.perf_counter()
            process = subprocess.Popen(
                command,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            _pid, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read()
        if process.returncode:
            raise Failed(f"{command[0]} returned {process.returncode}:\n{text[-2000:]}")
        asked = None
        if self.simulated:
            asked = len(requests.get(f"{self.simulated}/_simulator/requests", timeout=10).json())
        megabyte = 1024 if sys.platform == "linux" else 1024 * 1024
        return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / megabyte, asked), text

    def playbook(self, contexts: list[Context], task: Task | None, changed: bool = False, **environment: str) -> Cost:
        """Run a playbook of one task, or of none, that has the variable `contexts`."""
        path, variables = self.folder / "playbook.yml", self.folder / "variables.json"
        path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task] if task else []}]))
        variables.write_text(json.dumps({"contexts": contexts}))
        program = Path(sys.executable).with_name("ansible-playbook")
        cost, output = self.measure(program, "-e", f"@{variables}", path, **environment)
        if task and not re.search(rf"ok=1 +changed={int(changed)} ", output):
            raise Failed(f"the playbook did something else than it should:\n{output[-2000:]}")
        return cost

    def bare(self, recorded: list[Sent]) -> Cost:
        path = self.folder / "recorded.json"
        path.write_text(json.dumps(recorded))
        return self.measure(sys.executable, Path(__file__).with_name("bare.py"), path)[0]

    def in_turns(
        self, count: int, contenders: dict[str, Callable[[], Cost]], before: Callable[[], object] | None = None
    ) -> None:
        """Run every contender once in each round; `before` each run, outside of what is measured."""
        for number in range(self.rounds):
            for what, contender in contenders.items():
                if before:
                    before()
                self.rows.setdefault((what, count), Row(what, count)).costs.append(contender())
            print(f"    round {number + 1} of {self.rounds}", file=sys.stderr, flush=True)

    def beyond_start(self, what: str, start: str, count: int, kind: str) -> list[float]:
        """The cost of each round beyond that of the playbook `start`; `kind` is wall or cpu."""
        pairs = zip(self.rows[what, count].costs, self.rows[start, count].costs, strict=True)
        return [getattr(cost, kind) - getattr(started, kind) for cost, started in pairs]

    def note_ratio(self, what: str, costs: list[float], others: list[float], kind: str) -> None:
        """Note the middle of the rounds' own ratios: in each round, both were measured within seconds."""
        ratios = [cost / other for cost, other in zip(costs, others, strict=True)]
        self.found[f"{what} ({kind})"] = statistics.median(ratios)

    @contextmanager
    def listing(self) -> Iterator[Sent]:
        """The request that lists the contexts, with a token that is good."""
        sent = self.apply([])
        list_ = [one for one in sent if one["method"] == "GET" and "context" in one["url"]][0]
        made = next((one for one in sent if one["token"]), None)
        if made is None or made["token"] not in list_["headers"].values():
            yield list_
            return
        options = {"headers": made["headers"], "verify": made["verify"], "timeout": 30}
        answer = requests.post(made["url"], data=made["body"], auth=tuple(made["auth"]), **options)
        token = answer.json()["data"]["token"]
        try:
            yield list_ | {"headers": list_["headers"] | {"X-Auth-Token": token}}
        finally:
            requests.delete(f"{made['url']}/{token}", verify=made["verify"], timeout=30)

    # What is measured

    def speed(self) -> None:
        """How many requests a second the server answers to one that asks them one after the other."""
        count = 300
        with self.listing() as list_, requests.Session() as session:
            auth = tuple(list_["auth"]) if list_["auth"] else None
            begin = time.perf_counter()
            for _number in range(count):
                answer = session.get(list_["url"], headers=list_["headers"], auth=auth, verify=list_["verify"])
                answer.raise_for_status()
            self.found["requests a second that the server answers"] = count / (time.perf_counter() - begin)

    def loop(self, count: int) -> None:
        """A loop over contexts that are in place, and as many GETs of the same list by ansible.builtin.uri."""
        print(f"a loop of {count} contexts", file=sys.stderr)
        contexts = self.contexts(count)
        options = {option: f"{{{{ item.{option} }}}}" for option in contexts[0]}
        module = {"telephony.xivo.xivo_context": options, "loop": "{{ contexts }}"}
        self.apply(contexts)
        try:
            with self.listing() as list_:
                ask = {"url": list_["url"], "headers": list_["headers"], "validate_certs": bool(list_["verify"])}
                if list_["auth"]:
                    login, password = list_["auth"]
                    ask |= {"url_username": login, "url_password": password, "force_basic_auth": True}
                uri = {"ansible.builtin.uri": ask, "loop": "{{ contexts }}"}
                contenders = {
                    "loop, no task": lambda: self.playbook(contexts, None),
                    "loop, fast path": lambda: self.playbook(contexts, module),
                    "loop, module": lambda: self.playbook(contexts, module, XIVO_FAST_PATH="0"),
                    "loop, uri": lambda: self.playbook(contexts, uri),
                }
                self.in_turns(count, contenders)
        finally:
            self.remove(count)
        for kind in ("wall", "cpu"):
            fast, slow, uris = (
                self.beyond_start(f"loop, {what}", "loop, no task", count, kind)
                for what in ("fast path", "module", "uri")
            )
            for what, costs in (("fast path", fast), ("module", slow), ("uri", uris)):
                self.found[f"loop, milliseconds an item, {what} ({kind})"] = 1000 * statistics.median(costs) / count
            self.note_ratio("loop, an item, fast path / uri", fast, uris, kind)
            self.note_ratio("loop, an item, fast path / module", fast, slow, kind)

    def whole(self, count: int, create: bool, slow: bool = False) -> None:
        """xivo_contexts, and its own requests sent bare; `slow` has a simulated server take 30 ms for each write."""
        name = f"{'create' if create else 'in place'}{', 30 ms a write' if slow else ''}"
        print(f"xivo_contexts of {count}: {name}", file=sys.stderr)
        contexts = self.contexts(count)
        recorded = self.apply(contexts)
        if not create:
            recorded = self.apply(contexts)
        task = {"telephony.xivo.xivo_contexts": {"contexts": "{{ contexts }}"}}
        fact = {"ansible.builtin.set_fact": {"result": "{{ contexts }}"}}

        def fresh() -> None:
            self.remove(count)
            if slow:
                fault = {"kind": "slow", "seconds": SLOW_WRITE, "method": "POST", "path": "context", "times": count}
                requests.post(f"{self.simulated}/_simulator/faults", json=fault, timeout=10).raise_for_status()

        contenders = {
            f"{name}, xivo_contexts": lambda: self.playbook(contexts, task, changed=create),
            f"{name}, bare requests": lambda: self.bare(recorded),
            f"{name}, no task": lambda: self.playbook(contexts, None),
            f"{name}, set_fact": lambda: self.playbook(contexts, fact),
        }
        try:
            self.in_turns(count, contenders, fresh if create else None)
        finally:
            if slow:
                requests.delete(f"{self.simulated}/_simulator/faults", timeout=10)
            self.remove(count)
        for kind in ("wall", "cpu"):
            bare = [getattr(cost, kind) for cost in self.rows[f"{name}, bare requests", count].costs]
            for less in ("no task", "set_fact"):
                costs = self.beyond_start(f"{name}, xivo_contexts", f"{name}, {less}", count, kind)
                what = f"{count} contexts, {name}"
                self.note_ratio(f"{what}, xivo_contexts beyond {less} / bare", costs, bare, kind)
                if less == "no task":
                    self.found[f"{what}, milliseconds a context ({kind})"] = 1000 * statistics.median(costs) / count

    def planned(self, count: int) -> None:
        """The plan alone, without a server."""
        option = xivo_contexts.SPEC["contexts"]["options"]
        params = [ArgumentSpecValidator(option).validate(item).validated_parameters for item in self.contexts(count)]
        wanted = [ContextDeclaration(item) for item in params]
        there = Directory([], NAMES_KEPT)
        for what in ("to be made", "in place"):
            times = []
            for _round in range(self.rounds):
                begin = time.perf_counter()
                plan = make_plan(there, wanted, Abilities())
                times.append(time.perf_counter() - begin)
            self.found[f"{count} contexts, planned only, {what}, milliseconds"] = 1000 * statistics.median(times)
            there = Directory([change.after for change in plan.changes if change.after], NAMES_KEPT)

    def growth(self, largest: int) -> None:
        """Planning alone, of a quarter, of a half and of all of so many; of contexts, of twice as many."""
        print(f"planning up to {largest} of each kind, and {2 * largest} contexts", file=sys.stderr)
        for size in (2 * largest // 4, largest, 2 * largest):
            self.planned(size)
            for what in ("to be made", "in place"):
                cost = self.found.pop(f"{size} contexts, planned only, {what}, milliseconds")
                self.growths.append(Growth("context", f"planned, {what}", size, cost))
        for size in (largest // 4, largest // 2, largest):
            state = grown.house(size)
            directory = state.directory
            for kind in MODULES:
                for what, task in (("to be made", grown.made), ("in place", grown.in_place)):
                    declared = task(kind, size)
                    times = []
                    for _round in range(self.rounds):
                        state.forget()
                        state.directory = directory
                        gc.collect()
                        gc.disable()
                        begin = time.process_time()
                        changes = grown.planned(state, kind, declared)
                        times.append(time.process_time() - begin)
                        gc.enable()
                        if what == "to be made" and len(changes) != size:
                            raise Failed(f"{len(changes)} of {size} of the kind {kind} would be made")
                    cost = 1000 * statistics.median(times)
                    self.growths.append(Growth(kind, f"planned, {what}", size, cost))

    def asked(self, largest: int) -> None:
        """The requests of one task over a quarter, a half and all of so many, on a simulated server."""
        print(f"the requests of up to {largest} of each kind", file=sys.stderr)
        for kind, first in FIRST.items():
            numbers: dict[str, Any] = {"start": f"{first}", "end": f"{first + largest}"}
            if kind == "incall":
                numbers["did_length"] = 6
            range_kind = "conference_room" if kind == "conference" else kind
            place = {"name": f"{self.prefix}-{kind}", f"{range_kind}_ranges": [numbers]}
            self.apply([{"type": "incall" if kind == "incall" else "internal", **place}])
        someone = {"firstname": self.prefix, "email": f"{self.prefix}@example.com"}
        self.run_here(xivo_users, {"users": [someone]})
        for size in (largest // 4, largest // 2, largest):
            contexts = self.contexts(size)
            for what in ("to be made", "in place"):
                self.growths.append(Growth("context", f"requests, {what}", size, len(self.apply(contexts))))
            self.remove(size)
            for kind, module in MODULES.items():
                plural = grown.KINDS[kind].plural
                declared = [self.one(kind, number) for number in range(size)]
                for what in ("to be made", "in place"):
                    sent, changed = self.run_here(module, {plural: declared})
                    if changed != (what == "to be made"):
                        raise Failed(f"{size} of the kind {kind} were {what}, and that is not so")
                    self.growths.append(Growth(kind, f"requests, {what}", size, len(sent)))
                self.run_here(module, {plural: [{**one, "state": "absent"} for one in declared]})

    def one(self, kind: str, number: int) -> dict[str, Any]:
        place = {"context": f"{self.prefix}-{kind}", "extension": f"{FIRST[kind] + number}"}
        if kind == "user":
            return {"firstname": f"{self.prefix} {number}", "email": f"{self.prefix}-{number}@example.com", **place}
        if kind == "incall":
            return {"destination": {"type": "user", "name": f"{self.prefix}@example.com"}, **place}
        return {"name": f"{self.prefix}-{kind}-{number}", **place}

    def report(self) -> dict[str, Any]:
        return {
            "ansible-core": core,
            "python": sys.version.split()[0],
            "rounds": self.rounds,
            "runs": [asdict(row) for row in self.rows.values()],
            "found": self.found,
            "growth": [asdict(growth) for growth in self.growths],
        }

    def show(self) -> None:
        print(f"\nThe middle of {self.rounds} rounds, ansible-core {core}, Python {sys.version.split()[0]}\n")
        print(f"{'':44} {'contexts':>8} {'requests':>8} {'wall s':>8} {'cpu s':>8} {'MB':>6}")
        for row in self.rows.values():
            asked = row.costs[-1].requests
            times = f"{row.middle('wall'):8.2f} {row.middle('cpu'):8.2f} {row.middle('memory'):6.0f}"
            print(f"{row.what:44} {row.count:8} {'-' if asked is None else asked:>8} {times}")
        print()
        for what, value in self.found.items():
            print(f"{what:84} {value:10.3f}")
        print("\nHow it grows: milliseconds of planning, or requests, of so many, and their ratio to the fewest\n")
        lines: dict[tuple[str, str], list[Growth]] = {}
        for growth in self.growths:
            lines.setdefault((growth.what, growth.kind), []).append(growth)
        for (what, kind), line in sorted(lines.items()):
            cells = (f"{one.count:8}: {one.cost:6.0f} {one.cost / line[0].cost:6.2f}" for one in line)
            print(f"{what + ', ' + kind:36} {''.join(cells)}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--server", choices=SERVERS, default="wazo-26.09", help="simulated, where XIVO_HOST is not set")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loop", type=int, default=100, help="how many contexts in a loop")
    parser.add_argument("--sizes", default="10,100,1000", help="how many contexts in one task")
    parser.add_argument("--create", type=int, default=200, help="how many are made on a server that is slow to write")
    parser.add_argument("--growth", type=int, default=5000, help="the most that are planned of each kind")
    parser.add_argument("--asked", type=int, default=40, help="the most that are made of each kind, simulated")
    parser.add_argument("--json", type=Path, required=True, help="takes the results")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = None
        if not os.environ.get("XIVO_HOST"):
            url = stack.enter_context(simulator(options.server))
            os.environ |= environment(options.server, url)
        bench = Bench(folder, options.rounds, url)
        bench.speed()
        bench.loop(options.loop)
        for create in (False, True):
            for size in sizes:
                bench.whole(size, create)
        if url:
            bench.whole(options.create, create=True, slow=True)
        for size in sizes:
            bench.planned(size)
        bench.growth(options.growth)
        if url:
            bench.asked(options.asked)
        bench.show()
        options.json.write_text(json.dumps(bench.report(), indent=2) + "\n")
        print(f"\nWritten to {options.json}.")


if __name__ == "__main__":
    try:
        main()
    except Failed as error:
        sys.exit(f"FAILED: {error}")

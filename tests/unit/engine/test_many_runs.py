# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many runs at the same time on one server: nothing is there twice, nothing is lost, and who failed says why."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import pytest
import requests
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.engine import resources
from ansible_collections.telephony.xivo.plugins.module_utils.transport.session import Session
from ansible_collections.telephony.xivo.plugins.modules import (
    xivo_conference,
    xivo_context,
    xivo_context_range,
    xivo_contexts,
    xivo_group,
    xivo_incall,
    xivo_user,
    xivo_users,
)

from tests.simulator.accounts import PASSWORD
from tests.simulator.wazo.contexts import add_context
from tests.unit.bench import Bench, Result, parts, validated
from tests.unit.engine.dial_plans import Options, Phones, connect_to_both, plan, ranges

RUNS = 10


@pytest.fixture
def server(anywhere: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A server whose runs wait as long as they say."""
    connect_to_both(anywhere)
    monkeypatch.setattr(run, "Session", Session)
    return anywhere


def at_once(bench: Bench, module: Any, tasks: list[Options]) -> list[Result]:
    """Run a module once with each of these options, all at the same time."""
    spec, engine = parts(module)
    known = {name: value for name, value in bench.connection.items() if name in spec}
    start = threading.Barrier(len(tasks))

    def one(options: Options) -> Result:
        given = validated(spec, {name: value for name, value in (known | options).items() if value is not None})
        start.wait()
        return run.run(given, False, engine)

    with ThreadPoolExecutor(len(tasks)) as pool:
        results = list(pool.map(one, tasks))
    for result in results:
        assert "exception" not in result, result["exception"]
        assert not result.get("failed") or result["msg"]
    return results


def failures(results: list[Result]) -> list[str]:
    return [result["msg"] for result in results if result.get("failed")]


def labels(bench: Bench) -> Counter[str]:
    return Counter(c["label"] for c in bench.everything() if c.get("tenant", "master") == "master")


def departments(bench: Bench, numbers: range) -> list[Options]:
    return [
        {
            "name": f"bureau-{n}",
            "user_ranges": ranges(f"{20000 + 100 * n}-{20089 + 100 * n}"),
            **({} if bench.name == "xivo-16.15" else {"includes": ["default"]}),
        }
        for n in numbers
    ]


def test_ten_runs_of_one_plan(server: Bench) -> None:
    declared = departments(server, range(8))
    before = len(labels(server))
    results = at_once(server, xivo_contexts, [{"contexts": declared}] * RUNS)
    assert failures(results) == []
    assert max(labels(server).values()) == 1
    assert len(labels(server)) == before + len(declared)
    assert plan(server, declared)["changed"] is False


def test_plans_that_share_contexts(server: Bench) -> None:
    everything = departments(server, range(RUNS + 2))
    results = at_once(server, xivo_contexts, [{"contexts": everything[n : n + 3]} for n in range(RUNS)])
    assert failures(results) == []
    assert max(labels(server).values()) == 1
    assert plan(server, everything)["changed"] is False


def test_ten_runs_that_want_different_numbers(server: Bench) -> None:
    """One is made; nobody says of another's that it is as it was declared, unless it has planned to change it."""
    tasks = [{"name": "Ventes", "label": "Ventes", "user_ranges": ranges(f"{n}001-{n}090")} for n in range(2, 8)]
    results = at_once(server, xivo_context, tasks)
    assert labels(server)["Ventes"] == 1
    told = failures(results)
    assert len(told) < len(tasks)
    assert all("Ventes" in text or "ventes" in text for text in told)


def test_ranges_that_many_add_to_one_context(server: Bench) -> None:
    assert plan(server, [{"name": "Ventes", "label": "Ventes", "user_ranges": ranges("2001-2009")}])["changed"]
    tasks = [{"context": "Ventes", "type": "user", "start": f"{3000 + n}"} for n in range(RUNS)]
    results = at_once(server, xivo_context_range, tasks)
    assert failures(results) == []
    [context] = server.info(name="Ventes")["contexts"]
    assert [r["start"] for r in context["user_ranges"]] == ["2001", *(task["start"] for task in tasks)]


def test_contexts_that_many_let_default_include(server: Bench) -> None:
    """Each adds its own to the includes of one that all share."""
    if server.name == "xivo-16.15":
        server.connect_to_webservice()
    tasks = [{"name": f"bureau-{n}", "includes": ["default"], "reciprocal": True} for n in range(RUNS)]
    tasks = [{"contexts": [task]} for task in tasks]
    results = at_once(server, xivo_contexts, tasks)
    assert failures(results) == []
    [context] = server.info(name="default")["contexts"]
    assert set(context["includes"]) == {"to-extern", *(f"bureau-{n}" for n in range(RUNS))}


def between(
    monkeypatch: pytest.MonkeyPatch, bench: Bench, somebody: Callable[[], Any], when: str = "alone"
) -> list[None]:
    """Let somebody else do something between the plan of a task and its writes."""
    calls: list[None] = []

    def alone(_url: str) -> Any:
        calls.append(None)
        if len(calls) == 1:
            somebody()
        return nullcontext()

    monkeypatch.setattr(resources, when, alone)
    return calls


def test_a_range_that_came_meanwhile_stays(anywhere: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert anywhere.context(name="Ventes", label="Ventes", user_ranges=ranges("2001-2009"))["changed"]
    between(monkeypatch, anywhere, lambda: anywhere.range(context="Ventes", type="user", start="3001"))
    result = anywhere.range(context="Ventes", type="user", start="4001")
    assert result["changed"], result
    assert [r["start"] for r in result["ranges"]] == ["2001", "3001", "4001"]
    [warning] = result["warnings"]
    assert "user_ranges" in warning
    assert "read again and planned again" in warning
    assert "3001" in result["diff"][0]["before"]


def test_a_range_that_came_meanwhile_and_is_in_the_way(anywhere: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert anywhere.context(name="Ventes", label="Ventes", user_ranges=ranges("2001-2009"))["changed"]
    between(monkeypatch, anywhere, lambda: anywhere.range(context="Ventes", type="user", start="3001", end="3009"))
    result = anywhere.range(context="Ventes", type="user", start="3005")
    assert "The user range 3005 shares numbers with 3001-3009" in result["msg"]
    assert [r["start"] for r in anywhere.info(name="Ventes")["contexts"][0]["user_ranges"]] == ["2001", "3001"]


def test_includes_that_came_meanwhile_stay_on_xivo(webservice: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its service deletes the includes that an edit leaves out, so each edit carries them along."""
    assert webservice.context(name="ventes", label="Ventes")["changed"]
    between(monkeypatch, webservice, lambda: webservice.context(name="ventes", includes=["default"]))
    result = webservice.context(name="ventes", label="Les ventes")
    assert result["changed"], result
    assert webservice.stored("ventes")["includes"] == ["default"]
    assert "includes" in result["warnings"][0]


def test_a_context_that_went_meanwhile(anywhere: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert anywhere.context(name="Ventes", label="Ventes", user_ranges=ranges("2001-2009"))["changed"]
    between(monkeypatch, anywhere, lambda: anywhere.context(name="Ventes", state="absent"))
    result = anywhere.range(context="Ventes", type="user", start="3005")
    assert "There is no context 'Ventes' to hold the range." in result["msg"]


def test_twins_and_the_way_out(wazo26: Bench) -> None:
    """Two of one label that are there already, as somebody clicked them."""
    assert wazo26.context(name="Ventes")["changed"]
    kept = dict(wazo26.info(name="Ventes")["identities"]["Ventes"])
    master = next(iter(wazo26.state.db.tenants.values()))
    add_context(wazo26.state, master, name=None, label="Ventes", type="internal")
    message = wazo26.context(name="Ventes", state="absent")["msg"]
    assert kept["uuid"] in message
    uuids = [identity["uuid"] for identity in wazo26.info()["identities"].values()]
    [other] = [uuid for uuid in uuids if uuid in message and uuid != kept["uuid"]]
    assert wazo26.context(name=other, state="absent")["changed"]
    assert wazo26.context(name="Ventes")["changed"] is False
    assert wazo26.info(name="Ventes")["identities"]["Ventes"] == kept


def test_twins_that_a_purge_takes_away(wazo26: Bench) -> None:
    master = next(iter(wazo26.state.db.tenants.values()))
    for _twice in range(2):
        add_context(wazo26.state, master, name=None, label="Ventes", type="internal")
    house = [{"name": name} for name in ("default", "from-extern", "to-extern")]
    result = plan(wazo26, house, purge=True, max_deletions=2)
    assert result["changed"], result
    assert labels(wazo26) == Counter(["default", "from-extern", "to-extern"])
    # One of them is declared, by its uuid, and stays.
    for _twice in range(2):
        add_context(wazo26.state, master, name=None, label="Ventes", type="internal")
    uuid = next(reversed(wazo26.info()["identities"].values()))["uuid"]
    result = plan(wazo26, [*house, {"name": uuid}], purge=True, max_deletions=1)
    assert result["changed"], result
    assert labels(wazo26)["Ventes"] == 1


HOUSE = {
    "name": "Comptabilite",
    "label": "Comptabilite",
    "user_ranges": ranges("2001-2090"),
    "group_ranges": ranges("2091-2094"),
    "conference_room_ranges": ranges("2095-2099"),
}


@pytest.fixture
def house(server: Bench) -> Bench:
    """A server with a department, and one number of the public network."""
    assert plan(server, [HOUSE])["changed"]
    incoming = {"name": "from-extern", "incall_ranges": ranges("0145678000-0145678099/10")}
    assert plan(server, [incoming])["changed"]
    return server


def held(bench: Bench, path: str) -> list[Any]:
    """What the server holds of one kind, read past its APIs but for the paths that only they tell."""
    phones = Phones(bench)
    if (bench.name, path) in (("xivo-2018", "groups"), ("xivo-2018", "conferences"), ("xivo-16.15", "conferences")):
        section = {"groups": "groups", "conferences": "meetme"}[path]
        url = f"{bench.url}/service/ipbx/json.php/restricted/pbx_settings/{section}/"
        answer = requests.get(url, params={"act": "list"}, auth=("admin", PASSWORD), timeout=10)
        return list(answer.json()) if answer.status_code == 200 else []
    return list(phones.ask("GET", path)["items"])


def test_ten_runs_that_make_the_same_users(house: Bench) -> None:
    """They have no email, so nothing keeps the server from making each ten times."""
    people = [
        {"firstname": "Anne", "lastname": f"Durand-{n}", "context": "Comptabilite", "extension": "auto"}
        for n in range(3)
    ]
    results = at_once(house, xivo_users, [{"users": people}] * RUNS)
    names = Counter(user["lastname"] for user in held(house, "users"))
    print(failures(results))
    assert names == Counter(user["lastname"] for user in people)
    assert len(held(house, "lines")) == len(held(house, "endpoints/sip")) == 3
    # Which ones is a matter of who came when: a number that a run gives up again may have been passed over meanwhile.
    numbers = {e["exten"] for e in held(house, "extensions") if e["exten"][0] == "2"}
    assert len(numbers) == 3
    [again] = at_once(house, xivo_users, [{"users": people}])
    assert again.get("changed") is False, again


def test_runs_that_make_different_users_at_once(house: Bench) -> None:
    """Each takes the next free number, which for all is the same at first."""
    tasks = [{"firstname": f"Anne-{n}", "context": "Comptabilite", "extension": "auto"} for n in range(RUNS)]
    results = at_once(house, xivo_user, tasks)
    assert failures(results) == []
    numbers = Counter(result["user"]["extension"] for result in results)
    assert max(numbers.values()) == 1
    assert len(held(house, "lines")) == RUNS


@pytest.mark.parametrize("kind", ["group", "conference", "incall"])
def test_ten_runs_that_make_the_same(house: Bench, kind: str) -> None:
    if kind == "conference" and house.name == "xivo-16.15":
        house.connection["webservices_url"] = house.url
    module = {"group": xivo_group, "conference": xivo_conference, "incall": xivo_incall}[kind]
    task: Options = {"name": "ventes", "context": "Comptabilite", "extension": "auto"}
    if kind == "incall":
        assert not failures(at_once(house, xivo_user, [{"firstname": "Anne", "context": "Comptabilite"}]))
        task = {
            "context": "from-extern",
            "extension": "0145678001",
            "destination": {"type": "user", "name": "Anne"},
        }
    results = at_once(house, module, [task] * RUNS)
    print(failures(results))
    path = {"group": "groups", "conference": "conferences", "incall": "incalls"}[kind]
    assert len(held(house, path)) == 1
    [again] = at_once(house, module, [task])
    assert again.get("changed") is False, again

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan costs, as the server counts it: exactly this many requests, however many contexts there are."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.conflicts import Reach, find_conflicts
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import Context
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range
from ansible_collections.telephony.xivo.plugins.module_utils.servers.xivo.webservice import XivoWebserviceServer

from tests.unit.bench import Bench
from tests.unit.engine.dial_plans import Options, connect_to_both, plan, ranges

SIZES = (1, 5, 40)


def departments(count: int, **more: Any) -> list[Options]:
    """Each with numbers of its own, calling the house and the one before it."""
    return [
        {
            "name": f"bureau-{n:03}",
            "label": f"Bureau {n:03}",
            "includes": ["default", f"bureau-{n - 1:03}"] if n else ["default"],
            "user_ranges": ranges(f"{20000 + 100 * n}-{20089 + 100 * n}"),
            "group_ranges": ranges(f"{20090 + 100 * n}"),
            **more,
        }
        for n in range(count)
    ]


def cost(bench: Bench) -> dict[str, int]:
    """How often the server was asked what since the last look: method and end of the path, or the act in PHP."""
    found: Counter[str] = Counter()
    for entry in bench.requests():
        path = entry["path"].rstrip("/")
        if ".php/" in path:
            act = entry["query"].split("act=")[1].split("&")[0]
            found[act if path.endswith("context") else f"{act} {path.rsplit('/', 1)[-1]}"] += 1
            continue
        words = path.split("/1.1/" if "/1.1/" in path else "/0.1/")[1].split("/")
        found[" ".join([entry["method"], *("ID" if n % 2 else word for n, word in enumerate(words))])] += 1
    bench.forget()
    return dict(found)


WAZO = {"POST token": 1, "GET contexts": 1, "DELETE token ID": 1}


@pytest.mark.parametrize("count", SIZES)
def test_in_place_on_wazo(wazo: Bench, count: int) -> None:
    assert plan(wazo, departments(count))["changed"]
    wazo.connection["force"] = False
    wazo.forget()
    assert plan(wazo, departments(count))["changed"] is False
    assert cost(wazo) == WAZO
    assert plan(wazo, departments(count), purge=True, check_mode=True)["changed"] is False
    assert cost(wazo) == WAZO
    # A tenant by name is one more, by uuid none.
    for tenant in ("master", next(iter(wazo.state.db.tenants))):
        wazo.connection["tenant"] = tenant
        assert plan(wazo, departments(count))["changed"] is False
        assert cost(wazo) == WAZO | ({"GET tenants": 1} if tenant == "master" else {})


@pytest.mark.parametrize("count", SIZES)
def test_made_on_wazo(wazo: Bench, count: int) -> None:
    wazo.connection["force"] = False
    assert plan(wazo, departments(count), check_mode=True)["changed"]
    # Where names are unique over all tenants, once more for all: whether another tenant has one.
    assert cost(wazo) == WAZO | ({"GET contexts": 2} if wazo.name == "wazo-22.13" else {})
    assert plan(wazo, departments(count))["changed"]
    made = {"POST contexts": count, "PUT contexts ID contexts": count}
    # Where the server takes a label twice, once more for all: whether another run made the same meanwhile.
    assert cost(wazo) == WAZO | made | {"GET contexts": 3}
    # One field of each is one request each, and the includes are left alone.
    assert plan(wazo, departments(count, description="Deuxième étage"))["changed"]
    assert cost(wazo) == WAZO | {"PUT contexts ID": count, "GET contexts": 2}
    # Whole lists are read once more before they are replaced: together, however many.
    wazo.connection["force"] = True
    assert plan(wazo, departments(count, group_ranges=[]))["changed"]
    assert cost(wazo) == WAZO | {"PUT contexts ID": count, "GET contexts": 3}


def test_without_includes_there_is_nothing_to_set(wazo: Bench) -> None:
    assert plan(wazo, [{"name": "bureau"}, {"name": "atelier", "includes": []}])["changed"]
    assert cost(wazo) == WAZO | {"POST contexts": 2, "GET contexts": 3 if wazo.name == "wazo-22.13" else 2}


def test_the_guard_costs_the_same_for_one_and_for_many(wazo: Bench) -> None:
    assert plan(wazo, departments(20))["changed"]
    wazo.connection["force"] = False
    for contexts in (departments(20, state="absent")[19:], departments(19, state="absent")):
        wazo.forget()
        assert plan(wazo, contexts)["changed"]
        looked = {"GET extensions": 1, "GET voicemails": 1, "GET lines": 1, "GET trunks": 1}
        assert cost(wazo) == WAZO | looked | {"DELETE contexts ID": len(contexts), "GET contexts": 2}


@pytest.mark.parametrize("count", SIZES)
def test_on_xivo_s_web_service(webservice: Bench, count: int) -> None:
    connect_to_both(webservice)
    webservice.connection["force"] = False
    contexts = departments(count, entity="xivo")
    # That default includes to-extern, the list tells in a shape that may hide a second include: one view.
    assert plan(webservice, contexts, check_mode=True)["changed"]
    assert cost(webservice) == {"list": 1, "view": 1, "list entity": 1}
    assert plan(webservice, contexts)["changed"]
    assert cost(webservice) == {"list": 1, "view": 1 + count, "list entity": 1, "add": count}
    in_place = {"list": 1, "view": 1 + count}
    for purge in (False, True):
        assert plan(webservice, contexts, purge=purge)["changed"] is False
        assert cost(webservice) == in_place
    assert plan(webservice, departments(count, description="Deuxième étage"))["changed"]
    # Each edit carries the includes along, so each is looked at before and after it.
    assert cost(webservice) == {"list": 1, "view": 1 + 3 * count, "edit": count}
    # One that includes nothing is shown by the list alone.
    assert plan(webservice, departments(count, includes=[]))["changed"]
    webservice.forget()
    assert plan(webservice, departments(count, includes=[]))["changed"] is False
    assert cost(webservice) == {"list": 1, "view": 1}


def test_finding_out_that_it_is_xivo_s_web_service_is_one_more(webservice: Bench) -> None:
    assert plan(webservice, [{"name": "default"}])["changed"] is False
    assert cost(webservice) == {"POST token": 1, "list": 1, "view": 1}


def test_views_are_asked_for_several_at_once(webservice: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits for a second one to be on its way; one after the other, none ever would be."""
    assert plan(webservice, departments(7))["changed"]
    two = threading.Barrier(2, timeout=10)
    view = XivoWebserviceServer._view

    def waiting(self: XivoWebserviceServer, name: str) -> Context | None:
        two.wait()
        return view(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(XivoWebserviceServer, "_view", waiting)
        result = plan(webservice, departments(7))  # with that of default: eight views, four pairs
    assert result.get("changed") is False, result
    assert not two.broken


@pytest.mark.parametrize("count", SIZES)
def test_on_xivo_confd(xivo1615: Bench, count: int) -> None:
    contexts = [{key: value for key, value in c.items() if key != "includes"} for c in departments(count)]
    plan(xivo1615, contexts, check_mode=True)
    in_place = cost(xivo1615)
    assert in_place.pop("POST token") <= 2  # one to find out that it is no Wazo
    assert in_place == {"GET contexts": 1, "DELETE token ID": 1}
    assert plan(xivo1615, contexts)["changed"]
    made = cost(xivo1615)
    made.pop("POST token")
    assert made == {"GET contexts": 2, "POST contexts": count, "DELETE token ID": 1}


# Planning: counted, not timed


class Counted(str):
    """A number that counts how often it is compared."""

    times = 0

    def __lt__(self, other: str) -> bool:
        Counted.times += 1
        return str.__lt__(self, other)

    def __ge__(self, other: str) -> bool:
        Counted.times += 1
        return str.__ge__(self, other)

    __hash__ = str.__hash__


def comparisons(count: int, star: bool) -> int:
    """Of a plan of so many contexts; as a star, one of them includes all others."""
    contexts = [
        Context(
            f"c{n}",
            ranges={
                "user": [Range(Counted(f"{10 * n + k:08}"), Counted(f"{10 * n + k:08}"), 0) for k in range(0, 10, 2)]
            },
            includes=[f"c{other}" for other in range(1, count)] if star and n == 0 else [],
        )
        for n in range(count)
    ]
    # One conflict, so that it is asked who can dial both.
    both = Range(Counted("99999990"), Counted("99999999"), 0)
    contexts += [Context(name, ranges={"user": [both]}, includes=["c1"]) for name in ("left", "right")]
    contexts.append(Context("top", includes=["left", "right"]))
    Counted.times = 0
    assert [c.dialer for c in find_conflicts(contexts)] == ["top"]
    return Counted.times


@pytest.mark.parametrize("star", [False, True])
def test_ranges_are_compared_about_as_often_as_there_are_ranges(star: bool) -> None:
    few, many = comparisons(200, star), comparisons(1600, star)
    # Eight times as many; a little more where they must be sorted, 64 times where each would be held against each.
    assert few
    assert many < 16 * few


def test_one_conflict_does_not_have_all_that_can_be_dialled_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many that include one that includes many: what each can dial is large, and there is one pair to ask about."""
    count = 300
    low = [Context(f"low{n}", ranges={"user": [Range(f"{n:04}", f"{n:04}", 0)]}) for n in range(count)]
    hub = Context("hub", includes=[context.name for context in low])
    high = [Context(f"high{n}", includes=["hub"]) for n in range(count)]
    again = Context("again", ranges={"user": [Range("0007", "0007", 0)]})
    both = Context("both", includes=["again", "low7"])
    walks = []
    within = Reach._dialers_within

    def watched(self: Reach, name: str, steps: int) -> dict[str, int]:
        walks.append((name, steps))
        return within(self, name, steps)

    monkeypatch.setattr(Reach, "_dialers_within", watched)
    [conflict] = find_conflicts([*low, hub, *high, again, both])
    assert {conflict.left.context, conflict.right.context, conflict.dialer} == {"again", "low7", "both"}
    assert sorted(walks) == [("again", 1), ("low7", 1)]


def test_who_dials_whom_is_walked_once_for_each_that_nobody_includes() -> None:
    count = 500
    hub = [Context("hub", includes=[f"c{n}" for n in range(count)])]
    circle = [Context(f"c{n}", includes=[f"c{(n + 1) % count}", "hub"]) for n in range(count)]
    assert len(Reach(hub + [Context(f"c{n}") for n in range(count)]).widest()) == 1
    assert len(Reach(hub + circle).widest()) == 1

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Used and free numbers are the same on every server, and the same as Wazo 26 itself says."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, Range, doubts_of, option_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.bench import Bench
from tests.unit.domain.strategies import padded, public
from tests.unit.engine.dial_plans import Phones, connect_to_both, plan, range_info, ranges

# How the paths of Wazo's own lists call the kinds.
PATHS = {kind: kind.removesuffix("_room") for kind in KINDS}

Spans = list[tuple[int, int]]


@pytest.fixture
def server(anywhere: Bench) -> Bench:
    connect_to_both(anywhere)
    return anywhere


@st.composite
def lists_of_ranges(draw: st.DrawFn, kind: str) -> list[Range]:
    """Ranges of four and five digits that do not share a number; the incoming ones with one did_length.

    To Wazo 02 and 002 are the same, so there are no numbers that only zeros tell apart.
    """
    found = []
    did_length = draw(st.sampled_from((0, 2, 3, 4, 20))) if kind == "incall" else 0
    for width in draw(st.lists(st.sampled_from((4, 5)), unique=True)):
        first = 10 ** (width - 1)
        limits = sorted(draw(st.lists(st.integers(first, first + 400), unique=True, min_size=2, max_size=6)))
        for start, end in zip(limits[::2], limits[1::2], strict=False):
            found.append(Range(str(start), str(end), did_length))
    return found


def merged(spans: Spans) -> Spans:
    """Spans that touch or overlap made one."""
    found: Spans = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def test_wazo_26_itself_says_the_same(wazo26: Bench) -> None:
    seen = []

    @settings(max_examples=30)
    @given(st.data())
    def every(data: st.DataObject) -> None:
        wazo26.reset()
        lists = {kind: data.draw(lists_of_ranges(kind), kind) for kind in KINDS}
        # Where the last digits wrap around, Wazo's own list is a 500; what rings twice is refused.
        assume(not doubts_of(lists["incall"], "incall"))
        options = {option_of(kind): public(found, kind) for kind, found in lists.items()}
        assert not plan(wazo26, [{"name": "Bureau", **options}], conflicts="ignore").get("failed")
        phones = Phones(wazo26)
        [identity] = wazo26.info(name="Bureau")["identities"].values()
        numbers = [r.extensions()[0].start for found in lists.values() for r in found]
        numbers += [padded(int(n) + step, len(n)) for n in numbers for step in data.draw(st.sets(st.integers(1, 99)))]
        for exten in {n for n in numbers if len(n) <= 5}:
            phones.ask("POST", "extensions", {"exten": exten, "context": identity["name"]})
        info = range_info(wazo26, "Bureau")
        for kind in KINDS:
            theirs = phones.ask("GET", f"contexts/{identity['id']}/ranges/{PATHS[kind]}", availability="available")
            ours = [r for r in info["ranges"] if r["type"] == kind]
            free = [(int(r["start"]), int(r["end"])) for found in ours for r in found["free"]]
            # Wazo has one list for a kind, in which ranges that overlap are one.
            assert merged(free) == merged([(int(i["start"]), int(i["end"])) for i in theirs["items"]])
            used = {int(use["number"]) for found in ours for use in found["used"]}
            assert not any(start <= number <= end for number in used for start, end in free)
            seen.append((kind, bool(used), bool(free)))

    every()
    # It means something only if each kind had used numbers beside free ones.
    assert {(kind, True, True) for kind in KINDS} <= set(seen)


def test_used_and_free(server: Bench) -> None:
    guarded = {"group_ranges": ranges("2091-2094"), "user_ranges": ranges("2001-2006", "0201", "3000-3999")}
    assert plan(server, [{"name": "Bureau", **guarded}])["changed"]
    phones = Phones(server)
    for exten in ("2001", "2003", "2004", "0201", "3001"):
        phones.extension(exten, "Bureau")
    phones.extension("1001", "default")  # of another context
    info = range_info(server, "Bureau", first=3)
    assert info["context"] == ("bureau" if server.name == "xivo-2018" else "Bureau")
    assert [(r["type"], r["start"], r["end"], r["size"]) for r in info["ranges"]] == [
        ("user", "0201", "0201", 1),
        ("user", "2001", "2006", 6),
        ("user", "3000", "3999", 1000),
        ("group", "2091", "2094", 4),
    ]
    assert [[use["number"] for use in r["used"]] for r in info["ranges"]] == [
        ["0201"],
        ["2001", "2003", "2004"],
        ["3001"],
        [],
    ]
    assert [r["free"] for r in info["ranges"]] == [
        [],
        ranges("2002", "2005-2006"),
        ranges("3000", "3002-3999"),
        ranges("2091-2094"),
    ]
    assert [r["first_free"] for r in info["ranges"]] == [
        [],
        ["2002", "2005", "2006"],
        ["3000", "3002", "3003"],
        ["2091", "2092", "2093"],
    ]
    assert all("did_length" not in r for r in info["ranges"])
    only = range_info(server, "Bureau", type="group")["ranges"]
    assert [(r["type"], len(r["first_free"])) for r in only] == [("group", 4)]
    assert range_info(server, "Bureau", type="queue")["ranges"] == []
    assert range_info(server, "Bureau", first=0)["ranges"][1]["first_free"] == []


def test_all_contexts_at_once(server: Bench) -> None:
    """The same as one by one, in no more requests for more contexts."""
    floors = [{"name": f"Etage-{n}", "user_ranges": ranges(f"{n}001-{n}009")} for n in range(5, 9)]
    assert plan(server, floors)["changed"]
    phones = Phones(server)
    phones.extension("5003", "Etage-5")
    phones.extension("8001", "Etage-8")
    server.forget()
    whole = range_info(server)
    asked = len(server.requests())
    assert "context" not in whole
    names = [context["name"] for context in server.info()["contexts"]]
    one_by_one = [r for name in names for r in range_info(server, name)["ranges"]]
    assert {r["context"] for r in whole["ranges"]} >= {"default"}
    key = ("context", "type", "start")
    assert sorted(whole["ranges"], key=lambda r: [r[k] for k in key]) == sorted(
        one_by_one, key=lambda r: [r[k] for k in key]
    )
    assert sum(len(r["used"]) for r in whole["ranges"]) == 2
    assert plan(server, [{"name": "Etage-9", "user_ranges": ranges("9001-9009")}])["changed"]
    server.forget()
    range_info(server)
    assert len(server.requests()) == asked


def test_by_whom(server: Bench) -> None:
    kinds = {"user": "2001", "group": "2011", "queue": "2021", "conference_room": "2031"}
    assert plan(server, [{"name": "Bureau", **{option_of(k): ranges(n) for k, n in kinds.items()}}])["changed"]
    phones = Phones(server)
    for kind, number in kinds.items():
        getattr(phones, kind)(number, "Bureau")
    owners = {use["number"]: use["owner"] for r in range_info(server, "Bureau")["ranges"] for use in r["used"]}
    assert (owners["2001"], owners["2011"]) == ("user Zoé Petit", "group ventes")
    # xivo-confd without a web service beside it knows no more.
    others = ("", "") if server.name == "xivo-16.15" else ("queue ventes", "conference room ventes")
    assert (owners["2021"], owners["2031"]) == others


@pytest.mark.parametrize(
    ("text", "shown", "size"),
    [
        ("0123456700-0123456709/4", "6700-6709", 10),
        ("0123456700-0123456709/2", "00-09", 10),
        ("0123456700-0123456709/20", "0123456700-0123456709", 10),
    ],
)
def test_incoming_numbers_are_the_digits_that_the_operator_sends(
    server: Bench, text: str, shown: str, size: int
) -> None:
    assert plan(server, [{"name": "from-extern", "incall_ranges": ranges(text)}])["changed"]
    start, end = shown.split("-")
    Phones(server).extension(end, "from-extern")
    [info] = range_info(server, "from-extern")["ranges"]
    assert info["did_length"] == int(text.split("/")[1])
    assert [use["number"] for use in info["used"]] == [end]
    assert info["free"] == ranges(f"{start}-{padded(int(end) - 1, len(end))}")
    assert (info["first_free"][0], info["size"]) == (start, size)


def test_numbers_of_a_pattern_are_not_free(server: Bench) -> None:
    assert plan(server, [{"name": "from-extern", "incall_ranges": ranges("0145678000-0145678199/4")}])["changed"]
    phones = Phones(server)
    phones.incall("_80[2-9]X", "from-extern")
    phones.incall("8005", "from-extern")
    [info] = range_info(server, "from-extern", first=2)["ranges"]
    assert [use["number"] for use in info["used"]] == ["8005", "_80[2-9]X"]
    assert info["free"] == ranges("8000-8004", "8006-8019", "8100-8199")
    assert info["first_free"] == ["8000", "8001"]


def test_what_it_costs(server: Bench) -> None:
    """The contexts, and the extensions of the one: whatever the ranges."""
    range_info(server, "default")
    server.forget()
    range_info(server, "default")
    paths = [(e["method"], e["path"].rstrip("/").rsplit("/", 1)[-1]) for e in server.requests()]
    if server.name.startswith("wazo"):
        assert [path for method, path in paths if method == "GET"] == ["contexts", "extensions"]
        assert len(paths) == 4
    assert [path for _method, path in paths].count("extensions") == 1


def test_a_context_that_there_is_not(server: Bench) -> None:
    result: dict[str, Any] = {}
    with pytest.raises(AssertionError) as error:
        result = range_info(server, "Bureau")
    assert "There is no context 'Bureau'. There are: " in str(error.value)
    assert not result


def test_what_stands_outside_of_the_ranges(server: Bench) -> None:
    first = {
        "name": "Bureau",
        "label": "Bureau",
        "user_ranges": ranges("2001-2090"),
        "group_ranges": ranges("2091-2094"),
    }
    plan(server, [first], conflicts="ignore")
    phones = Phones(server)
    phones.user("2001", "Bureau")
    phones.user("2080", "Bureau")
    phones.extension("2094", "Bureau")
    phones.extension("2093", "Bureau")
    assert range_info(server)["outside"] == []
    assert "outside" not in range_info(server, "Bureau")
    shrunk = {"user_ranges": ranges("2001-2079"), "group_ranges": ranges("2093")}
    assert not plan(server, [first | shrunk], conflicts="ignore").get("failed")
    # One that belongs to a context that is gone.
    if server.name.startswith("wazo"):
        next(e for e in server.state.db.extensions.values() if e.exten == "2093").context = "disparu"
    else:
        rows = server.state.auth.database.rows("extensions").values()
        next(row for row in rows if row["exten"] == "2093")["context"] = "disparu"
    outside = range_info(server)["outside"]
    assert [(one["context"].lower(), one["exists"], one["number"]) for one in outside] == [
        ("bureau", True, "2080"),
        ("bureau", True, "2094"),
        ("disparu", False, "2093"),
    ]
    assert [bool(one["owner"]) for one in outside] == [True, False, False]

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report page shows, and the graph of includes."""

from __future__ import annotations

import re
from typing import Any

import pydot
import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, option_of
from ansible_collections.telephony.xivo.plugins.plugin_utils.graph import (
    TOGETHER,
    cycles_of,
    dot,
    layout,
    mermaid,
    reach_of,
)
from ansible_collections.telephony.xivo.plugins.plugin_utils.report import MOST_LINES, report
from hypothesis import given
from hypothesis import strategies as st

NAMES = [f"c{number}" for number in range(9)]
HOSTILE = [
    "</script><script>alert(1)</script>",
    'a"b\\',
    "[x](y){z}|>",
    "déjà «vu»",
    "end",
    "graph",
    "#quot;",
    "  ",
    "a\nb",
]


@st.composite
def houses(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    house: list[dict[str, Any]] = []
    for name in names:
        context: dict[str, Any] = {"name": name, "label": draw(st.sampled_from([name, *HOSTILE])), "type": "internal"}
        context["includes"] = draw(st.lists(st.sampled_from([*names, "elsewhere"]), unique=True, max_size=4))
        for kind in KINDS:
            found = []
            for _number in range(draw(st.integers(0, 2))):
                digits = draw(st.sampled_from([2, 4, 10]))
                start = draw(st.integers(0, 10**digits - 1))
                end = min(start + draw(st.integers(0, 5000)), 10**digits - 1)
                found.append({"start": f"{start:0{digits}}", "end": f"{end:0{digits}}"})
            context[option_of(kind)] = found
        house.append(context)
    return house


def ranges_of(house: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As xivo_context_range_info would return them, each range's first number used."""
    return [
        {"context": context["name"], "type": kind, **r, "used": [{"number": r["start"], "owner": ""}]}
        for context in house
        for kind in KINDS
        for r in context[option_of(kind)]
    ]


@given(houses())
def test_the_map_is_to_scale_and_holds_every_number(house: list[dict[str, Any]]) -> None:
    page = report(house, ranges_of(house))
    drawn: dict[tuple[str, str, str, str], int] = {}
    for axis in page["axes"]:
        assert len(axis["lines"]) <= MOST_LINES + sum(len(c[option_of(k)]) for c in house for k in KINDS)
        starts = [line["start"] for line in axis["lines"]]
        assert starts == sorted(starts)
        for line in axis["lines"]:
            long = int(line["end"]) - int(line["start"]) + 1
            assert long % axis["fold"] == 0
            for lane in line["lanes"]:
                assert all(a["last"] < b["first"] for a, b in zip(lane, lane[1:], strict=False))
                for s in lane:
                    assert int(line["start"]) <= s["first"] <= s["last"] <= int(line["end"])
                    assert s["left"] == pytest.approx(100 * (s["first"] - int(line["start"])) / long)
                    assert s["width"] == pytest.approx(100 * (s["last"] - s["first"] + 1) / long)
                    assert 0 <= s["left"] <= s["left"] + s["width"] <= 100.001
                    assert all(0 <= u["left"] <= u["left"] + u["width"] <= 100.001 for u in s["used"])
                    # The first number of a range is used, and it alone.
                    assert bool(s["used"]) == (s["first"] == int(s["start"]))
                    key = (s["context"], s["kind"], s["start"], s["end"])
                    drawn[key] = drawn.get(key, 0) + s["last"] - s["first"] + 1
    for r in ranges_of(house):
        times = sum(o == r for o in ranges_of(house))
        assert drawn[r["context"], r["type"], r["start"], r["end"]] == times * (int(r["end"]) - int(r["start"]) + 1)


@given(houses())
def test_the_table_says_who_can_call_whom(house: list[dict[str, Any]]) -> None:
    includes = {c["name"]: [i for i in c["includes"] if i != "elsewhere"] for c in house}
    for row in report(house, ranges_of(house))["rows"]:
        seen, todo = set(), [row["context"]["name"]]
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += includes[name]
        direct = {row["context"]["name"], *includes[row["context"]["name"]]}
        assert set(row["dials"]) == seen - direct
        assert row["included_by"] == sorted(n for n, i in includes.items() if row["context"]["name"] in i)


@given(houses())
def test_the_drawing_holds_each_context_once_and_nothing_overlaps(house: list[dict[str, Any]]) -> None:
    graph = layout(house, reach_of(house))
    assert sorted(p["name"] for box in graph["boxes"] for p in box["places"]) == sorted(c["name"] for c in house)
    boxes = graph["boxes"]
    for box in boxes:
        assert box["x"] >= 0 and box["x"] + box["width"] <= graph["width"]
        assert box["y"] >= 0 and box["y"] + box["height"] <= graph["height"]
        for place in box["places"]:
            assert place["x"] + place["width"] <= box["width"] and place["y"] + place["height"] <= box["height"]
    for a in boxes:
        for b in boxes:
            apart = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
            apart = apart or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
            assert a is b or apart
    box_of = {name: box["id"] for box in boxes for name in box["names"]}
    drawn = {(line["from"], line["to"]) for line in graph["lines"]}
    assert drawn == {(box_of[c["name"]], box_of[i]) for c in house for i in c["includes"] if i != "elsewhere"}
    # From left to right, but within a cycle.
    layers = {box["id"]: box["layer"] for box in boxes}
    assert all(line["cycle"] or layers[line["from"]] < layers[line["to"]] for line in graph["lines"])


@given(houses())
def test_a_cycle_is_who_can_all_call_each_other(house: list[dict[str, Any]]) -> None:
    reach = reach_of(house)
    dials = {name: set(reach.dialed_by(name)) for name in reach.includes}
    mutual = {frozenset(o for o in dials[name] if name in dials[o]) for name in dials}
    components = reach.components()
    assert sorted(map(sorted, mutual)) == sorted(components)
    # Those who include come first.
    places = {name: place for place, members in enumerate(components) for name in members}
    assert all(places[name] <= places[include] for name in places for include in reach.includes[name])


def test_many_alike_stand_together() -> None:
    house = [{"name": "default"}] + [{"name": f"d{n}", "includes": ["default"]} for n in range(197)]
    graph = layout(house, reach_of(house))
    assert sorted(len(box["places"]) for box in graph["boxes"]) == [1, 197]
    assert len(graph["lines"]) == 1
    few = [{"name": "default"}] + [{"name": f"d{n}", "includes": ["default"]} for n in range(TOGETHER - 1)]
    assert len(layout(few, reach_of(few))["boxes"]) == TOGETHER


def test_cycles() -> None:
    house = [
        {"name": "a", "includes": ["b"]},
        {"name": "b", "includes": ["c", "d"]},
        {"name": "c", "includes": ["a"]},
        {"name": "d", "includes": ["d"]},
    ]
    assert cycles_of(reach_of(house)) == [["a", "b", "c"]]


def test_conflicts_and_changes() -> None:
    house = [
        {"name": "a", "label": "A", "includes": ["b"], "user_ranges": [{"start": "2001", "end": "2090"}]},
        {"name": "b", "label": "B", "group_ranges": [{"start": "2090", "end": "2094"}]},
        {"name": "odd", "label": "Odd", "user_ranges": [{"start": "1", "end": "20"}, {"start": "x", "end": "x"}]},
    ]
    diff = {
        "before": "",
        "after": "name: new\n",
        "before_header": "context new",
        "after_header": "context new (create)",
    }
    page = report(house, [], {"plan": {"unchanged": ["a"]}, "diff": [diff]})
    [conflict] = page["conflicts"]
    assert [place["context"] for place in conflict["places"]] == ["a", "b"]
    assert conflict["dialer"] == "a"
    assert [row["conflict"] for row in page["rows"]] == [True, True, False]
    # What no telephone could be given is in the table, and not on the map.
    assert [r["size"] for r in page["rows"][2]["ranges"]] == [0, 0]
    assert [(d["title"], d["action"]) for d in page["changes"]["diffs"]] == [("new (create)", "create")]
    assert page["changes"]["unchanged"] == ["a"]
    assert report(house, [])["changes"] is None
    assert report(house, [], {"failed": False, "msg": "Nothing goes."})["changes"]["error"] == "Nothing goes."


def test_a_range_of_all_numbers_does_not_fill_the_page() -> None:
    whole = {"start": "0000000000", "end": "9999999999"}
    house = [
        {"name": "whole", "type": "internal", "user_ranges": [whole]},
        {"name": "part", "type": "internal", "user_ranges": [{"start": "0478000000", "end": "0478009999"}]},
    ]
    used = [{"context": "whole", "type": "user", **whole, "used": [{"number": "9900000000", "owner": ""}]}]
    [axis] = report(house, used)["axes"]
    # Alone are the lines in which something else is, or a number is used.
    assert [(line["start"], line["end"]) for line in axis["lines"]] == [
        ("0000000000", "0399999999"),
        ("0400000000", "0499999999"),
        ("0500000000", "9899999999"),
        ("9900000000", "9999999999"),
    ]


def test_a_label_of_blanks_is_none() -> None:
    page = report([{"name": "a", "label": "  ", "type": "internal", "user_ranges": [{"start": "1", "end": "2"}]}], [])
    assert page["rows"][0]["label"] == "a"
    assert page["axes"][0]["lines"][0]["lanes"][0][0]["label"] == "a"


def test_incoming_numbers_are_used_by_their_last_digits() -> None:
    house = [{"name": "in", "incall_ranges": [{"start": "0123456700", "end": "0123456799", "did_length": 4}]}]
    used = [{"number": "6750", "owner": ""}]
    page = report(house, [{"context": "in", "type": "incall", **house[0]["incall_ranges"][0], "used": used}])
    [segment] = page["axes"][0]["lines"][0]["lanes"][0]
    assert segment["used"] == [{"left": 50.0, "width": 1.0}]
    assert segment["free"] == 99


@given(houses())
def test_dot_is_read_by_graphviz_grammar(house: list[dict[str, Any]]) -> None:
    [graph] = pydot.graph_from_dot_data(dot(house))
    edges = {(e.get_source().strip('"'), e.get_destination().strip('"')) for e in graph.get_edges()}
    assert edges == {(c["name"], i) for c in house for i in c["includes"]}


def test_what_dot_and_mermaid_say() -> None:
    house = [
        {"name": "Comptabilite", "label": "Comptabilité", "type": "internal", "includes": ["default", "to-extern"]},
        {"name": "default", "label": 'Le "reste"', "type": "internal", "includes": ["to-extern"]},
        {"name": "to-extern", "label": "Dehors", "type": "outcall"},
    ]
    assert dot(house).splitlines() == [
        "digraph includes {",
        "  rankdir=LR;",
        "  node [shape=box];",
        '  "Comptabilite" [label="Comptabilité", shape=box];',
        '  "default" [label="Le \\"reste\\"", shape=box];',
        '  "to-extern" [label="Dehors", shape=oval];',
        '  "Comptabilite" -> "default";',
        '  "Comptabilite" -> "to-extern";',
        '  "default" -> "to-extern";',
        "}",
    ]
    assert mermaid(house).splitlines() == [
        "flowchart LR",
        '  c0["Comptabilité"]',
        '  c1["Le #34;reste#34;"]',
        '  c2(["Dehors"])',
        "  c0 --> c1",
        "  c0 --> c2",
        "  c1 --> c2",
    ]


def test_includes_are_found_by_label_too() -> None:
    declared = [
        {"name": "default", "label": "Appels internes"},
        {"name": "rh", "includes": ["Appels-internes", "elsewhere"]},
    ]
    assert '  "rh" -> "default";' in dot(declared)
    assert '  "rh" -> "elsewhere";' in dot(declared)


@given(houses())
def test_mermaid_holds_nothing_that_could_end_a_text(house: list[dict[str, Any]]) -> None:
    for line in mermaid(house).splitlines()[1:]:
        assert re.fullmatch(r'  c\d+(\["[^"\[\]{}<>`\\|]+"\]|\[/"[^"]*"/\]| --> c\d+)', line), line


@pytest.mark.parametrize("wrong", [None, "default", {"name": "default"}, [{}], ["default"], 3])
def test_what_is_no_list_of_contexts(wrong: Any) -> None:
    for draw in (mermaid, dot):
        with pytest.raises(AnsibleFilterError, match="xivo_context_info"):
            draw(wrong)


def test_contexts_of_one_label_are_told_apart() -> None:
    house = [
        {"name": "a", "label": "Ventes", "type": None, "includes": ["b"]},
        {"name": "b", "label": "Ventes", "type": "internal"},
        {"name": "c", "label": "Direction", "type": "internal"},
    ]
    page = report(house, [])
    assert [row["title"] for row in page["rows"]] == ["Ventes (a)", "Ventes (b)", "Direction"]
    drawn = {p["name"]: p["label"] for box in page["graph"]["boxes"] for p in box["places"]}
    assert drawn == {"a": "Ventes (a)", "b": "Ventes (b)", "c": "Direction"}
    long = [{"name": name, "label": "Service des ressources humaines"} for name in ("rh-1", "rh-2")]
    texts = [p["text"] for box in layout(long, reach_of(long))["boxes"] for p in box["places"]]
    assert sorted(texts) == ["Service des ress… (rh-1)", "Service des ress… (rh-2)"]
    assert '["Direction"]' in mermaid(house) and "Ventes (a)" in mermaid(house)
    assert '"a" [label="Ventes (a)"' in dot(house)


def test_ranges_that_share_numbers_where_nobody_can_dial_both() -> None:
    ranges = {"user_ranges": [{"start": "2001", "end": "2090"}]}
    apart: list[dict[str, Any]] = [{"name": name, "type": "internal", **ranges} for name in "ab"]
    [conflict] = report(apart, [])["conflicts"]
    assert conflict["dialer"] is None
    assert {place["context"] for place in conflict["places"]} == {"a", "b"}
    assert all(row["conflict"] for row in report(apart, [])["rows"])
    # A house each.
    assert report([apart[0] | {"entity": "x"}, apart[1] | {"entity": "y"}], [])["conflicts"] == []


def test_wrong_ranges_are_listed() -> None:
    wrong = [{"start": "2166", "end": "2131"}, {"start": "٢٠٠١", "end": "٢٠٠٩"}, {"start": "{{ x }}", "end": "1"}]
    house = [{"name": "a", "label": "A", "user_ranges": [*wrong, {"start": "2001", "end": "2002"}]}]
    page = report(house, [])
    assert [{"start": r["start"], "end": r["end"]} for r in page["wrong"]] == wrong
    assert [r["wrong"] for r in page["rows"][0]["ranges"]] == [True, True, True, False]
    assert sum(r["size"] for r in page["rows"][0]["ranges"]) == 2
    assert [axis["digits"] for axis in page["axes"]] == [4]

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the page of telephony.xivo.report shows, worked out of what the modules return."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.conflicts import Reach, find_conflicts
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import Context
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, Range, option_of
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.patterns import ranges_of
from ansible_collections.telephony.xivo.plugins.plugin_utils.graph import (
    Contexts,
    checked,
    cycles_of,
    layout,
    reach_of,
    text_of,
    titles_of,
)

# A line of the number map holds so many numbers, or ten times as many, until the map has few enough lines.
FOLD = 1000
MOST_LINES = 150


def report(
    contexts: Any,
    ranges: Sequence[Mapping[str, Any]],
    comparison: Mapping[str, Any] | None = None,
    outside: Sequence[Mapping[str, Any]] = (),
) -> Any:
    """The page's parts.

    ``contexts`` as xivo_context_info returns them, ``ranges`` and ``outside`` as xivo_context_range_info does for all
    of them, ``comparison`` what xivo_contexts returned in check mode, or None.
    """
    listed = checked(contexts)
    places = {(r["context"], r["type"], r["start"], r["end"]): r for r in ranges}
    conflicts = conflicts_of(listed)
    reach = reach_of(listed)
    in_conflict = {(place["context"], place["start"], place["end"]) for c in conflicts for place in c["places"]}
    return {
        "conflicts": conflicts,
        "cycles": cycles_of(reach),
        "graph": layout(listed, reach),
        "axes": axes_of(listed, places, in_conflict),
        "wrong": wrong_of(listed),
        "outside": list(outside),
        "rows": rows_of(listed, reach, places, in_conflict),
        "changes": changes_of(comparison) if comparison else None,
    }


def domain_of(contexts: Contexts) -> list[Context]:
    """The contexts as the domain has them."""
    return [
        Context(
            c["name"],
            c.get("label"),
            type=c.get("type"),
            entity=c.get("entity"),
            ranges={kind: _ranges_of(c, kind) for kind in KINDS},
            includes=c.get("includes") or (),
        )
        for c in contexts
    ]


def _ranges_of(context: Mapping[str, Any], kind: str) -> list[Range]:
    found = context.get(option_of(kind)) or ()
    return [Range(str(r["start"]), str(r.get("end") or r["start"]), int(r.get("did_length") or 0)) for r in found]


def conflicts_of(contexts: Contexts) -> list[dict[str, Any]]:
    """The pairs of ranges that share a number, and the nearest context that can dial both, or None."""
    return [
        {
            "places": [
                {"context": p.context, "kind": p.kind, "start": p.range.start, "end": p.range.end}
                for p in (conflict.left, conflict.right)
            ],
            "dialer": conflict.dialer,
        }
        for conflict in find_conflicts(domain_of(contexts))
    ]


def wrong_of(contexts: Contexts) -> list[dict[str, Any]]:
    """The ranges that no telephone could be given a number of: they have no place on a map."""
    return [
        {"context": context["name"], "kind": kind, "start": r.start, "end": r.end}
        for context in contexts
        for kind in KINDS
        for r in _ranges_of(context, kind)
        if not r.well_formed
    ]


def runs_of(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of numbers, as first and last; those that share numbers or follow each other as one."""
    runs: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if runs and runs[-1][1] >= first - 1:
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return runs


def axes_of(
    contexts: Contexts,
    places: Mapping[tuple[str, str, str, str], Mapping[str, Any]],
    in_conflict: set[tuple[str, str, str]],
) -> list[dict[str, Any]]:
    """The number map: an axis for each length of number, folded into lines, on which the ranges lie to scale.

    A segment's ``left`` and ``width``, and those of the used numbers in it, are percents of its line and of itself.
    """
    pieces: dict[int, list[tuple[Mapping[str, Any], str, Range]]] = {}
    for context in contexts:
        for kind in KINDS:
            for r in _ranges_of(context, kind):
                if not r.well_formed:
                    continue
                pieces.setdefault(len(r.start), []).append((context, kind, r))
    axes, titles = [], titles_of(contexts)
    for digits, found in sorted(pieces.items()):
        fold = min(FOLD, 10**digits)
        while sum(int(r.end) // fold - int(r.start) // fold + 1 for _c, _k, r in found) > MOST_LINES + len(found):
            fold *= 10
        lines: dict[int, list[dict[str, Any]]] = {}
        for context, kind, r in found:
            info = places.get((context["name"], kind, r.start, r.end), {})
            used = _used_of(r, info)
            for number in range(int(r.start) // fold, int(r.end) // fold + 1):
                first, last = max(int(r.start), number * fold), min(int(r.end), (number + 1) * fold - 1)
                size = last - first + 1
                lines.setdefault(number, []).append(
                    {
                        "context": context["name"],
                        "label": titles[context["name"]],
                        "type": context.get("type"),
                        "kind": kind,
                        "start": r.start,
                        "end": r.end,
                        "first": first,
                        "last": last,
                        "conflict": (context["name"], r.start, r.end) in in_conflict,
                        "free": r.size - _count(used),
                        "left": 100.0 * (first - number * fold) / fold,
                        "width": 100.0 * size / fold,
                        "used": [
                            {
                                "left": 100.0 * (max(begin, first) - first) / size,
                                "width": 100.0 * (min(end, last) - max(begin, first) + 1) / size,
                            }
                            for begin, end in used
                            if begin <= last and end >= first
                        ],
                    }
                )
        axes.append(
            {
                "digits": digits,
                "fold": fold,
                "lines": _drawn_once(
                    [
                        {
                            "start": "%0*d" % (digits, number * fold),
                            "end": "%0*d" % (digits, number * fold + fold - 1),
                            "lanes": _lanes(segments),
                        }
                        for number, segments in sorted(lines.items())
                    ]
                ),
            }
        )
    return axes


def _drawn_once(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines that follow each other, are full of the same ranges and have nothing in use are drawn as one.

    A range of all numbers of ten digits would else fill the page.
    """
    drawn: list[dict[str, Any]] = []
    last = None
    for line in lines:
        segments = [segment for lane in line["lanes"] for segment in lane]
        plain = all(s["width"] == 100.0 and not s["used"] for s in segments)
        look = [(s["context"], s["kind"], s["start"], s["end"]) for s in segments] if plain else None
        if look is not None and look == last and int(drawn[-1]["end"]) + 1 == int(line["start"]):
            drawn[-1]["end"] = line["end"]
            for lane in drawn[-1]["lanes"]:
                lane[0]["last"] = segments[0]["last"]
        else:
            drawn.append(line)
        last = look
    return drawn


def _used_of(r: Range, info: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The numbers of a range that extensions answer for, patterns among them, as first and last."""
    spans = []
    for use in info.get("used") or ():
        for piece in (piece for shown in r.extensions() for piece in ranges_of(use["number"], shown)):
            # Extensions have only the digits that the operator sends; where these ran past 99, they are the end's.
            digits = len(piece.start)
            whole = r.start if piece.start >= r.start[-digits:] else r.end
            before = int(whole[:-digits] or 0) * 10**digits
            spans.append((before + int(piece.start), before + int(piece.end)))
    return runs_of(spans)


def _count(runs: Sequence[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in runs)


def _lanes(segments: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Segments one beside the other; those that share numbers, one below the other."""
    lanes: list[list[dict[str, Any]]] = []
    for segment in sorted(segments, key=lambda s: (s["first"], -s["last"], s["context"], s["kind"])):
        lane = next((lane for lane in lanes if lane[-1]["last"] < segment["first"]), None)
        if lane is None:
            lanes.append([segment])
        else:
            lane.append(segment)
    return lanes


def rows_of(
    contexts: Contexts,
    reach: Reach,
    places: Mapping[tuple[str, str, str, str], Mapping[str, Any]],
    in_conflict: set[tuple[str, str, str]],
) -> list[dict[str, Any]]:
    """A row of the table for each context."""
    rows, titles = [], titles_of(contexts)
    for context in contexts:
        name = context["name"]
        ranges = []
        for kind in KINDS:
            for r in _ranges_of(context, kind):
                info = places.get((name, kind, r.start, r.end), {})
                ranges.append(
                    {
                        "kind": kind,
                        "start": r.start,
                        "end": r.end,
                        "size": r.size,
                        "used": _count(_used_of(r, info)) if r.well_formed else 0,
                        "conflict": (name, r.start, r.end) in in_conflict,
                        "wrong": not r.well_formed,
                    }
                )
        rows.append(
            {
                "context": context,
                "label": text_of(context),
                "title": titles[name],
                "ranges": ranges,
                "conflict": any(r["conflict"] for r in ranges),
                "dials": sorted(other for other, steps in reach.dialed_by(name).items() if steps > 1),
                "included_by": sorted(reach.included_by[name]),
            }
        )
    return rows


def changes_of(comparison: Mapping[str, Any]) -> dict[str, Any]:
    """What applying the declared plan would change; ``error`` where it could not be planned."""
    plan = comparison.get("plan")
    if not plan:
        return {"error": comparison.get("msg") or "", "diffs": [], "unchanged": []}
    diffs = []
    for diff in comparison.get("diff") or ():
        before, after = str(diff.get("before") or ""), str(diff.get("after") or "")
        if before != after:
            diffs.append(
                {
                    "title": re.sub(r"^context ", "", str(diff.get("after_header") or diff.get("before_header") or "")),
                    "action": "create" if not before else "delete" if not after else "update",
                    "lines": [
                        {"sign": line[0], "text": line[2:]}
                        for line in difflib.ndiff(before.splitlines(), after.splitlines())
                        if line[0] in "+- "
                    ],
                }
            )
    return {"error": None, "diffs": diffs, "unchanged": plan.get("unchanged") or []}

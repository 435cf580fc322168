# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The graph of includes: as text for Mermaid and for Graphviz, and laid out for a drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.conflicts import Reach
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import (
    NAMES_KEPT,
    Context,
    Directory,
)

Contexts = Sequence[Mapping[str, Any]]

# Shapes tell the types of contexts apart, not only colours. Another type looks like "others".
MERMAID_SHAPES = {"internal": '["%s"]', "incall": '>"%s"]', "outcall": '(["%s"])', "services": '{{"%s"}}'}
DOT_SHAPES = {"internal": "box", "incall": "cds", "outcall": "oval", "services": "hexagon"}

# Of the drawing, in pixels.
LETTER = 7.5
HEIGHT = 26
GAP = 10
COLUMN_GAP = 90
LONGEST = 24  # letters
# As many contexts with the same includes, both ways, stand together in one box.
TOGETHER = 5
BOX_COLUMNS = 4


def checked(contexts: Any) -> Contexts:
    """The contexts, or an error that says what they should be."""
    if isinstance(contexts, (Mapping, str)) or not isinstance(contexts, Iterable):
        raise AnsibleFilterError("The graph is drawn of a list of contexts, as xivo_context_info returns it.")
    listed = list(contexts)
    if not all(isinstance(context, Mapping) and context.get("name") for context in listed):
        raise AnsibleFilterError("Each context of the graph is a dictionary with a name, as xivo_context_info returns.")
    # Where they are declared, includes may be called by what a server would find them by.
    directory = Directory([Context(str(c["name"]), label=c.get("label")) for c in listed], NAMES_KEPT)
    return [
        {**c, "includes": [_name_of(directory, include) for include in c["includes"]]} if c.get("includes") else c
        for c in listed
    ]


def _name_of(directory: Directory, include: Any) -> Any:
    found = directory.matches(include) if isinstance(include, str) else []
    return found[0].name if len(found) == 1 else include


def edges_of(contexts: Contexts) -> list[tuple[str, str]]:
    """Who includes whom, in order; includes of contexts that are not listed too."""
    return [(context["name"], include) for context in contexts for include in context.get("includes") or ()]


def text_of(context: Mapping[str, Any]) -> str:
    # A label of blanks is none, and Mermaid takes no empty text.
    return str(context.get("label") or "").strip() or str(context["name"])


def titles_of(contexts: Contexts) -> dict[str, str]:
    """What each context is shown as, by name: its label, and where another has that too, its name beside it."""
    texts = {context["name"]: text_of(context) for context in contexts}
    times = Counter(texts.values())
    return {name: text if times[text] < 2 or text == name else f"{text} ({name})" for name, text in texts.items()}


def mermaid(contexts: Any) -> str:
    """The graph as a Mermaid flowchart."""
    listed = checked(contexts)
    numbers = {context["name"]: number for number, context in enumerate(listed)}
    for _name, include in edges_of(listed):
        numbers.setdefault(include, len(numbers))
    lines = ["flowchart LR"]
    known, titles = {context["name"]: context for context in listed}, titles_of(listed)
    for name, number in numbers.items():
        context = known.get(name, {})
        shape = MERMAID_SHAPES.get(str(context.get("type", "internal")), '[/"%s"/]')
        lines.append(f"  c{number}{shape % _mermaid_text(titles.get(name, name))}")
    lines += [f"  c{numbers[name]} --> c{numbers[include]}" for name, include in edges_of(listed)]
    return "\n".join(lines) + "\n"


def _mermaid_text(text: str) -> str:
    """Mermaid takes entity codes for whatever could end a text or be markup."""
    return "".join(c if c.isalnum() or c in " -_.,()/+" else f"#{ord(c)};" for c in " ".join(text.split()))


def dot(contexts: Any) -> str:
    """The graph in the language of Graphviz."""
    listed = checked(contexts)
    titles = titles_of(listed)
    lines = ["digraph includes {", "  rankdir=LR;", "  node [shape=box];"]
    for context in listed:
        shape = DOT_SHAPES.get(str(context.get("type", "internal")), "note")
        lines.append(f"  {_quoted(context['name'])} [label={_quoted(titles[context['name']])}, shape={shape}];")
    lines += [f"  {_quoted(name)} -> {_quoted(include)};" for name, include in edges_of(listed)]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: Any) -> str:
    escaped = " ".join(str(text).split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# The drawing.


def reach_of(contexts: Contexts) -> Reach:
    """Who can call whom among these contexts."""
    return Reach(Context(c["name"], includes=c.get("includes") or ()) for c in contexts)


def cycles_of(reach: Reach) -> list[list[str]]:
    """The sets of contexts that can all call each other, each sorted."""
    return [members for members in reach.components() if len(members) > 1]


def layout(contexts: Contexts, reach: Reach) -> dict[str, Any]:
    """Places for the contexts, from those that include, on the left, to those that are included, and the lines.

    Contexts that include the same, and are included by the same, stand together in one box if they are many, with one
    line for all: a house of two hundred departments is mostly one box and its ``default``.
    """
    components = reach.components()
    of = {name: number for number, members in enumerate(components) for name in members}
    layer = [0] * len(components)
    for number, members in enumerate(components):
        for name in members:
            for include in reach.includes[name]:
                if of[include] != number:
                    layer[of[include]] = max(layer[of[include]], layer[number] + 1)
    boxes = _boxes(contexts, reach, {name: layer[number] for name, number in of.items()})
    box_of = {name: box["id"] for box in boxes for name in box["names"]}
    lines: dict[tuple[int, int], bool] = {}
    for name, includes in reach.includes.items():
        for include in includes:
            lines[box_of[name], box_of[include]] = of[name] == of[include]
    _place(boxes, lines)
    labels = titles_of(contexts)
    types = {context["name"]: context.get("type") for context in contexts}
    for box in boxes:
        for place in box["places"]:
            place["text"] = _short(labels[place["name"]], place["name"])
            place["label"] = labels[place["name"]]
            place["type"] = types[place["name"]]
    at = {box["id"]: box for box in boxes}
    return {
        "boxes": boxes,
        "lines": [
            {"from": source, "to": target, "cycle": cycle, "path": _path(at[source], at[target])}
            for (source, target), cycle in sorted(lines.items())
        ],
        "width": max([box["x"] + box["width"] for box in boxes], default=0) + 60,
        "height": max([box["y"] + box["height"] for box in boxes], default=0) + GAP,
    }


def _short(title: str, name: str) -> str:
    """Cut a title; a name beside the label stays, for it is what tells contexts of one label apart."""
    if len(title) <= LONGEST:
        return title
    end = f" ({name})" if title.endswith(f" ({name})") and len(name) < LONGEST // 2 else ""
    return title[: LONGEST - 1 - len(end)] + "…" + end


def _boxes(contexts: Contexts, reach: Reach, layers: Mapping[str, int]) -> list[dict[str, Any]]:
    alike: dict[Any, list[str]] = {}
    for context in contexts:
        name = context["name"]
        key = (layers[name], tuple(sorted(reach.includes[name])), tuple(sorted(reach.included_by[name])))
        alike.setdefault(key, []).append(name)
    boxes: list[dict[str, Any]] = []
    labels = titles_of(contexts)
    for (layer, _includes, _included), names in alike.items():
        for members in [names] if len(names) >= TOGETHER else [[name] for name in names]:
            width = max(len(_short(labels[name], name)) for name in members) * LETTER + 24
            columns = min(BOX_COLUMNS, len(members))
            inner = GAP if len(members) > 1 else 0
            rows = -(-len(members) // columns)
            places = [
                {
                    "name": name,
                    "x": inner + (number // rows) * (width + GAP),
                    "y": inner + (number % rows) * (HEIGHT + 4),
                    "width": width,
                    "height": HEIGHT,
                }
                for number, name in enumerate(sorted(members, key=lambda n: labels[n].lower()))
            ]
            boxes.append(
                {
                    "id": len(boxes),
                    "layer": layer,
                    "names": members,
                    "places": places,
                    "width": max(place["x"] for place in places) + width + inner,
                    "height": max(place["y"] for place in places) + HEIGHT + inner,
                }
            )
    return boxes


def _place(boxes: list[dict[str, Any]], lines: Mapping[tuple[int, int], bool]) -> None:
    """Give each box its corner: a column for each layer, and in it the order in which lines cross little."""
    near: dict[int, list[int]] = {box["id"]: [] for box in boxes}
    for source, target in lines:
        near[source].append(target)
        near[target].append(source)
    columns = [[box for box in boxes if box["layer"] == layer] for layer in range(_layers(boxes))]
    _stack(columns)
    for _sweep in range(4):
        middle = {box["id"]: box["y"] + box["height"] / 2 for box in boxes}
        for column in columns:
            column.sort(
                key=lambda box: (
                    sum(middle[other] for other in near[box["id"]]) / len(near[box["id"]])
                    if near[box["id"]]
                    else middle[box["id"]]
                )
            )
        _stack(columns)
    x = 1.0
    for column in columns:
        for box in column:
            box["x"] = x
        x += max(box["width"] for box in column) + COLUMN_GAP


def _layers(boxes: Sequence[Mapping[str, Any]]) -> int:
    return max([box["layer"] for box in boxes], default=-1) + 1


def _stack(columns: list[list[dict[str, Any]]]) -> None:
    heights = [sum(box["height"] + GAP for box in column) for column in columns]
    for column, height in zip(columns, heights):
        y = 1 + (max(heights) - height) / 2
        for box in column:
            box["y"] = y
            y += box["height"] + GAP


def _path(source: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    """A curve from the right side of one box to the left side of another; in one column, around the right."""
    left, right = source["x"] + source["width"], target["x"]
    begin, end = source["y"] + source["height"] / 2, target["y"] + target["height"] / 2
    if source["layer"] >= target["layer"]:
        right = target["x"] + target["width"]
        out = max(left, right) + 40
        begin, end = begin - 4, end + 4
        return f"M{left:.0f} {begin:.0f}C{out:.0f} {begin:.0f} {out:.0f} {end:.0f} {right + 7:.0f} {end:.0f}"
    bend = (left + right) / 2
    return f"M{left:.0f} {begin:.0f}C{bend:.0f} {begin:.0f} {bend:.0f} {end:.0f} {right - 7:.0f} {end:.0f}"

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task as somebody wrote them, before Ansible makes text of every number. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from .dialplan.numbers import RANGE_OPTIONS
from .errors import some

if TYPE_CHECKING:
    import typing as t

    from .arguments import Spec

    Options = dict[str, t.Any]

_RANGE_KEYS = set(RANGE_OPTIONS)
# As the diff shows a range: 0145678000-0145678099 (did_length 4).
_RANGE = re.compile(r"^\s*([^\s-]+)\s*(?:-\s*([^\s-]+)\s*)?(?:\(did_length\s+([0-9]+)\)\s*)?\Z")


def as_meant(options: t.Mapping[str, t.Any], spec: Spec) -> tuple[Options, str]:
    """Return the options of a task with each range that is written as text taken apart, and a warning or nothing.

    The warning names the options that came as numbers or as true and false where text belongs: a leading zero, or more
    than that, may be lost already.
    """
    untold: list[str] = []
    found = _as_meant(options, spec, "", untold)
    if not untold:
        return found, ""
    return found, (
        f"Not written as text: {some(untold)}. YAML reads 0200 without quotes as 128, 20:01 as 1201 and yes as true. "
        "Put quotes around numbers and names."
    )


def range_of(text: str) -> Options:
    """Return the options of a range that is written as text. What is none becomes a start that is refused as such."""
    match = _RANGE.match(text)
    start, end, did_length = match.groups() if match else (text, None, None)
    found = {"start": start, "end": end or start}
    return dict(found, did_length=int(did_length)) if did_length else found


def _as_meant(options: t.Mapping[str, t.Any], spec: Spec, path: str, untold: list[str]) -> Options:
    found = dict(options)
    if set(spec) >= _RANGE_KEYS and isinstance(found.get("start"), str) and found.get("end") in (None, ""):
        taken = range_of(found["start"])
        if taken["end"] != taken["start"] or "did_length" in taken:
            found.update({key: value for key, value in taken.items() if key != "did_length" or not found.get(key)})
    for name, entry in spec.items():
        value, here = found.get(name), path + name
        if entry.get("type", "str") == "str" and "choices" not in entry:
            if isinstance(value, (bool, int, float)):
                untold.append(here)
        elif entry.get("type") == "dict" and "options" in entry:
            if isinstance(value, dict):
                found[name] = _as_meant(value, entry["options"], here + ".", untold)
            elif isinstance(value, (bool, int, float)):
                # As a text Ansible refuses it in words; looking for keys in these, it fails.
                found[name] = to_text(value)
        elif entry.get("type") == "list":
            inner = entry.get("options") or {}
            is_ranges = set(inner) == _RANGE_KEYS
            if is_ranges and (isinstance(value, int) or _is_range_text(value)):
                value = to_text(value).split(",") if isinstance(value, str) else [value]
            if isinstance(value, list):
                found[name] = [
                    _item(item, entry, inner, is_ranges, f"{here}[{n}]", untold) for n, item in enumerate(value)
                ]
    return found


def _item(item: t.Any, entry: Options, inner: Spec, is_ranges: bool, path: str, untold: list[str]) -> t.Any:
    if isinstance(item, (bool, int, float)) and (is_ranges or entry.get("elements") == "str"):
        untold.append(path)
    if is_ranges and isinstance(item, (bool, int, float)):
        return range_of(to_text(item))
    if is_ranges and _is_range_text(item):
        return range_of(item)
    return _as_meant(item, inner, path + ".", untold) if isinstance(item, dict) and inner else item


def _is_range_text(value: t.Any) -> bool:
    """Tell whether it is a range as the diff shows it, and not key=value or JSON, which Ansible reads."""
    return isinstance(value, str) and "=" not in value and not value.lstrip().startswith(("{", "["))

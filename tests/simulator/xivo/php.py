# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PHP that the web interface is written in, as far as its behaviour shows: arrays, JSON, and the check of forms."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn


class Refused(Exception):
    """The value is not accepted; the web service never says why."""


def decode(data: bytes) -> dict[Any, Any] | None:
    """The JSON body as a PHP array; None where it is no JSON, or neither an object nor a list."""
    try:
        value = json.loads(data, parse_constant=_refuse)
        return array(value) if isinstance(value, dict | list) else None
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def array(value: Any, depth: int = 0) -> Any:
    """PHP has one kind of array: a list is an object whose keys are the positions. It nests 512 deep at most."""
    if depth > 512:
        raise ValueError("nested too deep")
    if isinstance(value, list):
        return {index: array(item, depth + 1) for index, item in enumerate(value)}
    if isinstance(value, dict):
        return {_key(key): array(item, depth + 1) for key, item in value.items()}
    return value


def _key(key: str) -> str | int:
    return int(key) if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", key) else key


def encode(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def merge(old: dict[Any, Any], new: dict[Any, Any]) -> dict[Any, Any]:
    """``new`` over ``old``, arrays key by key: so the lists of an edit are merged by position."""
    merged = dict(old)
    for key, value in new.items():
        both = isinstance(merged.get(key), dict) and isinstance(value, dict)
        merged[key] = merge(merged[key], value) if both else value
    return merged


def text(value: Any) -> str:
    """What a value is as a string; an array, which is none, counts as empty."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None or isinstance(value, dict) else str(value)


def field(
    row: dict[Any, Any],
    name: str,
    *,
    least: int = 0,
    most: int,
    regexp: str | None = None,
    lines: bool = False,
    optional: bool = False,
) -> str:
    """One field of a form. Lengths are in bytes; control characters are refused, but for line ends with ``lines``."""
    value = row.get(name)
    if isinstance(value, dict):
        raise Refused(name)
    value = _tidied(text(value), lines)
    if optional and not value:
        return ""
    control = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]" if lines else r"[\x00-\x1f\x7f]"
    size = len(value.encode("utf-8", "surrogatepass"))
    if not value or not least <= size <= most or re.search(control, value):
        raise Refused(name)
    if regexp and not re.fullmatch(regexp, value):
        raise Refused(name)
    return value


def _tidied(value: str, lines: bool) -> str:
    """What a form makes of a text: no tags, no tabs, one space in place of several, and line ends of Unix."""
    if lines:
        value = re.sub(r"\r\n|\r", "\n", value)
    value = re.sub(r"<.+?>", "", value, flags=re.DOTALL).replace("\t", "")
    return re.sub(r"&nbsp;| +", " ", value)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Python 2.7, in which xivo-confd is written, prints a value: its error messages are full of such prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_MASK = 2**64 - 1


class Str(str):
    """A byte string of Python 2, printed without the u."""

    __slots__ = ()


def py2_repr(value: Any) -> str:
    if isinstance(value, Str):
        return _quote(value)
    if isinstance(value, str):
        return "u" + _quote(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{py2_repr(key)}: {py2_repr(value[key])}" for key in py2_order(value)) + "}"
    if isinstance(value, list | tuple):
        items = ", ".join(map(py2_repr, value))
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' if len(value) == 1 else ''})"
    return repr(value)


def py2_order(keys: Iterable[Any]) -> list[Any]:
    """The keys in the order in which a dict of Python 2 that got them in this order gives them back.

    That is the order of its slots, and so the order of several errors in one answer.
    """
    seen: list[Any] = []
    size = 8
    for key in keys:
        seen.append(key)
        if len(seen) * 3 >= size * 2:  # the dict grows, and takes its keys along in the order of their slots
            seen = _slots(seen, size)
            while size <= len(seen) * 4:
                size *= 2
    return _slots(seen, size)


def _slots(keys: list[Any], size: int) -> list[Any]:
    table: dict[int, Any] = {}
    for key in keys:
        number = _hash(key)
        slot, perturb = number & (size - 1), number
        while slot in table:
            number = (number * 5 + perturb + 1) & _MASK
            slot = number & (size - 1)
            perturb >>= 5
        table[slot] = key
    return [table[slot] for slot in sorted(table)]


def _hash(key: Any) -> int:
    if not isinstance(key, str):
        return hash(key) & _MASK
    if not key:
        return 0
    value = ord(key[0]) << 7
    for character in key:
        value = ((1000003 * value) & _MASK) ^ ord(character)
    return value ^ len(key)


def _quote(text: str) -> str:
    quote = '"' if "'" in text and '"' not in text else "'"
    out = []
    for character in text:
        code = ord(character)
        if character in (quote, "\\"):
            out.append("\\" + character)
        elif character in "\n\r\t":
            out.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character])
        elif 32 <= code < 127:
            out.append(character)
        elif code < 256:
            out.append(f"\\x{code:02x}")
        elif code < 65536:
            out.append(f"\\u{code:04x}")
        else:
            out.append(f"\\U{code:08x}")
    return quote + "".join(out) + quote

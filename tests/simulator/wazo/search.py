# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: which rows a query asks for, in which order, and how many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from tests.simulator.wazo.database import check_text
from tests.simulator.wazo.errors import ConfdError

Row = TypeVar("Row")
BIGGEST_BIGINT = 2**63 - 1


def fold(text: str) -> str:
    """Without accents and case."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def matches(search: str, *values: object) -> bool:
    """Whether one of the values holds the text, ignoring case and accents; ``%`` and ``_`` are SQL wildcards."""
    pattern = _like(fold(search))
    return any(value is not None and pattern.search(fold(str(value))) for value in values)


def _like(text: str) -> re.Pattern[str]:
    parts = re.findall(r"\\.|.", text, re.DOTALL)
    wildcards = {"%": ".*", "_": "."}
    return re.compile("".join(wildcards.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)


def find(
    rows: Iterable[Row],
    query: Mapping[str, str],
    asked: Mapping[str, Any],
    columns: Mapping[str, Callable[[Row], Any]],
    default_order: str,
    searched: Iterable[str] | None = None,
    several: Iterable[str] = (),
) -> tuple[int, list[Row]]:
    """How many rows match, and those of the page asked for. A filter that is no column is ignored.

    ``searched`` are the columns that ``search`` looks at, all where it is None; the filters ``several`` take a list
    with commas.
    """
    for value in query.values():
        check_text(value)
    found = list(rows)
    for name, value in query.items():
        if column := columns.get(name):
            wanted = value.split(",") if name in several else [value]
            found = [row for row in found if _text(column(row)) in wanted]
    if search := asked.get("search"):
        looked_at = [columns[name] for name in (columns if searched is None else searched)]
        found = [row for row in found if matches(search, *(column(row) for column in looked_at))]
    return len(found), _page(_ordered(found, asked, columns, default_order), asked)


def _text(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ordered(
    rows: list[Row], asked: Mapping[str, Any], columns: Mapping[str, Callable[[Row], Any]], default_order: str
) -> list[Row]:
    order = asked.get("order") or default_order
    if order not in columns:
        raise ConfdError(400, f"Input Error - order: column '{order}' was not found")
    direction = asked.get("direction") or "asc"
    if direction not in ("asc", "desc"):
        raise ConfdError(400, "Input Error - direction: must be 'asc' or 'desc'")
    column = columns[order]
    with_value = [row for row in rows if column(row) is not None]
    without = [row for row in rows if column(row) is None]
    with_value.sort(key=column, reverse=direction == "desc")
    # To PostgreSQL a null is greater than any value.
    return with_value + without if direction == "asc" else without + with_value


def _page(rows: list[Row], asked: Mapping[str, Any]) -> list[Row]:
    limit, offset = asked.get("limit"), asked.get("offset") or 0
    if limit == 0:
        raise ConfdError(400, "Input Error - field 'limit': wrong type. Should be a positive number")
    if max(limit or 0, offset) > BIGGEST_BIGINT:
        raise OverflowError("bigint out of range")
    return rows[offset:][:limit]

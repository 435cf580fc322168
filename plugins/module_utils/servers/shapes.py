# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What comes from a server, looked at once where it comes in: what is read further on has the shape that it should.

The same words mean the same wherever a server says them, so one table serves for all kinds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.numbers import KINDS, option_of

if TYPE_CHECKING:
    import typing as t

# Texts, or null.
TEXTS = frozenset(
    [
        "name",
        "label",
        "description",
        "type",
        "firstname",
        "lastname",
        "email",
        "caller_id",
        "outgoing_caller_id",
        "language",
        "mobile_phone_number",
        "display_name",
        "displayname",
        "protocol",
        "secret",
        "password",
        "include",
        "call_type",
    ]
)
# Numbers of telephones, which are text too; that some come as numbers does no harm.
NUMBERS = frozenset(["start", "end", "exten", "number", "pin", "numberbeg", "numberend", "confno"])
# Lists of objects.
LISTS = frozenset(["items", "users", "lines", "contexts", "extensions", *(option_of(kind) for kind in KINDS)])
SECRETS = ("secret", "password", "pin")
# What one of a kind is called by, in addresses too.
KEYS = frozenset(
    [
        "id",
        "uuid",
        "user_id",
        "line_id",
        "extension_id",
        "voicemail_id",
        "device_id",
        "conference_id",
        "group_id",
        "userid",
        "entityid",
        "tenant_uuid",
    ]
)
_KEY = re.compile(r"[\w.@+:-]*\Z", re.ASCII)
_SHOWN = 60  # characters


def problem_of(value: t.Any, path: str = "") -> str | None:
    """Say what part of an answer has not the shape that it should have, or return None."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else to_text(key)
            wanted = _wanted(key, inner)
            shown = "something" if key in SECRETS else _short(inner)
            found = f"{here} is {shown}, which is no {wanted}" if wanted else problem_of(inner, here)
            if found:
                return found
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found = problem_of(inner, f"{path}[{index}]")
            if found:
                return found
    return None


def _wanted(key: str, value: t.Any) -> str | None:
    """Say what a value should be and is not, or return None."""
    if value is None:
        return "list" if key == "items" else None
    if key in TEXTS:
        return None if isinstance(value, str) else "text"
    if key in NUMBERS:
        return None if isinstance(value, (str, int)) and not isinstance(value, bool) else "number"
    if key in LISTS:
        return None if isinstance(value, list) and all(isinstance(item, Mapping) for item in value) else "list"
    if key in KEYS:
        is_one = isinstance(value, (int, str)) and not isinstance(value, bool) and _KEY.match(to_text(value))
        return None if is_one else "id"
    if key == "context" and not isinstance(value, (str, Mapping)):
        return "context"
    return None


def _short(value: t.Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of contexts: which ones every server takes, and how two of them are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

if TYPE_CHECKING:
    pass

MAX_LENGTH = 39  # characters; the width of the column on every server
LABEL_MAX_LENGTH = 128  # characters
_ALLOWED = re.compile(r"^[a-zA-Z0-9_-]+\Z")
_ASCII = re.compile("^[\x00-\x7f]*\\Z")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f]")
# Sections that Asterisk's own configuration files already use. XiVO and Wazo 22.13 refuse these words,
# xivo-confd 16.15 takes them and breaks the dial plan.
RESERVED = frozenset(
    (
        "authentication",
        "general",
        "global",
        "globals",
        "parkedcalls",
        "xivo-features",
        "zonemessages",
    )
)


def without_accents(text: str) -> str:
    """Return the text without its accents: the letters that they stood on stay."""
    text = to_text(text)
    if _ASCII.match(text):
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def fold(text: str) -> str:
    """Return the form in which two labels are compared: no accents, no case."""
    return without_accents(text).lower()


def suggest(text: str) -> str:
    """Return the nearest name that the rules allow, or an empty text where nothing is left of it."""
    return re.sub(r"[^a-zA-Z0-9_-]+", "_", without_accents(text)).strip("_")[:MAX_LENGTH].rstrip("_")


def name_problem(name: str) -> str | None:
    """Say why no server should be given a context of this name, or return None."""
    name = to_text(name)
    if _ALLOWED.match(name):
        if len(name) > MAX_LENGTH:
            return "The name '%s' has %d characters; %d is the most that a server takes." % (
                name,
                len(name),
                MAX_LENGTH,
            )
        if name.lower() in RESERVED or name.lower().startswith("xivo-"):
            return f"The name '{name}' is reserved by the telephone system itself; choose another one."
        return None
    advice = "Use only the letters a-z and A-Z, digits, '_' and '-'."
    better = suggest(name)
    if better and name_problem(better) is None:
        advice += f" Write name: {better} and label: '{name}'."
    return f"The name '{name}' cannot be the internal name of a context. {advice}"


def label_problem(label: str, minimum: int = 1, in_bytes: bool = False) -> str | None:
    """Say why a server whose labels have at least ``minimum`` characters refuses this one, or return None.

    XiVO's web service counts bytes of UTF-8: a letter with an accent is two.
    """
    label = to_text(label)
    if _CONTROL.search(label):
        return f"The label '{label}' holds a line break or a tab. Write it on one line."
    length = len(label.encode("utf-8")) if in_bytes else len(label)
    if minimum <= length <= LABEL_MAX_LENGTH and (label.strip() or not minimum):
        return None
    return "The label '%s' has %d %s; this server takes %d to %d." % (
        label,
        length,
        "bytes" if in_bytes else "characters",
        minimum,
        LABEL_MAX_LENGTH,
    )

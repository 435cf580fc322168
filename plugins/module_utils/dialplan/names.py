# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of contexts: which ones every server takes, and how two of them are compared."""

from __future__ import annotations

import difflib
import functools
import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

if TYPE_CHECKING:
    import typing as t

MAX_LENGTH = 39  # characters; the width of the column on every server
LABEL_MAX_LENGTH = 128  # characters
_ALLOWED = re.compile(r"^[a-zA-Z0-9_-]+\Z")
_ASCII = re.compile("^[\x00-\x7f]*\\Z")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f]")
_WORDS = re.compile(r"[a-z0-9]+")
_NO_WORDS = re.compile(r"[^a-zA-Z0-9]+")
# Letters that Unicode does not take apart, and what people write for them.
_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ß": "ss",
        "ẞ": "SS",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ı": "i",
    }
)
# Digits of a hash, which tell names apart that would be one.
_SALT = 8
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
    """Return the text without its accents and ligatures: the letters that they stood on, or were made of, stay."""
    text = to_text(text)
    if _ASCII.match(text):
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)


def fold(text: str) -> str:
    """Return the form in which two labels are compared: no accents, no case."""
    return without_accents(text).lower()


@functools.lru_cache(maxsize=1 << 16)
def slug(text: str) -> str:
    """Return the form in which a handle and a label are compared: ``Ventes-Nord`` is ``Ventes Nord``.

    No accents, no case, and each run of other characters than letters and digits is one ``-``, or nothing at the ends.
    A text that has no letter and no digit is its own slug, so that it is found again and is like no other.
    """
    plain = without_accents(text).casefold()
    words = _WORDS.findall(plain) if _ASCII.match(plain) else "".join(map(_part_of_word, plain)).split()
    return "-".join(words) or plain.strip()


def _part_of_word(character: str) -> str:
    """Return a letter or a digit as it is, a blank for what divides words, and nothing for what shows nothing."""
    category = unicodedata.category(character)
    if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    # Some scripts write their vowels as marks.
    return character if character.isalnum() or category in ("Mn", "Mc") else " "


def name_for(label: str) -> str | None:
    """Return the name that a label's own slug leads back to; None where no server should be given it."""
    plain = without_accents(label)
    for name in (plain, _NO_WORDS.sub("-", plain).strip("-")):
        if name_problem(name) is None and slug(name) == slug(label):
            return name
    return None


def salted_name_for(label: str, salt: str) -> str:
    """Return a name for a label that cannot be one, or that several have; the same salt always gives the same name."""
    end = "-" + hashlib.sha256(salt.encode("utf-8", "surrogatepass")).hexdigest()[:_SALT]
    begin = _NO_WORDS.sub("-", without_accents(label)).strip("-")
    if not begin or begin.lower().startswith("xivo-"):
        begin = f"ctx-{begin}"
    return begin[: MAX_LENGTH - len(end)].strip("-") + end


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


def did_you_mean(word: str, known: t.Iterable[str]) -> str:
    """Return the question that follows a word which nobody knows, or nothing where no known one is like it."""
    near = difflib.get_close_matches(word, list(known), 1)
    return f" Did you mean '{near[0]}'?" if near else ""

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that come from outside, made fit to be shown: without secrets, and without what steers a terminal."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

if TYPE_CHECKING:
    import typing as t

MASK = "********"
# From this length on, a secret is masked inside of other words too. A shorter one is part of too many.
LONG = 8
# Too common to be masked in running text, where they say nothing of a secret: only beside a quote, a slash or the like.
_COMMON = ("true", "false", "null", "none")
_SHORT = 4
# What a word may stand behind and in front of: 20 is no part of 10.20.30.40, nor of 2001, but is one of %2F20%2F.
_START = r"(?:(?<!\w)(?<!\w[.-])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt]))"
_END = r"(?!\w|[.-]\w)"
# All but control characters that lay out a text: a terminal obeys the others, and Ansible cuts lines at some.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NAMED = {"\n": "n", "\r": "r", "\t": "t", "\f": "f", "\b": "b", "\v": "v", "\a": "a", "\0": "0"}


def visible(text: str) -> str:
    r"""Return a text for a terminal: ESC, which would steer it, as \x1b, and other such characters likewise."""
    return _STEERING.sub(lambda found: ("\\x%02x" if ord(found[0]) < 256 else "\\u%04x") % ord(found[0]), text)


class Masker:
    """Masks secrets in texts that come from outside: what a server or a library says.

    Such a text may have them in any spelling: as it is, as part of a URL, in JSON, or as Python shows it. What the
    collection says itself is never made of a secret, and must not come here: a word of it could be somebody's password.
    """

    def __init__(self) -> None:
        self._secrets: dict[bool, set[str]] = {False: set(), True: set()}
        self._pattern: re.Pattern[str] | None = None

    def hide(self, secret: t.Any, of_task: bool = False) -> None:
        """Mask a text from now on; one ``of_task`` until that ends."""
        text = to_text(secret or "")
        # A few signs of punctuation cannot be told from the text around them.
        if len(text) >= _SHORT or re.search(r"\w", text):
            self._secrets[of_task].add(text)
            self._pattern = None

    def task_ended(self) -> None:
        self._secrets[True] = set()
        self._pattern = None

    def masked(self, text: t.Any) -> str:
        shown: str = to_text(text)
        secrets = self._secrets[False] | self._secrets[True]
        if not secrets:
            return shown
        if self._pattern is None:
            longest_first = sorted(secrets, key=lambda secret: (-len(secret), secret))
            self._pattern = re.compile("|".join(_pattern_of(secret) for secret in longest_first))
        return self._pattern.sub(MASK, shown)


def _pattern_of(secret: str) -> str:
    spelled = "".join(_spellings(character) for character in secret)
    if len(secret) >= LONG:
        return spelled
    start = _START if re.match(r"\w", secret) else ""
    end = _END if re.search(r"\w\Z", secret) else ""
    if len(secret) < _SHORT or secret.lower() in _COMMON:
        return rf"(?<=[^\w\s.-]){spelled}{end}|{start}{spelled}{end}(?=[^\w\s.,;:!?-])"
    return start + spelled + end


def _spellings(character: str) -> str:
    """Return what matches one character however it is written."""
    code = ord(character)
    octets = character.encode("utf-8", "surrogatepass")
    # The longest first, and the character itself last: a % could be the beginning of %25.
    ways = ["(?i:%s)" % "".join(rf"%(?:25)*{octet:02x}" for octet in octets)]
    if not (character.isascii() and character.isalnum()):
        units = character.encode("utf-16-be", "surrogatepass")
        pairs = [units[i : i + 2].hex() for i in range(0, len(units), 2)]
        ways += [
            "(?i:%s)" % "".join(rf"\\+u{pair}" for pair in pairs),
            "(?i:%s)" % "".join(rf"\\+x{octet:02x}" for octet in octets),
            rf"(?i:\\+x{code:02x}|\\+U{code:08x}|&#0*{code};|&#x0*{code:x};)",
        ]
        if character in _NAMED:
            ways.append(r"\\+" + _NAMED[character])
        elif character == "\\":
            ways.append(r"\\+")
        elif character == " ":
            ways.append(r"\+")
        else:
            ways.append(r"\\+" + re.escape(character))
            ways.append(re.escape(html.escape(character)))
    return "(?:%s)" % "|".join([*ways, re.escape(character)])

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns of Asterisk: an extension such as ``_80XX`` answers for many numbers.

After the underscore, X stands for 0 to 9, Z for 1 to 9, N for 2 to 9, ``[2-46]`` for one of these; ``.`` at the end for
one or more of anything, ``!`` for nothing or more. A ``-`` outside of brackets only helps people to read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..errors import InputError
from .numbers import Range, cut, gaps, is_number

if TYPE_CHECKING:
    import typing as t

DIGITS = "0123456789"
_CLASSES = {"X": DIGITS, "Z": DIGITS[1:], "N": DIGITS[2:]}
_ITSELF = f"{DIGITS}*#+"
_SPECIAL, _BEGIN = "XZNxzn[].!", "0123456789*#+XZNxzn[.!"
MAX_CHARACTERS = 40  # the width of the column on every server
# So many ranges of one pattern are told apart. What follows counts as all its own: no used number is called free.
_PIECES = 10000

# How Asterisk compares what stands at a place: by how many characters it allows, and the end is last of all.
_DOT, _BANG, _END = 0x180, 0x280, 0x300


class Pattern(NamedTuple):
    """The characters that may stand at each place, in order, and how many more there must be: None for none."""

    places: tuple[str, ...]
    more: int | None

    @property
    def key(self) -> tuple[tuple[int, str], ...]:
        """What patterns are sorted by: those that come first are tried first."""
        rest = () if self.more is None else ((_DOT if self.more else _BANG, ""),)
        return (*((len(place), place) for place in self.places), *rest, (_END, ""))

    def fits(self, number: str) -> bool:
        rest = len(number) - len(self.places)
        if rest < (self.more or 0) or (rest and self.more is None):
            return False
        return all(character in place for character, place in zip(number, self.places))


def is_pattern(extension: str) -> bool:
    """Tell whether a server's extension is a pattern. Without the underscore, Asterisk takes each letter as itself."""
    return extension.startswith("_")


def looks_like_a_pattern(text: str) -> bool:
    """Tell whether somebody who wrote this meant a pattern, with or without the underscore."""
    return is_pattern(text) or (text[:1] in tuple(_BEGIN) and any(letter in _SPECIAL for letter in text))


def parse_pattern(text: str) -> Pattern:
    """Read a pattern, with the underscore. Raises InputError: why Asterisk could not."""
    places: list[str] = []
    more: int | None = None
    body = text[1:]
    at = 0
    while at < len(body):
        letter = body[at].upper()
        at += 1
        if more is not None:
            raise InputError(f"The pattern '{text}' goes on after its '{body[at - 2]}', which must be the end.")
        if letter in ".!":
            more = 1 if letter == "." else 0
        elif letter == "[":
            end = body.find("]", at)
            if end < 0:
                raise InputError(f"The pattern '{text}' has a '[' without a ']'.")
            places.append(_one_of(text, body[at:end]))
            at = end + 1
        elif letter == "]":
            raise InputError(f"The pattern '{text}' has a ']' without a '['.")
        elif letter in _CLASSES:
            places.append(_CLASSES[letter])
        elif letter in _ITSELF:
            places.append(letter)
        elif letter != "-":
            raise InputError(
                f"The pattern '{text}' has '{body[at - 1]}' in it; it may have digits, X, Z, N, such as [2-46], "
                "and a '.' or '!' at the end."
            )
    if not places and more is None:
        raise InputError(f"The pattern '{text}' is empty.")
    if len(text) > MAX_CHARACTERS:
        raise InputError("The pattern '%s' has %d characters; %d is the most." % (text, len(text), MAX_CHARACTERS))
    return Pattern(tuple(places), more)


def _one_of(text: str, inside: str) -> str:
    """Return the characters that brackets stand for, in order and each once."""
    if not re.match(r"^([0-9*#](-[0-9])?)+\Z", inside):
        raise InputError(f"The pattern '{text}' has [{inside}] in it, which is no list of digits such as [2-46].")
    found: set[str] = set()
    for first, last in re.findall(r"([0-9*#])(?:-([0-9]))?", inside):
        if last and not first <= last:
            raise InputError(f"The pattern '{text}' has [{inside}] in it, and {first} is greater than {last}.")
        found.update(DIGITS[int(first) : int(last or first) + 1] if first in DIGITS else first)
    return "".join(sorted(found))


def normal_pattern(text: str) -> str:
    """Return a pattern as it is compared: with its underscore, and its letters as capitals."""
    return "_" + text.lstrip("_").upper()


def ranges_of(extension: str, outer: Range) -> t.Iterator[Range]:
    """Return the numbers of a range that an extension, a number or a pattern, answers for: as ranges, in order."""
    if not is_pattern(extension):
        if outer.holds(extension):
            yield Range(extension, extension, outer.did_length)
        return
    try:
        pattern = parse_pattern(extension)
    except InputError:
        return  # Asterisk does not know it either
    width = len(outer.start)
    rest = width - len(pattern.places)
    digits = tuple("".join(character for character in place if character in DIGITS) for place in pattern.places)
    if rest < (pattern.more or 0) or (rest and pattern.more is None) or not all(digits):
        return
    places = digits + (DIGITS,) * rest
    # From here on, every digit may stand at every place.
    free = max([at for at, place in enumerate(places, 1) if place != DIGITS], default=0)
    for found, piece in enumerate(_joined(_walk(places, free, outer, 0, "", True, True)), 1):
        if found == _PIECES:
            yield piece._replace(end=outer.end)
            return
        yield piece


def _walk(
    places: t.Sequence[str], free: int, outer: Range, at: int, prefix: str, lowest: bool, highest: bool
) -> t.Iterator[Range]:
    """Return the ranges whose numbers begin with a prefix, which may be the first digits of the start or the end."""
    if at >= free:
        rest = len(places) - at
        start = outer.start if lowest else prefix + "0" * rest
        yield Range(start, outer.end if highest else prefix + "9" * rest, outer.did_length)
        return
    for digit in places[at]:
        if (lowest and digit < outer.start[at]) or (highest and digit > outer.end[at]):
            continue
        low, high = lowest and digit == outer.start[at], highest and digit == outer.end[at]
        yield from _walk(places, free, outer, at + 1, prefix + digit, low, high)


def _joined(pieces: t.Iterable[Range]) -> t.Iterator[Range]:
    """Return ranges in order, those that follow each other as one."""
    last: Range | None = None
    for piece in pieces:
        if last is not None and int(piece.start) == int(last.end) + 1:
            last = last._replace(end=piece.end)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def answers_in(extension: str, ranges: t.Iterable[Range]) -> bool:
    """Tell whether an extension answers for a number of these ranges."""
    return any(True for r in ranges for _piece in ranges_of(extension, r))


def free_numbers(outer: Range, extensions: t.Iterable[str]) -> list[Range]:
    """Return what is left of a range without the numbers that extensions answer for, as ranges in order."""
    listed = list(extensions)
    free = gaps(outer, [e for e in listed if is_number(e)])
    for pattern in {e for e in listed if is_pattern(e)}:
        taken = list(ranges_of(pattern, outer))
        if taken:
            free = [left for piece in free for left in cut(piece, taken)]
    return free

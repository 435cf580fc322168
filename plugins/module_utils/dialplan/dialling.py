# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who answers a number that is dialled from a context, as Asterisk finds it.

It looks into the context itself, then into its includes in their order, each with its own includes before the next
one, and into no context twice. Inside a context the number itself comes before every pattern, and of two patterns the
one that allows fewer characters at the first place where they differ. The first that fits answers; what would fit after
it is hidden.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from .patterns import is_pattern, parse_pattern

if TYPE_CHECKING:
    import typing as t

    from .contexts import Context, Directory
    from .numbers import Range
    from .patterns import Pattern

NOBODY = "nobody"
# Asterisk looks into no more contexts than this for one number.
MOST_CONTEXTS = 128
_NUMBER = re.compile(r"^[0-9*#+]+\Z")
# What people call what answers, where that is not its kind.
_WORDS = {"conference": "conference room", "outcall": "outgoing call", "parking_lot": "parking lot"}
# An incoming call that goes to this ends there.
_NOWHERE = "none"


def can_be_dialled(number: str) -> bool:
    return _NUMBER.match(number) is not None


@dataclass(frozen=True)
class Answering:
    """A number, or a pattern, in a context, and who answers there; ``context`` is a server's name of one.

    ``kind`` is what answers, None where the extension is nobody's: then Asterisk does not know it. ``name`` is what
    people call it. ``incall`` says that it is an incoming call which leads there.
    """

    exten: str
    context: str
    kind: str | None
    name: str = ""
    incall: bool = False

    @property
    def text(self) -> str:
        if self.kind in (None, _NOWHERE):
            return NOBODY
        words = _WORDS.get(self.kind or "", self.kind or "")
        return f"{words} '{self.name}'" if self.name else words


@dataclass(frozen=True)
class Found:
    """An extension that fits, and the way to its context: the names of contexts, the first one among them."""

    extension: Answering
    through: tuple[str, ...]


@dataclass(frozen=True)
class InRange:
    """A range that a number lies in."""

    context: str
    kind: str
    range: Range

    @property
    def text(self) -> str:
        return f"the {self.kind.replace('_', ' ')} range {self.range}"


@dataclass(frozen=True)
class Call:
    """What becomes of a number that is dialled in a context.

    ``arrives`` are the digits that Asterisk gets of it. ``found`` answers, and ``hidden`` would if it were not for
    that. ``unowned`` are extensions that fit and are nobody's. ``ranges`` are those that can be dialled from there,
    ``elsewhere`` and ``ranges_elsewhere`` what cannot. ``dead`` are includes that lead nowhere.
    """

    start: str
    number: str
    arrives: str
    found: Found | None
    hidden: tuple[Found, ...]
    unowned: tuple[Found, ...]
    ranges: tuple[InRange, ...]
    elsewhere: tuple[Answering, ...]
    ranges_elsewhere: tuple[InRange, ...]
    dead: tuple[str, ...]

    @property
    def answering(self) -> tuple[Found, ...]:
        """All that fits, in the order in which it is found."""
        return (self.found, *self.hidden) if self.found else ()

    @property
    def answers(self) -> str:
        return self.found.extension.text if self.found else NOBODY

    @property
    def range(self) -> InRange | None:
        """The range that the number lies in: in the context where it is answered, else in the first that has one."""
        if self.found is None:
            return self.ranges[0] if self.ranges else None
        return next((r for r in self.ranges if r.context == self.found.extension.context), None)


class _Extensions:
    """The extensions of one context, in the order in which Asterisk tries them."""

    def __init__(self, extensions: t.Iterable[Answering]) -> None:
        self._numbers: dict[str, Answering] = {}
        patterns: list[tuple[Pattern, Answering]] = []
        for extension in extensions:
            if not is_pattern(extension.exten):
                self._numbers[extension.exten] = extension
                continue
            try:
                patterns.append((parse_pattern(extension.exten), extension))
            except InputError:
                continue  # Asterisk does not know it either
        self._patterns = sorted(patterns, key=lambda pair: (pair[0].key, pair[1].exten))

    def fitting(self, number: str) -> t.Iterator[Answering]:
        if number in self._numbers:
            yield self._numbers[number]
        yield from (extension for pattern, extension in self._patterns if pattern.fits(number))


@dataclass(frozen=True)
class _Walk:
    """The way to each context that is looked into from another, in order, where each ends, the includes that lead
    nowhere, and the contexts that are not looked into."""

    ways: list[tuple[str, ...]]
    dead: list[str]
    reached: list[str]
    others: list[str]


class DialPlan:
    """Contexts and the extensions in them, asked who answers."""

    def __init__(self, directory: Directory, extensions: t.Iterable[Answering]) -> None:
        self.directory = directory
        by_context: dict[str, list[Answering]] = {}
        for extension in extensions:
            by_context.setdefault(extension.context, []).append(extension)
        self._extensions = {name: _Extensions(them) for name, them in by_context.items()}
        self._walks: dict[str, _Walk] = {}
        # The ranges of each context, by how many digits arrive.
        self._shown: dict[str, dict[int, list[tuple[str, str, InRange]]]] = {}

    def _is_there(self, name: str) -> bool:
        context = self.directory.by_name.get(name)
        return context is not None and context.enabled

    def ways(self, start: str) -> list[tuple[str, ...]]:
        """Return the way to each context that is looked into, in order."""
        return self._walk(start).ways

    def _walk(self, start: str) -> _Walk:
        if start not in self._walks:
            found: list[tuple[str, ...]] = []
            dead: list[str] = []
            seen: set[str] = set()
            todo: list[tuple[str, ...]] = [(start,)]
            while todo and len(found) < MOST_CONTEXTS:
                way = todo.pop()
                if way[-1] in seen:
                    continue
                seen.add(way[-1])
                if not self._is_there(way[-1]):
                    dead.append(way[-1])
                    continue
                found.append(way)
                todo += [(*way, include) for include in reversed(self.directory.by_name[way[-1]].includes)]
            ends = {way[-1]: None for way in found}
            others = [context.name for context in self.directory.contexts if context.name not in ends]
            self._walks[start] = _Walk(found, dead, list(ends), others)
        return self._walks[start]

    def arrives(self, start: Context, number: str) -> str:
        """Return the digits that the operator sends of a number, where it is called from outside."""
        if start.type == "incall":
            for way in self.ways(start.name):
                for whole in self.directory.by_name[way[-1]].ranges["incall"]:
                    if 0 < whole.did_length < len(number) and whole.holds(number):
                        return number[-whole.did_length :]
        return number

    def call(self, start: Context, number: str) -> Call:
        """Return what becomes of a number that is dialled in a context."""
        walk = self._walk(start.name)
        arrives = self.arrives(start, number)
        fitting = [Found(extension, way) for way in walk.ways for extension in self._fitting(way[-1], arrives)]
        owned = [found for found in fitting if found.extension.kind is not None]
        return Call(
            start.name,
            number,
            arrives,
            owned[0] if owned else None,
            tuple(owned[1:]),
            tuple(found for found in fitting if found.extension.kind is None),
            tuple(self._ranges(walk.reached, arrives)),
            # Told only to whom nobody answers.
            ()
            if owned
            else tuple(e for name in walk.others for e in self._fitting(name, arrives) if e.kind is not None),
            () if owned else tuple(self._ranges(walk.others, arrives)),
            tuple(walk.dead),
        )

    def _fitting(self, context: str, number: str) -> t.Iterator[Answering]:
        extensions = self._extensions.get(context)
        return extensions.fitting(number) if extensions else iter(())

    def _ranges(self, names: t.Iterable[str], number: str) -> t.Iterator[InRange]:
        width = len(number)
        for name in names:
            if name not in self._shown:
                self._shown[name] = _by_width(self.directory.by_name[name])
            for start, end, there in self._shown[name].get(width, ()):
                if start <= number <= end:
                    yield there


def _by_width(context: Context) -> dict[int, list[tuple[str, str, InRange]]]:
    """Return the ranges of a context as its extensions are numbered, by how many digits these have."""
    found: dict[int, list[tuple[str, str, InRange]]] = {}
    for kind, whole in context.all_ranges():
        there = InRange(context.name, kind, whole)
        for shown in whole.extensions():
            found.setdefault(len(shown.start), []).append((shown.start, shown.end, there))
    return found

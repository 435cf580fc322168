# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The numbers that exist on a server: whose each one is, and which is the next that is free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .patterns import answers_in, free_numbers, is_pattern

if TYPE_CHECKING:
    import typing as t

    from .contexts import Context
    from .numbers import Range


@dataclass(frozen=True)
class Extension:
    """A number, or a pattern, in a context. ``owner`` says in words whose it is, as far as a list tells."""

    id: t.Any
    exten: str
    context: str
    owner: str | None


class Numbers:
    """The numbers of a server, read when they are first asked for, and what a plan does with them.

    A server's own class says how they are read (``listed``) and looks closer at one (``hidden_owner``).
    """

    def __init__(self) -> None:
        self._by_context: dict[str, dict[str, Extension]] | None = None
        self._by_id: dict[t.Any, Extension] = {}
        self.plan_again()

    def listed(self) -> t.Iterable[Extension]:
        raise NotImplementedError

    def hidden_owner(self, extension: Extension) -> str | None:
        """Look closer at a number than the list does, and return its owner, in words; None where it is nobody's."""
        return extension.owner

    def forget(self) -> None:
        """Read again when they are asked for the next time."""
        self._by_context = None
        self._by_id = {}
        self.plan_again()

    def plan_again(self) -> None:
        """Forget what a plan did with the numbers."""
        # To whom the plan gives each number, and the numbers that somebody leaves by it.
        self.given: dict[tuple[str, str], str] = {}
        self.left: set[tuple[str, str]] = set()
        self._next: dict[tuple[str, str], t.Iterator[str]] = {}
        self._found: dict[tuple[str, str], str | None] = {}

    @property
    def is_read(self) -> bool:
        return self._by_context is not None

    def _index(self) -> dict[str, dict[str, Extension]]:
        if self._by_context is None:
            self._by_context = {}
            for extension in self.listed():
                self._add(self._by_context, extension)
        return self._by_context

    def _add(self, index: dict[str, dict[str, Extension]], extension: Extension) -> None:
        index.setdefault(extension.context, {})[extension.exten] = extension
        self._by_id[extension.id] = extension

    def within(self, context: str) -> t.Mapping[str, Extension]:
        """Return the numbers of a context, called as the server calls it."""
        return self._index().get(context, {})

    def at(self, exten: str, context: str) -> Extension | None:
        return self.within(context).get(exten)

    def owner(self, exten: str, context: str) -> str | None:
        """Return whose a number is, in words; None where it can be taken: it is nobody's, left, or does not exist."""
        there = None if (exten, context) in self.left else self.at(exten, context)
        return self.hidden_owner(there) if there else None

    def next_free(self, context: Context, ranges: t.Sequence[Range], kind: str) -> str | None:
        """Return the first number of the ranges of a kind that is nobody's, and that the plan gives to nobody yet."""
        key = (context.name, kind)
        if key not in self._next:
            self._next[key] = self._free(context.name, ranges)
            self._found[key] = next(self._next[key], None)
        while self._found[key] is not None and (self._found[key], context.name) in self.given:
            self._found[key] = next(self._next[key], None)
        return self._found[key]

    def _free(self, context: str, ranges: t.Sequence[Range]) -> t.Iterator[str]:
        """Return the free numbers of some ranges, in order. A number that exists and is nobody's comes in turn: a run
        that was cut off may have made it."""
        here = self.within(context)
        taken = [exten for exten, there in here.items() if there.owner is not None]
        loose = [exten for exten, there in here.items() if there.owner is None]
        # A pattern that seems to be nobody's answers for many numbers: whether it is comes first.
        patterns = [exten for exten in loose if is_pattern(exten) and answers_in(exten, ranges)]
        taken += [exten for exten in patterns if self.hidden_owner(here[exten])]
        doubtful = set(loose)
        for whole in ranges:
            for piece in free_numbers(whole, taken):
                for number in range(int(piece.start), int(piece.end) + 1):
                    exten = f"{number:0{len(piece.start)}d}"
                    if exten not in doubtful or not self.hidden_owner(here[exten]):
                        yield exten

    def written(self, extension: Extension) -> None:
        """Keep what was read true: a number was made, or changed, or has another owner now."""
        if self._by_context is not None:
            self.gone(extension.id)
            self._add(self._by_context, extension)

    def gone(self, identity: t.Any) -> None:
        """Keep what was read true: a number was deleted, or nobody knows any more whose it is."""
        before = self._by_id.pop(identity, None)
        if before is not None and self._by_context is not None:
            self._by_context[before.context].pop(before.exten, None)

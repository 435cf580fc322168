# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planning what has a number in a context: finding the context, and keeping, choosing or checking the number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from ..dialplan.patterns import is_pattern
from ..errors import InputError, must
from .base import AUTO, D, R, in_order

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context
    from ..dialplan.extensions import Numbers
    from ..dialplan.numbers import Range
    from .base import Change, Kind
    from .state import State


class Planner(Generic[R, D]):
    """A plan for several declarations of one kind, each with what it means, or None where that is not there yet.

    ``range_kind`` is the kind of range that the numbers come from, ``context_type`` the type of the contexts that have
    them.
    """

    range_kind = ""
    context_type = "internal"
    # Whether one that has no number yet gets one without being asked for.
    always_numbered = True

    def __init__(self, kind: Kind[R, D], state: State, declared: t.Sequence[D], current: t.Sequence[R | None]) -> None:
        self.kind = kind
        self.state = state
        self.numbers: Numbers = state.numbers
        self.pairs = list(zip(declared, current))
        self.problems: list[str] = []
        # Numbers that this task gives, so that none is given twice: number and context to whom.
        self._given: dict[tuple[str, str], str] = {}

    def say(self, one: D, text: str) -> None:
        """Note a problem of a declaration."""
        raise NotImplementedError

    def wanted(self, one: D) -> tuple[str | None, str | None]:
        """Return the number and the context that are declared."""
        raise NotImplementedError

    def finish(self, changes: list[Change[R, D]]) -> list[Change[R, D]]:
        """Return the changes. Raises InputError with every problem, or where there is no order to make them in."""
        if self.problems:
            raise InputError(self.problems)
        in_order(self.kind, changes)
        return changes

    def context_of(self, one: D, handle: str) -> Context | None:
        """Return the context that a declaration names, and note where there is none."""
        directory = self.state.directory
        try:
            context = directory.find(handle)
        except InputError as error:
            self.say(one, error.text)
            return None
        if context is None:
            self.say(one, directory.unknown(handle, f"there is no context '{handle}'."))
        return context

    def reserve(self, one: D, before: R | None, context: Context | None) -> None:
        """Note the numbers that are kept, left, or asked for by name, before any is chosen for those who said auto."""
        exten, where = self.kind.place(before) if before is not None else (None, None)
        had = (exten, where) if exten and where else None
        if one.is_absent:
            if had:
                self.numbers.left.add(had)
            return
        if context is None:
            return
        number, said_context = self.wanted(one)
        if number in (None, AUTO):
            number = exten if exten and where == context.name else None
        if had and had != (number, context.name) and (number or said_context is not None):
            self.numbers.left.add(had)
        if number is None:
            return
        key = (number, context.name)
        if key in self._given:
            self.say(one, f"the extension {number} is given to '{self._given[key]}' by the same task.")
        elif key in self.numbers.given:
            self.say(one, f"the extension {number} is given to {self.numbers.given[key]} by the same task.")
        self._give(key, one)

    def _give(self, key: tuple[str, str], one: D) -> None:
        self._given[key] = one.label
        self.numbers.given.setdefault(key, one.text)

    def number(self, one: D, before: R | None, context: Context) -> str | None:
        """Return the number, kept, chosen or checked; None where there is none to give."""
        exten, where = self.kind.place(before) if before is not None else (None, None)
        kept = exten if where == context.name else None
        said, said_context = self.wanted(one)
        if kept and said in (None, AUTO, kept):
            return kept
        if said is None and said_context is None and not self.always_numbered:
            return None
        if context.type != self.context_type:
            handle = self.state.directory.handle(context)
            self.say(
                one,
                f"the context '{handle}' is of the type {context.type}; its number must be in one of the type "
                f"{self.context_type}.",
            )
            return None
        if said in (None, AUTO):
            number = self.next_free(context)
            if number is None:
                handle, ranges = self.ranges_in_words(context)
                self.say(one, f"no number is free in the {self.range_words} ranges of '{handle}' ({ranges}).")
                return None
            self._give((number, context.name), one)
            return number
        number = must(said)
        # No server holds a pattern against the ranges, and it may well reach beyond them.
        if not is_pattern(number) and not any(r.holds(number) for r in self.ranges(context)):
            advice = self.hint(number, context) or self._advice(context)
            handle, ranges = self.ranges_in_words(context)
            self.say(
                one,
                f"the extension {number} is in none of the {self.range_words} ranges of '{handle}' ({ranges}).{advice}",
            )
            return number
        owner = self.numbers.owner(number, context.name)
        if owner is not None:
            holder = self.holder(number, context.name) or owner
            self.say(one, f"the extension {number} is taken by {holder}.{self._advice(context)}")
        return number

    def loose_number(self, before: R | None, after: R) -> tuple[tuple[str, t.Any], ...]:
        """Return the number that a resource is to get, where that is there already, and nobody's."""
        place = self.kind.place(after)
        exten, context = place
        if not exten or not context or (before is not None and self.kind.place(before) == place):
            return ()
        there = None if place in self.numbers.left else self.numbers.at(exten, context)
        return (("extension", there.id),) if there else ()

    def holder(self, exten: str, context: str) -> str | None:
        """Return whose a number is, in better words than those of the list of numbers."""
        return None

    def hint(self, number: str, context: Context) -> str:
        """Return what to write in place of a number that is in no range."""
        return ""

    def ranges(self, context: Context) -> list[Range]:
        """Return the ranges as extensions are numbered in them."""
        return [shown for r in context.ranges[self.range_kind] for shown in r.extensions()]

    def ranges_in_words(self, context: Context) -> tuple[str, str]:
        """Return how a task calls a context, and its ranges."""
        ranges = ", ".join(str(r) for r in self.ranges(context)) or "it has none"
        return self.state.directory.handle(context), ranges

    @property
    def range_words(self) -> str:
        return self.range_kind.replace("_", " ")

    def _advice(self, context: Context) -> str:
        number = self.next_free(context)
        return f" The next free number is {number}." if number else " No number is free there."

    def next_free(self, context: Context) -> str | None:
        return self.numbers.next_free(context, self.ranges(context), self.range_kind)

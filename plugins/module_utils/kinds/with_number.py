# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What groups, conference rooms and incoming calls have in common: one number, and a name or that number to go by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..dialplan.names import fold
from ..dialplan.numbers import is_number
from ..dialplan.patterns import answers_in, free_numbers
from ..errors import AmbiguousError, InputError, must, some
from .base import AUTO, CREATE, DELETE, UNCHANGED, UPDATE, Change, Declaration, Kind, text_or_none
from .planner import Planner

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context
    from ..dialplan.extensions import Extension
    from .base import Options, Spec
    from .state import State


@dataclass(frozen=True)
class WithNumber:
    """A resource with one number as the server holds it, or as it will: then ``id`` is None.

    ``context`` is a server's name of a context. ``raw`` is what its API said of it. ``unfinished`` tells that a run was
    cut off while it changed it.
    """

    name: str = ""
    id: Any = None
    uuid: str | None = None
    label: str | None = None
    context: str | None = None
    exten: str | None = None
    extension_id: Any = None
    raw: Any = None
    unfinished: bool = False

    def describe(self) -> str:
        """Return one of several that could be meant, as a person tells it from the others."""
        parts = [f"name {self.name}"]
        parts += [f"label '{self.label}'"] if self.label else []
        parts += [f"uuid {self.uuid}"] if self.uuid else []
        parts.append(f"extension {self.exten}" if self.exten else "without an extension")
        return ", ".join(parts)


class WithNumberDeclaration(Declaration):
    """What a task says of one resource with a number."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.name = text_or_none(options.get("name")) or ""
        self.said_label = text_or_none(options.get("label"))
        self.context = text_or_none(options.get("context"))
        self.extension = text_or_none(options.get("extension"))

    @property
    def label(self) -> str:
        return self.name or self.extension or ""

    @property
    def sentence(self) -> str:
        """The same, at the beginning of a sentence."""
        return f"The {self.noun} '{self.label}'"

    def problems(self) -> list[str]:
        if not self.name:
            return [f"A {self.noun} needs a name."]
        if self.extension not in (None, AUTO) and not is_number(must(self.extension)):
            return [f"The extension '{self.extension}' of {self.text} is no number, and not auto."]
        return []


W = TypeVar("W", bound=WithNumber)
E = TypeVar("E", bound=WithNumberDeclaration)


class WithNumberKind(Kind[W, E]):
    """``range_kind`` is the kind of range that the numbers come from, ``context_type`` the type of their contexts."""

    range_kind = ""
    context_type = "internal"

    def options(self) -> Spec:
        return {
            "name": {"type": "str", "required": True},
            "context": {"type": "str"},
            "extension": {"type": "str"},
        }

    def new(self, name: str) -> W:
        """Return a resource that is to be made, with nothing but a name."""
        raise NotImplementedError

    def over(self, planner: WithNumberPlanner[W, E], one: E, before: W | None, after: W) -> W:
        """Return a resource with what is declared put over it, besides name, label and number."""
        return after

    def match(self, state: State, resources: t.Sequence[W], declared: t.Sequence[E]) -> list[W | None]:
        index = self.index(resources)
        found: list[W | None] = []
        problems: list[str] = []
        for one in declared:
            try:
                found.append(index.find(one.name, one.said_label, self._key(state, one), one.id))
            except AmbiguousError as error:
                problems += error.problems
        if problems:
            raise AmbiguousError(problems)
        return found

    def index(self, resources: t.Iterable[W]) -> Index[W]:
        return Index(self.noun, resources)

    def _key(self, state: State, one: E) -> tuple[str | None, str | None]:
        """Return the number and the context, called as the server calls it, that pick one of several."""
        try:
            context = state.directory.find(one.context) if one.context is not None else None
        except InputError:
            context = None  # told where it is planned
        return one.extension or "", context.name if context else None

    def identity(self, state: State, one: E) -> t.Any:
        """Return what tells a resource that does not exist yet from others."""
        return fold(one.name)

    def plan(self, state: State, declared: t.Sequence[E]) -> list[Change[W, E]]:
        # One that was found already has all that it needs: an incoming call can be without a number.
        problems = [problem for one in declared if one.id is None for problem in one.problems()]
        if problems:
            raise InputError(problems)
        listed = self.match(state, state.resources(self.name), declared)
        seen: dict[t.Any, str] = {}
        for one, found in zip(declared, listed):
            keys: set[t.Any] = {("id", found.id)} if found and found.id is not None else set()
            if one.id is None:  # else it was found already, and its words may fit namesakes too
                keys.add(self.identity(state, one))
                if one.said_label and state.service(self.name).has_labels:
                    keys.add(fold(one.said_label))
            twice = next((seen[key] for key in keys if key in seen), None)
            if twice is not None:
                both = f"'{twice}' and '{one.label}' are one and the same {self.noun}."
                problems.append(both if twice != one.label else f"The {self.noun} '{twice}' is declared twice.")
            seen.update(dict.fromkeys(keys, one.label))
        if problems:
            raise InputError(problems)
        planned = [found is not None and state.is_planned(found) for found in listed]
        asked = iter(state.service(self.name).details([f for f, p in zip(listed, planned) if f is not None and not p]))
        current = [found if found is None or is_planned else next(asked) for found, is_planned in zip(listed, planned)]
        return WithNumberPlanner(self, state, declared, current).plan()

    def differences(self, before: W, after: W) -> list[str]:
        old, new = self.values(before), self.values(after)
        return [name for name in new if old[name] != new[name]]

    def values(self, resource: W) -> dict[str, t.Any]:
        """Return the options that can differ, in the order in which a person reads them."""
        return {"label": resource.label, "context": resource.context, "extension": resource.exten}

    def named(self, state: State, resource: W) -> str:
        return resource.label or resource.name

    def names(self, state: State, resource: W) -> list[str]:
        return [resource.name, resource.label or "", resource.exten or "", resource.uuid or ""]

    def place(self, resource: W) -> tuple[str | None, str | None]:
        return resource.exten, resource.context

    def public(self, state: State, resource: W, declared: E | None = None) -> dict[str, t.Any]:
        has_labels = state.service(self.name).has_labels
        # A name that the server makes is no better than the one by which a task finds it.
        handle = declared.name if declared else resource.label or resource.name
        return {
            "name": handle if has_labels else resource.name,
            "context": state.directory.handle_of_name(resource.context) if resource.context else None,
            "extension": resource.exten,
        }

    def keep_choices(self, change: Change[W, E]) -> None:
        resource = change.after or change.before
        if resource is not None and resource.exten:
            # For one that goes, so that its number is found, if it is all that is left.
            change.declared.context, change.declared.extension = resource.context, resource.exten

    def same(self, one: Change[W, E], other: Change[W, E]) -> bool:
        def there(change: Change[W, E]) -> t.Any:
            before = change.before
            return before and (before.id, before.exten, before.context, before.unfinished)

        return super().same(one, other) and there(one) == there(other)


class Index(Generic[W]):
    """Resources by all that words can mean them by."""

    def __init__(self, noun: str, resources: t.Iterable[W]) -> None:
        self._noun = noun
        self._by_id: dict[t.Any, W] = {}
        self._exact: dict[str, list[W]] = {}
        self._folded: dict[str, list[W]] = {}
        for resource in resources:
            self._by_id[resource.id] = resource
            for name in {resource.name, resource.uuid} - {None, ""}:
                self._exact.setdefault(must(name), []).append(resource)
            for folded in {fold(resource.name), fold(resource.label or "")} - {""}:
                self._folded.setdefault(folded, []).append(resource)

    def find(
        self, name: str, label: str | None = None, key: tuple[t.Any, t.Any] | None = None, identity: t.Any = None
    ) -> W | None:
        """Return the one resource that a playbook's name means: by name or uuid, else by name or label without accents
        and case. ``key`` is the number and context that picks one of several. Raises AmbiguousError where there are
        several."""
        if identity is not None:
            return self._by_id.get(identity)
        hits = self._exact.get(name, [])
        if not hits:
            hits = list(self._folded.get(fold(name), []))
            other = fold(label or name)
            hits += [hit for hit in self._folded.get(other, []) if fold(hit.label or "") == other and hit not in hits]
        if len(hits) > 1 and key:
            hits = [hit for hit in hits if (hit.exten, hit.context) == key] or hits
        if len(hits) > 1:
            uuid = ", or as the name the uuid," if any(hit.uuid for hit in hits) else ""
            raise AmbiguousError(
                f"{len(hits)} {self._noun}s are meant by '{name}': {'; '.join(hit.describe() for hit in hits)}. "
                f"Give context and extension{uuid} of one of them."
            )
        return hits[0] if hits else None


class WithNumberPlanner(Planner[W, E]):
    kind: WithNumberKind[W, E]

    def __init__(
        self, kind: WithNumberKind[W, E], state: State, declared: t.Sequence[E], current: t.Sequence[W | None]
    ) -> None:
        super().__init__(kind, state, declared, current)
        self.range_kind, self.context_type = kind.range_kind, kind.context_type
        self.service = state.service(kind.name)
        # The first free number for a stand-in, by the two contexts that come first.
        self._spares: dict[tuple[str | None, str | None], tuple[str, str] | None] = {}
        # The numbers that are nobody's, and the same in words, by context; by None, those of all.
        self._loose: dict[str | None, tuple[list[Extension], str]] = {}

    def say(self, one: E, text: str) -> None:
        self.problems.append(f"{one.sentence}: {text}")

    def wanted(self, one: E) -> tuple[str | None, str | None]:
        return one.extension, one.context

    def plan(self) -> list[Change[W, E]]:
        contexts = [self._context(one, before) for one, before in self.pairs]
        for (one, before), context in zip(self.pairs, contexts):
            self.reserve(one, before, context)
        changes = [self._change(one, before, context) for (one, before), context in zip(self.pairs, contexts)]
        if not self.service.keeps_id:
            # Once all numbers are given: what is free then stays free.
            for change in changes:
                if change.before is not None and change.after is not None and change.fields:
                    change.spare = self._spare(change.declared, change.before, change.after)
        return self.finish(changes)

    def _context(self, one: E, before: W | None) -> Context | None:
        directory = self.state.directory
        if one.is_absent:
            return directory.find(one.context) if one.context is not None else None
        if one.context is not None:
            return self.context_of(one, one.context)
        if before and before.context:
            return directory.by_name.get(before.context)
        if before is None:
            names = sorted(directory.handle(c) for c in directory.contexts if c.type == self.context_type)
            self.say(
                one,
                f"it does not exist yet, and a new one needs a context of the type {self.context_type}. There are: "
                f"{some(names)}.",
            )
        elif one.extension is not None:
            self.say(one, "it needs a context to have its number in.")
        return None

    def _change(self, one: E, before: W | None, context: Context | None) -> Change[W, E]:
        if one.is_absent:
            return self._gone(one, before, context)
        noted = len(self.problems)
        after = before or self.kind.new(self.service.stored_name(one.name))
        if context is not None:
            after = replace(after, context=context.name, exten=self.number(one, before, context))
        if self.service.has_labels:
            after = replace(after, label=one.said_label or (before.label if before else one.name))
        after = self.kind.over(self, one, before, after)
        if len(self.problems) == noted:
            self.problems += self.service.problems(after)
        if before is None:
            return Change(CREATE, one, None, after, takes=self.loose_number(None, after))
        change = Change(UNCHANGED, one, before, after, self.kind.differences(before, after))
        change.takes = self.loose_number(before, after)
        if change.fields or before.unfinished:
            change.action = UPDATE
            change.warnings += self.service.losses(before)
        if before.unfinished:
            change.warnings.append(f"A run was cut off while it changed {one.text}; this one finishes it.")
        return change

    def _spare(self, one: E, before: W, after: W) -> tuple[str, str] | None:
        """Return a number for what holds the place of a resource while it is made again."""
        self.problems += self.service.remake_problems(before)
        nearest = (before.context, after.context)
        if nearest not in self._spares:
            self._spares[nearest] = self._first_spare(nearest)
        spare = self._spares[nearest]
        if spare is None and not before.unfinished:
            self.say(
                one,
                "this server cannot change one, so it is deleted and made again, while a second one holds its place. "
                f"No number is free for that in any {self.range_words} range: make one of them longer by one number.",
            )
        return spare

    def _first_spare(self, nearest: tuple[str | None, str | None]) -> tuple[str, str] | None:
        contexts = [context for context in self.state.directory.contexts if context.type == self.context_type]
        for context in sorted(contexts, key=lambda c: c.name not in nearest):
            taken = set(self.numbers.within(context.name))
            taken.update(exten for exten, name in self.numbers.given if name == context.name)
            for whole in self.ranges(context):
                free = free_numbers(whole, taken)
                if free:
                    return free[0].start, context.name
        return None

    def _gone(self, one: E, before: W | None, context: Context | None) -> Change[W, E]:
        change: Change[W, E] = Change(DELETE if before else UNCHANGED, one, before, None)
        # One that has its number goes with it.
        if (before is None or before.exten is None) and self.service.leaves_number:
            left, names = self._left_numbers(one, before, context)
            if len(left) == 1:
                change.action, change.leftover = DELETE, left[0]
            elif left:
                change.warnings.append(
                    f"{one.sentence} has lost its number, and nothing tells which of these it "
                    f"was, that nobody has: {names}. Give context and extension of one of them to delete it."
                )
        return change

    def _left_numbers(self, one: E, before: W | None, context: Context | None) -> tuple[list[Extension], str]:
        """Return the numbers that a run may have left behind that was cut off while it deleted this, and several of
        them in words: the one that is declared, or else, where the resource is still there, those that nobody has, and
        that nothing of another kind would have.
        """
        if context is not None and one.extension not in (None, AUTO):
            there = self.numbers.at(must(one.extension), context.name)
            return [there] if there and self.numbers.hidden_owner(there) is None else [], ""
        if before is None:
            return [], ""  # it goes after its number
        where = context.name if context is not None else None
        if where not in self._loose:
            left = [
                there
                for place in ([context] if context is not None else self.state.directory.contexts)
                if place.type == self.context_type
                for there in self.numbers.within(place.name).values()
                if is_number(there.exten)
                and _kinds_of(there.exten, place) == [self.range_kind]
                and self.numbers.hidden_owner(there) is None
            ]
            handle = self.state.directory.handle_of_name
            self._loose[where] = left, some([f"{there.exten} in '{handle(there.context)}'" for there in left])
        return self._loose[where]

    def hint(self, number: str, context: Context) -> str:
        """Return what to write in place of a whole number of which the operator sends a part."""
        for r in context.ranges[self.range_kind]:
            if r.holds(number) and r.did_length:
                return f" The operator sends its last {r.did_length} digits: write '{number[-r.did_length :]}'."
        return ""


def _kinds_of(exten: str, context: Context) -> list[str]:
    """Return the kinds of range of a context that a number is in."""
    return [
        kind
        for kind, ranges in context.ranges.items()
        if answers_in(exten, [shown for r in ranges for shown in r.extensions()])
    ]

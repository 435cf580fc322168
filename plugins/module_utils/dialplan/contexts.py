# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a context is, what a playbook says of one, and how the second finds the first."""

from __future__ import annotations

import difflib
import fnmatch
import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..errors import SHOWN, InputError, some
from .names import fold, name_for, salted_name_for, slug
from .numbers import KINDS, DoubtfulRanges, normal, option_of, parse_ranges

if TYPE_CHECKING:
    import typing as t

    from .numbers import Doubt, Range

    RangesByKind = t.Mapping[str, t.Iterable[Range]]

TYPES = ("internal", "incall", "outcall", "services", "others")
# Fields that an update can change, in the order in which a person reads them.
FIELDS = ("label", "type", "description", "enabled", "entity")
# How a server treats the name that it is given.
NAMES_LOWERED = "lowered"  # XiVO's web service stores it in lower case
NAMES_KEPT = "kept"
NAMES_MADE = "made"  # Wazo since 23.12 makes the name itself; the label is the person's
MADE = re.compile(r"^ctx-.*-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


class Context:
    """A context as a server holds it, or as it will.

    ``name`` is unique on its server and ``includes`` are such names, in order. ``key`` is what the server's own API
    calls it by (an id, or the name), ``raw`` what that API said of it; both None for one that does not exist yet.
    """

    def __init__(
        self,
        name: str,
        label: str | None = None,
        type: str | None = None,
        description: str | None = "",
        enabled: bool = True,
        ranges: RangesByKind | None = None,
        includes: t.Iterable[str] = (),
        entity: str | None = None,
        key: int | str | None = None,
        uuid: str | None = None,
        tenant: str | None = None,
        raw: t.Any = None,
    ) -> None:
        self.name = name
        self.label = label
        self.type = type
        self.description = description or ""  # a server that answers null means the same
        self.enabled = enabled
        self.ranges: dict[str, tuple[Range, ...]] = {kind: normal((ranges or {}).get(kind, ())) for kind in KINDS}
        self.includes = tuple(includes)
        self.entity = entity
        self.key = key
        self.uuid = uuid
        self.tenant = tenant
        self.raw = raw

    def replace(self, **changes: t.Any) -> Context:
        """Return a copy with some attributes changed. Ranges must be in normal order already."""
        copy = Context.__new__(Context)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        copy.includes = tuple(copy.includes)
        return copy

    def all_ranges(self) -> t.Iterator[tuple[str, Range]]:
        for kind in KINDS:
            for number_range in self.ranges[kind]:
                yield kind, number_range

    def __repr__(self) -> str:
        return f"Context({self.name!r}, {self.label!r})"


def differences(before: Context, after: Context) -> list[str]:
    """Return the options in which two contexts differ, includes last."""
    changed = [field for field in FIELDS if getattr(before, field) != getattr(after, field)]
    changed += [option_of(kind) for kind in KINDS if before.ranges[kind] != after.ranges[kind]]
    if before.includes != after.includes:
        changed.append("includes")
    return changed


class Declaration:
    """What a playbook says of one context. A field that is None was left out: it stays as it is."""

    def __init__(
        self,
        name: str,
        state: str = "present",
        ranges: t.Mapping[str, tuple[Range, ...] | None] | None = None,
        includes: t.Sequence[str] | None = None,
        reciprocal: bool = False,
        label: str | None = None,
        type: str | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        entity: str | None = None,
    ) -> None:
        self.name = name
        self.state = state
        self.fields: dict[str, t.Any] = {
            "label": label,
            "type": type,
            "description": description,
            "enabled": enabled,
            "entity": entity,
        }
        self.ranges: dict[str, tuple[Range, ...] | None] = {kind: (ranges or {}).get(kind) for kind in KINDS}
        self.includes = None if includes is None else tuple(includes)
        self.reciprocal = reciprocal  # those that it includes shall include it too
        # What is wrong with ranges, by their kind, unless the server has just these already.
        self.doubts: dict[str, list[Doubt]] = {}

    @property
    def label(self) -> str | None:
        return text_or_none(self.fields["label"])

    def doubt_texts(self, before: Context | None = None) -> list[str]:
        """Say what is wrong with the ranges, but for those that the context has before and this does not touch."""
        texts: list[str] = []
        for kind in KINDS:
            there = set(before.ranges[kind]) if before else set()
            # No server takes a list in which a range is wrong, whatever it holds itself.
            same = there == set(self.ranges[kind] or ())
            texts += [
                f"Context '{self.name}': {doubt.text}"
                for doubt in self.doubts.get(kind, ())
                if not (there.issuperset(doubt.ranges) and (same or all(r.well_formed for r in doubt.ranges)))
            ]
        return texts

    def new(self) -> Context:
        """Return the context that is to be made, with the defaults of the servers; includes come later."""
        fields = {k: v for k, v in self.fields.items() if v is not None}
        fields.setdefault("label", self.name)
        fields.setdefault("type", "internal")
        return Context(self.name, ranges={k: v or () for k, v in self.ranges.items()}, **fields)

    def over(self, current: Context) -> Context:
        """Return the current context with what is declared put over it; includes come later."""
        changes = {k: v for k, v in self.fields.items() if v is not None}
        changes["ranges"] = {k: current.ranges[k] if v is None else v for k, v in self.ranges.items()}
        return current.replace(**changes)


def text_or_none(value: t.Any) -> str | None:
    return None if value is None else to_text(value)


def declaration_of(options: t.Mapping[str, t.Any]) -> Declaration:
    """Make a declaration of a module's options. Raises InputError with every problem, each naming the context."""
    name = to_text(options["name"])
    problems: list[str] = []
    ranges: dict[str, tuple[Range, ...] | None] = {}
    doubts: dict[str, list[Doubt]] = {}
    for kind in KINDS:
        raws = options.get(option_of(kind))
        if raws is None:
            continue
        try:
            ranges[kind] = parse_ranges(raws, kind)
        except DoubtfulRanges as error:
            ranges[kind] = error.ranges
            doubts[kind] = error.doubts
        except InputError as error:
            problems.extend(f"Context '{name}': {problem}" for problem in error.problems)
    includes = options.get("includes")
    if includes is not None:
        includes = [to_text(include) for include in includes]
        if len(set(includes)) < len(includes):
            twice = sorted({include for include in includes if includes.count(include) > 1})
            repeated = "', '".join(twice)
            problems.append(f"Context '{name}': includes lists '{repeated}' twice.")
    if problems:
        raise InputError([f"Context '{name}': {d.text}" for kind in KINDS for d in doubts.get(kind, ())] + problems)
    declaration = Declaration(
        name,
        options.get("state") or "present",
        ranges,
        includes,
        bool(options.get("reciprocal")),
        label=text_or_none(options.get("label")),
        type=options.get("type"),
        description=text_or_none(options.get("description")),
        enabled=options.get("enabled"),
        entity=text_or_none(options.get("entity")),
    )
    declaration.doubts = doubts
    return declaration


class Directory:
    """All contexts of a server, or of a tenant of it, and who is meant by a playbook's handle."""

    def __init__(self, contexts: t.Iterable[Context], names: str) -> None:
        self.contexts = list(contexts)
        self.names = names
        self.by_name = {c.name: c for c in self.contexts}
        self._by_uuid = {c.uuid.lower(): c for c in self.contexts if c.uuid}
        self._by_lower: dict[str, list[Context]] = {}
        self._by_slug: dict[str, list[Context]] = {}
        for context in self.contexts:
            if names == NAMES_LOWERED:
                self._by_lower.setdefault(context.name.lower(), []).append(context)
            if context.label:
                self._by_slug.setdefault(slug(context.label), []).append(context)
        # Where the server makes the names: what a playbook calls each context, and whom a name of ours means that no
        # label leads to.
        self._handles: dict[str, str] = {}
        self._by_salted: dict[str, Context] = {}
        # For errors only: all handles, and which is most like one that means nothing.
        self._sorted: list[str] | None = None
        self._near: dict[str, str | None] = {}
        if names == NAMES_MADE:
            self._find_handles()

    def _find_handles(self) -> None:
        for context in self.contexts:
            if context.key is not None and not MADE.match(context.name):
                continue  # from before the server made names; one that is to be created will get a made one
            label = (context.label or "").strip()
            alone = len(self._by_slug.get(slug(label), ())) == 1
            name = name_for(label) if alone else None
            if name is None or self.by_name.get(name, context) is not context or name.lower() in self._by_uuid:
                name = salted_name_for(label, slug(label) if alone else context.uuid or context.name)
                self._by_salted[name.lower()] = context
            self._handles[context.name] = name

    def exact(self, handle: str) -> list[Context]:
        """Return the context that the server itself calls so; several, where they differ in the case only."""
        lower = handle.lower()
        found = self.by_name.get(handle) or self._by_uuid.get(lower) or self._by_salted.get(lower)
        return [found] if found else self._by_lower.get(lower, [])

    def matches(self, handle: str, label: str | None = None) -> list[Context]:
        """Return the contexts that a handle, or the label declared beside it, may mean: none, one, or too many."""
        found = self.exact(handle)
        if found:
            return found
        found = self._by_slug.get(slug(handle), [])
        if self.names != NAMES_MADE:
            # There a label is no identity: it only leads to a context where no other has it.
            return found if len(found) == 1 else []
        if label and slug(label) != slug(handle):
            found = found + self._by_slug.get(slug(label), [])
        return found

    def find(self, handle: str, label: str | None = None) -> Context | None:
        """Return the one context that is meant, or None. Raises InputError where there are several."""
        return self.only(self.matches(handle, label), handle)

    def only(self, found: t.Sequence[Context], handle: str) -> Context | None:
        """Return the one of those that a handle means, or None. Raises InputError where there are several."""
        if len(found) > 1:
            raise InputError(_too_many(found, handle))
        return found[0] if found else None

    def handle(self, context: Context) -> str:
        """Return the name by which a playbook can call a context, on this server and, where possible, on others.

        That is its name, unless the server made it: then its label's, and where that could be no name, or is that of
        several contexts, with something at its end that makes it one.
        """
        return self._handles.get(context.name, context.name)

    def unknown(self, handle: str, said: str | None = None, but: Context | None = None) -> str:
        """Say that no context is called so, in the words of ``said`` where it is given, and what there is, but one."""
        sharing = self._by_slug.get(slug(handle), ())
        if len(sharing) > 1:
            return _too_many(sharing, handle)
        text = said or f"There is no context '{handle}'."
        if self._sorted is None:
            self._sorted = sorted(self.handle(context) for context in self.contexts)
        without = self.handle(but) if but else None
        names = [name for name in self._sorted if name != without]
        near = self._nearest(handle, names)
        if near:
            text += f" Did you mean '{near}'?"
        return f"{text} There are: {some(names)}."

    def _nearest(self, handle: str, names: t.Iterable[str]) -> str | None:
        """Return the name that is most like one that means nothing. Past so many it is not looked for: it is slow."""
        if handle not in self._near and len(self._near) < SHOWN:
            folded = {fold(name): name for name in names}
            near = difflib.get_close_matches(fold(handle), folded, 1)
            self._near[handle] = folded[near[0]] if near else None
        return self._near.get(handle)

    def fits(self, context: Context, patterns: t.Iterable[str]) -> bool:
        """Tell whether one of some patterns, with ``*`` and ``?``, fits what a person may call a context by."""
        label = context.label or ""
        texts = {fold(context.name), fold(self.handle(context)), fold(label), slug(label)} - {""}
        return any(
            slug(pattern) in texts or any(fnmatch.fnmatchcase(text, fold(pattern)) for text in texts)
            for pattern in patterns
        )

    def public(self, context: Context, has_entities: bool) -> dict[str, t.Any]:
        """Return a context in the shape that the modules' options take."""
        shape: dict[str, t.Any] = {
            "name": self.handle(context),
            "label": context.label,
            "type": context.type,
            "description": context.description,
            "enabled": context.enabled,
            "includes": [self.handle_of_name(name) for name in context.includes],
        }
        for kind in KINDS:
            shape[option_of(kind)] = [r.public(kind) for r in context.ranges[kind]]
        if has_entities:
            shape["entity"] = context.entity
        return shape

    def handle_of_name(self, name: str) -> str:
        context = self.by_name.get(name)
        return name if context is None else self.handle(context)


def _too_many(found: t.Sequence[Context], handle: str) -> str:
    text = f"{len(found)} contexts are meant by '{handle}': {'; '.join(describe(c) for c in found)}."
    text += f" Give the name{' or the uuid' if found[0].uuid else ''} of one of them in its place."
    if len({slug(c.label or "") for c in found}) == 1:
        text += " One that is not wanted can be deleted by that, with state: absent."
    return text


def describe(context: Context) -> str:
    """Return one context as a person tells it from another."""
    parts = [f"name {context.name}"]
    if context.uuid:
        parts.append(f"uuid {context.uuid}")
    parts.append(f"label '{context.label}'")
    if context.tenant:
        parts.append(f"tenant {context.tenant}")
    return ", ".join(parts)

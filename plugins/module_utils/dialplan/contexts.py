# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a context is, and who is meant by what a playbook calls one."""

from __future__ import annotations

import difflib
import fnmatch
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import SHOWN, AmbiguousError, InputError, some
from .names import fold, name_for, salted_name_for, slug
from .numbers import KINDS, normal, option_of

if TYPE_CHECKING:
    import typing as t

    from .numbers import Range

TYPES = ("internal", "incall", "outcall", "services", "others")
# Fields that an update can change, in the order in which a person reads them.
FIELDS = ("label", "type", "description", "enabled", "entity")
# How a server treats the name that it is given.
NAMES_LOWERED = "lowered"  # XiVO's web service stores it in lower case
NAMES_KEPT = "kept"
NAMES_MADE = "made"  # Wazo since 23.12 makes the name itself; the label is the person's
MADE = re.compile(r"^ctx-.*-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


@dataclass(frozen=True, eq=False)
class Context:
    """A context as a server holds it, or as it will.

    ``name`` is unique on its server and ``includes`` are such names, in order. ``id`` is what the server's own API
    calls it by (an id, or the name), ``raw`` what that API said of it; both None for one that does not exist yet.
    """

    name: str
    label: str | None = None
    type: str | None = None
    description: str = ""
    enabled: bool = True
    ranges: t.Mapping[str, tuple[Range, ...]] = field(default_factory=dict)
    includes: tuple[str, ...] = ()
    entity: str | None = None
    id: Any = None
    uuid: str | None = None
    tenant: str | None = None
    raw: Any = None

    def __post_init__(self) -> None:
        put = partial(object.__setattr__, self)
        put("description", self.description or "")  # a server that answers null means the same
        put("ranges", {kind: normal(self.ranges.get(kind, ())) for kind in KINDS})
        put("includes", tuple(self.includes))

    def all_ranges(self) -> t.Iterator[tuple[str, Range]]:
        for kind in KINDS:
            for number_range in self.ranges[kind]:
                yield kind, number_range


def differences(before: Context, after: Context) -> list[str]:
    """Return the options in which two contexts differ, includes last."""
    changed = [field for field in FIELDS if getattr(before, field) != getattr(after, field)]
    changed += [option_of(kind) for kind in KINDS if before.ranges[kind] != after.ranges[kind]]
    if before.includes != after.includes:
        changed.append("includes")
    return changed


class Directory:
    """All contexts of a server, or of a tenant of it, and who is meant by a playbook's handle."""

    def __init__(self, contexts: t.Iterable[Context], names: str) -> None:
        self.contexts = list(contexts)
        self.names = names
        self.by_name = {c.name: c for c in self.contexts}
        self.by_id = {c.id: c for c in self.contexts if c.id is not None}
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
        self._in_order: list[str] | None = None
        self._folded: dict[str, str] = {}
        self._near: dict[str, list[str]] = {}
        if names == NAMES_MADE:
            self._find_handles()

    def _find_handles(self) -> None:
        for context in self.contexts:
            if context.id is not None and not MADE.match(context.name):
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
        """Return the one of those that a handle means, or None. Raises InputError where there are several.

        Where labels tell contexts apart, and a server takes one twice, that may pass: runs at the same time make one
        each, and then take all but one away. So it is an AmbiguousError there.
        """
        if len(found) > 1:
            raise (AmbiguousError if self.names == NAMES_MADE else InputError)(_too_many(found, handle))
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
        without = self.handle(but) if but else None
        near = self._nearest(handle, without)
        if near:
            text += f" Did you mean '{near}'?"
        others = len(self.contexts) - (1 if but and but.name in self.by_name else 0)
        names = [name for name in self._sorted()[: SHOWN + 1] if name != without][:SHOWN]
        return f"{text} There are: {some(names, others - len(names))}."

    def _sorted(self) -> list[str]:
        if self._in_order is None:
            self._in_order = sorted(self.handle(context) for context in self.contexts)
        return self._in_order

    def _nearest(self, handle: str, without: str | None) -> str | None:
        """Return the name that is most like one that means nothing. Past so many it is not looked for: it is slow."""
        if handle not in self._near and len(self._near) < SHOWN:
            self._folded = self._folded or {fold(name): name for name in self._sorted()}
            near = difflib.get_close_matches(fold(handle), self._folded, 2)
            self._near[handle] = [self._folded[name] for name in near]
        return next((name for name in self._near.get(handle, ()) if name != without), None)

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

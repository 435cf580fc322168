# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every kind of resource has in common: what is declared of one, what a plan does with it, what a server does.

Nothing here makes a request by itself.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.names import fold
from ..errors import InputError, some

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.extensions import Extension
    from .state import State

    Options = t.Mapping[str, t.Any]
    Spec = dict[str, dict[str, t.Any]]

CREATE, UPDATE, DELETE, UNCHANGED = "create", "update", "delete", "unchanged"
# What refers to others is written once all of them exist, where that is a request of its own.
INCLUDE = "include"
VERBS = {CREATE: "make", UPDATE: "change", INCLUDE: "set the includes of", DELETE: "delete"}
# Left out, or given as this, a number is chosen.
AUTO = "auto"


class Resource(Protocol):
    """Something on a server."""

    @property
    def id(self) -> Any:
        """What the server calls it; None for one that does not exist yet."""


R = TypeVar("R", bound=Resource)
D = TypeVar("D", bound="Declaration")


class Declaration:
    """What a task says of one resource. A value that is None was left out: it stays as it is.

    ``id`` is what the server calls the resource that is meant, once a plan has found it: when one of two namesakes is
    gone, the same words mean the other. ``noun`` is what people call the kind.
    """

    noun = ""

    def __init__(self, options: Options) -> None:
        self.state: str = options.get("state") or "present"
        self.id: Any = None

    @property
    def is_absent(self) -> bool:
        return self.state == "absent"

    @property
    def label(self) -> str:
        """How the task calls it."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What it is and how the task calls it, inside a sentence."""
        return f"the {self.noun} '{self.label}'"

    def problems(self) -> list[str]:
        """Say what no server would take."""
        return []

    def doubts(self) -> list[str]:
        """Say what is wrong unless the server has just that already."""
        return []


@dataclass
class Change(Generic[R, D]):
    """What happens to one resource. ``before`` is None for a new one, ``after`` for one that goes.

    ``secrets`` are passwords to set, by what they are for; they never show. ``leftover`` is a number that nobody has
    and that goes too: it was left by a run that was cut off. ``spare`` is a free number and its context, for what holds
    the place of a resource that is made again. ``takes`` is what lies about as nobody's and becomes part of the
    resource. ``warnings`` are for a person. ``by_server`` marks a change that the server makes by itself: a deleted
    context leaves the includes of others. ``needs`` are the changes that make what this one refers to, by the name that
    its ``after`` calls that.
    """

    action: str
    declared: D
    before: R | None
    after: R | None
    fields: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    leftover: Extension | None = None
    spare: tuple[str, str] | None = None
    takes: tuple[tuple[str, Any], ...] = ()
    warnings: list[str] = field(default_factory=list)
    by_server: bool = False
    needs: dict[str, Change[R, D]] = field(default_factory=dict)
    # What the server calls that which this run made, once it has, or which another run made in its place.
    made: Any = None
    found: Any = None
    # Whether that came to an end with other runs that made the same.
    settled: bool = False

    @property
    def text(self) -> str:
        return f"{VERBS[self.action]} {self.declared.text}"

    @property
    def id(self) -> Any:
        """What the server calls the resource now; None where it is not there."""
        if self.made is not None or self.found is not None:
            return self.made if self.made is not None else self.found
        resource = self.before if self.before is not None else self.after
        return resource.id if resource is not None else None


@dataclass(frozen=True)
class Write(Generic[R, D]):
    """One write of a change: the whole of it, or its includes, or all else. ``fields`` are the options that it sets."""

    change: Change[R, D]
    action: str
    fields: t.Sequence[str] = ()

    @property
    def text(self) -> str:
        return f"{VERBS[self.action]} {self.change.declared.text}"


class Service(Generic[R, D]):
    """What one server does for one kind: the interface behind which every API stands.

    A write that was surely refused raises RequestError, one that may have been done UncertainError. Each write is noted
    in the ``done`` of the state.
    """

    # Whether the server makes the names, and the label is the person's.
    has_labels = False
    # Whether the number stays when its owner is deleted.
    leaves_number = True
    # Whether a resource that is changed keeps its id.
    keeps_id = True
    # Whether what refers to others is written in requests of its own, once all of them exist.
    includes_apart = False

    def __init__(self, server: Any, state: State) -> None:
        self.server = server
        self.state = state

    @property
    def takes_twins(self) -> bool:
        """Whether the server takes two that are meant by the same words: then several runs may have made the same."""
        return True

    def listed(self) -> list[R]:
        raise NotImplementedError

    def details(self, resources: t.Sequence[R]) -> list[R]:
        """Return listed resources with what the list leaves out."""
        return list(resources)

    def stored_name(self, name: str) -> str:
        """Return what the server makes of a name that it is given."""
        return name

    def problems(self, resource: R) -> list[str]:
        """Say why the server would refuse a resource as it is to be."""
        return []

    def remake_problems(self, before: R) -> list[str]:
        """Say why a resource that does not keep its id could not be made again with all that it has."""
        return []

    def losses(self, before: R) -> list[str]:
        """Say what a change of this resource loses."""
        return []

    def check(self, changes: t.Sequence[Change[R, D]]) -> None:
        """Raise InputError where the server would refuse a plan for what only it knows."""

    def read_back(self, changes: t.Sequence[Change[R, D]]) -> list[R]:
        """Return all of the kind again, after writes that concerned these changes only."""
        return self.listed()

    def read_again(self, resources: t.Sequence[R]) -> list[R]:
        """Return resources again, just before they are written, and perhaps others."""
        return self.listed()

    def create(self, change: Change[R, D]) -> None:
        """Make a resource, and note in the change what the server calls it, as soon as that is known."""
        raise NotImplementedError

    def update(self, change: Change[R, D]) -> None:
        """Do only what is missing, in an order that leaves nothing behind wherever it is cut off."""
        raise NotImplementedError

    def include(self, change: Change[R, D]) -> None:
        """Write what refers to others, where that is a request of its own."""
        raise NotImplementedError

    def delete(self, change: Change[R, D]) -> None:
        raise NotImplementedError


class Kind(Generic[R, D]):
    """One kind of resource. Options and results are named after it."""

    name = ""
    plural = ""
    # What people call it: that of its declaration.
    noun = ""
    # Whether it has a number in a context.
    has_number = True
    # Whether one request makes one whole, but for what refers to others: what another run made of it is not half done.
    is_made_whole = False
    # The kinds that a plan rests on and does not change: they are not read again with it.
    rests_on: tuple[str, ...] = ("context",)

    def options(self) -> Spec:
        """Return the options that declare one, but for its state."""
        raise NotImplementedError

    def policy(self) -> Spec:
        """Return the options that allow what is refused by default."""
        return {}

    def choosing(self) -> Spec:
        """Return the options that choose what is read."""
        return (
            {"context": {"type": "str"}, "search": {"type": "str"}} if self.has_number else {"search": {"type": "str"}}
        )

    def kept(self) -> t.Sequence[str]:
        """Return what a purge leaves alone unless something else is said."""
        return ()

    def declare(self, options: Options) -> D:
        raise NotImplementedError

    def plan(self, state: State, declared: t.Sequence[D]) -> list[Change[R, D]]:
        """Work out what happens to each that is declared, and after these to others. Raises InputError with every
        problem."""
        raise NotImplementedError

    def plan_again(self, state: State, change: Change[R, D], write: Write[R, D] | None = None) -> Change[R, D]:
        """Plan again what has been planned, for what is there now: as far as one write of it goes, or all of it."""
        return self.plan(state, [change.declared])[0]

    def planned(self, state: State, changes: t.Sequence[Change[R, D]]) -> State:
        """Return the state that changes lead to, as results show it: another one where names depend on others."""
        return state

    def writes(self, state: State, changes: t.Sequence[Change[R, D]]) -> list[list[Write[R, D]]]:
        """Return the writes in order, in rounds: between them, it is looked whether other runs made the same."""
        return [[Write(change, change.action, change.fields) for change in in_order(self, changes)]]

    def part(self, change: Change[R, D], write: Write[R, D]) -> Change[R, D]:
        """Return of a change what one write of it is about."""
        return change

    def replaces(self, state: State, changes: t.Sequence[Change[R, D]]) -> list[Change[R, D]]:
        """Return the changes that write a whole list of what exists, so that what others add meanwhile would go."""
        return []

    def match(self, state: State, resources: t.Sequence[R], declared: t.Sequence[D]) -> list[R | None]:
        """Find each that is declared among resources. Raises AmbiguousError where words mean several."""
        raise NotImplementedError

    def differences(self, before: R, after: R) -> list[str]:
        """Return the options in which two differ, in the order in which a person reads them."""
        raise NotImplementedError

    def unlike(self, wanted: R, found: R) -> list[str]:
        """Return in what a resource that was read back differs from the one that was wanted."""
        return self.differences(found, wanted)

    def wanted(self, state: State, change: Change[R, D]) -> R | None:
        """Return what a change leads to, with what it refers to called as the server calls it now."""
        return change.after

    def contrast(self, state: State, change: Change[R, D], found: R, fields: t.Sequence[str]) -> str:
        """Say in what a resource that was found differs from what a change leads to."""
        return some([f"the {name} of {change.declared.text}" for name in fields])

    def changed_meanwhile(self, before: R | None, found: R) -> list[str]:
        """Return what somebody else has changed since a plan was made from ``before``."""
        return self.differences(before, found) if before is not None else []

    def users_of(self, state: State, resource: R) -> list[str]:
        """Return who refers already to what this run made."""
        return []

    def named(self, state: State, resource: R) -> str:
        """Return how a result calls a resource."""
        raise NotImplementedError

    def described(self, resource: R) -> str:
        """Return a resource as a person tells it from a namesake."""
        return f"id {resource.id}"

    def names(self, state: State, resource: R) -> list[str]:
        """Return all that a person may call a resource by."""
        raise NotImplementedError

    def place(self, resource: R) -> tuple[str | None, str | None]:
        """Return the number and the context, called as the server calls it."""
        raise NotImplementedError

    def holds(self, resource: R) -> set[tuple[str, ...]]:
        """Return what nobody else can have at the same time."""
        exten, context = self.place(resource)
        return {("extension", exten, context)} if exten and context else set()

    def public(self, state: State, resource: R, declared: D | None = None) -> dict[str, t.Any]:
        """Return a resource in the shape that the options take."""
        raise NotImplementedError

    def shown(self, state: State, resource: R, declared: D | None = None) -> dict[str, t.Any]:
        """Return a resource as a diff shows it, with people in place of uuids."""
        return self.public(state, resource, declared)

    def select(self, state: State, options: Options) -> list[R]:
        """Return the resources that a task wants to read."""
        chosen: list[R] = state.resources(self.name)
        if options.get("context") is not None:
            context = state.directory.find(options["context"])
            chosen = [r for r in chosen if context and self.place(r)[1] == context.name]
        if options.get("search") is not None:
            text = fold(options["search"])
            chosen = [r for r in chosen if text in fold(" ".join(self.names(state, r)))]
        return chosen

    def told(self, state: State, resource: R) -> dict[str, t.Any]:
        """Return a resource as a task that reads shows it."""
        return self.public(state, resource)

    def beside(self, state: State, resources: t.Sequence[R]) -> dict[str, t.Any]:
        """Return what a task that reads shows beside the resources."""
        return {}

    def untold(self, state: State, resources: t.Sequence[R]) -> list[str]:
        """Tell of what belongs to resources, and no result shows."""
        return []

    def summary(self, state: State, planned: State, changes: t.Sequence[Change[R, D]]) -> dict[str, list[t.Any]]:
        """Return changes as lists of names."""
        names: dict[str, list[t.Any]] = {CREATE: [], UPDATE: [], DELETE: [], UNCHANGED: []}
        for change in changes:
            if change.before is None and change.after is None:
                continue  # not there, and not to be
            name = self.called(state, planned, change)
            names[change.action].append({"name": name, "fields": change.fields} if change.action == UPDATE else name)
        return names

    def called(self, state: State, planned: State, change: Change[R, D]) -> str:
        """Return how a result calls what a change is about."""
        if change.after is not None:
            return self.named(planned, change.after)
        return change.declared.label if change.before is None else self.named(state, change.before)

    def keep_choices(self, change: Change[R, D]) -> None:
        """Declare what the plan has chosen, so that another plan chooses the same."""

    def complete(self, again: Change[R, D], change: Change[R, D]) -> None:
        """Bring over to a new plan of what is half done what that cannot know any more."""

    def same(self, one: Change[R, D], other: Change[R, D]) -> bool:
        """Tell whether one plan still is to do all that the other was to do."""
        return (one.action, one.fields, one.leftover, one.takes) == (
            other.action,
            other.fields,
            other.leftover,
            other.takes,
        )

    def words(self, resource: R) -> Options:
        """Return the options by which a resource is called."""
        raise NotImplementedError

    def gone(self, state: State, resource: R) -> D:
        """Declare that just this resource is to go."""
        declared = self.declare({**self.words(resource), "state": "absent"})
        declared.id = resource.id
        return declared

    def gives_way(self, own: R) -> bool:
        """Tell whether what this run made must go wherever another run made the same, whichever was first."""
        return False

    def expected(self, resource: R, number: int) -> R:
        """Return a resource as others can refer to it that are planned after it and before it is made."""
        return resource

    def purgeable(self, state: State, declared: t.Sequence[D]) -> t.Callable[[R], bool]:
        """Return what tells whether a resource may be purged beside those that are declared."""
        return lambda resource: True

    def fits(self, state: State, resource: R, patterns: t.Iterable[str]) -> bool:
        """Tell whether one of some patterns, with ``*`` and ``?``, fits what a person may call a resource by."""
        texts = [fold(name) for name in self.names(state, resource) if name]
        return any(fnmatch.fnmatchcase(text, fold(pattern)) for pattern in patterns for text in texts)


def in_order(kind: Kind[R, D], changes: t.Sequence[Change[R, D]]) -> list[Change[R, D]]:
    """Return the changes so that who leaves a number or a voicemail comes before who takes it. Raises InputError where
    several want what the others have, all around: a server takes no two changes at once."""
    held = [
        tuple(kind.holds(resource) if resource else set() for resource in (change.before, change.after))
        for change in changes
    ]
    lets_go = {key: index for index, (before, after) in enumerate(held) for key in before - after}
    order = [index for index, change in enumerate(changes) if change.action != UNCHANGED]
    order.sort(key=lambda index: _TURNS.index(changes[index].action))
    waits: dict[int, int] = {}
    followers: dict[int, list[int]] = {}
    for index in order:
        before, after = held[index]
        firsts = {lets_go[key] for key in after - before if key in lets_go}
        waits[index] = len(firsts)
        for first in firsts:
            followers.setdefault(first, []).append(index)
    ready = [index for index in order if not waits[index]]
    for index in ready:  # it grows
        for follower in followers.get(index, ()):
            waits[follower] -= 1
            if not waits[follower]:
                ready.append(follower)
    if len(ready) < len(order):
        around = [changes[index].declared.label for index in order if waits[index]]
        raise InputError(
            f"These {kind.noun}s are to have each other's numbers: {', '.join(around)}. No server can swap them at "
            "once; give one of them a free number in a task before."
        )
    return [changes[index] for index in ready]


def text_or_none(value: t.Any) -> str | None:
    return None if value is None else to_text(value)


# A number is free before somebody new takes it.
_TURNS = (DELETE, UPDATE, CREATE)

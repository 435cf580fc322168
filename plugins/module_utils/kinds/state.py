# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan looks at: all that a server holds, each list read once, when it is first needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..dialplan.contexts import Directory

if TYPE_CHECKING:
    import typing as t

    T = t.TypeVar("T")

# The kind that all others rest on.
CONTEXT = "context"


@dataclass(frozen=True)
class Policy:
    """What a task allows that is refused by default."""

    conflicts: str = "error"
    force: bool = False


class State:
    """What a server holds, and what a plan that is not carried out yet makes of it.

    ``services`` gives what the server does for a kind, or raises InputError where it has none of that kind.
    """

    def __init__(
        self,
        server: t.Any,
        services: t.Callable[[str, State], t.Any],
        numbers: t.Callable[[State], t.Any],
    ) -> None:
        self.server = server
        self.policy = Policy()
        self._make = services
        self._make_numbers = numbers
        self._services: dict[str, t.Any] = {}
        self._directory: Directory | None = None
        self._resources: dict[str, list[t.Any]] = {}
        # What was made of it, by what it was made with.
        self._made: dict[t.Any, t.Any] = {}
        # Those that are only planned so far, by what tells one object from another.
        self._new: dict[int, t.Any] = {}
        # What was written for the change at hand, as text.
        self.done: list[str] = []
        self.numbers: t.Any = numbers(self)

    @property
    def directory(self) -> Directory:
        if self._directory is None:
            self._directory = Directory(self.server.contexts(), self.server.names)
        return self._directory

    @directory.setter
    def directory(self, directory: Directory) -> None:
        self._directory = directory

    def service(self, kind: str) -> t.Any:
        """Return what the server does for a kind. Raises InputError where it has none of it."""
        if kind not in self._services:
            self._services[kind] = self._make(kind, self)
        return self._services[kind]

    def resources(self, kind: str) -> list[t.Any]:
        """Return all of a kind that are there, or that the plan expects to be there."""
        if kind == CONTEXT:
            return self.directory.contexts
        if kind not in self._resources:
            self._resources[kind] = self.service(kind).listed()
        return self._resources[kind]

    def index(self, kind: str, make: t.Callable[[list[t.Any]], T]) -> T:
        """Return what is made of all resources of a kind, once for all who ask."""
        return self._once((kind, make), lambda: make(self.resources(kind)))

    def once(self, make: t.Callable[[], T]) -> T:
        """Return what a service makes of what it read, once for all who ask."""
        return self._once(make, make)

    def _once(self, key: t.Hashable, make: t.Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def is_planned(self, resource: t.Any) -> bool:
        """Tell whether a resource is only planned so far: the server cannot be asked for more of it."""
        return id(resource) in self._new

    def expect(self, kind: t.Any, changes: t.Iterable[t.Any]) -> None:
        """Let what is planned from now on find what these changes of a kind lead to."""
        changes = list(changes)
        gone = {id_of(change.before) for change in changes if change.before}
        kept = [resource for resource in self.resources(kind.name) if id_of(resource) not in gone]
        for number, change in enumerate(changes, 1):
            for resource, after in ((change.before, False), (change.after, True)):
                exten, context = kind.place(resource) if resource else (None, None)
                if not exten or not context:
                    continue
                if after:
                    self.numbers.given[(exten, context)] = change.declared.text
                else:
                    self.numbers.left.add((exten, context))
            if change.after:
                expected = kind.expected(change.after, number)
                self._new[id(expected)] = expected
                kept.append(expected)
        self._resources[kind.name] = kept
        self._made = {}

    def over(self, directory: Directory) -> State:
        """Return the state in which the contexts are others."""
        state = State(self.server, self._make, self._make_numbers)
        state.directory = directory
        return state

    def forget(self, keep: t.Collection[str] = ()) -> None:
        """Read all again that is asked for from now on, but what is to be kept: the contexts, or nothing."""
        self.server.forget()
        self.numbers.forget()
        self._resources, self._made, self._new = {}, {}, {}
        if CONTEXT not in keep:
            self._directory = None

    def read(self, kind: str, resources: list[t.Any]) -> None:
        """Take what was read again of a kind."""
        if kind == CONTEXT:
            self._directory = Directory(resources, self.server.names)
        else:
            self._resources[kind] = resources


def id_of(resource: t.Any) -> t.Any:
    return resource.id if resource.id is not None else id(resource)


def by_id(resources: t.Iterable[t.Any]) -> dict[t.Any, t.Any]:
    return {resource.id: resource for resource in resources}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entities of a XiVO, which its contexts belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.names import label_problem, suggest
from ..errors import InputError, some
from .base import CREATE, DELETE, UNCHANGED, UPDATE, Change, Declaration, Kind, text_or_none

if TYPE_CHECKING:
    import typing as t

    from .base import Options, Spec
    from .state import State

_NAME = re.compile(r"^[a-z0-9_.-]{1,64}\Z")


@dataclass(frozen=True)
class Entity:
    """An entity as the server holds it, or as it will. ``raw`` is what its API said of it."""

    name: str
    display_name: str
    id: Any = None
    raw: Any = None


class EntityDeclaration(Declaration):
    noun = "entity"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.name = to_text(options["name"])
        self.display_name = text_or_none(options.get("display_name"))

    @property
    def label(self) -> str:
        return self.name

    def problems(self) -> list[str]:
        if self.is_absent:
            return []
        if not _NAME.match(self.name):
            beside = "" if self.display_name else f" and display_name: '{self.name}'"
            return [
                f"The name '{self.name}' of an entity may hold only the letters a-z, digits, '.', '_' and '-', 1 to 64 "
                f"of them. Write name: '{suggest(self.name).lower()}'{beside}."
            ]
        return [] if self.display_name is None else _display_name_problems(self.display_name)


def _display_name_problems(display_name: str) -> list[str]:
    problem = label_problem(display_name, 3, True)
    return [problem.replace("The label", "The display_name")] if problem else []


class EntityKind(Kind[Entity, EntityDeclaration]):
    name, plural, noun = "entity", "entities", EntityDeclaration.noun
    has_number = False

    def options(self) -> Spec:
        return {"name": {"type": "str", "required": True}, "display_name": {"type": "str"}}

    def declare(self, options: Options) -> EntityDeclaration:
        return EntityDeclaration(options)

    def match(
        self, state: State, resources: t.Sequence[Entity], declared: t.Sequence[EntityDeclaration]
    ) -> list[Entity | None]:
        by_name = {entity.name: entity for entity in resources}
        return [by_name.get(one.name) for one in declared]

    def plan(self, state: State, declared: t.Sequence[EntityDeclaration]) -> list[Change[Entity, EntityDeclaration]]:
        names = [one.name for one in declared]
        twice = sorted({name for name in names if names.count(name) > 1})
        problems = [f"The {self.noun} '{name}' is declared twice." for name in twice]
        stored_text = state.server.abilities.stored_text
        changes = []
        for one, before in zip(declared, self.match(state, state.resources(self.name), declared)):
            if one.is_absent:
                users = sorted(c.name for c in state.directory.contexts if c.entity == one.name) if before else []
                if users:
                    used = f"The entity '{one.name}' is in use by the contexts {some(users)}. Delete these first."
                    problems.append(used)
                changes.append(Change(DELETE if before else UNCHANGED, one, before, None))
                continue
            said = None if one.display_name is None else stored_text(one.display_name)
            if before is None:
                after = Entity(one.name, one.name if said is None else said)
                problems += _display_name_problems(after.display_name)
                changes.append(Change(CREATE, one, None, after))
                continue
            after = before if said is None else replace(before, display_name=said)
            fields = self.differences(before, after)
            changes.append(Change(UPDATE if fields else UNCHANGED, one, before, after, fields))
        if problems:
            raise InputError(problems)
        return changes

    def differences(self, before: Entity, after: Entity) -> list[str]:
        return [] if before.display_name == after.display_name else ["display_name"]

    def named(self, state: State, resource: Entity) -> str:
        return resource.name

    def names(self, state: State, resource: Entity) -> list[str]:
        return [resource.name, resource.display_name]

    def place(self, resource: Entity) -> tuple[str | None, str | None]:
        return None, None

    def public(self, state: State, resource: Entity, declared: EntityDeclaration | None = None) -> dict[str, t.Any]:
        return {"name": resource.name, "display_name": resource.display_name}

    def words(self, resource: Entity) -> Options:
        return {"name": resource.name}

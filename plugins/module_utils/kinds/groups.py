# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups: users who are called by one number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.text.converters import to_text

from ..errors import InputError
from .users import Users
from .with_number import WithNumber, WithNumberDeclaration, WithNumberKind, WithNumberPlanner

if TYPE_CHECKING:
    import typing as t

    from .base import Options, Spec
    from .state import State


@dataclass(frozen=True)
class Member:
    """A user in a group. ``id`` is what the server's confd calls the user by beside the uuid."""

    uuid: str | None
    id: Any
    name: str


@dataclass(frozen=True)
class Group(WithNumber):
    members: tuple[Member, ...] = ()


class GroupDeclaration(WithNumberDeclaration):
    noun = "group"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        members = options.get("members")
        self.members = None if members is None else [to_text(handle) for handle in members]


class GroupKind(WithNumberKind[Group, GroupDeclaration]):
    name, plural, noun, range_kind = "group", "groups", GroupDeclaration.noun, "group"

    def options(self) -> Spec:
        return {**super().options(), "label": {"type": "str"}, "members": {"type": "list", "elements": "str"}}

    def declare(self, options: Options) -> GroupDeclaration:
        return GroupDeclaration(options)

    def words(self, resource: Group) -> Options:
        return {"name": resource.label or resource.name}

    def new(self, name: str) -> Group:
        return Group(name)

    def over(
        self,
        planner: WithNumberPlanner[Group, GroupDeclaration],
        one: GroupDeclaration,
        before: Group | None,
        after: Group,
    ) -> Group:
        return after if one.members is None else replace(after, members=_members(planner, one, one.members))

    def values(self, resource: Group) -> dict[str, t.Any]:
        return {**super().values(resource), "members": [member.uuid for member in resource.members]}

    def public(self, state: State, resource: Group, declared: GroupDeclaration | None = None) -> dict[str, t.Any]:
        shape = super().public(state, resource, declared)
        return {
            "name": shape.pop("name"),
            "label": resource.label,
            "uuid": resource.uuid,
            **shape,
            "members": [member.uuid for member in resource.members],
        }

    def shown(self, state: State, resource: Group, declared: GroupDeclaration | None = None) -> dict[str, t.Any]:
        shape = {**self.public(state, resource, declared), "members": [member.name for member in resource.members]}
        del shape["uuid"]
        return shape


def _members(
    planner: WithNumberPlanner[Group, GroupDeclaration], one: GroupDeclaration, handles: t.Sequence[str]
) -> tuple[Member, ...]:
    found: dict[str | None, Member] = {}
    for handle in handles:
        try:
            user = planner.state.index("user", Users).find(handle)
        except InputError as error:
            planner.say(one, error.text)
            continue
        if user.line is None or user.line.endpoint is None:
            planner.say(one, f"the user {user.name} has no line, and only who has one can be a member.")
        if user.uuid in found:
            planner.say(one, f"the user {user.name} stands twice in the members.")
        found[user.uuid] = Member(user.uuid, user.id, user.name)
    return tuple(found.values())

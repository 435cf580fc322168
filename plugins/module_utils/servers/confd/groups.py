# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of a confd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...kinds.groups import Group, GroupDeclaration, Member
from .server import name_of
from .with_number import ConfdWithNumber

if TYPE_CHECKING:
    import typing as t


class ConfdGroups(ConfdWithNumber[Group, GroupDeclaration]):
    noun = GroupDeclaration.noun
    path = "/groups"

    def resource_of(self, item: t.Mapping[str, t.Any]) -> Group:
        # Since they have a priority, they come in any order.
        users = sorted(item["members"]["users"], key=lambda user: user.get("priority") or 0)
        return Group(
            item["name"],
            uuid=item.get("uuid"),
            label=item.get("label"),
            members=tuple(Member(user["uuid"], None, name_of(user)) for user in users),
        )

    def body(self, before: Group | None, after: Group) -> dict[str, t.Any]:
        return {} if before else {"name": after.name}

    def put_members(self, before: Group | None, after: Group) -> None:
        old = [member.uuid for member in before.members] if before else []
        new = [member.uuid for member in after.members]
        if old != new:
            path = f"{self.path}/{self.key(after)}/members/users"
            self.write("set the members", "PUT", path, {"users": [{"uuid": uuid} for uuid in new]})

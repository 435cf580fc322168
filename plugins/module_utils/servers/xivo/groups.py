# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups on XiVO: through xivo-confd 16.15, and through the web service."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import must
from ...kinds.groups import Group, GroupDeclaration, Member
from ...kinds.state import by_id
from ..confd.groups import ConfdGroups
from .webservice import GROUPS
from .with_number import WebserviceWithNumber, name_problems

if TYPE_CHECKING:
    import typing as t

    from ...kinds.base import Change


class XivoConfdGroups(ConfdGroups):
    def problems(self, resource: Group) -> list[str]:
        # xivo-confd takes any name, and breaks the configuration of Asterisk with some.
        return name_problems(resource, self.noun, 128)


class WebserviceGroups(WebserviceWithNumber[Group, GroupDeclaration]):
    noun = GroupDeclaration.noun
    path = GROUPS
    number_key = "number"
    maximum = 128

    def resource_of(self, row: t.Mapping[str, t.Any], **parts: t.Any) -> Group:
        return Group(**parts)

    def viewed(self, resource: Group, view: dict[str, t.Any]) -> Group:
        rows = sorted(view["user"] or (), key=lambda row: int(row["position"]))
        users = self.state.index("user", by_id) if rows else {}
        found = [users[int(row["userid"])] for row in rows if int(row["userid"]) in users]
        return replace(resource, raw=view, members=tuple(Member(user.uuid, user.id, user.name) for user in found))

    def create(self, change: Change[Group, GroupDeclaration]) -> None:
        after = must(change.after)
        self.clear_number(change)
        self.act("add", None, after, _group_body(after, {}))

    def update(self, change: Change[Group, GroupDeclaration]) -> None:
        before, after = must(change.before), must(change.after)
        self.clear_number(change)
        self.act("edit", before, after, _group_body(after, before.raw))


def _group_body(group: Group, view: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return a whole group. What an edit leaves out is reset or deleted: members, queue options, what happens when
    nobody answers, caller id, rights, schedule. So what ``view`` shows of it goes back, each in the shape of a form."""
    features = dict(view.get("groupfeatures") or {"timeout": "0"})
    features.update(name=group.name, number=group.exten or "", context=group.context)
    body: dict[str, t.Any] = {
        "groupfeatures": features,
        "queue": dict(view.get("queue") or {}),
        "user": [must(member.id) for member in group.members],
    }
    if view.get("dialaction"):
        actions = body["dialaction"] = {}
        for event, row in view["dialaction"].items():
            kind, separator, action = row["action"].partition(":")
            actions[event] = dict(row, actiontype=kind, action=action)
    if view.get("rightcall"):
        body["rightcall"] = [row["rightcallid"] for row in view["rightcall"]]
    for key in ("callerid", "schedule_id"):
        if view.get(key):
            body[key] = view[key]
    return body


# A room that holds the place of one that is being made again: it has all that the other had but for its number and its
# name, and tells these: with the id, to which incoming calls still lead.

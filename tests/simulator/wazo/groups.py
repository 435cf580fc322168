# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups, and who is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.simulator.wazo import extensions, incalls, lines
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Row
from tests.simulator.wazo.errors import ConfdError, described, not_permitted, unknown_reference
from tests.simulator.wazo.schemas_people import (
    GroupSchema,
    GroupSchema2609,
    MemberExtensionsSchema,
    MemberUsersSchema,
)

DEFAULTS = {
    **dict.fromkeys(("preprocess_subroutine", "caller_id_mode", "caller_id_name", "timeout", "music_on_hold")),
    "ring_strategy": "all",
    "user_timeout": 15,
    "retry_delay": 5,
    "ring_in_use": True,
    "mark_answered_elsewhere": False,
    "enabled": True,
}
NEWER = {"dtmf_record_toggle": False, "ignore_forward": False, "max_calls": 0}
SEARCHED = ("name", "label", "exten")


def add_routes(front: Confd) -> None:
    columns = {
        "id": lambda row: row.id,
        "name": lambda row: row.values["name"],
        "label": lambda row: row.values["label"],
        "exten": lambda row: extensions.first_enabled(extensions.of_owner(front, "groups", row)),
    }

    @front.route("GET", "/groups")
    def list_groups() -> dict[str, Any]:
        rows = front.db.rows("groups").values()
        return front.listed(rows, columns, "label", lambda row: group_data(front, row), SEARCHED)

    @front.route("POST", "/groups")
    def create() -> tuple[Any, ...]:
        form = _schema(front)().load(front.body())
        defaults = DEFAULTS | (NEWER if front.server.newer_fields else {})
        group = front.db.add_row("groups", front.tenant_uuid, defaults | form)
        group.values["name"] = f"grp-{front.db.tenants[group.tenant_uuid].slug}-{group.uuid}"
        return group_data(front, group), 201, {"Location": front.url(f"groups/{group.uuid}")}

    for kind in ("uuid", "int"):
        _add_item_routes(front, f"/groups/<{kind}:key>")

    @front.route("PUT", "/groups/<uuid:group_uuid>/members/users")
    def set_users(group_uuid: UUID) -> None:
        group = front.visible_row("groups", group_uuid)
        wanted = MemberUsersSchema().load(front.body())["users"]
        users = [_user(front, item["uuid"]) for item in wanted]
        if len({user.uuid for user in users}) < len(users):
            raise not_permitted("Cannot associate same user more than once")
        for user in users:
            must_have_line(front, user)
        group.related["users"] = [
            (item.get("priority", at), user.uuid) for at, (item, user) in enumerate(zip(wanted, users, strict=True))
        ]

    @front.route("PUT", "/groups/<uuid:group_uuid>/members/extensions")
    def set_extensions(group_uuid: UUID) -> None:
        group = front.visible_row("groups", group_uuid)
        wanted = MemberExtensionsSchema().load(front.body())["extensions"]
        # Whether there is such an extension is not looked at.
        group.related["extensions"] = [{"priority": at} | item for at, item in enumerate(wanted)]


def _add_item_routes(front: Confd, item: str) -> None:
    @front.route("GET", item)
    def get(key: UUID | int) -> dict[str, Any]:
        return group_data(front, front.visible_row("groups", key))

    @front.route("PUT", item)
    def update(key: UUID | int) -> None:
        group = front.visible_row("groups", key)
        form = _schema(front)(partial=True).load(front.body())
        # Left out, it is reset.
        reset = {"ignore_forward": False} if front.server.newer_fields else {}
        group.values.update(reset | form)
        front.db.touch_row("groups", group)

    @front.route("DELETE", item)
    def delete(key: UUID | int) -> None:
        group = front.visible_row("groups", key)
        extensions.free(front, "groups", group)
        front.db.delete_row("groups", group)
        incalls.forget_target(front, "group", group.id)


def _schema(front: Confd) -> type[GroupSchema]:
    return GroupSchema2609 if front.server.newer_fields else GroupSchema


def _user(front: Confd, uuid: str) -> Row:
    user = front.db.row_by_uuid(uuid)
    if user is None or front.find_row("users", uuid) is None:
        raise unknown_reference("users", "User", uuid=uuid)
    return user


def must_have_line(front: Confd, user: Row) -> None:
    if not front.db.lines_of(user):
        text = "Resource Error - User must be associated with a Line"
        raise ConfdError(400, described(text, user_uuid=user.uuid))


def of_user(front: Confd, user: Row) -> list[Row]:
    rows = front.db.rows("groups").values()
    return [group for group in rows if any(uuid == user.uuid for _priority, uuid in group.related.get("users", []))]


def set_of_user(front: Confd, user: Row, wanted: list[Row]) -> None:
    """Make the user a member of these groups only."""
    if wanted:
        must_have_line(front, user)
    for group in of_user(front, user):
        if group not in wanted:
            _leave(group, user)
    for group in wanted:
        if group not in of_user(front, user):
            members = group.related.setdefault("users", [])
            members.append((len(members), user.uuid))


def leave_all(front: Confd, user: Row) -> None:
    for group in of_user(front, user):
        _leave(group, user)


def _leave(group: Row, user: Row) -> None:
    group.related["users"] = [member for member in group.related["users"] if member[1] != user.uuid]


def group_data(front: Confd, group: Row) -> dict[str, Any]:
    fallbacks = ("noanswer", "congestion") if front.server.newer_fields else ("noanswer",)
    return {
        "id": group.id,
        "uuid": group.uuid,
        "tenant_uuid": group.tenant_uuid,
        **group.values,
        "links": front.links("groups", group.uuid),
        "fallbacks": {f"{name}_destination": None for name in fallbacks},
        "extensions": [extensions.summary(front, row) for row in extensions.of_owner(front, "groups", group)],
        "incalls": incalls.summaries(front, "group", group.id),
        "schedules": [],
        "call_permissions": [],
        "members": {
            "users": [_member_data(front, *member) for member in sorted(group.related.get("users", []))],
            "extensions": group.related.get("extensions", []),
        },
    }


def _member_data(front: Confd, priority: int, user_uuid: str) -> dict[str, Any]:
    user = front.db.row_by_uuid(user_uuid)
    assert user, "a user who goes leaves his groups"
    return {"priority": priority, **lines.user_summary(front, user)}


def summary(front: Confd, group: Row) -> dict[str, Any]:
    """A group as its users show it."""
    links = front.links("groups", group.uuid)
    return {"uuid": group.uuid, "id": group.id, "name": group.values["name"], "links": links}

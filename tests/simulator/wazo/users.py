# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, as far as they decide what becomes of contexts: with lines, and gone or not gone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.simulator.wazo import extensions, lines
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Row, now
from tests.simulator.wazo.schemas import UserSchema

COLUMNS = {
    name: lambda row, name=name: row.values.get(name)
    for name in ("firstname", "lastname", "email", "username", "description")
} | {"id": lambda row: row.id, "uuid": lambda row: row.uuid}
DEFAULTS = {
    **dict.fromkeys(
        (
            *("lastname", "email", "timezone", "language", "description", "outgoing_caller_id", "mobile_phone_number"),
            *("username", "password", "music_on_hold", "preprocess_subroutine", "userfield"),
            "call_permission_password",
        )
    ),
    **dict.fromkeys(
        (
            *("call_transfer_enabled", "dtmf_hangup_enabled", "online_call_record_enabled"),
            *("call_record_outgoing_external_enabled", "call_record_outgoing_internal_enabled"),
            *("call_record_incoming_internal_enabled", "call_record_incoming_external_enabled"),
        ),
        False,
    ),
    "supervision_enabled": True,
    "ring_seconds": 30,
    "simultaneous_calls": 5,
    "subscription_type": 0,
    "enabled": True,
}
NEWER = {"country": None, "mobile_fallback_enabled": False}


def add_routes(front: Confd) -> None:
    @front.route("GET", "/users")
    def list_users() -> dict[str, Any]:
        return front.listed(front.db.rows("users").values(), COLUMNS, "firstname", lambda row: user_data(front, row))

    @front.route("POST", "/users")
    def create() -> tuple[Any, ...]:
        body = front.body()
        form = UserSchema().load(body)
        wanted_lines = form.pop("lines", [])
        defaults = DEFAULTS | (NEWER if front.server.newer_fields else {})
        optional = {key: value for key, value in body.items() if key in defaults}
        values = defaults | {"created_at": now().isoformat()} | optional | form
        if not values.get("caller_id"):
            names = [name for name in (values["firstname"], values["lastname"]) if name]
            values["caller_id"] = f'"{" ".join(names)}"'
        with front.db.transaction():
            user = front.db.add_row("users", front.tenant_uuid, values)
            # 22.13 makes a bare user of the same body.
            shown_lines = [_add_line(front, user, line) for line in wanted_lines] if front.server.nested_users else []
        shown = user_data(front, user) | {"lines": shown_lines}
        return shown, 201, {"Location": front.url(f"users/{user.id}")}

    @front.route("GET", "/users/<uuid:user_uuid>")
    def get(user_uuid: UUID) -> dict[str, Any]:
        return user_data(front, front.visible_row("users", user_uuid))

    @front.route("PUT", "/users/<uuid:user_uuid>/lines/<int:line_id>")
    def associate_line(user_uuid: UUID, line_id: int) -> None:
        user, line = front.visible_row("users", user_uuid), lines.visible_line(front, line_id)
        if user.uuid not in line.user_uuids:
            line.user_uuids.append(user.uuid)
        lines.set_caller_id(front, line)

    @front.route("PUT", "/users/<uuid:user_uuid>/voicemails/<int:voicemail_id>")
    def associate_voicemail(user_uuid: UUID, voicemail_id: int) -> None:
        user, voicemail = front.visible_row("users", user_uuid), front.visible_row("voicemails", voicemail_id)
        user.values["voicemail"] = {"id": voicemail.id, "name": voicemail.values["name"]}


def _add_line(front: Confd, user: Row, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make a line of a new user. It is shown as it was before its parts were bound to each other."""
    line = lines.add_line(front, wanted["context"])
    sip = lines.add_sip(front, wanted["endpoint_sip"])
    sip.values["endpoint_section_options"] = [*sip.values["endpoint_section_options"], ["context", line.context]]
    shown_sip = lines.sip_data(front, sip)
    line.sip_uuid = sip.uuid
    shown = lines.line_data(front, line) | {"endpoint_sip": shown_sip}
    for number in wanted.get("extensions", []):
        extension = extensions.add_extension(front, number)
        shown["extensions"].append(extensions.extension_data(front, extension))
        lines.associate(front, line, extension)
    line.user_uuids.append(user.uuid)
    lines.set_caller_id(front, line)
    return shown


def user_data(front: Confd, user: Row) -> dict[str, Any]:
    own_lines = [line for line in front.db.lines.values() if user.uuid in line.user_uuids]
    newer = {"func_key_template_id": None} if front.server.newer_fields else {}
    line_data = lines.line_data if front.server.newer_fields else lines.short_line_data
    empty_lists = ("call_permissions", "groups", "incalls", "schedules", "switchboards", "queues")
    fallbacks = ("noanswer", "busy", "congestion", "fail")
    return {
        "id": user.id,
        "uuid": user.uuid,
        "voicemail": None,
        **user.values,
        **newer,
        "tenant_uuid": user.tenant_uuid,
        "links": front.links("users", user.id),
        "lines": [line_data(front, line) for line in own_lines],
        **{name: [] for name in empty_lists},
        "agent": None,
        "fallbacks": {f"{name}_destination": None for name in fallbacks},
        "forwards": {name: {"enabled": False, "destination": None} for name in ("busy", "noanswer", "unconditional")},
        "services": {name: {"enabled": False} for name in ("dnd", "incallfilter")},
        "call_record_enabled": False,
        "call_pickup_target_users": [],
    }

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Voicemails, trunks, groups, queues, conferences, incalls and outcalls: made, shown, deleted, and what they use.

Of their many options only those are checked that matter to contexts; the others are kept as they are sent.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.wazo import extensions, lines
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Row
from tests.simulator.wazo.errors import exists
from tests.simulator.wazo.schemas import (
    BaseSchema,
    ConferenceSchema,
    GroupSchema,
    IncallSchema,
    OutcallSchema,
    QueueSchema,
    TrunkSchema,
    VoicemailSchema,
)

CALL_ENDS = ("callee", "caller")
QUEUE_OPTIONS = {
    "announce-frequency": "0",
    "announce-holdtime": "no",
    "announce-position": "yes",
    "announce-position-limit": "5",
    "announce-round-seconds": "0",
    "autofill": "yes",
    "autopause": "no",
    "maxlen": "0",
    "memberdelay": "0",
    "min-announce-frequency": "60",
    "periodic-announce": "queue-periodic-announce",
    "periodic-announce-frequency": "0",
    "queue-callswaiting": "queue-callswaiting",
    "queue-holdtime": "queue-holdtime",
    "queue-minutes": "queue-minutes",
    "queue-reporthold": "queue-reporthold",
    "queue-seconds": "queue-seconds",
    "queue-thankyou": "queue-thankyou",
    "queue-thereare": "queue-thereare",
    "queue-youarenext": "queue-youarenext",
    "random-periodic-announce": "yes",
    "reportholdtime": "yes",
    "retry": "5",
    "ringinuse": "yes",
    "servicelevel": "0",
    "setinterfacevar": "yes",
    "setqueueentryvar": "yes",
    "setqueuevar": "yes",
    "strategy": "ringall",
    "timeout": "15",
    "timeoutpriority": "conf",
    "timeoutrestart": "yes",
    "weight": "0",
    "wrapuptime": "0",
}


@dataclass(frozen=True)
class Resource:
    schema: type[BaseSchema]
    # Without what is sent.
    defaults: dict[str, Any]
    # What newer servers show besides.
    newer: dict[str, Any] = field(default_factory=dict)
    # What it is bound to; nothing here binds it.
    relations: dict[str, Any] = field(default_factory=dict)


RESOURCES = {
    "voicemails": Resource(
        VoicemailSchema,
        {
            **dict.fromkeys(("password", "email", "language", "timezone", "pager", "max_messages", "attach_audio")),
            "delete_messages": False,
            "ask_password": True,
            "enabled": True,
            "options": [],
        },
        newer={"accesstype": "personal"},
        relations={"users": []},
    ),
    "trunks": Resource(
        TrunkSchema,
        {"context": None, "twilio_incoming": False},
        newer={"outgoing_caller_id_format": "+E164"},
        relations={
            **dict.fromkeys(("endpoint_sip", "endpoint_custom", "endpoint_iax", "register_iax")),
            "outcalls": [],
        },
    ),
    "groups": Resource(
        GroupSchema,
        {
            **dict.fromkeys(("preprocess_subroutine", "caller_id_mode", "caller_id_name", "timeout", "music_on_hold")),
            "ring_strategy": "all",
            "user_timeout": 15,
            "retry_delay": 5,
            "ring_in_use": True,
            "mark_answered_elsewhere": False,
            "enabled": True,
        },
        newer={"dtmf_record_toggle": False, "ignore_forward": False, "max_calls": 0},
        relations={"incalls": [], "schedules": [], "call_permissions": [], "members": {"users": [], "extensions": []}},
    ),
    "conferences": Resource(
        ConferenceSchema,
        {
            **dict.fromkeys(("name", "preprocess_subroutine", "pin", "admin_pin", "music_on_hold")),
            "max_users": 50,
            "record": False,
            "quiet_join_leave": False,
            "announce_join_leave": False,
            "announce_user_count": False,
            "announce_only_user": True,
        },
        relations={"incalls": []},
    ),
    "queues": Resource(
        QueueSchema,
        {
            **dict.fromkeys(
                (
                    *("label", "timeout", "preprocess_subroutine", "music_on_hold", "wait_time_threshold"),
                    *("wait_time_destination", "wait_ratio_threshold", "wait_ratio_destination"),
                    *("caller_id_mode", "caller_id_name"),
                )
            ),
            "data_quality": False,
            **{f"dtmf_{what}_{who}_enabled": False for what in ("hangup", "transfer", "record") for who in CALL_ENDS},
            "retry_on_timeout": True,
            "ring_on_hold": False,
            "announce_hold_time_on_entry": False,
            "ignore_forward": True,
            "mark_answered_elsewhere": True,
            "enabled": True,
            "options": [list(option) for option in QUEUE_OPTIONS.items()],
        },
        newer={"dtmf_record_toggle": False},
        relations={"schedules": [], "members": {"agents": [], "users": []}},
    ),
    "incalls": Resource(
        IncallSchema,
        dict.fromkeys(("preprocess_subroutine", "greeting_sound", "caller_id_mode", "caller_id_name", "description")),
        relations={"schedules": []},
    ),
    "outcalls": Resource(
        OutcallSchema,
        {
            **dict.fromkeys(("preprocess_subroutine", "ring_time", "description")),
            "internal_caller_id": False,
            "enabled": True,
        },
        relations={"trunks": [], "schedules": [], "call_permissions": []},
    ),
}


def add_routes(front: Confd) -> None:
    for resource in RESOURCES:
        _add_routes(front, resource)


def _add_routes(front: Confd, resource: str) -> None:
    item = f"/{resource}/<{'uuid' if resource == 'groups' else 'int'}:key>"
    columns = {"id": lambda row: row.id} | {
        name: lambda row, name=name: row.values.get(name) for name in ("name", "label", "number", "context")
    }

    @front.route("GET", f"/{resource}")
    def list_rows() -> dict[str, Any]:
        return front.listed(front.db.rows(resource).values(), columns, "id", lambda row: row_data(front, resource, row))

    @front.route("POST", f"/{resource}")
    def create() -> tuple[Any, ...]:
        row = add_row(front, resource, front.body())
        shown = row_data(front, resource, row)
        return shown, 201, {"Location": shown["links"][0]["href"]}

    @front.route("GET", item)
    def get(key: Any) -> dict[str, Any]:
        return row_data(front, resource, front.visible_row(resource, key))

    @front.route("DELETE", item)
    def delete(key: Any) -> None:
        row = front.visible_row(resource, key)
        for extension in front.db.extensions.values():
            if extension.owner == (resource, row.id):
                extension.owner = None  # it stays, free
        del front.db.rows(resource)[row.id]


def add_row(front: Confd, resource: str, body: Any) -> Row:
    known = RESOURCES[resource]
    form = known.schema().load(body)
    defaults = known.defaults | (known.newer if front.server.newer_fields else {})
    optional = {key: value for key, value in (body or {}).items() if key in defaults}
    tenant_uuid = front.tenant_uuid
    if form.get("context"):
        tenant_uuid = lines.check_context(front, form["context"])
    if resource == "voicemails":
        for other in front.db.rows("voicemails").values():
            if (other.values["number"], other.context) == (form["number"], form["context"]):
                raise exists("Voicemail", number=form["number"], context=form["context"])
    row = front.db.add_row(resource, tenant_uuid, deepcopy(defaults) | optional | form)
    if resource == "groups":
        row.values["name"] = f"grp-{front.db.tenants[tenant_uuid].slug}-{row.uuid}"
    return row


def row_data(front: Confd, resource: str, row: Row) -> dict[str, Any]:
    by_uuid = resource == "groups"
    shown: dict[str, Any] = {"id": row.id, "tenant_uuid": row.tenant_uuid, **row.values}
    shown["links"] = front.links(resource, row.uuid if by_uuid else row.id)
    if by_uuid:
        shown["uuid"] = row.uuid
        fallbacks = ("noanswer", "congestion") if front.server.newer_fields else ("noanswer",)
        shown["fallbacks"] = {f"{name}_destination": None for name in fallbacks}
    if resource in extensions.OWNERS:
        shown["extensions"] = [
            extensions.summary(front, extension)
            for extension in front.db.extensions.values()
            if extension.owner == (resource, row.id)
        ]
    return shown | deepcopy(RESOURCES[resource].relations)

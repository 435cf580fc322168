# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conferences, queues, trunks and outcalls: made, shown, changed, deleted, and the numbers that they have.

Of the options of queues, trunks and outcalls only those are checked that matter to contexts; the others are kept as
they are sent.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.wazo import extensions, incalls, lines
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Row
from tests.simulator.wazo.errors import exists
from tests.simulator.wazo.schemas import BaseSchema
from tests.simulator.wazo.schemas_people import ConferenceSchema, OutcallSchema, QueueSchema, TrunkSchema

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


# What a POST shows as "yes" by default, and a GET as "no".
SHOWN_AS_YES = ("random-periodic-announce", "reportholdtime", "ringinuse", "setinterfacevar", "timeoutrestart")


@dataclass(frozen=True)
class Resource:
    schema: type[BaseSchema]
    # Without what is sent.
    defaults: dict[str, Any]
    # What a list can be filtered and sorted by, the default order first.
    columns: tuple[str, ...]
    # What a search does not look at.
    unsearched: tuple[str, ...] = ("id",)
    # What newer servers show besides.
    newer: dict[str, Any] = field(default_factory=dict)
    # What it is bound to; nothing here binds it.
    relations: dict[str, Any] = field(default_factory=dict)


RESOURCES = {
    "trunks": Resource(
        TrunkSchema,
        {"context": None, "twilio_incoming": False},
        columns=("id", "context", "name", "label", "description"),
        newer={"outgoing_caller_id_format": "+E164"},
        relations={
            **dict.fromkeys(("endpoint_sip", "endpoint_custom", "endpoint_iax", "register_iax")),
            "outcalls": [],
        },
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
        columns=("name", "id", "exten"),
        unsearched=(),
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
        columns=("id", "name", "label", "exten"),
        newer={"dtmf_record_toggle": False},
        relations={"schedules": [], "members": {"agents": [], "users": []}},
    ),
    "outcalls": Resource(
        OutcallSchema,
        {
            **dict.fromkeys(("preprocess_subroutine", "ring_time", "description")),
            "internal_caller_id": False,
            "enabled": True,
        },
        columns=("id", "name"),
        relations={"trunks": [], "schedules": [], "call_permissions": []},
    ),
}


def add_routes(front: Confd) -> None:
    for resource in RESOURCES:
        _add_routes(front, resource)


def _add_routes(front: Confd, resource: str) -> None:
    known = RESOURCES[resource]
    item = f"/{resource}/<int:key>"
    columns: dict[str, Callable[[Row], Any]] = {
        name: lambda row, name=name: row.values.get(name) for name in known.columns
    }
    columns["id"] = lambda row: row.id
    if "exten" in columns:
        columns["exten"] = lambda row: extensions.first_enabled(extensions.of_owner(front, resource, row))
    searched = [name for name in known.columns if name not in known.unsearched]

    @front.route("GET", f"/{resource}")
    def list_rows() -> dict[str, Any]:
        rows = front.db.rows(resource).values()
        return front.listed(rows, columns, known.columns[0], lambda row: row_data(front, resource, row), searched)

    @front.route("POST", f"/{resource}")
    def create() -> tuple[Any, ...]:
        row = add_row(front, resource, front.body())
        shown = row_data(front, resource, row)
        if resource == "queues":
            _settle(row, front.body())
        return shown, 201, {"Location": shown["links"][0]["href"]}

    @front.route("GET", item)
    def get(key: int) -> dict[str, Any]:
        return row_data(front, resource, front.visible_row(resource, key))

    @front.route("PUT", item)
    def update(key: int) -> None:
        row = front.visible_row(resource, key)
        body = front.body()
        form = known.schema(partial=True).load(body)
        if resource == "queues":
            form.pop("name", None)  # it never changes
            body.pop("name", None)
        if form.get("context"):
            lines.check_context(front, form["context"])
        row.values.update({key: value for key, value in body.items() if key in row.values} | form)
        front.db.touch_row(resource, row)

    @front.route("DELETE", item)
    def delete(key: int) -> None:
        row = front.visible_row(resource, key)
        extensions.free(front, resource, row)
        front.db.delete_row(resource, row)
        incalls.forget_target(front, resource[:-1], row.id)


def add_row(front: Confd, resource: str, body: Any) -> Row:
    known = RESOURCES[resource]
    form = known.schema().load(body)
    defaults = known.defaults | (known.newer if front.server.newer_fields else {})
    if resource == "queues" and "options" in form:
        form["options"] = [list(option) for option in (QUEUE_OPTIONS | dict(form["options"])).items()]
    optional = {key: value for key, value in (body or {}).items() if key in defaults}
    tenant_uuid = front.tenant_uuid
    if form.get("context"):
        tenant_uuid = lines.check_context(front, form["context"])
    if resource == "queues" and any(row.values["name"] == form["name"] for row in front.db.rows("queues").values()):
        raise exists("Queue", name=form["name"])
    return front.db.add_row(resource, tenant_uuid, deepcopy(defaults) | optional | form)


def _settle(queue: Row, body: Any) -> None:
    """A new queue as it is from now on, with the defaults that its creation does not show."""
    given = dict((body or {}).get("options", []))
    options = QUEUE_OPTIONS | dict.fromkeys(SHOWN_AS_YES, "no") | given
    queue.values["options"] = [list(option) for option in options.items()]


def row_data(front: Confd, resource: str, row: Row) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": row.id, "tenant_uuid": row.tenant_uuid, **row.values}
    shown["links"] = front.links(resource, row.id)
    if resource in extensions.OWNERS:
        shown["extensions"] = [extensions.summary(front, found) for found in extensions.of_owner(front, resource, row)]
    if resource == "conferences":
        shown["incalls"] = incalls.summaries(front, "conference", row.id)
    return shown | deepcopy(RESOURCES[resource].relations)

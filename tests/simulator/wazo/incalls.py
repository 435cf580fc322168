# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Incalls: what an incoming number leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.simulator.wazo import extensions
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Row
from tests.simulator.wazo.errors import unknown_reference
from tests.simulator.wazo.schemas_people import IncallSchema

DEFAULTS: dict[str, Any] = dict.fromkeys(
    ("preprocess_subroutine", "greeting_sound", "caller_id_mode", "caller_id_name", "description")
)
# What a destination shows of its target besides the id.
TARGETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "user": ("users", ("firstname", "lastname")),
    "group": ("groups", ("name", "label")),
    "conference": ("conferences", ("name",)),
    "voicemail": ("voicemails", ("name",)),
    "queue": ("queues", ("label",)),
}
SEARCHED = ("exten", "description", "preprocess_subroutine", "greeting_sound")


def add_routes(front: Confd) -> None:
    columns: dict[str, Callable[[Row], Any]] = {
        "exten": lambda row: extensions.first_enabled(extensions.of_owner(front, "incalls", row)),
        "user_id": lambda row: row.related["destination"].get("user_id"),
        **{name: lambda row, name=name: row.values[name] for name in SEARCHED if name in DEFAULTS},
    }
    order, searched = "exten", list(SEARCHED)
    if not front.server.newer_fields:
        columns["id"] = lambda row: row.id
        order, searched = "id", [*SEARCHED, "id"]

    @front.route("GET", "/incalls")
    def list_incalls() -> dict[str, Any]:
        rows = front.db.rows("incalls").values()
        return front.listed(rows, columns, order, lambda row: incall_data(front, row), searched)

    @front.route("POST", "/incalls")
    def create() -> tuple[Any, ...]:
        form = IncallSchema().load(front.body())
        destination = form.pop("destination")
        _check_target(front, destination)
        incall = add_incall(front, destination, form)
        return incall_data(front, incall), 201, {"Location": front.url(f"incalls/{incall.id}")}

    @front.route("GET", "/incalls/<int:incall_id>")
    def get(incall_id: int) -> dict[str, Any]:
        return incall_data(front, front.visible_row("incalls", incall_id))

    @front.route("PUT", "/incalls/<int:incall_id>")
    def update(incall_id: int) -> None:
        incall = front.visible_row("incalls", incall_id)
        form = IncallSchema(partial=True).load(front.body())
        if destination := form.pop("destination", None):
            _check_target(front, destination)
            incall.related["destination"] = destination
        incall.values.update(form)
        front.db.touch_row("incalls", incall)

    @front.route("DELETE", "/incalls/<int:incall_id>")
    def delete(incall_id: int) -> None:
        incall = front.visible_row("incalls", incall_id)
        extensions.free(front, "incalls", incall)
        front.db.delete_row("incalls", incall)


def add_incall(front: Confd, destination: dict[str, Any], values: dict[str, Any]) -> Row:
    incall = front.db.add_row("incalls", front.tenant_uuid, DEFAULTS | values)
    incall.related["destination"] = destination
    return incall


def _target(front: Confd, destination: dict[str, Any]) -> Row | None:
    resource, _names = TARGETS[destination["type"]]
    return front.db.rows(resource).get(destination[f"{destination['type']}_id"])


def _check_target(front: Confd, destination: dict[str, Any]) -> None:
    kind = destination["type"]
    if kind in TARGETS and _target(front, destination) is None:
        raise unknown_reference("actionarg1", kind.capitalize(), actionarg1=destination[f"{kind}_id"])


def of_target(front: Confd, kind: str, row_id: int) -> list[Row]:
    rows = front.db.rows("incalls").values()
    return [
        row
        for row in rows
        if row.related["destination"]["type"] == kind and row.related["destination"].get(f"{kind}_id") == row_id
    ]


def forget_target(front: Confd, kind: str, row_id: int) -> None:
    """What is deleted leaves its incalls without a destination."""
    for incall in of_target(front, kind, row_id):
        incall.related["destination"] = {"type": "none"}


def destination_data(front: Confd, destination: dict[str, Any]) -> dict[str, Any]:
    kind = destination["type"]
    if kind not in TARGETS:
        return destination
    target = _target(front, destination)
    assert target, "who is deleted is forgotten"
    return destination | {f"{kind}_{name}": target.values[name] for name in TARGETS[kind][1]}


def incall_data(front: Confd, incall: Row) -> dict[str, Any]:
    return {
        "id": incall.id,
        "tenant_uuid": incall.tenant_uuid,
        **incall.values,
        "destination": destination_data(front, incall.related["destination"]),
        "links": front.links("incalls", incall.id),
        "extensions": [extensions.summary(front, row) for row in extensions.of_owner(front, "incalls", incall)],
        "schedules": [],
    }


def summaries(front: Confd, kind: str, row_id: int) -> list[dict[str, Any]]:
    """The incalls of a target, as the target shows them."""
    return [
        {
            "id": incall.id,
            "extensions": [extensions.summary(front, row) for row in extensions.of_owner(front, "incalls", incall)],
            "links": front.links("incalls", incall.id),
        }
        for incall in of_target(front, kind, row_id)
    ]

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contexts, what they include, and the numbers that are free in their ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import flask

from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import RANGE_LISTS, Context, Tenant, check_text
from tests.simulator.wazo.errors import associated, exists, not_found, not_permitted, unknown_reference
from tests.simulator.wazo.schemas import ContextIncludesSchema, FreeRangesSchema

if TYPE_CHECKING:
    from tests.simulator.wazo import Wazo

COLUMNS = {
    "id": lambda context: context.id,
    "name": lambda context: context.name,
    "label": lambda context: context.label,
    "type": lambda context: context.type,
    "description": lambda context: context.description,
}
# The kinds of ranges as the paths of /ranges/ name them.
FREE_RANGES = {"user": "user", "group": "group", "queue": "queue", "conference": "meetme", "incall": "incall"}


def add_routes(front: Confd) -> None:
    server = front.server

    def uses() -> Iterator[tuple[str, str, Mapping[int, Any]]]:
        """What keeps a context from being deleted, in the order in which it is looked at. Lines do not."""
        yield "Extension", "extension_id", front.db.extensions
        yield "Voicemail", "voicemail_id", front.db.rows("voicemails")
        yield "Trunk", "trunk_id", front.db.rows("trunks")
        yield "AgentLoginStatus", "agent_id", front.db.rows("agents")

    def visible(context_id: int) -> Context:
        context = front.db.context(context_id, front.tenants())
        if not context:
            raise not_found("Context", id=context_id)
        return context

    @front.route("GET", "/contexts")
    def list_contexts() -> dict[str, Any]:
        return front.listed(front.db.contexts.values(), COLUMNS, "id", lambda row: context_data(front, row))

    @front.route("POST", "/contexts")
    def create() -> tuple[Any, ...]:
        form = server.context_schema().load(front.body())
        name = form.pop("name", None)
        if name is not None and front.db.context_named(name):
            raise exists("Context", name=name)
        ranges = _pop_ranges(form)
        for value in (name, *form.values()):
            check_text(value)
        context = add_context(server, front.db.tenants[front.tenant_uuid], name=name, ranges=ranges, **form)
        location = front.url(f"contexts/{context.id}")
        return context_data(front, context, ranges_as_sent=True), 201, {"Location": location}

    @front.route("GET", "/contexts/<int:context_id>")
    def get(context_id: int) -> dict[str, Any]:
        return context_data(front, visible(context_id))

    @front.route("PUT", "/contexts/<int:context_id>")
    def update(context_id: int) -> None:
        context = visible(context_id)
        # What is required on a POST is not on a PUT; within a range it still is.
        form = server.context_schema(exclude=("name",), partial=("label",)).load(front.body())
        ranges = _pop_ranges(form)
        for value in form.values():
            check_text(value)
        _check_unique(server, context.name, ranges)
        context.ranges.update(ranges)
        for name, value in form.items():
            setattr(context, name, value)

    @front.route("DELETE", "/contexts/<int:context_id>")
    def delete(context_id: int) -> None:
        context = visible(context_id)
        for resource, key, rows in uses():
            for row in rows.values():
                if row.context == context.name:
                    raise associated("Context", resource, context_id=context.id, **{key: row.id})
        front.db.delete_context(context, server.keeps_lines_of_users)

    @front.route("PUT", "/contexts/<int:context_id>/contexts")
    def set_includes(context_id: int) -> None:
        # No tenant is looked at here, neither the parent's nor the children's.
        context = front.db.contexts.get(context_id)
        if not context:
            raise not_found("Context", id=context_id)
        ids = [child["id"] for child in ContextIncludesSchema().load(front.body())["contexts"]]
        for child_id in ids:
            if child_id not in front.db.contexts:
                raise unknown_reference("contexts", "Context", id=child_id)
        if context_id in ids:
            raise not_permitted("Cannot include context inside itself")
        if len(set(ids)) < len(ids):
            raise not_permitted("Cannot include same context more than once")
        context.includes = ids

    if server.free_ranges:

        @front.route("GET", f"/contexts/<int:context_id>/ranges/<any({', '.join(FREE_RANGES)}):range_type>")
        def list_ranges(context_id: int, range_type: str) -> dict[str, Any]:
            context = visible(context_id)
            asked = FreeRangesSchema().load(flask.request.args.to_dict())
            spans = _merged(context.ranges.get(FREE_RANGES[range_type], []))
            if asked["availability"] == "available":
                extens = {row.exten for row in front.db.extensions.values() if row.context == context.name}
                used = {int(exten) for exten in extens if exten.isdecimal()}
                spans = [free for span in spans for free in _split(span, used)]
            items = [{"start": str(start), "end": str(end)} for start, end in spans]
            items = [item for item in items if any(asked["search"] in number for number in item.values())]
            items.sort(key=lambda item: item[asked["order"]], reverse=asked["direction"] == "desc")
            items.sort(key=lambda item: len(item["start"]), reverse=asked["direction"] == "desc")
            end = None if asked.get("limit") is None else asked["offset"] + asked["limit"]
            return {"total": len(items), "items": items[asked["offset"] : end]}


def add_context(
    server: Wazo,
    tenant: Tenant,
    name: str | None = None,
    type: str = "internal",
    ranges: dict[str, list[dict[str, Any]]] | None = None,
    **values: Any,
) -> Context:
    uuid = server.db.draw_uuid("context")
    if name is None:
        name = f"ctx-{tenant.slug}-{type}-{uuid}"
    context_id = server.db.next_id("contexts")
    _check_unique(server, name, ranges or {})
    context = Context(context_id, uuid, tenant.uuid, name, type=type, ranges=ranges or {}, **values)
    server.db.contexts[context_id] = context
    return context


def _pop_ranges(form: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {kind: form.pop(field) for field, kind in RANGE_LISTS.items() if field in form}


def _check_unique(server: Wazo, name: str, ranges: dict[str, list[dict[str, Any]]]) -> None:
    """The same range twice in one list violates the primary key; {start} and {start, end: start} are not the same."""
    for kind, items in ranges.items():
        rows = [(name, kind, item["start"], item.get("end", "")) for item in items]
        for row in rows:
            if rows.count(row) > 1:
                columns = ("context", "type", "numberbeg", "numberend")
                parameters = tuple(dict(zip(columns, values, strict=True)) for values in rows)
                raise RuntimeError(
                    server.duplicate_error.format(
                        detail='duplicate key value violates unique constraint "contextnumbers_pkey"\n'
                        f"DETAIL:  Key ({', '.join(columns)})=({', '.join(row)}) already exists.",
                        statement=f"INSERT INTO contextnumbers ({', '.join(columns)})"
                        f" VALUES ({', '.join(f'%({column})s' for column in columns)})",
                        parameters=parameters,
                    )
                )


def context_data(front: Confd, context: Context, ranges_as_sent: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": context.id}
    if front.server.names_by_server:
        shown["uuid"] = context.uuid
    shown |= {"name": context.name, "label": context.label, "type": context.type}
    for field, kind in RANGE_LISTS.items():
        ranges = [_range_data(kind, item) for item in context.ranges.get(kind, [])]
        shown[field] = ranges if ranges_as_sent else sorted(ranges, key=lambda item: (item["start"], item["end"]))
    included = (front.db.contexts[context_id] for context_id in context.includes)
    return shown | {
        "description": context.description,
        "tenant_uuid": context.tenant_uuid,
        "enabled": context.enabled,
        "links": front.links("contexts", context.id),
        "contexts": [
            {
                "id": child.id,
                "name": child.name,
                "label": child.label,
                "links": front.links("contexts", child.id),
            }
            for child in included
        ],
    }


def _range_data(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    shown = {"start": item["start"], "end": item.get("end", item["start"])}
    if kind == "incall":
        shown["did_length"] = item.get("did_length", 0)
    return shown


def _merged(ranges: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """The ranges as numbers, those that touch or overlap made one. Of a DID only the last digits count."""
    spans = []
    for item in ranges:
        digits = item.get("did_length") or 0
        start, end = (int(number[-digits:]) for number in (item["start"], item.get("end", item["start"])))
        # A range whose last digits wrap around is more than the server can take, too.
        if start > end:
            raise AssertionError
        spans.append((start, end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _split(span: tuple[int, int], used: set[int]) -> Iterator[tuple[int, int]]:
    """What is left of a span without the used numbers."""
    start, end = span
    for number in sorted(number for number in used if start <= number <= end):
        if start < number:
            yield start, number - 1
        start = number + 1
    if start <= end:
        yield start, end

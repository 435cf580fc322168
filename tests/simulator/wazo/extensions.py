# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extensions, and the checks that they meet when something is given a number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.simulator.wazo import lines
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Context, Extension, Row, check_text
from tests.simulator.wazo.errors import ConfdError, associated, described, exists, not_found, unknown_reference
from tests.simulator.wazo.schemas_people import ExtensionSchema

EXTEN = re.compile(r"^(_?[0-9*#XxZzNn\[\].!-]+)$")
# What an extension can belong to: its kind of range, and the type of context that it takes. An incall's number is not
# compared with the ranges before its extension is edited.
LINE = ("user", "internal")
OWNERS = {
    "groups": ("group", "internal"),
    "queues": ("queue", "internal"),
    "conferences": ("meetme", "internal"),
    "incalls": ("incall", "incall"),
    "outcalls": (None, "outcall"),
}
SHOWN_OF_OWNERS = {
    "groups": ("name",),
    "queues": ("name", "label"),
    "conferences": ("name",),
    "incalls": (),
    "outcalls": ("name",),
}
COLUMNS = {
    "exten": lambda extension: extension.exten,
    "context": lambda extension: extension.context,
}


def add_routes(front: Confd) -> None:
    columns = {
        **COLUMNS,
        "type": lambda extension: context_of(front, extension).type,
    }

    @front.route("GET", "/extensions")
    def list_extensions() -> dict[str, Any]:
        return front.listed(front.db.extensions.values(), columns, "exten", lambda row: extension_data(front, row))

    @front.route("POST", "/extensions")
    def create() -> tuple[Any, ...]:
        extension = add_extension(front, ExtensionSchema().load(front.body()))
        return extension_data(front, extension), 201, {"Location": front.url(f"extensions/{extension.id}")}

    @front.route("GET", "/extensions/<int:extension_id>")
    def get(extension_id: int) -> dict[str, Any]:
        return extension_data(front, visible_extension(front, extension_id))

    @front.route("PUT", "/extensions/<int:extension_id>")
    def update(extension_id: int) -> None:
        extension = visible_extension(front, extension_id)
        form = ExtensionSchema(partial=True).load(front.body())
        exten, context_name = form.get("exten", extension.exten), form.get("context", extension.context)
        context = check_new(front, exten, context_name, extension)
        if context.tenant_uuid != extension.tenant_uuid:
            tenants = {"current_tenant_uuid": extension.tenant_uuid, "context_tenant_uuid": context.tenant_uuid}
            raise ConfdError(400, described("Resource Error - different tenants", **tenants))
        if extension.in_use:
            kind, context_type = LINE if extension.owner is None else OWNERS[extension.owner[0]]
            check_type(context, context_type)
            if kind:
                check_range(context, kind, exten)
        extension.exten, extension.context = exten, context_name
        extension.enabled = form.get("enabled", extension.enabled)
        front.db.touch(extension)
        for line_id in extension.line_ids:
            lines.fix(front, front.db.lines[line_id])

    @front.route("DELETE", "/extensions/<int:extension_id>")
    def delete(extension_id: int) -> None:
        extension = visible_extension(front, extension_id)
        if extension.line_ids and not front.server.deletes_used_extensions:
            raise associated("Extension", "line", extension_id=extension.id, associated_ids=extension.line_ids)
        if extension.owner:
            raise owned(extension)
        del front.db.extensions[extension.id]

    for resource in OWNERS:
        _add_associations(front, resource)


def _add_associations(front: Confd, resource: str) -> None:
    for kind in ("uuid", "int") if resource == "groups" else ("int",):
        _add_association(front, resource, f"/{resource}/<{kind}:key>/extensions/<int:extension_id>")


def _add_association(front: Confd, resource: str, rule: str) -> None:
    @front.route("PUT", rule)
    def associate(key: Any, extension_id: int) -> None:
        row = front.visible_row(resource, key)
        extension = visible_extension(front, extension_id)
        if extension.owner == (resource, row.id):
            return
        for other in front.db.extensions.values():
            if other.owner == (resource, row.id) and resource != "outcalls":
                raise associated_number(resource, row.id, other)
        if extension.owner:
            owner, owner_id = extension.owner
            if owner != resource:
                raise owned(extension)
            raise associated_number(owner, owner_id, extension)
        for line_id in extension.line_ids:
            for user in front.db.users_of(front.db.lines[line_id])[:1]:
                raise associated("Extension", "user", extension_id=extension.id, associated_id=str(user.id))
            raise associated("Extension", "line", extension_id=extension.id, associated_id=str(line_id))
        kind, context_type = OWNERS[resource]
        context = context_of(front, extension)
        check_type(context, context_type, extension)
        if kind and resource != "incalls":
            check_range(context, kind, extension.exten)
        extension.owner = (resource, row.id)

    @front.route("DELETE", rule)
    def dissociate(key: Any, extension_id: int) -> None:
        row = front.visible_row(resource, key)
        extension = visible_extension(front, extension_id)
        if extension.owner == (resource, row.id):
            extension.owner = None


def owned(extension: Extension) -> ConfdError:
    """The refusal of a number that belongs to something else than lines."""
    assert extension.owner
    resource, row_id = extension.owner
    return associated("Extension", resource[:-1], extension_id=extension.id, associated_id=str(row_id))


def associated_number(resource: str, row_id: int, extension: Extension) -> ConfdError:
    """The refusal of a second number, or of one that another of the same kind has."""
    name = resource[:-1]
    told = str(row_id) if resource == "incalls" else row_id
    return associated(name.capitalize(), "Extension", **{f"{name}_id": told, "extension_id": extension.id})


def of_owner(front: Confd, resource: str, row: Row) -> list[Extension]:
    return [extension for extension in front.db.extensions.values() if extension.owner == (resource, row.id)]


def free(front: Confd, resource: str, row: Row) -> None:
    """What is deleted leaves its numbers behind."""
    for extension in of_owner(front, resource, row):
        extension.owner = None


def first_enabled(extensions: Iterable[Extension]) -> str | None:
    """The number that a list looks at: that of a disabled extension is not seen."""
    return next((extension.exten for extension in extensions if extension.enabled), None)


def find(front: Confd, form: dict[str, Any]) -> Extension | None:
    """The extension that has this number already."""
    if not front.db.context_named(form["context"], front.tenants()):
        return None
    wanted = (form["exten"], form["context"])
    return next((row for row in front.db.extensions.values() if (row.exten, row.context) == wanted), None)


def visible_extension(front: Confd, extension_id: int) -> Extension:
    extension = front.db.extensions.get(extension_id)
    if not extension or extension.tenant_uuid not in front.tenants():
        details = {"id": extension_id} | ({} if front.server.names_by_server else {"is_feature": False})
        raise not_found("Extension", **details)
    return extension


def context_of(front: Confd, extension: Extension) -> Context:
    context = front.db.context_named(extension.context)
    assert context, "no context is deleted under its extensions"
    return context


def check_new(front: Confd, exten: str, context_name: str, but: Extension | None = None) -> Context:
    check_text(exten)
    context = front.db.context_named(context_name, front.tenants())
    if not context:
        raise unknown_reference("context", "Context", context=context_name)
    if but is None and not EXTEN.match(exten):
        raise ConfdError(400, "exten: ['String does not match expected pattern.']")
    for other in front.db.extensions.values():
        if other is not but and (other.exten, other.context) == (exten, context_name):
            raise exists("Extension", exten=exten, context=context_name)
    return context


def add_extension(front: Confd, form: dict[str, Any]) -> Extension:
    context = check_new(front, form["exten"], form["context"])
    extension = Extension(
        front.db.next_id("extensions"), context.tenant_uuid, context=form["context"], exten=form["exten"]
    )
    extension.enabled = form.get("enabled", True)
    front.db.extensions[extension.id] = extension
    return extension


def check_type(context: Context, wanted: str, extension: Extension | None = None) -> None:
    if context.type != wanted:
        details = {"id": extension.id, "context": context.name} if extension else {}
        text = f"Resource Error - ContextType '{context.type}' cannot be associated"
        raise ConfdError(400, described(text, **details))


def check_range(context: Context, kind: str, exten: str) -> None:
    """Compared as integers, so that 02001 is in 2001-2090. A pattern is let through; *56 is more than int() takes."""
    if exten.startswith("_"):
        return
    number = int(exten)
    for item in context.ranges.get(kind, []):
        digits = item.get("did_length") or 0
        if int(item["start"][-digits:]) <= number <= int(item.get("end", item["start"])[-digits:]):
            return
    raise ConfdError(400, f"Input Error - Extension '{exten}' is outside of range for context '{context.name}'")


def extension_data(front: Confd, extension: Extension) -> dict[str, Any]:
    shown = {
        "id": extension.id,
        "tenant_uuid": extension.tenant_uuid,
        "exten": extension.exten,
        "context": extension.context,
        "commented": not extension.enabled,
        "enabled": extension.enabled,
        "links": front.links("extensions", extension.id),
        "conference": None,
        "parking_lot": None,
        "group": None,
        "incall": None,
        "lines": [
            {"id": line_id, "name": front.line_name(front.db.lines[line_id]), "links": front.links("lines", line_id)}
            for line_id in extension.line_ids
        ],
        "outcall": None,
        "queue": None,
    }
    if extension.owner:
        resource, row_id = extension.owner
        row = front.db.rows(resource)[row_id]
        owner = {"id": row.id, **{name: row.values.get(name) for name in SHOWN_OF_OWNERS[resource]}}
        if resource == "groups":
            owner["uuid"] = row.uuid
        shown[resource[:-1]] = owner | {"links": front.links(resource, row.uuid if resource == "groups" else row.id)}
    return shown


def summary(front: Confd, extension: Extension) -> dict[str, Any]:
    """An extension as what it belongs to shows it."""
    return {
        "id": extension.id,
        "exten": extension.exten,
        "context": extension.context,
        "links": front.links("extensions", extension.id),
    }

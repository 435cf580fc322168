# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines, and the SIP endpoints that they need before they can have a number."""

from __future__ import annotations

import random
import string
from typing import Any
from uuid import UUID

from tests.simulator.wazo import extensions
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Extension, Line, Row
from tests.simulator.wazo.errors import ConfdError, associated, described, not_found, unknown_reference
from tests.simulator.wazo.schemas import ExtensionSchema, LineSchema, SipSchema

COLUMNS = {"context": lambda line: line.context}


def add_routes(front: Confd) -> None:
    @front.route("GET", "/lines")
    def list_lines() -> dict[str, Any]:
        rows = [line for line in front.db.lines.values() if front.db.context_named(line.context)]
        return front.listed(rows, COLUMNS, "context", lambda row: line_data(front, row))

    @front.route("POST", "/lines")
    def create() -> tuple[Any, ...]:
        line = add_line(front, LineSchema().load(front.body())["context"])
        return line_data(front, line), 201, {"Location": front.url(f"lines/{line.id}")}

    @front.route("GET", "/lines/<int:line_id>")
    def get(line_id: int) -> dict[str, Any]:
        return line_data(front, visible_line(front, line_id))

    @front.route("PUT", "/lines/<int:line_id>")
    def update(line_id: int) -> None:
        line = visible_line(front, line_id)
        form = LineSchema(partial=True).load(front.body())
        if "context" in form:
            check_context(front, form["context"])
            # The extension, where there is one, has the last word.
            if not extensions_of(front, line):
                line.context = form["context"]

    @front.route("DELETE", "/lines/<int:line_id>")
    def delete(line_id: int) -> None:
        line = visible_line(front, line_id)
        if sip := sip_of(front, line):
            del front.db.rows("endpoints/sip")[sip.id]
        front.db.delete_line(line)

    @front.route("POST", "/lines/<int:line_id>/extensions")
    def create_extension(line_id: int) -> tuple[Any, ...]:
        line = visible_line(front, line_id)
        with front.db.transaction():
            extension = extensions.add_extension(front, ExtensionSchema().load(front.body()))
            shown = extensions.extension_data(front, extension)
            associate(front, line, extension)
        if front.server.shows_new_association:
            shown = extensions.extension_data(front, extension)
        return shown, 201, {"Location": front.url(f"extensions/{extension.id}")}

    @front.route("PUT", "/lines/<int:line_id>/extensions/<int:extension_id>")
    def associate_extension(line_id: int, extension_id: int) -> None:
        line = visible_line(front, line_id)
        extension = front.db.extensions.get(extension_id)
        if not extension or extension.tenant_uuid not in front.tenants():
            raise not_found("Extension", id=extension_id)
        associate(front, line, extension)

    @front.route("DELETE", "/lines/<int:line_id>/extensions/<int:extension_id>")
    def dissociate_extension(line_id: int, extension_id: int) -> None:
        line = visible_line(front, line_id)
        extension = extensions.visible_extension(front, extension_id)
        if line.id in extension.line_ids:
            extension.line_ids.remove(line.id)

    @front.route("PUT", "/lines/<int:line_id>/endpoints/sip/<uuid:sip_uuid>")
    def associate_sip(line_id: int, sip_uuid: UUID) -> None:
        line = visible_line(front, line_id)
        line.sip_uuid = front.visible_row("endpoints/sip", sip_uuid).uuid
        set_caller_id(front, line)

    @front.route("POST", "/endpoints/sip")
    def create_sip() -> tuple[Any, ...]:
        sip = add_sip(front, front.body())
        return sip_data(front, sip), 201, {"Location": front.url(f"endpoints/sip/{sip.uuid}")}

    @front.route("GET", "/endpoints/sip/<uuid:sip_uuid>")
    def get_sip(sip_uuid: UUID) -> dict[str, Any]:
        return sip_data(front, front.visible_row("endpoints/sip", sip_uuid))


def visible_line(front: Confd, line_id: int) -> Line:
    line = front.db.lines.get(line_id)
    # The line of a deleted context, where it is kept, is not found: its tenant is that of the context.
    if not line or line.tenant_uuid not in front.tenants() or not front.db.context_named(line.context):
        raise not_found("Line", id=line_id)
    return line


def check_context(front: Confd, name: str) -> str:
    """The tenant of the context of that name."""
    context = front.db.context_named(name, front.tenants())
    if not context:
        raise unknown_reference("context", "Context", context=name)
    return context.tenant_uuid


def add_line(front: Confd, context: str) -> Line:
    tenant_uuid = check_context(front, context)
    line = Line(front.db.next_id("lines"), tenant_uuid, context, "".join(random.choices(string.digits, k=6)))
    front.db.lines[line.id] = line
    return line


def add_sip(front: Confd, body: Any) -> Row:
    form = SipSchema().load(body)
    form["name"] = form.get("name") or "".join(random.choices(string.ascii_lowercase + string.digits, k=8))
    sections: dict[str, Any] = {name: [] for name in SipSchema().fields if name.endswith("_section_options")}
    values = {"label": None, **sections, "templates": [], "transport": None, "asterisk_id": None, **form}
    return front.db.add_row("endpoints/sip", front.tenant_uuid, values)


def sip_of(front: Confd, line: Line) -> Row | None:
    return next((sip for sip in front.db.rows("endpoints/sip").values() if sip.uuid == line.sip_uuid), None)


def users_of(front: Confd, line: Line) -> list[Row]:
    return [user for user in front.db.rows("users").values() if user.uuid in line.user_uuids]


def extensions_of(front: Confd, line: Line) -> list[Extension]:
    return [extension for extension in front.db.extensions.values() if line.id in extension.line_ids]


def associate(front: Confd, line: Line, extension: Extension) -> None:
    if line.id in extension.line_ids:
        return
    if not line.sip_uuid:
        text = "Resource Error - Line must be associated with a Endpoint"
        raise ConfdError(400, described(text, line_id=line.id))
    for other in extensions_of(front, line):
        raise associated("Line", "Extension", line_id=line.id, extension_id=other.id)
    if extension.owner:
        raise associated("Extension", extension.owner[0][:-1], extension_id=extension.id)
    kind, context_type = extensions.LINE
    context = extensions.context_of(front, extension)
    extensions.check_type(context, context_type, extension)
    extensions.check_range(context, kind, extension.exten)
    extension.line_ids.append(line.id)
    line.context = extension.context


def set_caller_id(front: Confd, line: Line) -> None:
    """The server writes the caller id of the user into the endpoint, where it stays."""
    sip, users = sip_of(front, line), users_of(front, line)
    if sip and users:
        options = [option for option in sip.values["endpoint_section_options"] if option[0] != "callerid"]
        sip.values["endpoint_section_options"] = [*options, ["callerid", users[0].values["caller_id"]]]


def line_data(front: Confd, line: Line) -> dict[str, Any]:
    sip = sip_of(front, line)
    users = users_of(front, line)
    numbers = extensions_of(front, line)
    newer = {"is_webrtc": False} if front.server.newer_fields else {}
    return {
        "tenant_uuid": line.tenant_uuid,
        "protocol": "sip" if sip else None,
        "device_id": None,
        "device_slot": 1,
        "provisioning_extension": line.provisioning_code,
        "context": line.context,
        "provisioning_code": line.provisioning_code,
        "position": 1,
        "caller_id_name": users[0].values["caller_id"].strip('"') if users and sip else None,
        "caller_id_num": numbers[0].exten if users and numbers else None,
        "registrar": "default",
        "application": None,
        **short_line_data(front, line),
        "users": [
            {
                "uuid": user.uuid,
                "firstname": user.values["firstname"],
                "lastname": user.values["lastname"],
                "links": front.links("users", user.id),
            }
            for user in users
        ],
        **newer,
    }


def short_line_data(front: Confd, line: Line) -> dict[str, Any]:
    """A line as a user of 22.13 shows it."""
    sip = sip_of(front, line)
    return {
        "id": line.id,
        "name": sip.values["name"] if sip else None,
        "links": front.links("lines", line.id),
        "endpoint_sip": sip and {key: sip_data(front, sip)[key] for key in SIP_SUMMARY},
        "endpoint_sccp": None,
        "endpoint_custom": None,
        "extensions": [extensions.summary(front, extension) for extension in extensions_of(front, line)],
    }


SIP_SUMMARY = ("uuid", "label", "name", "auth_section_options", "links")


def sip_data(front: Confd, sip: Row) -> dict[str, Any]:
    line = next((line for line in front.db.lines.values() if line.sip_uuid == sip.uuid), None)
    shown = {"uuid": sip.uuid, "tenant_uuid": sip.tenant_uuid, **sip.values, "trunk": None}
    shown["links"] = [{"rel": "endpoint_sip", "href": front.url(f"endpoints/sip/{sip.uuid}")}]
    shown["line"] = line and {"id": line.id, "links": front.links("lines", line.id)}
    return shown

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines: what joins a user, a SIP endpoint and a number."""

from __future__ import annotations

import re
import string
from typing import Any
from uuid import UUID

import flask

from tests.simulator.wazo import extensions, groups, sip
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Extension, Line, Row
from tests.simulator.wazo.errors import ConfdError, associated, described, exists, not_found, unknown_reference
from tests.simulator.wazo.schemas_people import (
    CALLER_ID,
    ExtensionSchema,
    LineSchema,
    NestedLineSchema,
    NewLineSchema,
)

CALLER_ID_FIELDS = ("caller_id_name", "caller_id_num")
SEARCHED = ("context", "exten", "name")


def add_routes(front: Confd) -> None:
    columns = {
        "context": lambda line: line.context,
        "exten": lambda line: extensions.first_enabled(front.db.extensions_of(line)),
        "name": front.line_name,
        "protocol": lambda line: "sip" if line.sip_uuid else None,
        "provisioning_code": lambda line: line.provisioning_code,
    }

    @front.route("GET", "/lines")
    def list_lines() -> dict[str, Any]:
        rows = [line for line in front.db.lines.values() if front.db.context_named(line.context)]
        return front.listed(rows, columns, "name", lambda row: line_data(front, row), SEARCHED)

    @front.route("POST", "/lines")
    def create() -> tuple[Any, ...]:
        schema = NestedLineSchema if front.server.nested_users else NewLineSchema
        form = schema().load(front.body())
        with front.db.transaction():
            line, shown = add_line_with_parts(front, form)
        return shown, 201, {"Location": front.url(f"lines/{line.id}")}

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
            if not front.db.extensions_of(line):
                line.context = form["context"]
        _check_code(front, form, line)
        _set_values(line, form)
        if any(name in form for name in CALLER_ID_FIELDS):
            _set_line_caller_id(front, line, form)

    @front.route("DELETE", "/lines/<int:line_id>")
    def delete(line_id: int) -> None:
        delete_line(front, visible_line(front, line_id), with_extensions=is_recursive(front))

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
        associate(front, line, _extension_of_line(front, extension_id))

    @front.route("DELETE", "/lines/<int:line_id>/extensions/<int:extension_id>")
    def dissociate_extension(line_id: int, extension_id: int) -> None:
        line = visible_line(front, line_id)
        extension = _extension_of_line(front, extension_id)
        if line.id in extension.line_ids:
            extension.line_ids.remove(line.id)

    @front.route("PUT", "/lines/<int:line_id>/endpoints/sip/<uuid:sip_uuid>")
    def associate_endpoint(line_id: int, sip_uuid: UUID) -> None:
        line = visible_line(front, line_id)
        associate_sip(front, line, front.visible_row("endpoints/sip", sip_uuid))

    @front.route("DELETE", "/lines/<int:line_id>/endpoints/sip/<uuid:sip_uuid>")
    def dissociate_endpoint(line_id: int, sip_uuid: UUID) -> None:
        line = visible_line(front, line_id)
        endpoint = front.visible_row("endpoints/sip", sip_uuid)
        if line.sip_uuid != endpoint.uuid:
            return
        if users := front.db.users_of(line):
            ids = ", ".join(str(user.id) for user in users)
            raise associated("Line", "User", line_id=line.id, user_ids=ids)
        if numbers := front.db.extensions_of(line):
            ids = ", ".join(str(extension.id) for extension in numbers)
            raise associated("Line", "Extension", line_id=line.id, extension_ids=ids)
        line.sip_uuid = None


def is_recursive(front: Confd) -> bool:
    """Older servers do not know the parameter."""
    return front.server.nested_users and flask.request.args.get("recursive", "").lower() in ("true", "1")


def visible_line(front: Confd, line_id: int) -> Line:
    line = front.db.lines.get(line_id)
    # The line of a deleted context, where it is kept, is not found: its tenant is that of the context.
    if not line or line.tenant_uuid not in front.tenants() or not front.db.context_named(line.context):
        raise not_found("Line", id=line_id)
    return line


def _extension_of_line(front: Confd, extension_id: int) -> Extension:
    """As an extension of a line is looked for: without a word of features."""
    extension = front.db.extensions.get(extension_id)
    if not extension or extension.tenant_uuid not in front.tenants():
        raise not_found("Extension", id=extension_id)
    return extension


def check_context(front: Confd, name: str) -> str:
    """The tenant of the context of that name."""
    context = front.db.context_named(name, front.tenants())
    if not context:
        raise unknown_reference("context", "Context", context=name)
    return context.tenant_uuid


def _check_code(front: Confd, form: dict[str, Any], but: Line | None = None) -> None:
    code = form.get("provisioning_code")
    for other in front.db.lines.values():
        if other is not but and other.provisioning_code == code:
            raise exists("Line", provisioning_code=code)


def _set_values(line: Line, form: dict[str, Any]) -> None:
    for name in ("position", "provisioning_code", "registrar"):
        if name in form:
            setattr(line, name, form[name])


def add_line(front: Confd, form: dict[str, Any]) -> Line:
    tenant_uuid = check_context(front, form["context"])
    _check_code(front, form)
    code = front.db.draw("provisioning_code", string.digits, 6)
    line = Line(front.db.next_id("lines"), tenant_uuid, form["context"], code)
    _set_values(line, form)
    front.db.lines[line.id] = line
    return line


def add_line_with_parts(front: Confd, form: dict[str, Any], of_user: bool = False) -> tuple[Line, dict[str, Any]]:
    """Make a line, its endpoint and its numbers. It is shown as it was before its parts were bound to each other."""
    line = add_line(front, form)
    caller_id = {name: form[name] for name in CALLER_ID_FIELDS if name in form}
    shown_endpoint = None
    if "endpoint_sip" in form:
        endpoint = sip.add_sip(front, form["endpoint_sip"])
        section = endpoint.values["endpoint_section_options"]
        endpoint.values["endpoint_section_options"] = [*section, ["context", line.context]]
        shown_endpoint = sip.sip_data(front, endpoint)
        associate_sip(front, line, endpoint)
    if caller_id:
        _set_line_caller_id(front, line, caller_id)
        assert shown_endpoint, "without an endpoint the caller id is refused"
        loaded = sip.sip_data(front, endpoint)
        shown_endpoint["endpoint_section_options"] = loaded["endpoint_section_options"]
        if of_user:
            shown_endpoint["line"] = loaded["line"]
    shown = line_data(front, line)
    if shown_endpoint:
        shown["endpoint_sip"] = shown_endpoint
    for number in form.get("extensions", []):
        extension = extensions.find(front, number) or extensions.add_extension(front, number)
        shown["extensions"].append(extensions.extension_data(front, extension))
        associate(front, line, extension)
    return line, shown


def delete_line(front: Confd, line: Line, with_extensions: bool = False) -> None:
    """Whoever uses it. Its endpoint goes along."""
    for user in front.db.users_of(line):
        groups.leave_all(front, user)
    numbers = front.db.extensions_of(line)
    endpoint = front.db.sip_of(line)
    front.db.delete_line(line)
    if endpoint:
        front.db.delete_row("endpoints/sip", endpoint)
    if with_extensions:
        for extension in numbers:
            if not extension.in_use:
                del front.db.extensions[extension.id]


def must_have_endpoint(line: Line) -> None:
    if not line.sip_uuid:
        text = "Resource Error - Line must be associated with a Endpoint"
        raise ConfdError(400, described(text, line_id=line.id))


def associate_sip(front: Confd, line: Line, endpoint: Row) -> None:
    if line.sip_uuid == endpoint.uuid:
        return
    if line.sip_uuid:
        other = {"endpoint": "sip", "endpoint_id": UUID(line.sip_uuid)}
        raise associated("Line", "Endpoint", line_id=line.id, **other)
    for owner in front.db.lines.values():
        if owner.sip_uuid == endpoint.uuid:
            other = {"endpoint": "sip", "endpoint_uuid": UUID(endpoint.uuid)}
            raise associated("Line", "Endpoint", line_id=owner.id, **other)
    if line.tenant_uuid != endpoint.tenant_uuid:
        tenants = {"line_tenant_uuid": line.tenant_uuid, "endpoint_tenant_uuid": endpoint.tenant_uuid}
        raise ConfdError(400, described("Resource Error - different tenants", **tenants))
    line.sip_uuid = endpoint.uuid


def associate(front: Confd, line: Line, extension: Extension) -> None:
    if line.id in extension.line_ids:
        return
    must_have_endpoint(line)
    for other in front.db.extensions_of(line):
        raise associated("Line", "Extension", line_id=line.id, extension_id=other.id)
    if extension.owner:
        raise extensions.owned(extension)
    users = front.db.users_of(line)
    for line_id in extension.line_ids:
        # A line without a user silently shares its number.
        for owner in front.db.users_of(front.db.lines[line_id])[:1]:
            if users and users[0] is not owner:
                raise associated("User", "Line", user_id=owner.id, line_id=line_id)
    kind, context_type = extensions.LINE
    context = extensions.context_of(front, extension)
    extensions.check_type(context, context_type, extension)
    extensions.check_range(context, kind, extension.exten)
    extension.line_ids.append(line.id)
    fix(front, line)


def associate_user(front: Confd, user: Row, line: Line) -> None:
    if (line.id, user.uuid) in front.db.line_users:
        return
    must_have_endpoint(line)
    for extension in front.db.extensions_of(line):
        for line_id in extension.line_ids:
            others = front.db.users_of(front.db.lines[line_id])
            if line_id != line.id and others and others[0] is not user:
                raise associated("Line", "Extension", line_id=line_id, extension_id=extension.id)
    front.db.line_users.append((line.id, user.uuid))
    fix(front, line)


def dissociate_user(front: Confd, user: Row, line: Line) -> None:
    if (line.id, user.uuid) not in front.db.line_users:
        return
    users = front.db.users_of(line)
    if users[0] is user and len(users) > 1:
        text = "Resource Error - There are secondary users associated to the line"
        raise ConfdError(400, described(text, line_id=line.id))
    front.db.line_users.remove((line.id, user.uuid))
    # He is a member by his line.
    groups.leave_all(front, user)


def fix(front: Confd, line: Line) -> None:
    """What the server does after most changes: the number decides the context, and with the user the caller id."""
    numbers, users = front.db.extensions_of(line), front.db.users_of(line)
    if numbers:
        line.context = numbers[0].context
    if users:
        found = re.match(CALLER_ID, users[0].values["caller_id"])
        assert found, "a caller id of a user has this form"
        number = found[2] or (f" <{numbers[0].exten}>" if numbers else "")
        _write_caller_id(front, line, f'"{found[1]}"{number}')


def _set_line_caller_id(front: Confd, line: Line, form: dict[str, Any]) -> None:
    """That of the line itself stands in the endpoint only, until that of the user overwrites it."""
    if not line.sip_uuid:
        raise ConfdError(400, "Cannot set caller id if no endpoint associated")
    caller_id = dict(zip(CALLER_ID_FIELDS, _caller_id(front, line), strict=True)) | form
    _write_caller_id(front, line, f'"{caller_id["caller_id_name"]}" <{caller_id["caller_id_num"]}>')


def _write_caller_id(front: Confd, line: Line, caller_id: str) -> None:
    if endpoint := front.db.sip_of(line):
        options = [option for option in endpoint.values["endpoint_section_options"] if option[0] != "callerid"]
        endpoint.values["endpoint_section_options"] = [*options, ["callerid", caller_id]]


def _caller_id(front: Confd, line: Line) -> tuple[str | None, str | None]:
    """Name and number, as the endpoint has them."""
    endpoint = front.db.sip_of(line)
    for name, value in endpoint.values["endpoint_section_options"] if endpoint else ():
        if name == "callerid" and (found := re.match(r'^"(.*)"(?: <(\+?\d+|None)>)?$', value)):
            return found[1], None if found[2] == "None" else found[2]
    return None, None


def line_data(front: Confd, line: Line) -> dict[str, Any]:
    newer = {"is_webrtc": False} if front.server.newer_fields else {}
    name, number = _caller_id(front, line)
    return {
        "tenant_uuid": line.tenant_uuid,
        "protocol": "sip" if line.sip_uuid else None,
        "device_id": None,
        "device_slot": line.position,
        "provisioning_extension": line.provisioning_code,
        "context": line.context,
        "provisioning_code": line.provisioning_code,
        "position": line.position,
        "caller_id_name": name,
        "caller_id_num": number,
        "registrar": line.registrar,
        "application": None,
        **short_line_data(front, line),
        "users": [user_summary(front, user) for user in front.db.users_of(line)],
        **newer,
    }


def user_summary(front: Confd, user: Row) -> dict[str, Any]:
    """A user as what he has shows him."""
    shown = {"uuid": user.uuid} | {name: user.values[name] for name in ("firstname", "lastname")}
    return shown | {"links": front.links("users", user.id)}


def short_line_data(front: Confd, line: Line) -> dict[str, Any]:
    """A line as a user of 22.13 shows it."""
    endpoint = front.db.sip_of(line)
    return {
        "id": line.id,
        "name": front.line_name(line),
        "links": front.links("lines", line.id),
        "endpoint_sip": sip.summary(front, endpoint) if endpoint else None,
        "endpoint_sccp": None,
        "endpoint_custom": None,
        "extensions": [extensions.summary(front, extension) for extension in front.db.extensions_of(line)],
    }

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What confd puts together and takes apart: each association is a path of two resources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from werkzeug.routing import Rule

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Failure, input_error, not_found, resource_error
from tests.simulator.xivo.database import Database, Entity, Row, UserLine
from tests.simulator.xivo.python2 import Str
from tests.simulator.xivo.resources import Resource, ids
from tests.simulator.xivo.schema import Field

if TYPE_CHECKING:
    from tests.simulator.xivo.people import People


class Associations:
    def __init__(self, people: People) -> None:
        self.people = people

    @property
    def database(self) -> Database:
        return self.people.confd.database

    def rules(self) -> Iterable[Rule]:
        for path, method, endpoint in self._paths():
            yield Rule(path, endpoint=endpoint, methods=[method])

    def _paths(self) -> Iterable[tuple[str, str, Callable[..., Any]]]:
        for user in ("/users/<int:user>", "/users/<uuid:user>"):
            yield f"{user}/entities", "GET", self.entity_of_user
            yield f"{user}/entities/<int:entity>", "PUT", self.set_entity
            yield f"{user}/lines", "GET", self.lines_of_user
            yield f"{user}/lines/<int:line>", "PUT", self.add_line
            yield f"{user}/lines/<int:line>", "DELETE", self.remove_line
            yield f"{user}/lines/main/associated/endpoints/sip", "GET", self.main_endpoint
            yield f"{user}/voicemails", "GET", self.voicemail_of_user
            yield f"{user}/voicemail", "GET", self.voicemail_of_user
            yield f"{user}/voicemails/<int:voicemail>", "PUT", self.set_voicemail
            yield f"{user}/voicemails", "DELETE", self.remove_voicemail
        yield "/voicemails/<int:voicemail>/users", "GET", self.users_of_voicemail
        yield "/lines/<int:line>/users", "GET", self.users_of_line
        yield "/lines/<int:line>/devices", "GET", self.device_of_line
        yield "/lines/<int:line>/endpoints/sip", "GET", self.endpoint_of_line
        yield "/lines/<int:line>/endpoints/sip/<int:sip>", "PUT", self.set_endpoint
        yield "/lines/<int:line>/endpoints/sip/<int:sip>", "DELETE", self.remove_endpoint
        yield "/endpoints/sip/<int:sip>/lines", "GET", self.line_of_endpoint
        yield "/lines/<int:line>/extensions", "GET", self.extensions_of_line
        yield "/lines/<int:line>/extension", "GET", self.extension_of_line
        yield "/lines/<int:line>/extensions/<int:extension>", "PUT", self.set_extension
        yield "/lines/<int:line>/extensions/<int:extension>", "DELETE", self.remove_extension
        yield "/extensions/<int:extension>/lines", "GET", self.lines_of_extension
        yield "/extensions/<int:extension>/line", "GET", self.line_of_extension
        for name, resource, context_type in self._numbered():
            path = f"/{resource.path}/<int:number>/extensions/<int:extension>"
            yield path, "PUT", partial(self.set_number, name, resource, context_type)
            yield path, "DELETE", partial(self.remove_number, name, resource)
        if self.people.community:
            yield "/groups/<int:group>/members/users", "PUT", self.set_members

    def _numbered(self) -> Iterable[tuple[str, Resource, str]]:
        """What has an extension of its own, and the type of the context that it has to be in."""
        yield "incall", self.people.incalls, "incall"
        if self.people.community:
            yield "group", self.people.groups, "internal"

    # Users and lines

    def lines_of_user(self, user: int | UUID) -> Row:
        number = self.people.users.find(user)["id"]
        return self._user_lines(link for link in self.database.user_lines if link.user_id == number)

    def users_of_line(self, line: int) -> Row:
        self.people.lines.find(line)
        return self._user_lines(link for link in self.database.user_lines if link.line_id == line)

    def _user_lines(self, links: Iterable[UserLine]) -> Row:
        items = [
            {**vars(link), "links": self.people.lines.links(link.line_id) + self.people.users.links(link.user_id)}
            for link in links
        ]
        return {"total": len(items), "items": items}

    def add_line(self, user: int | UUID, line: int) -> None:
        number = self.people.users.find(user)["id"]
        row = self.people.lines.find(line)
        _need_endpoint(row)
        links = self.database.user_lines
        if any((link.user_id, link.line_id) == (number, line) for link in links):
            raise resource_error("User is associated with a Line", user_id=number, line_id=line)
        self._same_user_on_extension(number, row, row["_extension"])
        others = [link for link in links if link.line_id == line]
        main_line = not any(link.user_id == number for link in links)
        links.append(UserLine(number, line, main_user=not others, main_line=main_line))
        self.people.lines.write_again(row)

    def remove_line(self, user: int | UUID, line: int) -> None:
        number = self.people.users.find(user)["id"]
        row = self.people.lines.find(line)
        links = self.database.user_lines
        found = next((link for link in links if (link.user_id, link.line_id) == (number, line)), None)
        if found is None:
            raise not_found("UserLine", user_id=number, line_id=line)
        if found.main_user and any(link.line_id == line and not link.main_user for link in links):
            raise resource_error("There are secondary users associated to the line", line_id=line)
        links.remove(found)
        self.database.leave_groups(number)
        self.people.lines.write_again(row)

    def _same_user_on_extension(self, user: int, line: Row, extension: int | None) -> None:
        """A number may ring on several lines, but only on those of one user."""
        for other in self.people.extensions.lines(extension) if extension else []:
            main_user = self.people.lines.main_user(other)
            if other is not line and main_user and main_user["id"] != user:
                raise _taken("Line", "Extension", line_id=other["id"], extension_id=extension)

    # Lines and endpoints

    def endpoint_of_line(self, line: int) -> Row:
        number = self.people.lines.find(line)["_sip"]
        if number is None:
            raise not_found("LineEndpoint", line_id=line)
        return self._line_endpoint(line, number)

    def line_of_endpoint(self, sip: int) -> Row:
        self.people.sip.find(sip)
        for line in self.people.sip.lines(sip):
            return self._line_endpoint(line["id"], sip)
        raise not_found("LineEndpoint", endpoint_id=sip)

    def _line_endpoint(self, line: int, sip: int) -> Row:
        links = self.people.lines.links(line) + self.people.sip.links(sip)
        return {"line_id": line, "endpoint": "sip", "endpoint_id": sip, "links": links}

    def main_endpoint(self, user: int | UUID) -> Row:
        number = self.people.users.find(user)["id"]
        line = self.people.users.main_line(number)
        if line is None or line["_sip"] is None:
            raise not_found("UserLine", user_id=number)
        return self.people.sip.get(line["_sip"])

    def set_endpoint(self, line: int, sip: int) -> None:
        row, endpoint = self.people.lines.find(line), self.people.sip.find(sip)
        for taken in [row] if row["_sip"] else self.people.sip.lines(sip):
            raise _taken("Line", "Endpoint", line_id=taken["id"], endpoint=Str("sip"), endpoint_id=taken["_sip"])
        row |= {"_sip": sip, "name": endpoint["username"], "protocol": "sip"}
        self.people.lines.write_again(row)

    def remove_endpoint(self, line: int, sip: int) -> None:
        row = self.people.lines.find(line)
        self.people.sip.find(sip)
        if row["_sip"] != sip:
            raise not_found("LineEndpoint", line_id=line, endpoint_id=sip)
        users = [link.user_id for link in self.database.user_lines if link.line_id == line]
        if users:
            raise resource_error("Line is associated with a User", line_id=line, user_ids=ids(users))
        if row["_extension"]:
            raise resource_error(
                "Line is associated with a Extension", line_id=line, extension_ids=ids([row["_extension"]])
            )
        row |= dict.fromkeys(("_sip", "name", "protocol"))

    def device_of_line(self, line: int) -> Row:
        self.people.lines.find(line)
        raise not_found("LineDevice", line_id=line)

    # Lines and extensions

    def extensions_of_line(self, line: int) -> Row:
        extension = self.people.lines.find(line)["_extension"]
        return self._line_extensions([(line, extension)] if extension else [])

    def lines_of_extension(self, extension: int) -> Row:
        self.people.extensions.find(extension)
        return self._line_extensions([(line["id"], extension) for line in self.people.extensions.lines(extension)])

    def extension_of_line(self, line: int) -> Row:
        items: list[Row] = self.extensions_of_line(line)["items"]
        for item in items:
            return item
        raise not_found("LineExtension", line_id=line)

    def line_of_extension(self, extension: int) -> Row:
        items: list[Row] = self.lines_of_extension(extension)["items"]
        for item in items:
            return item
        raise not_found("LineExtension", extension_id=extension)

    def _line_extensions(self, pairs: list[tuple[int, int]]) -> Row:
        items = [
            {
                "line_id": line,
                "extension_id": extension,
                "links": self.people.lines.links(line) + self.people.extensions.links(extension),
            }
            for line, extension in pairs
        ]
        return {"total": len(items), "items": items}

    def set_extension(self, line: int, extension: int) -> None:
        row, exten = self.people.lines.find(line), self.people.extensions.find(extension)
        _need_endpoint(row)
        if row["_extension"]:
            raise _taken("Line", "Extension", line_id=line, extension_id=row["_extension"])
        self._need_context(exten, "internal")
        _need_free(exten)
        if user := self.people.lines.main_user(row):
            self._same_user_on_extension(user["id"], row, extension)
        row["_extension"] = extension
        self.people.lines.write_again(row)

    def remove_extension(self, line: int, extension: int) -> None:
        row = self.people.lines.find(line)
        self.people.extensions.find(extension)
        if row["_extension"] != extension:
            raise not_found("LineExtension", line_id=line, extension_id=extension)
        row["_extension"] = None
        self.people.lines.write_again(row)

    def _need_context(self, extension: Row, wanted: str) -> None:
        name = extension["context"]
        context = self.database.context(name)
        if context is None:
            raise not_found("Context", name=name)
        if context.contexttype != wanted:
            raise resource_error(
                f"ContextType '{context.contexttype}' cannot be associated", id=extension["id"], context=name
            )

    # Incalls, groups and extensions

    def set_number(self, name: str, resource: Resource, context_type: str, number: int, extension: int) -> None:
        resource.find(number)
        exten = self.people.extensions.find(extension)
        if taken := self.database.extension_of(name, number):
            # The id of an incall comes from a column of text.
            own = taken["_typeval"] if name == "incall" else number
            raise _taken(resource.title, "Extension", **{f"{name}_id": own, "extension_id": taken["id"]})
        self._need_context(exten, context_type)
        _need_free(exten)
        for line in self.people.extensions.lines(extension):
            raise resource_error("Extension is associated with a Line", line_id=line["id"], extension_id=extension)
        exten |= {"_type": name, "_typeval": str(number)}

    def remove_number(self, name: str, resource: Resource, number: int, extension: int) -> None:
        resource.find(number)
        exten = self.people.extensions.find(extension)
        if (exten["_type"], exten["_typeval"]) != (name, str(number)):
            raise not_found(f"{resource.title}Extension", **{f"{name}_id": number, "extension_id": extension})
        exten |= {"_type": "user", "_typeval": "0"}

    def set_members(self, group: int) -> None:
        row = self.people.groups.find(group)
        member = {"uuid": Field(schema.string, required=True)}
        values = self.people.confd.body({"users": Field(schema.many(member), required=True)})
        by_uuid = {user["uuid"]: user["id"] for user in self.people.users.rows.values()}
        members = []
        for given in values["users"]:
            if given["uuid"] not in by_uuid:
                raise input_error(f"field 'users': User was not found ('uuid': u'{given['uuid']}')")
            members.append(by_uuid[given["uuid"]])
            if self.people.users.main_line(members[-1]) is None:
                raise resource_error("User must be associated with a Line", user_uuid=given["uuid"])
        row["_members"] = members

    # Users and voicemails

    def voicemail_of_user(self, user: int | UUID) -> Row:
        row = self._user_with_voicemail(user)
        return self._user_voicemail(row["id"], row["_voicemail"])

    def users_of_voicemail(self, voicemail: int) -> Row:
        self.people.voicemails.find(voicemail)
        items = [self._user_voicemail(user, voicemail) for user in self.people.voicemails.users(voicemail)]
        return {"total": len(items), "items": items}

    def _user_voicemail(self, user: int, voicemail: int) -> Row:
        links = self.people.voicemails.links(voicemail) + self.people.users.links(user)
        return {"user_id": user, "voicemail_id": voicemail, "links": links}

    def set_voicemail(self, user: int | UUID, voicemail: int) -> None:
        row = self.people.users.find(user)
        self.people.voicemails.find(voicemail)
        if row["_voicemail"]:
            # Here the id is not that of the voicemail that he has.
            raise resource_error("User is associated with a Voicemail", user_id=row["id"], voicemail_id=voicemail)
        row["_voicemail"] = voicemail

    def remove_voicemail(self, user: int | UUID) -> None:
        self._user_with_voicemail(user)["_voicemail"] = None

    def _user_with_voicemail(self, user: int | UUID) -> Row:
        row = self.people.users.find(user)
        if row["_voicemail"] is None:
            raise not_found("UserVoicemail", user_id=row["id"])
        return row

    # Users and entities

    def entity_of_user(self, user: int | UUID) -> Row:
        row = self.people.users.find(user)
        entity = self._entity(row["_entity"])
        links = self.people.users.links(row["id"]) + self.people.confd.links("entities", entity.id, "entities")
        return {"user_id": row["id"], "entity_id": entity.id, "links": links}

    def set_entity(self, user: int | UUID, entity: int) -> None:
        row = self.people.users.find(user)
        self._entity(entity)
        if row["_entity"] == entity:
            raise resource_error("User is associated with a Entity", user_id=row["id"], entity=entity)
        row["_entity"] = entity

    def _entity(self, number: int) -> Entity:
        for entity in self.database.entities:
            if entity.id == number:
                return entity
        raise not_found("Entity", id=number)


def _taken(one: str, other: str, **metadata: Any) -> Failure:
    return resource_error(f"{one} is associated with a {other}", **metadata)


def _need_endpoint(line: Row) -> None:
    if line["_sip"] is None:
        raise resource_error("Line must be associated with a Endpoint", line_id=line["id"])


def _need_free(extension: Row) -> None:
    if extension["_type"] != "user":
        metadata = {"associated_id": extension["_typeval"], "extension_id": extension["id"]}
        raise resource_error(f"Extension is associated with a {extension['_type']}", **metadata)

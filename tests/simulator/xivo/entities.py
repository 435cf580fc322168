# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/entities``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.routing import Rule

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Confd, Created, Failure, Listing, not_found, resource_error, unexpected
from tests.simulator.xivo.database import Entity
from tests.simulator.xivo.schema import Field

SCHEMA = {
    "name": Field(schema.string, required=True, checks=(schema.pattern(r"^[a-z0-9_\.-]+$"), schema.length(1, 64))),
    "display_name": Field(schema.string, null=True, checks=(schema.length(3, 128),)),
}


class Entities:
    def __init__(self, confd: Confd) -> None:
        self.confd = confd
        self.listing = Listing(("id", "name", "display_name"))

    def rules(self) -> Iterable[Rule]:
        yield Rule("/entities", endpoint=self.list, methods=["GET"])
        yield Rule("/entities", endpoint=self.create, methods=["POST"])
        yield Rule("/entities/<int:number>", endpoint=self.get, methods=["GET"])
        yield Rule("/entities/<int:number>", endpoint=self.edit, methods=["PUT"])
        yield Rule("/entities/<int:number>", endpoint=self.delete, methods=["DELETE"])

    def list(self) -> dict[str, Any]:
        total, page = self.listing.find(self.confd.database.entities, _column, _bad_filter)
        return {"total": total, "items": [self._json(entity) for entity in page]}

    def create(self) -> Created:
        values = self.confd.body(SCHEMA)
        if self.confd.database.entity(values["name"]):
            raise resource_error("Entity already exists", name=values["name"])
        entity = self.confd.database.add_entity(values["name"], values.get("display_name") or "")
        return Created("entities", self._json(entity))

    def get(self, number: int) -> dict[str, Any]:
        return self._json(self._find(number))

    def edit(self, number: int) -> None:
        raise Failure(405, "")

    def delete(self, number: int) -> None:
        entity = self._find(number)
        database = self.confd.database
        for user in database.rows("users").values():
            if user["_entity"] == number:
                raise resource_error("Entity is associated with a User", entity_id=number, user_id=user["id"])
        for context in database.contexts:
            if context.entity == entity.name:
                raise resource_error("Entity is associated with a Context", entity_id=number, context_id=context.id)
        database.entities.remove(entity)

    def _find(self, number: int) -> Entity:
        for entity in self.confd.database.entities:
            if entity.id == number:
                return entity
        raise not_found("Entity", id=number)

    def _json(self, entity: Entity) -> dict[str, Any]:
        return {
            "id": entity.id,
            "name": entity.name,
            "display_name": entity.displayname or None,
            "links": self.confd.links("entities", entity.id, "entities"),
        }


def _column(entity: Entity, name: str) -> Any:
    return entity.displayname if name == "display_name" else getattr(entity, name)


def _bad_filter(name: str, value: str) -> Failure:
    return unexpected(f'(InvalidTextRepresentation) invalid input syntax for type integer: "{value}"')

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web service ``manage/entity``."""

from __future__ import annotations

import time
from typing import Any

from tests.simulator.xivo import php
from tests.simulator.xivo.database import Database, Entity
from tests.simulator.xivo.php import Refused
from tests.simulator.xivo.webservice import WebService

SEARCHED = (
    *("name", "displayname", "phonenumber", "faxnumber", "email", "url", "address1", "address2"),
    *("city", "state", "zipcode", "country", "description"),
)


class EntitySection:
    def __init__(self, webservice: WebService) -> None:
        self.webservice = webservice

    @property
    def database(self) -> Database:
        return self.webservice.database

    def all(self) -> Any:
        return [entity_json(entity) for entity in self.database.entities]

    def search(self, wanted: str) -> Any:
        wanted = wanted.lower()
        return [
            entity_json(entity)
            for entity in self.database.entities
            if wanted and any(wanted in getattr(entity, column).lower() for column in SEARCHED)
        ]

    def view(self, number: str) -> Any:
        entity = self._find(number)
        return entity and entity_json(entity)

    def add(self, body: dict[Any, Any] | None) -> int:
        try:
            columns = _form(body)
        except Refused:
            return 400
        if self.database.entity(columns["name"]):
            return 400
        self.database.add_entity(**columns, dcreate=int(time.time()))
        return 200

    def edit(self, number: str, body: dict[Any, Any] | None) -> int:
        """The body is merged with the wrong level of what view gives, so it must be whole."""
        entity = self._find(number)
        if entity is None:
            return 404
        try:
            columns = _form(body)
        except Refused:
            return 400
        if self.database.entity(columns["name"]) not in (None, entity):
            return 400
        for context in self.database.contexts:
            if context.entity == entity.name:
                context.entity = columns["name"]
        vars(entity).update(columns)
        return 200

    def delete(self, number: str) -> int:
        entity = self._find(number)
        if entity is None:
            return 404
        if any(context.entity == entity.name for context in self.database.contexts):
            return 405
        self.database.entities.remove(entity)
        return 200

    def _find(self, number: str) -> Entity | None:
        return next((entity for entity in self.database.entities if str(entity.id) == number), None)


def _form(body: dict[Any, Any] | None) -> dict[str, str]:
    if body is None:
        raise Refused("body")
    return {
        "name": php.field(body, "name", most=64, regexp=r"[a-z0-9_.-]+"),
        "displayname": php.field(body, "displayname", least=3, most=128),
        "phonenumber": php.field(body, "phonenumber", most=40, regexp=r"[0-9*#]+", optional=True),
        "faxnumber": php.field(body, "faxnumber", most=40, regexp=r"[0-9*#]+", optional=True),
        "email": php.field(body, "email", most=255, regexp=r"[^@\s]+@[^@\s]+", optional=True),
        "url": php.field(body, "url", most=255, optional=True),
        "address1": php.field(body, "address1", most=30, optional=True),
        "address2": php.field(body, "address2", most=30, optional=True),
        "city": php.field(body, "city", most=128, optional=True),
        "state": php.field(body, "state", most=128, optional=True),
        "zipcode": php.field(body, "zipcode", most=16, regexp=r"[a-zA-Z0-9_-]+", optional=True),
        "country": php.field(body, "country", most=2, regexp=r"[A-Z]{2}", optional=True),
        "description": php.field(body, "description", most=1000, lines=True, optional=True),
    }


def entity_json(entity: Entity) -> dict[str, Any]:
    return {
        **vars(entity),
        "id": str(entity.id),
        "disable": bool(entity.disable),
        "dcreate": str(entity.dcreate),
        "identity": f"{entity.displayname} ({entity.name})",
    }

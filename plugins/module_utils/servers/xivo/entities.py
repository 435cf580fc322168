# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entities of a XiVO: through the web service, which can change one, and through xivo-confd, which cannot."""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ...errors import InputError

if TYPE_CHECKING:
    from ..confd.server import ConfdServer
    from .webservice import XivoWebserviceServer

ENTITIES = "/xivo/configuration/json.php/%s/manage/entity/"
# What the form of an entity holds besides its two names.
_OTHERS = ("phonenumber", "faxnumber", "email", "url", "address1", "address2", "city", "state", "zipcode", "country")

Entity = namedtuple("Entity", ("id", "name", "display_name", "raw"))


class Entities:
    def listed(self) -> list[Entity]:
        raise NotImplementedError

    def make(self, name: str, display_name: str) -> None:
        raise NotImplementedError

    def change(self, entity: Entity, display_name: str) -> None:
        raise NotImplementedError

    def remove(self, entity: Entity) -> None:
        """Raises RequestError with the status 400 or 405 where the entity is in use."""
        raise NotImplementedError


class WebserviceEntities(Entities):
    def __init__(self, server: XivoWebserviceServer) -> None:
        self.server = server

    def listed(self) -> list[Entity]:
        rows = self.server.rows(ENTITIES, "the entities")
        return [Entity(row["id"], to_text(row["name"]), to_text(row["displayname"]), row) for row in rows]

    def make(self, name: str, display_name: str) -> None:
        body = {"name": name, "displayname": display_name}
        self.server.act(ENTITIES, "add", f"the entity '{name}'", None, body)

    def change(self, entity: Entity, display_name: str) -> None:
        # What is left out is emptied, and without the name it is refused.
        body = {key: entity.raw[key] for key in _OTHERS + ("description",) if entity.raw.get(key)}
        body.update(name=entity.name, displayname=display_name)
        self.server.act(ENTITIES, "edit", f"the entity '{entity.name}'", entity.id, body)

    def remove(self, entity: Entity) -> None:
        self.server.act(ENTITIES, "delete", f"the entity '{entity.name}'", entity.id)


class ConfdEntities(Entities):
    def __init__(self, server: ConfdServer) -> None:
        self.server = server

    def listed(self) -> list[Entity]:
        items = self.server.items("/entities")
        return [Entity(item["id"], item["name"], item["display_name"] or "", item) for item in items]

    def make(self, name: str, display_name: str) -> None:
        self.server.request("POST", "/entities", {"name": name, "display_name": display_name})

    def change(self, entity: Entity, display_name: str) -> None:
        raise InputError(
            "xivo-confd cannot change an entity, the web service of a XiVO can. Set webservices_url, or leave "
            "confd_url out."
        )

    def remove(self, entity: Entity) -> None:
        self.server.request("DELETE", f"/entities/{entity.id}")

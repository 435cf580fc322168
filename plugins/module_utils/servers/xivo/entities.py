# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entities of a XiVO: through the web service, which can change one, and through xivo-confd, which cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ...errors import InputError, RequestError, UncertainError, must
from ...kinds.base import UPDATE, Service
from ...kinds.entities import Entity, EntityDeclaration
from ..confd.service import ConfdService
from .webservice import ENTITIES

if TYPE_CHECKING:
    import typing as t

    from ...kinds.base import Change
    from .webservice import XivoWebserviceServer

    EntityChange = Change[Entity, EntityDeclaration]

_OTHERS = ("phonenumber", "faxnumber", "email", "url", "address1", "address2", "city", "state", "zipcode", "country")


class WebserviceEntities(Service[Entity, EntityDeclaration]):
    server: XivoWebserviceServer

    def listed(self) -> list[Entity]:
        rows = self.server.rows(ENTITIES, "the entities")
        return [Entity(to_text(row["name"]), to_text(row["displayname"]), row["id"], row) for row in rows]

    def create(self, change: EntityChange) -> None:
        after = must(change.after)
        self._act("add", after, {"name": after.name, "displayname": after.display_name})

    def update(self, change: EntityChange) -> None:
        before, after = must(change.before), must(change.after)
        # What is left out is emptied, and without the name it is refused.
        body = {key: before.raw[key] for key in (*_OTHERS, "description") if before.raw.get(key)}
        body.update(name=after.name, displayname=after.display_name)
        self._act("edit", before, body)

    def delete(self, change: EntityChange) -> None:
        before = must(change.before)
        with_reason(before.name, lambda: self._act("delete", before))

    def _act(self, act: str, entity: Entity, body: t.Any = None) -> None:
        self.server.act(ENTITIES, act, f"the entity '{entity.name}'", entity.id, body)
        self.state.done.append(f"{act} the entity")


class ConfdEntities(ConfdService[Entity, EntityDeclaration]):
    def listed(self) -> list[Entity]:
        items = self.items("/entities")
        return [Entity(item["name"], item["display_name"] or "", item["id"], item) for item in items]

    def check(self, changes: t.Sequence[EntityChange]) -> None:
        if any(change.action == UPDATE for change in changes):
            raise InputError(
                "xivo-confd cannot change an entity, the web service of a XiVO can. Set webservices_url, or leave "
                "confd_url out."
            )

    def create(self, change: EntityChange) -> None:
        after = must(change.after)
        body = {"name": after.name, "display_name": after.display_name}
        self.write("make the entity", "POST", "/entities", body)

    def delete(self, change: EntityChange) -> None:
        before = must(change.before)
        with_reason(before.name, lambda: self.write("delete the entity", "DELETE", f"/entities/{before.id}"))


def with_reason(name: str, delete: t.Callable[[], t.Any]) -> None:
    """Delete an entity, and say why a server that gives no reason refuses to."""
    try:
        delete()
    except UncertainError:
        raise
    except RequestError as error:
        if error.status in (400, 405):
            raise RequestError(
                f"The entity '{name}' is in use by users, call filters, schedules or pickups, and was not deleted. "
                f"Delete these first, or give them another entity. ({error.text})",
                error.status,
            ) from error
        raise

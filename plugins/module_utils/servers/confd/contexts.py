# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contexts of a xivo-confd and a wazo-confd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...dialplan.numbers import KINDS, option_of
from ...dialplan.usage import EXTENSION, TRUNK, VOICEMAIL
from ...errors import must
from ..contexts import ContextService

if TYPE_CHECKING:
    import typing as t

    from ...dialplan.contexts import Context
    from ..contexts import ContextChange
    from .server import ConfdServer


class ConfdContexts(ContextService):
    server: ConfdServer
    kept_by = (EXTENSION, VOICEMAIL, TRUNK)

    def read_again(self, resources: t.Sequence[Context]) -> list[Context]:
        if len(resources) > 1:
            return self.server.contexts()
        # One is read in a fraction of the time of all, so that less can happen before it is written.
        [context] = resources
        items = self.server.items("/contexts", {"id": str(context.id)})
        return [self.server.context_of(item) for item in items if item["id"] == context.id]

    def create(self, change: ContextChange) -> None:
        after = must(change.after)
        fields = ["name", "label", "type", "description", "enabled"]
        fields += [option_of(kind) for kind in KINDS if after.ranges[kind]]
        made = self.server.request("POST", "/contexts", _body(after, fields)).body
        change.made = self.server.context_of(made).id

    def update(self, change: ContextChange) -> None:
        fields = [name for name in change.fields if name != "includes"]
        self.server.request("PUT", f"/contexts/{change.id}", _body(must(change.after), fields))

    def delete(self, change: ContextChange) -> None:
        self.server.request("DELETE", f"/contexts/{change.id}")


def _body(context: Context, fields: t.Iterable[str]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field in fields:
        if field == "description":
            body[field] = context.description or None
        elif field.endswith("_ranges"):
            # Always with an end: xivo-confd answers 500 to a single number that it stored without one.
            kind = field[: -len("_ranges")]
            body[field] = [r.public(kind) for r in context.ranges[kind]]
        else:
            body[field] = getattr(context, field)
    return body

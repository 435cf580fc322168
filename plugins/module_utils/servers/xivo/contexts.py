# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contexts of a XiVO, through its web service, which writes the includes along with everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...dialplan.numbers import KINDS, Range, option_of
from ...errors import UncertainError, must
from ...kinds.base import UNCHANGED
from ..contexts import ContextService
from .webservice import CONTEXTS, PHP_KIND

if TYPE_CHECKING:
    import typing as t

    from ...dialplan.contexts import Context
    from ...kinds.contexts import ContextChange as OneOfPlan
    from ..contexts import ContextChange
    from .webservice import XivoWebserviceServer

_PHP_FIELD = {"label": "displayname", "type": "contexttype", "description": "description", "entity": "entity"}


class WebserviceContexts(ContextService):
    server: XivoWebserviceServer
    includes_apart = False

    def read_back(self, changes: t.Sequence[OneOfPlan]) -> list[Context]:  # type: ignore[override]
        written = [change.name for change in changes if change.action != UNCHANGED]
        seen = dict(zip(written, self.server.views(written)))
        others = [c for c in must(changes[0].plan).before.contexts if c.name not in seen]
        return others + [context for context in seen.values() if context]

    def read_again(self, resources: t.Sequence[Context]) -> list[Context]:
        return [context for context in self.server.views([context.name for context in resources]) if context]

    def create(self, change: ContextChange) -> None:
        context = must(change.after)
        body: dict[str, Any] = {
            "context": {
                "name": context.name,
                "displayname": context.label,
                "entity": context.entity,
                "contexttype": context.type,
                "description": context.description,
            },
            "contextinclude": list(context.includes),
        }
        numbers = {
            PHP_KIND[kind]: [_php_range(kind, r) for r in context.ranges[kind]]
            for kind in KINDS
            if context.ranges[kind]
        }
        if numbers:  # an empty one is a 400
            body["contextnumbers"] = numbers
        self._write("add", context.name, body)
        change.made = context.name

    def update(self, change: ContextChange) -> None:
        before, after, fields = must(change.before), must(change.after), change.fields
        context = {_PHP_FIELD[f]: getattr(after, f) for f in fields if f in _PHP_FIELD}
        # Never without an entity: one that was made by REST has none, and cannot be edited so.
        context["entity"] = after.entity
        # Never without the includes: an edit that leaves them out deletes them.
        body: dict[str, t.Any] = {"context": context, "contextinclude": list(after.includes)}
        changed = [kind for kind in KINDS if option_of(kind) in fields]
        if changed and not any(after.ranges[kind] for kind in KINDS):
            body["contextnumbers"] = None
        elif changed:
            body["contextnumbers"] = {PHP_KIND[k]: _php_list(k, before, after) for k in changed}
        self._write("edit", before.name, body)

    def delete(self, change: ContextChange) -> None:
        self._write("delete", must(change.before).name)

    def _write(self, act: str, name: str, body: Any = None) -> None:
        try:
            self.server.act(CONTEXTS, act, f"the context '{name}'", name, body)
        except UncertainError as error:
            if act == "delete" and error.status == 500:
                text = " It does so when queues, agents, rooms or trunks were put into the context in its web page."
                raise UncertainError(error.text + text, error.status) from error
            raise


def _php_range(kind: str, number_range: Range) -> dict[str, t.Any]:
    # The end is always there: without it, an edit keeps the one that was stored at this place.
    end = "" if number_range.end == number_range.start else number_range.end
    row: dict[str, t.Any] = {"numberbeg": number_range.start, "numberend": end}
    if kind == "incall":
        row["didlength"] = number_range.did_length
    return row


def _php_list(kind: str, before: Context, after: Context) -> list[dict[str, t.Any]] | None:
    """Return what turns the stored ranges of a kind into the wanted ones: an edit merges place by place."""
    rows = [_php_range(kind, r) for r in after.ranges[kind]]
    if not rows:
        return None
    stored = (before.raw or {}).get(kind, len(before.ranges[kind]))
    return rows + [{"numberbeg": "", "numberend": ""}] * (stored - len(rows))

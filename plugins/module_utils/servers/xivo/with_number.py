# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has one number on a XiVO, through its web service.

The web service makes and deletes the number together with its owner, and gives no reason for a refusal.
"""

from __future__ import annotations

import re
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.text.converters import to_text

from ...dialplan.names import suggest
from ...errors import must
from ...kinds.base import Service
from ...kinds.with_number import E, W
from .webservice import CONNECTIONS

if TYPE_CHECKING:
    import typing as t

    from ...kinds.base import Change
    from ...kinds.state import State
    from ...kinds.with_number import WithNumber
    from ..confd.extensions import ConfdNumbers
    from .webservice import XivoWebserviceServer

_NAME = re.compile(r"^[a-zA-Z0-9_.-]+\Z")
_RESERVED = ("general", "global", "globals")


def name_problems(resource: WithNumber, noun: str, maximum: int) -> list[str]:
    """Say why a XiVO could not have a resource of this name."""
    if not _NAME.match(resource.name) or len(resource.name) > maximum:
        return [
            f"The name '{resource.name}' of a {noun} may hold only the letters a-z and A-Z, digits, '.', '_' and '-' "
            f"on XiVO, at most {maximum}. Write name: '{suggest(resource.name)}'."
        ]
    if resource.name.lower() in _RESERVED:
        return [f"The name '{resource.name}' is reserved by the telephone system itself; choose another one."]
    return []


class WebserviceWithNumber(Service[W, E]):
    """``number_key`` is what the API calls the number, ``maximum`` how many characters a name may have."""

    leaves_number = False
    noun = ""
    path = ""
    number_key = ""
    maximum = 0
    server: XivoWebserviceServer

    def __init__(self, server: Any, state: State) -> None:
        super().__init__(server, state)
        self.numbers: ConfdNumbers = state.numbers

    def stored_name(self, name: str) -> str:
        return name.lower()

    def problems(self, resource: W) -> list[str]:
        return name_problems(resource, self.noun, self.maximum)

    def resource_of(self, row: t.Mapping[str, t.Any], **parts: t.Any) -> W:
        raise NotImplementedError

    def listed(self) -> list[W]:
        return [
            self.resource_of(
                row,
                name=to_text(row["name"]),
                id=int(row["id"]),
                context=row["context"] or None,
                exten=row[self.number_key] or None,
                raw=row,
            )
            for row in self.server.rows(self.path, f"the {self.noun}s")
        ]

    def view(self, resource: W) -> dict[str, t.Any]:
        """Return all that the web service shows of one, which is more than it lists."""
        return self.server.view(self.path, resource.id, f"the {resource.name}")

    def viewed(self, resource: W, view: dict[str, t.Any]) -> W:
        raise NotImplementedError

    def details(self, resources: t.Sequence[W]) -> list[W]:
        if len(resources) < 2:
            views = [self.view(resource) for resource in resources]
        else:
            with ThreadPool(min(CONNECTIONS, len(resources))) as pool:
                views = pool.map(self.view, resources)
        return [self.viewed(resource, view) for resource, view in zip(resources, views)]

    def act(self, act: str, before: W | None, after: W | None, body: t.Any = None) -> None:
        resource = must(before if before is not None else after)
        self.server.act(self.path, act, f"the {self.noun} '{resource.name}'", resource.id, body)
        self.state.done.append(f"{act} the {self.noun}")
        old, new = ((r.exten, r.context) if r is not None else (None, None) for r in (before, after))
        self.numbers.moved(old, new, f"the {self.noun} {resource.name}")

    def clear_number(self, change: Change[W, E]) -> None:
        """The web service makes the number itself, and refuses one that is there already although nobody's."""
        before, after = change.before, must(change.after)
        if before is None or (before.exten, before.context) != (after.exten, after.context):
            self.numbers.clear(after.exten, after.context, "the unused extension")

    def delete(self, change: Change[W, E]) -> None:
        self.act("delete", must(change.before), None)

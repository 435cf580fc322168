# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has one number on a confd: it is an extension of its own, which is associated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...errors import must
from ...kinds.base import Change
from ...kinds.with_number import E, W
from .service import ConfdService

if TYPE_CHECKING:
    import typing as t

    from ...kinds.state import State
    from .extensions import ConfdNumbers


class ConfdWithNumber(ConfdService[W, E]):
    """``noun`` is what people call the kind, ``path`` where the API has it."""

    noun = ""
    path = ""

    def __init__(self, server: Any, state: State) -> None:
        super().__init__(server, state)
        self.numbers: ConfdNumbers = state.numbers

    def key(self, resource: W) -> t.Any:
        return resource.id

    def body(self, before: W | None, after: W) -> dict[str, t.Any]:
        """Return the fields that a request must carry; nothing where none changes."""
        raise NotImplementedError

    def resource_of(self, item: t.Mapping[str, t.Any]) -> W:
        """Return a resource without its number."""
        raise NotImplementedError

    def listed(self) -> list[W]:
        found = []
        for item in self.items(self.path):
            extension = item["extensions"][0] if item["extensions"] else {}
            found.append(
                replace(
                    self.resource_of(item),
                    id=item["id"],
                    context=extension.get("context"),
                    exten=extension.get("exten"),
                    extension_id=extension.get("id"),
                    raw=item,
                )
            )
        return found

    def create(self, change: Change[W, E]) -> None:
        after = must(change.after)
        made = self.write(f"make the {self.noun}", "POST", self.path, self.body(None, after))
        change.made = made["id"]
        new = replace(after, id=made["id"], uuid=made.get("uuid"))
        if new.exten is not None:
            self.give_number(new)
        self.put_members(None, new)

    def update(self, change: Change[W, E]) -> None:
        before, after = must(change.before), must(change.after)
        body = self.body(before, after)
        if body:
            self.write(f"change the {self.noun}", "PUT", f"{self.path}/{self.key(before)}", body)
        if after.exten is not None and (before.exten, before.context) != (after.exten, after.context):
            if before.extension_id is None:
                self.give_number(after)
            else:
                self.numbers.move(before.extension_id, after.exten, must(after.context), f"the {self.noun}")
        self.put_members(before, after)

    def put_members(self, before: W | None, after: W) -> None:
        """Set the members, of a kind that has some."""

    def give_number(self, resource: W) -> None:
        identity = self.make_number(resource)
        path = f"{self.path}/{self.key(resource)}/extensions/{identity}"
        self.write(f"give it the number {resource.exten}", "PUT", path)
        self.numbers.taken(identity, must(resource.exten), must(resource.context), f"the {self.noun}")

    def make_number(self, resource: W) -> int:
        there = self.numbers.unowned(resource.exten, resource.context)
        if there is not None:
            return int(there.id)
        body = {"exten": resource.exten, "context": resource.context}
        return int(self.write(f"make the extension {resource.exten}", "POST", "/extensions", body)["id"])

    def delete(self, change: Change[W, E]) -> None:
        self.remove_leftover(change)
        before = change.before
        if before is None:
            return
        # The owner last: by its name a run that finishes what was cut off finds it, and so knows of the number.
        path = f"{self.path}/{self.key(before)}"
        if before.extension_id is not None:
            self.write(f"take the number {before.exten} away", "DELETE", f"{path}/extensions/{before.extension_id}")
            self.numbers.delete(before.extension_id, before.exten)
        self.write(f"delete the {self.noun}", "DELETE", path)

    def remove_leftover(self, change: Change[W, E]) -> None:
        """Delete a number that nobody has, before the owner, by which a run that was cut off knows of it."""
        if change.leftover is not None:
            self.numbers.delete(change.leftover.id, change.leftover.exten, "the unused extension")

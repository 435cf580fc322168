# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every server does for contexts: no number is taken from under a telephone, and no name from another tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dialplan.contexts import NAMES_MADE, Context
from ..dialplan.usage import EVERYTHING, NUMBERED, hurt_by, text_of
from ..errors import InputError, TelephonyError, must, some
from ..kinds.base import CREATE, DELETE, UPDATE, Service
from ..kinds.contexts import ContextDeclaration, lost

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.usage import Use
    from ..kinds.base import Change

    ContextChange = Change[Context, ContextDeclaration]

_WORDS = {DELETE: "be deleted", UPDATE: "lose numbers"}


class ContextService(Service[Context, ContextDeclaration]):
    includes_apart = True
    # What a context that is to be deleted must be free of, whatever is forced.
    kept_by: tuple[str, ...] = ()

    @property
    def takes_twins(self) -> bool:
        # Else names are unique, and the server refuses the second.
        return bool(self.server.names == NAMES_MADE)

    def listed(self) -> list[Context]:
        found: list[Context] = self.server.contexts()
        return found

    def taken(self, names: t.Collection[str]) -> set[str]:
        """Return which names of new contexts are taken where they are not seen: in another tenant."""
        return set()

    def check(self, changes: t.Sequence[ContextChange]) -> None:
        (self._check_kept if self.state.policy.force else self._check_use)(changes)
        new = [must(change.after).name for change in changes if change.action == CREATE]
        taken = self.taken(new) if new else set()
        if taken:
            raise InputError(
                f"Taken by contexts of another tenant: {some(sorted(taken))}. On this server names are unique over all "
                "tenants; choose others, or give that tenant as the option tenant."
            )

    def _check_use(self, changes: t.Sequence[ContextChange]) -> None:
        """Raise InputError where numbers, or whole contexts, are taken away that somebody uses.

        Nothing is asked where nothing is taken away.
        """
        takers = [
            change
            for change in changes
            if change.before
            and not change.by_server
            and (change.action == DELETE or (change.action == UPDATE and lost(change.before, change.after)))
        ]
        if not takers:
            return
        contexts = [must(change.before) for change in takers]
        names = [f"'{self.state.directory.handle(context)}'" for context in contexts]
        try:
            uses = self.server.uses(
                contexts, EVERYTHING if any(change.action == DELETE for change in takers) else NUMBERED
            )
        except TelephonyError as error:
            raise InputError(
                f"This task takes numbers away from {some(names)}, and it could not be found out who uses them: "
                f"{error.text} Give the account that right or that address, or set force: true if you know that nobody "
                "does."
            ) from error
        there = _by_context(uses)
        problems = []
        for change, context, name in zip(takers, contexts, names):
            hurt = hurt_by(context, change.after, there.get(context.name, ()))
            if hurt:
                problems.append(
                    f"Context {name} cannot {_WORDS[change.action]}, because it is in use: {self._told(hurt)}."
                )
        if problems:
            raise InputError([*problems, "Move or delete these first, or set force: true to do it all the same."])

    def _check_kept(self, changes: t.Sequence[ContextChange]) -> None:
        """Raise InputError where contexts are deleted that the server does not let go, whatever is forced."""
        gone = [must(change.before) for change in changes if change.action == DELETE]
        if not gone or not self.kept_by:
            return
        try:
            there = _by_context(self.server.uses(gone, self.kept_by))
        except TelephonyError:
            return  # it has the last word
        problems = [
            f"Context '{self.state.directory.handle_of_name(name)}' cannot be deleted, by force neither, for this "
            f"server keeps one that is in use: {self._told(inside)}."
            for name, inside in there.items()
        ]
        if problems:
            raise InputError([*problems, "Move or delete these first."])

    def _told(self, uses: t.Sequence[Use]) -> str:
        return some([text_of(use) for use in self.server.named(uses)])


def _by_context(uses: t.Iterable[Use]) -> dict[str, list[Use]]:
    there: dict[str, list[Use]] = {}
    for use in uses:
        there.setdefault(use.context, []).append(use)
    return there

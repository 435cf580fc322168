# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No number is taken from under a telephone: looking who uses what a plan takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dialplan.usage import EVERYTHING, NUMBERED, hurt_by, text_of
from ..errors import InputError, TelephonyError, must, some
from ..kinds.base import CREATE, DELETE, UPDATE
from ..kinds.contexts import lost

if TYPE_CHECKING:
    from ..dialplan.usage import Use
    from ..kinds.contexts import Plan
    from ..servers.base import Server


def check_use(server: Server, plan: Plan) -> None:
    """Raise InputError where a plan takes numbers, or whole contexts, that somebody uses.

    Nothing is asked for a plan that takes nothing away.
    """
    takers = [
        change
        for change in plan.changes
        if change.before
        and not change.by_server
        and (change.action == DELETE or (change.action == UPDATE and lost(change.before, change.after)))
    ]
    if not takers:
        return
    names = [f"'{change.name_in(plan)}'" for change in takers]
    try:
        uses = server.uses(
            [change.before for change in takers if change.before],
            EVERYTHING if any(change.action == DELETE for change in takers) else NUMBERED,
        )
    except TelephonyError as error:
        raise InputError(
            "This task takes numbers away from %s, and it could not be found out who uses them: %s "
            "Give the account that right or that address, or set force: true if you know that nobody does."
            % (some(names), error.text)
        ) from error
    there: dict[str, list[Use]] = {}
    for use in uses:
        there.setdefault(use.context, []).append(use)
    problems = []
    for change, name in zip(takers, names):
        hurt = hurt_by(must(change.before), change.after, there.get(change.name, ()))
        if hurt:
            problems.append(
                "Context %s cannot %s, because it is in use: %s."
                % (name, _WORDS[change.action], some([text_of(use) for use in server.named(hurt)]))
            )
    if problems:
        problems.append("Move or delete these first, or set force: true to do it all the same.")
        raise InputError(problems)


def check_kept(server: Server, plan: Plan) -> None:
    """Raise InputError where a plan deletes contexts that the server does not let go, whatever is forced."""
    gone = {change.name: change for change in plan.changes if change.action == DELETE}
    if not gone or not server.keeps_contexts:
        return
    try:
        uses = server.uses([must(change.before) for change in gone.values()], server.keeps_contexts)
    except TelephonyError:
        return  # it has the last word
    there: dict[str, list[Use]] = {}
    for use in uses:
        there.setdefault(use.context, []).append(use)
    problems = [
        "Context '%s' cannot be deleted, by force neither, for this server keeps one that is in use: %s."
        % (gone[name].name_in(plan), some([text_of(use) for use in server.named(inside)]))
        for name, inside in there.items()
    ]
    if problems:
        raise InputError([*problems, "Move or delete these first."])


def check_taken(server: Server, plan: Plan) -> None:
    """Raise InputError where a plan makes contexts of names that are taken in another tenant."""
    new = [change.name for change in plan.changes if change.action == CREATE]
    taken = server.taken(new) if new else set()
    if taken:
        raise InputError(
            "Taken by contexts of another tenant: %s. On this server names are unique over all tenants; choose others, "
            "or give that tenant as the option tenant." % some(sorted(taken))
        )


_WORDS = {DELETE: "be deleted", UPDATE: "lose numbers"}

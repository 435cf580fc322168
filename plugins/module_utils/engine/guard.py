# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No number is taken from under a telephone: looking who uses what a plan takes away."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ..domain.plan import DELETE, UPDATE, lost, some
from ..domain.usage import EVERYTHING, NUMBERED, hurt_by, text_of
from ..errors import InputError, TelephonyError

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from ..domain.plan import Plan  # noqa: F401
    from ..domain.usage import Use  # noqa: F401
    from ..servers.base import Server  # noqa: F401


def check_use(server, plan):
    # type: (Server, Plan) -> None
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
    names = ["'%s'" % change.name_in(plan) for change in takers]
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
        )
    there = {}  # type: t.Dict[str, t.List[Use]]
    for use in uses:
        there.setdefault(use.context, []).append(use)
    problems = []
    for change, name in zip(takers, names):
        hurt = hurt_by(change, there.get(change.name, ()))
        if hurt:
            problems.append(
                "Context %s cannot %s, because it is in use: %s."
                % (name, _WORDS[change.action], some([text_of(use) for use in hurt]))
            )
    if problems:
        problems.append("Move or delete these first, or set force: true to do it all the same.")
        raise InputError(problems)


_WORDS = {DELETE: "be deleted", UPDATE: "lose numbers"}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, groups, conference rooms and incoming calls that other runs make at the same moment.

As with contexts (see apply), the one with the lowest id stays; who made another takes that one away, and goes on with
the one that stays. In between, a number can be refused because another run has just taken it; then the next one is
chosen, or it is waited for.
"""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from ..errors import AmbiguousError, RequestError, TelephonyError, UncertainError
from .apply import PAUSES

if TYPE_CHECKING:
    import typing as t

    T = t.TypeVar("T")

TRIES = 30  # of a number that others take at the same moment


def was_first(error: RequestError) -> bool:
    """Tell whether a server refused something, and did nothing, because somebody else has it already."""
    if isinstance(error, UncertainError) and error.status not in (400, 500):
        return False
    return any(
        words in error.text for words in ("already exists", "is associated with", "is taken by", "at the same moment")
    )


class Meeting:
    """One that this run is making, and what other runs make of it. ``wait`` is given seconds."""

    wait: t.Callable[[float], None]

    def look(self) -> tuple[int | None, list[int]]:
        """Read again, and return the id of what this run made, if it is there, and those of the others."""
        raise NotImplementedError

    def give_way(self) -> None:
        """Take away what this run made."""
        raise NotImplementedError

    def finish(self, write: bool) -> bool:
        """Plan again of what was read. Return whether nothing is left to do; with ``write``, do what is."""
        raise NotImplementedError

    def settle(self) -> None:
        """Bring it to an end: one is there, as it was to be. Raises TelephonyError."""
        pauses = list(PAUSES)
        tries = 0
        while True:
            own, others = self.look()
            if own is not None and others and min(others) < own:
                self.give_way()
                continue
            problem: TelephonyError | None = None
            try:
                if (own is None or not others) and self.finish(write=not others or not pauses):
                    return
            except AmbiguousError as error:
                problem = error
            except RequestError as error:
                tries += 1
                if others or tries > TRIES or not was_first(error):
                    raise
                # Somebody was faster with the number. By chance, not all try again at once.
                self.wait(0.02 + SystemRandom().random() * 0.2)
                continue
            if not pauses:
                raise problem or TelephonyError(
                    "Another run made the same at the same moment, and is not done with it; it may have been cut off. "
                    "Run the task again once it is."
                )
            self.wait(pauses.pop(0))


def once_clear(plan: t.Callable[[], T], again: t.Callable[[], None], wait: t.Callable[[float], None]) -> T:
    """Return a plan; where several are meant by the same words, look again for some seconds."""
    for pause in PAUSES[:6]:
        try:
            return plan()
        except AmbiguousError:
            wait(pause)
            again()
    return plan()

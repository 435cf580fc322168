# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a plan: the one place where resources are written."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING, Any

from ..errors import (
    AmbiguousError,
    PartialError,
    RequestError,
    ServiceDownError,
    TelephonyError,
    UncertainError,
    must,
    some,
)
from ..kinds.base import CREATE, DELETE, UNCHANGED, UPDATE, in_order

if TYPE_CHECKING:
    import typing as t

    from ..kinds.base import Change, Kind
    from ..kinds.state import State

    T = t.TypeVar("T")

# Seconds between the looks at what another run is about to take away: about 25 in all.
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
TRIES = 30  # of a number that others take at the same moment


class Execution:
    """A plan of one kind being carried out, one resource after the other.

    ``warnings`` tell what was done although the server said otherwise. ``go_on`` makes it go on with the others when a
    write fails.

    Another run may be making the same at the same moment. Of those that have come since the plan, the one with the
    lowest id stays: who made another deletes that one, and goes on with the one that stays. Nobody deletes what another
    run made, and the lowest is deleted by nobody: so one stays, whatever comes in between. In between, a number can be
    refused because another run has just taken it; then the next one is chosen, or it is waited for.
    """

    def __init__(
        self,
        kind: Kind[Any, Any],
        state: State,
        changes: t.Sequence[Change[Any, Any]],
        warnings: list[str],
        go_on: bool,
    ) -> None:
        self.kind = kind
        self.state = state
        self.service = state.service(kind.name)
        self.changes = changes
        self.warnings = warnings
        self.go_on = go_on
        self.wait: t.Callable[[float], None] = state.server.session.wait
        # What was there when it was planned.
        self.old = {resource.id for resource in state.resources(kind.name)}
        self.done: list[str] = []
        self.whole: list[str] = []
        self.left: list[str] = []
        self.failures: list[str] = []

    def run(self) -> list[Any]:
        """Make every write, read back, and return the resources as the server then shows them.

        Raises PartialError when a write fails, or when the server shows something else than what was written.
        """
        for change in self.changes:
            if change.before is not None and self.service.keeps_id:
                change.declared.id = change.before.id
        for change in in_order(self.kind, self.changes):
            if self.failures and not self.go_on:
                self.left.append(change.text)
            else:
                self._carry_out(change)
        if self.failures:
            raise self._stopped()
        return self._verify()

    def _carry_out(self, change: Change[Any, Any]) -> None:
        steps: list[str] = []
        self.state.done = steps
        try:
            try:
                self._write(change)
            except RequestError as error:
                # The web service of a XiVO gives no reason: its 400 may mean just that.
                unexplained = change.action == CREATE and isinstance(error, UncertainError) and error.status == 400
                if change.action != DELETE and (unexplained or was_first(error)):
                    self._settle(change, error)
                elif isinstance(error, UncertainError):
                    self._once_more(change, error)
                else:
                    raise
        except TelephonyError as error:
            text = f"{change.text}: {error.text}"
            alone = len(self.changes) == 1
            if steps:
                text += f" {'Done' if alone else 'Done for it'}: {', '.join(steps)}."
            self.failures.append(text)
            self.left.append(change.text)
            self.done += steps if alone else [f"{change.text}: {step}" for step in steps]
            if isinstance(error, ServiceDownError):
                self.go_on = False
        else:
            self.whole.append(change.text)
            self.done.append(change.text)

    def _write(self, change: Change[Any, Any]) -> None:
        {CREATE: self.service.create, UPDATE: self.service.update, DELETE: self.service.delete}[change.action](change)

    def _once_more(self, change: Change[Any, Any], error: UncertainError) -> None:
        """After an answer that does not tell: read, and do only what is then still missing, once."""
        self.state.forget()
        self.kind.keep_choices(change)
        again = self.kind.plan(self.state, [change.declared])[0]
        self.kind.complete(again, change)
        if again.action == UNCHANGED:
            self.warnings.append(f"{error.text} Reading back shows that it was done all the same.")
            self.state.done.append("the rest, which the server did in spite of its answer")
            return
        if self.kind.same(again, change):
            raise TelephonyError(f"{error.text} Reading back shows that it was not done.")
        self.warnings.append(f"{error.text} Reading back shows that it was done in part; the rest was done then.")
        self._write(again)

    def _stopped(self) -> PartialError:
        text = "\n".join(self.failures)
        if len(self.changes) > 1:
            text += f" Done: {some(self.whole)}. Not done: {some(self.left)}. Run the task again to finish it."
        elif self.done:
            text += " Run the task again to finish it."
        return PartialError(text, self.done, self.left)

    # Other runs

    def _meant_by(self, change: Change[Any, Any]) -> list[Any]:
        """Return those that came since the plan was made and are meant by what is declared of one that is new."""
        # Namesakes of the same task are told apart by their numbers.
        others = {other.made for other in self.changes if other is not change} - {None}
        fresh = [r for r in self.state.resources(self.kind.name) if r.id not in self.old and r.id not in others]
        return [r for r in fresh if r.id == change.made or self._is_among([r], change)]

    def _meet_others(self) -> None:
        """Look whether other runs made the same meanwhile: not every server minds two of one name."""
        created = [change for change in self.changes if change.made is not None and not change.settled]
        ours = {change.made for change in created}
        others = [r for r in self.state.resources(self.kind.name) if r.id not in self.old and r.id not in ours]
        for change in created if others else ():
            if self._is_among(others, change):
                self._settle(change, None)

    def _is_among(self, resources: list[Any], change: Change[Any, Any]) -> bool:
        try:
            return self.kind.match(self.state, resources, [change.declared])[0] is not None
        except AmbiguousError:
            return True

    def _settle(self, change: Change[Any, Any], error: RequestError | None) -> None:
        """Come to one resource with the other runs that make the same at this moment. Raises TelephonyError."""
        pauses = list(PAUSES)
        tries = 0
        while True:
            self.state.forget()
            found = self._meant_by(change)
            own = next((resource for resource in found if resource.id == change.made), None)
            others = [resource.id for resource in found if resource is not own]
            if own is not None and others and (min(others) < own.id or self.kind.gives_way(own)):
                self._give_way(change, own)
                continue
            problem: TelephonyError | None = None
            try:
                if (own is None or not others) and self._finish(change, error, write=not others or not pauses):
                    break
            except AmbiguousError as ambiguous:
                problem = ambiguous
            except RequestError as refused:
                tries += 1
                if others or tries > TRIES or not was_first(refused):
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
        change.settled = True

    def _give_way(self, change: Change[Any, Any], own: Any) -> None:
        """Take away what this run made."""
        going = self.kind.plan(self.state, [self.kind.gone(own)])[0]
        going.leftover = None  # a number that nobody has may be one that another run is about to give
        self.service.delete(going)
        change.made = None
        self.warnings.append(
            f"Another run made {change.declared.text} at the same moment; its own stays, and what this run had made "
            "was deleted again."
        )

    def _finish(self, change: Change[Any, Any], error: RequestError | None, write: bool) -> bool:
        """Plan again of what was read. Return whether nothing is left to do; with ``write``, do what is."""
        again = self.kind.plan(self.state, [change.declared])[0]
        if again.action == UPDATE:
            self.kind.complete(again, change)
        if again.action == UNCHANGED:
            change.after = again.after
            return True
        same_place = self.kind.holds(must(again.after)) == self.kind.holds(must(change.after))
        if error and same_place and self.kind.same(again, change):
            raise TelephonyError(error.text)
        if write:
            change.after = again.after
            try:
                self._write(again)
            finally:
                change.made = again.made or change.made
        return False

    # Reading back

    def _verify(self) -> list[Any]:
        self.state.forget()
        declared = [change.declared for change in self.changes]
        try:
            self._meet_others()
            found = once_clear(
                lambda: self.kind.match(self.state, self.state.resources(self.kind.name), declared),
                self.state.forget,
                self.wait,
            )
            found = self._with_details(found)
        except TelephonyError as error:
            raise PartialError(
                f"Everything was written, but could not be read back: {error.text}", self.done, []
            ) from error
        wrong: list[str] = []
        for change, resource in zip(self.changes, found):
            if change.settled and resource is not None:
                continue  # planned again, and nothing left to do
            text = change.declared.text
            if change.after is None:
                wrong += [f"{text} was deleted and is still there"] if resource is not None else []
            elif resource is None:
                wrong.append(f"{text} was written and is not there")
            else:
                wrong += [f"the {name} of {text}" for name in self.kind.unlike(change.after, resource)]
        if wrong:
            raise PartialError(
                f"The server took everything, but shows something else now: {some(wrong)}. Somebody else may be "
                "changing it, or it does not keep such values.",
                self.done,
                [],
            )
        return [resource if change.after else None for change, resource in zip(self.changes, found)]

    def _with_details(self, found: list[Any]) -> list[Any]:
        there = iter(self.service.details([resource for resource in found if resource is not None]))
        return [None if resource is None else next(there) for resource in found]


def was_first(error: RequestError) -> bool:
    """Tell whether a server refused something, and did nothing, because somebody else has it already."""
    if isinstance(error, UncertainError) and error.status not in (400, 500):
        return False
    return any(
        words in error.text for words in ("already exists", "is associated with", "is taken by", "at the same moment")
    )


def once_clear(plan: t.Callable[[], T], again: t.Callable[[], None], wait: t.Callable[[float], None]) -> T:
    """Return a plan; where several are meant by the same words, look again for some seconds."""
    for pause in PAUSES[:6]:
        try:
            return plan()
        except AmbiguousError:
            wait(pause)
            again()
    return plan()

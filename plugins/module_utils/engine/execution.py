# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a plan: the one place where resources are written."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING, Any

from ..errors import (
    AmbiguousError,
    InputError,
    PartialError,
    RequestError,
    ServiceDownError,
    TelephonyError,
    UncertainError,
    must,
    some,
)
from ..kinds.base import CREATE, DELETE, INCLUDE, UNCHANGED, UPDATE, Write

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
        # The changes of which a write was not made, and those among them whose resource is not there.
        self._not_written: set[int] = set()
        self._not_made: set[int] = set()
        self._is_alone = False
        # Whether nothing was written since it was read, and what was read between two rounds, by id.
        self._is_fresh = False
        self._seen: dict[Any, Any] = {}

    def run(self) -> list[Any]:
        """Make every write, read back, and return the resources as the server then shows them.

        Raises PartialError when a write fails, or when the server shows something else than what was written.
        """
        for change in self.changes:
            if change.before is not None and self.service.keeps_id:
                change.declared.id = change.before.id
        rounds = [writes for writes in self.kind.writes(self.state, self.changes) if writes]
        self._is_alone = len(self.changes) == 1 and sum(len(writes) for writes in rounds) == 1
        for number, writes in enumerate(rounds, 1):
            for write in writes:
                if (self.failures and not self.go_on) or self._needs_what_failed(write):
                    self._leave(write)
                else:
                    self._carry_out(write)
            created = [write for write in writes if write.action == CREATE and write.change.made is not None]
            if created and self.kind.is_made_whole and self.service.takes_twins:
                self._look_between(created, "Everything" if number == len(rounds) else "Everything new")
        if self.failures:
            raise self._stopped()
        return self._verify()

    def _carry_out(self, write: Write[Any, Any]) -> None:
        change = write.change
        steps: list[str] = []
        self.state.done = steps
        try:
            try:
                if not self._is_written_already(write):
                    self._write(write)
            except RequestError as error:
                # The web service of a XiVO gives no reason: its 400 may mean just that.
                unexplained = write.action == CREATE and isinstance(error, UncertainError) and error.status == 400
                # A number that it was about to have may go with what another run made, and takes away again.
                taken_away = write.action == CREATE and change.made is not None and error.status == 404
                if write.action in (CREATE, UPDATE) and (unexplained or taken_away or was_first(error)):
                    self._settle(change, error, write)
                elif isinstance(error, UncertainError):
                    self._once_more(write, error)
                else:
                    raise
        except TelephonyError as error:
            self._fail(write, error, steps)
        else:
            self.whole.append(write.text)
            self.done.append(write.text)

    def _fail(self, write: Write[Any, Any], error: TelephonyError, steps: t.Sequence[str] = ()) -> None:
        text = f"{write.text}: {error.text}"
        if steps:
            text += f" {'Done' if self._is_alone else 'Done for it'}: {', '.join(steps)}."
        self.failures.append(text)
        self._leave(write)
        self.done += steps if self._is_alone else [f"{write.text}: {step}" for step in steps]
        if isinstance(error, ServiceDownError):
            self.go_on = False

    def _leave(self, write: Write[Any, Any]) -> None:
        self.left.append(write.text)
        self._not_written.add(id(write.change))
        if write.action == CREATE:
            self._not_made.add(id(write.change))

    def _needs_what_failed(self, write: Write[Any, Any]) -> bool:
        """Tell whether a write builds on one that was not made: of the same change, or of what this one refers to."""
        if not self._not_written or write.action == DELETE:
            return False
        if id(write.change) in self._not_written:
            return True
        needs = write.change.needs.values() if "includes" in write.fields else ()
        return any(id(need) in self._not_made for need in needs)

    def _write(self, write: Write[Any, Any]) -> None:
        self._is_fresh = False
        change = write.change
        {
            CREATE: self.service.create,
            UPDATE: self.service.update,
            INCLUDE: self.service.include,
            DELETE: self.service.delete,
        }[write.action](change)

    def _write_all(self, change: Change[Any, Any]) -> None:
        """Make every write of one change."""
        for writes in self.kind.writes(self.state, [change]):
            for write in writes:
                self._write(write)

    def _read(self) -> None:
        """Read again what is there of the kind, and what is known besides."""
        self.state.forget(self.kind.rests_on)
        self._is_fresh = True

    def _once_more(self, write: Write[Any, Any], error: UncertainError) -> None:
        """After an answer that does not tell: read, and do only what is then still missing, once."""
        change = write.change
        try:
            self._read()
            self.kind.keep_choices(change)
            again = self.kind.plan_again(self.state, change, write)
        except InputError:
            raise
        except TelephonyError as second:
            raise TelephonyError(
                f"{error.text} Reading back failed too: {second.text} Whether it was done is not known."
            ) from second
        self.kind.complete(again, change)
        if write.action == CREATE and again.action != CREATE:
            change.found = again.id  # who made it is not known
        if again.action == UNCHANGED:
            self.warnings.append(f"{error.text} Reading back shows that it was done all the same.")
            self.state.done.append("the rest, which the server did in spite of its answer")
            return
        if self.kind.same(again, self.kind.part(change, write)):
            raise TelephonyError(f"{error.text} Reading back shows that it was not done.")
        if again.action == CREATE and write.action != CREATE and self.service.keeps_id:
            raise TelephonyError(
                f"{error.text} Reading back shows that it is gone: somebody else deleted it meanwhile."
            )
        self.warnings.append(f"{error.text} Reading back shows that it was done in part; the rest was done then.")
        if not self.state.done:
            self.state.done.append("what was asked first, which the server did in spite of its answer")
        self._write(Write(again, INCLUDE if write.action == INCLUDE else again.action, again.fields))

    def _stopped(self) -> PartialError:
        text = "\n".join(self.failures)
        if self.done:
            if not self._is_alone:
                text += f" Done: {some(self.whole)}. Not done: {some(self.left)}."
            text += " Run the task again to finish it."
        elif len(self.left) > 1:
            text += f" Nothing was done of: {some(self.left)}."
        return PartialError(text, self.done, self.left)

    # Other runs

    def _look_between(self, created: t.Sequence[Write[Any, Any]], written: str) -> None:
        """Look whether another run has made the same meanwhile, before what was made is referred to."""
        ours = {write.change.made for write in created}
        if self._may_be_coming(ours):
            self.wait(PAUSES[1])
        try:
            self._read()
            seen = self.state.resources(self.kind.name)
        except TelephonyError as error:
            self.failures.append(
                f"{written} was written, but could not be read back: {error.text} Whether another run made the same at "
                "the same moment is not known."
            )
            return
        others = [r for r in seen if r.id not in self.old and r.id not in ours]
        doubled = self._found_among(others, [write.change for write in created])
        late = {
            id(change) for change in doubled if self._found_among([r for r in others if r.id < change.made], [change])
        }
        problems = self._take_away([change for change in doubled if id(change) in late])
        for write in [write for write in created if id(write.change) in late]:
            try:
                if id(write.change) in problems:
                    raise problems[id(write.change)]
                self._settle(write.change, None, write)
            except TelephonyError as error:
                # It is not there any more, or not as it was declared.
                self.whole.remove(write.text)
                self.done.remove(write.text)
                self._fail(write, error)
        self._seen = {r.id: r for r in self.state.resources(self.kind.name)}

    def _may_be_coming(self, ours: t.Collection[int]) -> bool:
        """Tell whether ids before ours went to somebody else: one has its id a moment before it can be seen."""
        last = max(self.old, default=0)
        return max(ours) - last > sum(1 for one in ours if one > last)

    def _is_written_already(self, write: Write[Any, Any]) -> bool:
        """Tell whether nothing is left to write, as far as that was seen between two rounds. Raises RequestError where
        somebody else changed meanwhile what this would replace."""
        change = write.change
        found = self._seen.get(change.id) if write.action in (UPDATE, INCLUDE) else None
        wanted = self.kind.wanted(self.state, change) if found is not None else None
        if found is None or wanted is None:
            return False
        to_write = [name for name in self.kind.unlike(wanted, found) if name in write.fields]
        changed = self.kind.changed_meanwhile(change.before, found)
        touched = [name for name in to_write if name in changed]
        if touched:
            raise RequestError(
                "Somebody else changed it meanwhile, and it was left as it is now: "
                f"{self.kind.contrast(self.state, change, found, touched)}."
            )
        return not to_write

    def _meant_by(self, change: Change[Any, Any]) -> list[Any]:
        """Return those that came since the plan was made and are meant by what is declared of one that is new."""
        # Namesakes of the same task are told apart by their numbers.
        others = {other.made for other in self.changes if other is not change} - {None}
        fresh = [r for r in self.state.resources(self.kind.name) if r.id not in self.old and r.id not in others]
        return [r for r in fresh if r.id == change.made or self._found_among([r], [change])]

    def _meet_others(self) -> None:
        """Look whether other runs made the same meanwhile: not every server minds two of one name."""
        created = [change for change in self.changes if change.made is not None and not change.settled]
        ours = {change.made for change in created}
        others = [r for r in self.state.resources(self.kind.name) if r.id not in self.old and r.id not in ours]
        twins = self._found_among(others, created)
        problems = self._take_away(twins)
        for change in twins:
            if id(change) in problems:
                raise problems[id(change)]
            self._settle(change, None)

    def _take_away(self, changes: t.Sequence[Change[Any, Any]]) -> dict[int, TelephonyError]:
        """Take away first all that must go: nobody waits for one of several while others wait for another of them.

        Returns what went wrong, by the identity of the change."""
        there = {r.id: r for r in self.state.resources(self.kind.name)} if changes else {}
        problems: dict[int, TelephonyError] = {}
        for change in changes:
            own = there.get(change.made)
            rivals = [r for r in self._meant_by(change) if r is not own]
            if own is None or not rivals or not self._gives_way(own, rivals):
                continue
            try:
                self._give_way(change, own)
            except TelephonyError as error:
                problems[id(change)] = error
        return problems

    def _found_among(self, resources: list[Any], changes: list[Change[Any, Any]]) -> list[Change[Any, Any]]:
        """Return the changes whose declaration means one of some resources, or several."""
        if not resources:
            return []
        try:
            found = self.kind.match(self.state, resources, [change.declared for change in changes])
        except AmbiguousError:
            if len(changes) == 1:
                return changes
            return [change for change in changes if self._found_among(resources, [change])]
        return [change for change, resource in zip(changes, found) if resource is not None]

    def _settle(
        self, change: Change[Any, Any], error: RequestError | None, write: Write[Any, Any] | None = None
    ) -> None:
        """Come to one resource with the other runs that make the same at this moment. Raises TelephonyError.

        With ``write``, only as far as that goes: more is written later."""
        pauses = list(PAUSES)
        tries = 0
        while True:
            if not self._is_fresh:
                self._read()
            found = self._meant_by(change)
            own = next((resource for resource in found if resource.id == change.made), None)
            others = [resource for resource in found if resource is not own]
            if own is not None and others and self._gives_way(own, others):
                self._give_way(change, own)
                continue
            if write is not None and own is not None and self.kind.is_made_whole:
                return  # it stays, and the others give way to it
            problem: TelephonyError | None = None
            try:
                may_write = not others or not pauses
                if (own is None or not others) and self._finish(change, error, write, may_write):
                    break
            except AmbiguousError as ambiguous:
                problem = ambiguous
            except RequestError as refused:
                tries += 1
                if others or tries > TRIES or not (was_first(refused) or refused.status == 404):
                    raise
                # Somebody was faster with the number, or took it away. By chance, not all try again at once.
                self.wait(0.02 + SystemRandom().random() * 0.2)
                self._is_fresh = False
                continue
            if not pauses:
                both = "; ".join(self.kind.described(resource) for resource in found)
                raise problem or TelephonyError(
                    "Another run made the same at the same moment, and is not done with it; it may have been cut off. "
                    f"There are several now: {both}. Run the task again once that run is done, or remove the other one."
                )
            self.wait(pauses.pop(0))
            self._is_fresh = False
        change.settled = not self.kind.is_made_whole

    def _gives_way(self, own: Any, others: t.Sequence[Any]) -> bool:
        return self.kind.gives_way(own) or min(other.id for other in others) < own.id

    def _give_way(self, change: Change[Any, Any], own: Any) -> None:
        """Take away what this run made."""
        used = self.kind.users_of(self.state, own)
        for tries in range(TRIES):
            try:
                if used:
                    raise RequestError(f"{some(used)} includes it already.")
                going = self.kind.plan(self.state, [self.kind.gone(self.state, own)])[0]
                self._is_fresh = False
                going.leftover = None  # a number that nobody has may be one that another run is about to give
                if going.action == DELETE:
                    self.service.delete(going)
                break
            except RequestError as error:
                if error.status == 404:
                    break
                if tries + 1 == TRIES or not was_first(error):
                    raise TelephonyError(
                        f"Another run made {change.declared.text} at the same moment, and its own stays. What this run "
                        f"had made ({self.kind.described(own)}) was to be deleted again, but: {error.text}"
                    ) from error
                # Another run has taken its number in the middle of this: it is not to go with it.
                self._read()
        change.made = None
        self.warnings.append(
            f"Another run made {change.declared.text} at the same moment; its own stays, and what this run had made "
            "was deleted again."
        )

    def _finish(
        self, change: Change[Any, Any], error: RequestError | None, write: Write[Any, Any] | None, may_write: bool
    ) -> bool:
        """Plan again of what was read. Return whether nothing is left to do; if this ``may_write``, do what is."""
        again = self.kind.plan_again(self.state, change, write)
        if again.action == UPDATE:
            self.kind.complete(again, change)
        if again.action == UNCHANGED:
            if error is not None and change.made is None:
                self.warnings.append(f"{error.text} It is there now as it is declared: another run made it meanwhile.")
            change.found = again.id
            if write is None or not self.kind.is_made_whole:
                change.after = again.after
            return True
        if again.action == UPDATE and self.kind.is_made_whole and change.made is None:
            unlike = self.kind.contrast(self.state, again, must(again.before), again.fields)
            if isinstance(error, UncertainError):
                raise TelephonyError(
                    f"{error.text} Reading back shows that it is there, and not as it was declared: {unlike}. It was "
                    "done in part, or another run made it at the same moment. Run the task again to change it."
                )
            raise TelephonyError(f"Another run made it at the same moment, and not alike: {unlike}. It was left so.")
        same_place = self.kind.holds(must(again.after)) == self.kind.holds(must(change.after))
        if error and same_place and self.kind.same(again, change):
            uncertain = " Reading back shows that it was not done." if isinstance(error, UncertainError) else ""
            raise TelephonyError(f"{error.text}{uncertain}")
        if may_write:
            change.after = again.after
            try:
                self._write_all(again)
            finally:
                change.made = again.made or change.made
        return False

    # Reading back

    def _verify(self) -> list[Any]:
        declared = [change.declared for change in self.changes]
        try:
            if not self._is_fresh:
                self._read()
                self.state.read(self.kind.name, self.service.read_back(self.changes))
            self._meet_others()
            found = once_clear(
                lambda: self.kind.match(self.state, self.state.resources(self.kind.name), declared),
                self._read,
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
            wanted = self.kind.wanted(self.state, change)
            if wanted is None:
                wrong += [f"{text} was deleted and is still there"] if resource is not None else []
            elif resource is None:
                wrong.append(f"{text} was written and is not there")
            else:
                unlike = self.kind.unlike(wanted, resource)
                wrong += [self.kind.contrast(self.state, change, resource, unlike)] if unlike else []
        if wrong:
            raise PartialError(
                f"The server took everything, but shows something else now: {some(wrong)}. Somebody else may be "
                "changing it, or it does not keep such values.",
                self.done,
                [],
            )
        return [resource if change.after is not None else None for change, resource in zip(self.changes, found)]

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

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a plan: the one place that writes contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain.contexts import Directory, differences
from ..domain.plan import CREATE, DELETE, UNCHANGED, UPDATE, some
from ..errors import PartialError, RequestError, ServiceDownError, TelephonyError, UncertainError, known

if TYPE_CHECKING:
    from ..domain.contexts import Context
    from ..domain.plan import Change, Plan
    from ..servers.base import Server

INCLUDES = "includes"
_WORDS = {CREATE: "create", UPDATE: "change", INCLUDES: "set the includes of", DELETE: "delete"}
NOT_DONE, DONE, HALF = "not done", "done", "half done"


class Step:
    """One write. ``handle`` is how a playbook calls the context."""

    def __init__(self, action: str, change: Change, handle: str) -> None:
        self.action = action
        self.change = change
        self.handle = handle

    def __str__(self) -> str:
        return f"{_WORDS[self.action]} '{self.handle}'"


def steps_of(plan: Plan, writes_includes: bool) -> list[Step]:
    """Return the writes in order: create, then change, then includes, then deletions.

    By then everything that is included exists, and what goes is included by nobody who stays.
    """
    changes = [change for change in plan.changes if not change.by_server]
    steps = [(CREATE, c) for c in changes if c.action == CREATE]
    steps += [(UPDATE, c) for c in changes if c.action == UPDATE and (c.own_fields or writes_includes)]
    if not writes_includes:
        for change in changes:
            after = change.after
            if (
                change.action == CREATE
                and after
                and after.includes
                or (change.action == UPDATE and "includes" in change.fields)
            ):
                steps.append((INCLUDES, change))
    steps += [(DELETE, c) for c in changes if c.action == DELETE]
    return [Step(action, change, change.name_in(plan)) for action, change in steps]


class Execution:
    """A plan being carried out. ``warnings`` tell what was done although the server said otherwise.

    ``go_on`` makes it go on with the other contexts when a write fails.
    """

    def __init__(self, server: Server, plan: Plan, go_on: bool = False) -> None:
        self.server = server
        self.plan = plan
        self.go_on = go_on
        self.failures: list[str] = []
        self.left: list[Step] = []
        self.warnings: list[str] = []
        self.done: list[Step] = []
        # The contexts of the plan, by the name that they have there, as the server knows them.
        self._live: dict[str, Context] = {c.name: c for c in plan.before.contexts}

    def run(self) -> Directory:
        """Make every write, read back, and return what the server then shows.

        Raises PartialError when a write fails, or when the server shows something else than what was written.
        """
        for step in steps_of(self.plan, self.server.writes_includes):
            if (self.failures and not self.go_on) or self._needs_what_failed(step):
                self.left.append(step)
                continue
            try:
                self._make(step)
            except UncertainError as error:
                self._settle(step, error)
            except ServiceDownError as error:
                self._fail(step, error.text)
                self.go_on = False
            except TelephonyError as error:
                self._fail(step, error.text)
            else:
                self.done.append(step)
        if self.failures:
            raise self._stopped()
        return self._verify()

    def _needs_what_failed(self, step: Step) -> bool:
        """Tell whether a step builds on one that was not made: of the same context, or of one that it includes."""
        left = {other.change.name for other in self.left}
        if step.change.name in left:
            return True
        missing = {other.change.name for other in self.left if other.action == CREATE}
        writes_includes = step.action == INCLUDES or (step.action != DELETE and self.server.writes_includes)
        return bool(writes_includes and step.change.after and not missing.isdisjoint(step.change.after.includes))

    def _fail(self, step: Step, text: str) -> None:
        self.failures.append(text)
        self.left.append(step)

    def _make(self, step: Step) -> None:
        before, after = step.change.before, step.change.after
        if step.action == CREATE:
            self._live[step.change.name] = self.server.create(known(after))
        elif step.action == UPDATE:
            fields = step.change.fields if self.server.writes_includes else step.change.own_fields
            self.server.update(known(before), known(after), fields)
        elif step.action == INCLUDES:
            includes = [self._live[name] for name in known(after).includes if name in self._live]
            self.server.set_includes(self._live[step.change.name], includes)
        else:
            self.server.delete(known(before))

    def _settle(self, step: Step, error: UncertainError) -> None:
        """After an answer that does not tell: read, then go on, or say how far it came."""
        try:
            seen = Directory(self.server.contexts(), self.server.names)
            verdict = self._verdict(step, seen)
        except TelephonyError as second:
            self._fail(step, f"{error.text} Reading back failed too: {second.text} Whether it was done is not known.")
            return
        if verdict != DONE:
            self._fail(step, f"{error.text} Reading back shows that it was {verdict}.")
            return
        self.done.append(step)
        self.warnings.append(f"{error.text} Reading back shows that it was done all the same.")

    def _verdict(self, step: Step, seen: Directory) -> str:
        before, after = step.change.before, step.change.after
        if step.action == CREATE:
            after = known(after)
            found = seen.find(after.name, after.label)
            if found is None or found.name in self.plan.before.by_name:
                return NOT_DONE
            self._live[after.name] = found
            return HALF if self._unlike(after, found, self.server.writes_includes) else DONE
        live = self._live[step.change.name]
        found = next((c for c in seen.contexts if c.key == live.key), None)
        if step.action == DELETE:
            return NOT_DONE if found else DONE
        after = known(after)
        if found is None:
            return "not possible any more: the context is gone"
        if step.action == INCLUDES:
            return NOT_DONE if "includes" in self._unlike(after, found, True) else DONE
        if not self._unlike(after, found, self.server.writes_includes):
            return DONE
        return HALF if before and self._unlike(before, found, self.server.writes_includes) else NOT_DONE

    def _unlike(self, wanted: Context, found: Context, with_includes: bool) -> list[str]:
        """Return the options in which what is found differs from what is wanted."""
        fields = differences(self._expected(wanted), found)
        return [field for field in fields if with_includes or field != "includes"]

    def _stopped(self) -> PartialError:
        text = "\n".join(self.failures)
        done = [str(step) for step in self.done]
        left = [str(step) for step in self.left]
        if done:
            text += f" Done: {some(done)}. Not done: {some(left)}. Run the task again to finish it."
        elif len(left) > 1:
            text += f" Nothing was done of: {some(left)}."
        return PartialError(text, done, left)

    def _verify(self) -> Directory:
        changes = [c for c in self.plan.changes if c.action != UNCHANGED]
        known = Directory(self._live.values(), self.server.names)
        names = [self._live[c.name].name for c in changes]
        try:
            seen = Directory(self.server.read_back(known, names), self.server.names)
        except RequestError as error:
            raise PartialError(
                f"Everything was written, but could not be read back: {error.text}", [str(s) for s in self.done], []
            ) from error
        wrong: list[str] = []
        for change in changes:
            live = self._live[change.name]
            found = next((c for c in seen.contexts if c.key == live.key), None)
            if change.after is None or found is None:
                if found is not None:
                    wrong.append(f"'{change.name}' was deleted and is still there")
                elif change.after is not None:
                    wrong.append(f"'{change.name}' was written and is not there")
                continue
            for field in self._unlike(change.after, found, True):
                wrong.append(
                    "'%s' has %s %s in place of %s"
                    % (change.name, field, shown(found, field), shown(self._expected(change.after), field))
                )
        if wrong:
            raise PartialError(
                "The server took everything, but shows something else now: %s. Somebody else may be changing it, "
                "or it does not keep such values." % "; ".join(wrong),
                [str(s) for s in self.done],
                [],
            )
        return seen

    def _expected(self, wanted: Context) -> Context:
        return wanted.replace(includes=[self._live[n].name if n in self._live else n for n in wanted.includes])

    def now(self, context: Context, seen: Directory) -> Context:
        """Return a context of the plan as the server shows it now."""
        live = self._live[context.name]
        return next(c for c in seen.contexts if c.key == live.key)


def shown(context: Context, field: str) -> str:
    """Return the value of an option as a person writes it."""
    if field.endswith("_ranges"):
        kind = field[: -len("_ranges")]
        return f"[{', '.join(str(r) for r in context.ranges[kind])}]"
    value = getattr(context, field)
    return f"[{', '.join(value)}]" if field == "includes" else f"'{value}'"

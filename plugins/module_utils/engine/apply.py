# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a plan: the one place that writes contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dialplan.contexts import NAMES_MADE, Directory, describe, differences
from ..errors import PartialError, RequestError, ServiceDownError, TelephonyError, UncertainError, must, some
from ..kinds.base import CREATE, DELETE, UNCHANGED, UPDATE
from .execution import PAUSES

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context
    from ..kinds.contexts import Change, Plan
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

    Another run may be making the same contexts at the same moment. Where names are unique, the server refuses the
    second. Where the server makes the names, it takes both; then each run looks once more after it has made its own. Of
    those that have come since its plan, the one with the lowest id stays: who made another deletes that one, which
    nothing uses yet, and goes on with the one that stays. Nobody deletes what another run made, and the lowest is
    deleted by nobody: so one stays, whatever comes in between.
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
        # What this run surely made itself, by the name in the plan.
        self._own: dict[str, Context] = {}
        self._old = {context.key for context in plan.before.contexts}
        # What the server showed once everything new was made, where that was looked at.
        self._seen: Directory | None = None

    def run(self) -> Directory:
        """Make every write, read back, and return what the server then shows.

        Raises PartialError when a write fails, or when the server shows something else than what was written.
        """
        steps = steps_of(self.plan, self.server.writes_includes)
        rest = [step for step in steps if step.action != CREATE]
        self._carry_out([step for step in steps if step.action == CREATE])
        if self._own and self.server.names == NAMES_MADE:
            self._meet_others("Everything new" if rest else "Everything")
        self._carry_out(rest)
        if self.failures:
            raise self._stopped()
        return self._verify(None if rest else self._seen)

    def _carry_out(self, steps: list[Step]) -> None:
        for step in steps:
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
                if isinstance(error, RequestError) and step.action == CREATE and "already exists" in error.text:
                    self._settle(step, error)
                else:
                    self._fail(step, error.text)
            else:
                self.done.append(step)

    def _read(self) -> Directory:
        return Directory(self.server.contexts(), self.server.names)

    # Other runs

    def _meet_others(self, written: str) -> None:
        """Look whether another run has made the same contexts meanwhile, and keep one of each."""
        if self._may_be_coming():
            self.server.session.wait(PAUSES[1])
        try:
            seen = self._read()
        except TelephonyError as error:
            self.failures.append(
                f"{written} was written, but could not be read back: {error.text} Whether another run made the same at "
                "the same moment is not known."
            )
            return
        for step in list(self.done):
            own = self._own.get(step.change.name)
            earlier = [c for c in self._twins(step.change, seen) if own and _id(c) < _id(own)]
            if own and earlier:
                self._give_way(step, own, min(earlier, key=_id), seen)
        self._seen = seen

    def _may_be_coming(self) -> bool:
        """Tell whether ids before ours went to somebody else: a context has its id a moment before it can be seen."""
        known_ids = {_id(context) for context in (*self.plan.before.contexts, *self._own.values())}
        before = max((_id(context) for context in self.plan.before.contexts), default=0)
        return max(known_ids) - before > len([number for number in known_ids if number > before])

    def _twins(self, change: Change, seen: Directory) -> list[Context]:
        """Return the contexts that are meant by the same words as the one that was made, and came with it."""
        after, live = must(change.after), self._live[change.name]
        return [c for c in seen.matches(after.name, after.label) if c.key != live.key and c.key not in self._old]

    def _give_way(self, step: Step, own: Context, other: Context, seen: Directory) -> None:
        """Delete what this run made, and go on with what another run made of it."""
        text = f"Another run made the context '{step.handle}' at the same moment; its own stays ({describe(other)})."
        users = [context for context in seen.contexts if own.name in context.includes]
        try:
            if users:
                raise RequestError(f"it is included by '{seen.handle(users[0])}' already.")
            self.server.delete(own)
        except TelephonyError as error:
            if getattr(error, "status", None) != 404:
                text += f" What this run had made ({describe(own)}) was to be deleted again, but: {error.text}"
                self._take_back(step, text)
                return
        del self._own[step.change.name]
        self._live[step.change.name] = other
        unlike = self._unlike(must(step.change.after), other, False)
        if unlike:
            text += (
                f" What this run had made was deleted again, and was not alike: {self._contrast(step, other, unlike)}"
            )
            self._take_back(step, f"{text}.")
        else:
            self.warnings.append(f"{text} What this run had made was deleted again; nothing used it yet.")

    def _take_back(self, step: Step, text: str) -> None:
        self.done.remove(step)
        self._fail(step, text)

    def _contrast(self, step: Step, found: Context, fields: list[str]) -> str:
        wanted = self._expected(must(step.change.after))
        live = Directory(self._live.values(), self.server.names)
        return "; ".join(
            f"it has {field} {shown(found, field, live)}, not {shown(wanted, field, live)}" for field in fields
        )

    def _check_untouched(self, step: Step) -> bool:
        """Raise RequestError where somebody else changed meanwhile what this step would replace. Tell whether there is
        anything left to write."""
        live = self._live[step.change.name]
        found = next((c for c in self._seen.contexts if c.key == live.key), None) if self._seen else None
        if found is None:
            return True
        before, fields = step.change.before, [INCLUDES]
        if step.action == UPDATE:
            fields = step.change.own_fields
        to_write = [field for field in self._unlike(must(step.change.after), found, True) if field in fields]
        changed = differences(before, found) if before else [INCLUDES] if found.includes else []
        touched = [field for field in to_write if field in changed]
        if touched:
            raise RequestError(
                f"Somebody else changed the context '{step.handle}' meanwhile, and it was left as it is now: "
                f"{self._contrast(step, found, touched)}."
            )
        return bool(to_write)

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
        if step.action in (UPDATE, INCLUDES) and not self._check_untouched(step):
            return
        if step.action == CREATE:
            self._live[step.change.name] = self._own[step.change.name] = self.server.create(must(after))
        elif step.action == UPDATE:
            fields = step.change.fields if self.server.writes_includes else step.change.own_fields
            self.server.update(must(before), must(after), fields)
        elif step.action == INCLUDES:
            includes = [self._live[name] for name in must(after).includes if name in self._live]
            self.server.set_includes(self._live[step.change.name], includes)
        else:
            self.server.delete(must(before))

    def _settle(self, step: Step, error: RequestError) -> None:
        """After an answer that does not tell, or that says that another run was first: read, then go on, or say how far
        it came."""
        try:
            verdict = self._verdict(step, self._read())
        except TelephonyError as second:
            self._fail(step, f"{error.text} Reading back failed too: {second.text} Whether it was done is not known.")
            return
        if verdict == DONE and error.status == 400:
            self.warnings.append(f"{error.text} It is there now as it is declared: another run made it meanwhile.")
        elif verdict == DONE:
            self.warnings.append(f"{error.text} Reading back shows that it was done all the same.")
        elif verdict == HALF and not isinstance(error, UncertainError):
            found = self._live[step.change.name]
            unlike = self._unlike(must(step.change.after), found, self.server.writes_includes)
            text = f"{error.text} Another run made it meanwhile, and not alike: {self._contrast(step, found, unlike)}."
            self._fail(step, text)
            return
        else:
            self._fail(step, f"{error.text} Reading back shows that it was {verdict}.")
            return
        self.done.append(step)

    def _verdict(self, step: Step, seen: Directory) -> str:
        before, after = step.change.before, step.change.after
        if step.action == CREATE:
            after = must(after)
            found = seen.find(after.name, after.label)
            if found is None or found.name in self.plan.before.by_name:
                return NOT_DONE
            self._live[after.name] = found
            return HALF if self._unlike(after, found, self.server.writes_includes) else DONE
        live = self._live[step.change.name]
        found = next((c for c in seen.contexts if c.key == live.key), None)
        if step.action == DELETE:
            return NOT_DONE if found else DONE
        after = must(after)
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

    def _verify(self, seen: Directory | None = None) -> Directory:
        """Compare what the server shows with what was to be. ``seen`` is that, where it was read after all writes."""
        changes = [c for c in self.plan.changes if c.action != UNCHANGED]
        try:
            seen = self._without_others(seen, changes)
        except RequestError as error:
            raise PartialError(
                f"Everything was written, but could not be read back: {error.text}", [str(s) for s in self.done], []
            ) from error
        wrong: list[str] = []
        for change in changes:
            live = self._live[change.name]
            name = change.name_in(self.plan)
            found = next((c for c in seen.contexts if c.key == live.key), None)
            for other in self._others(change, seen):
                wrong.append(
                    f"another run made '{name}' at the same moment, and there are two now; it may have been cut "
                    "off. Remove one of them with state: absent and its uuid as the name "
                    f"({describe(live)}; {describe(other)})"
                )
            if change.after is None or found is None:
                if found is not None:
                    wrong.append(f"'{name}' was deleted and is still there")
                elif change.after is not None:
                    wrong.append(f"'{name}' was written and is not there")
                continue
            for field in self._unlike(change.after, found, True):
                wrong.append(
                    "'%s' has %s %s in place of %s"
                    % (name, field, shown(found, field, seen), shown(self._expected(change.after), field, seen))
                )
        if wrong:
            raise PartialError(
                "The server took everything, but shows something else now: %s. Somebody else may be changing it, "
                "or it does not keep such values." % "; ".join(wrong),
                [str(s) for s in self.done],
                [],
            )
        return seen

    def _without_others(self, seen: Directory | None, changes: t.Sequence[Change]) -> Directory:
        """Read back, and wait for other runs to take away what they made at the same moment."""
        live = Directory(self._live.values(), self.server.names)
        names = [self._live[c.name].name for c in changes]
        for pause in PAUSES:
            seen = seen or Directory(self.server.read_back(live, names), self.server.names)
            if not any(self._others(change, seen) for change in changes):
                return seen
            self.server.session.wait(pause)
            seen = None
        return Directory(self.server.read_back(live, names), self.server.names)

    def _others(self, change: Change, seen: Directory) -> list[Context]:
        """Return those that other runs made of what this one made, too."""
        if change.action != CREATE or self.server.names != NAMES_MADE:
            return []
        return self._twins(change, seen)

    def _expected(self, wanted: Context) -> Context:
        return wanted.replace(includes=[self._live[n].name if n in self._live else n for n in wanted.includes])

    def now(self, context: Context, seen: Directory) -> Context:
        """Return a context of the plan as the server shows it now."""
        live = self._live[context.name]
        return next(c for c in seen.contexts if c.key == live.key)


def _id(context: Context) -> int:
    """Return the id of a context of a confd, which gives each a higher one than those before."""
    return int(context.key or 0)


def shown(context: Context, field: str, directory: Directory) -> str:
    """Return the value of an option as a person writes it; the context is, or was to be, one of the directory."""
    if field.endswith("_ranges"):
        kind = field[: -len("_ranges")]
        return f"[{', '.join(str(r) for r in context.ranges[kind])}]"
    if field == "includes":
        return f"[{', '.join(directory.handle_of_name(name) for name in context.includes)}]"
    return f"'{getattr(context, field)}'"

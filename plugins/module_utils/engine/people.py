# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines of the modules that deal with users, their lines and their voicemails."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.contexts import Directory
from ..dialplan.names import fold
from ..errors import InputError, PartialError, RequestError, TelephonyError, UncertainError, known, some
from ..kinds.contexts import CREATE, DELETE, UNCHANGED, UPDATE
from ..kinds.users import House, Wanted, in_order, match, plan_people, unlike
from .others import Meeting, once_clear, was_first

if TYPE_CHECKING:
    import typing as t

    from ..kinds.users import Change, Line, Person
    from ..servers.base import Server
    from ..servers.confd.users import People

    Params = t.Mapping[str, t.Any]
    Connect = t.Callable[[], Server]
    Result = dict[str, t.Any]


def run_user(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Bring one user to what is declared."""
    result = _bring(connect, [Wanted(params)], check_mode, False)
    result["user"] = result.pop("users")[0]
    result["changes"] = result.pop("fields")[0]
    del result["plan"]
    return result


def run_users(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Bring many users to what is declared."""
    result = _bring(connect, [Wanted(options) for options in params["users"]], check_mode, params["on_error"] != "stop")
    del result["fields"]
    return result


def run_user_info(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Read the users, in the shape in which they are declared."""
    server = connect()
    directory = Directory(server.contexts(), server.names)
    people = server.people()
    chosen = people.people()
    if params.get("context") is not None:
        context = directory.find(to_text(params["context"]))
        chosen = [p for p in chosen if context and p.line and p.line.context == context.name]
    if params.get("search") is not None:
        text = fold(params["search"])
        chosen = [p for p in chosen if text in fold(" ".join([p.name, p.fields["email"], _extension(p)]))]
    usernames = people.sip_usernames()
    return {
        "changed": False,
        "users": [dict(person.public(directory), sip_username=usernames.get(known(person.uuid))) for person in chosen],
        "warnings": _more_lines(directory, people, chosen),
        "server": server.found(),
    }


def _more_lines(directory: Directory, people: People, chosen: t.Sequence[Person]) -> list[str]:
    """Tell of each line that no result shows, one by one."""
    names = {person.uuid: person.name for person in chosen}
    return [
        f"User '{names[uuid]}' has another line, {_line_words(line, directory)}, which is not in the result."
        for uuid, line in people.more_lines()
        if uuid in names
    ]


def _line_words(line: Line, directory: Directory) -> str:
    number = f"with the extension {line.exten}" if line.exten else "without an extension"
    return f"{number} in the context '{directory.handle_of_name(line.context)}'"


def _extension(person: Person) -> str:
    return (person.line.exten or "") if person.line else ""


def house_of(directory: Directory, people: People) -> House:
    return House(
        directory,
        people.people(),
        people.voicemails(),
        people.extensions,
        people.hidden_owner,
        people.lines_of,
        people.sip_passwords,
    )


def _bring(connect: Connect, wanted: t.Sequence[Wanted], check_mode: bool, go_on: bool) -> Result:
    server = connect()
    directory = Directory(server.contexts(), server.names)
    people = server.people()
    changes = once_clear(lambda: plan_people(house_of(directory, people), wanted), people.forget, server.session.wait)
    _check_emails(people, changes)
    plan = summary_of(changes)
    result: Result = {
        "changed": any(c.action != UNCHANGED for c in changes),
        "plan": plan,
        "fields": [c.fields for c in changes],
        "warnings": [],
        "diff": [diff_of(change, directory) for change in changes if change.action != UNCHANGED],
        "server": server.found(),
    }
    after = [change.after for change in changes]
    if result["changed"] and not check_mode:
        work = _Work(people, directory, result["warnings"], go_on, server.session.wait)
        try:
            after = work.carry_out(changes)
        except PartialError as error:
            error.result = {key: result[key] for key in ("plan", "warnings", "server")}
            raise
    result["users"] = [person.public(directory) if person else None for person in after]
    return result


def summary_of(changes: t.Sequence[t.Any]) -> dict[str, t.Any]:
    """Return changes as lists of names."""
    return {
        "create": [c.name for c in changes if c.action == CREATE],
        "update": [{"name": c.name, "fields": c.fields} for c in changes if c.action == UPDATE],
        "delete": [c.name for c in changes if c.action == DELETE],
        "unchanged": [c.name for c in changes if c.action == UNCHANGED],
    }


def _check_emails(people: People, changes: t.Sequence[Change]) -> None:
    """Raise InputError where an email is that of somebody in another tenant: Wazo has each once over all tenants."""
    new = [c for c in changes if c.after and c.after.fields["email"]]
    new = [c for c in new if c.before is None or "email" in c.fields]
    for _again in range(2):
        taken = people.taken_emails() if new else set()
        new = [c for c in new if known(c.after).fields["email"].lower() in taken]
        if new:
            people.forget()  # another run may have made somebody of this very tenant since
    if new:
        raise InputError(
            [
                f"User '{c.name}': the email '{known(c.after).fields['email']}' is that of a user of another tenant "
                "already."
                for c in new
            ]
        )


class _Work:
    """Carrying out a plan for people, one person after the other."""

    def __init__(
        self,
        people: People,
        directory: Directory,
        warnings: list[str],
        go_on: bool,
        wait: t.Callable[[float], None],
    ) -> None:
        self.people = people
        self.wait = wait
        # Who was there when it was planned.
        self.old = {person.uuid for person in people.people()}
        self.directory = directory
        self.warnings = warnings
        self.go_on = go_on
        self.done: list[str] = []
        self.whole: list[str] = []
        self.left: list[str] = []
        self.failures: list[str] = []
        self.changes: t.Sequence[Change] = []

    def carry_out(self, changes: t.Sequence[Change]) -> list[Person | None]:
        """Make every write, read back, and return the people as the server then shows them."""
        self.changes = changes
        for change in changes:
            if change.before:
                # Once one of two namesakes is gone, the same words mean the other.
                change.wanted.uuid = change.before.uuid
        for change in in_order(changes):
            if self.failures and not self.go_on:
                self.left.append(_words(change))
                continue
            self._one(change)
        if self.failures:
            raise self._stopped()
        return self._verify(changes)

    def _one(self, change: Change) -> None:
        self.people.done, self.people.made = [], None
        try:
            try:
                self._write(change)
            except RequestError as error:
                if change.action != DELETE and was_first(error):
                    change.made = self.people.made
                    self._settle(change, error)
                elif isinstance(error, UncertainError):
                    self._once_more(change, error)
                else:
                    raise
            else:
                change.made = self.people.made
        except TelephonyError as error:
            steps = self.people.done
            text = f"{_words(change)}: {error.text}"
            if steps:
                text += f" Done for this user: {', '.join(steps)}."
            self.failures.append(text)
            self.left.append(_words(change))
            self.done += [f"{_words(change)}: {step}" for step in steps]
        else:
            self.whole.append(_words(change))
            self.done.append(_words(change))

    def _settle(self, change: Change, error: RequestError | None) -> None:
        """Come to one user with the other runs that make the same at this moment."""
        _Meeting(self, change, error).settle()
        change.settled = True

    def meant_by(self, change: Change) -> list[Person]:
        """Return those who came since the plan was made and are meant by what is declared of one who is new."""
        # Namesakes of the same task are told apart by their numbers.
        own = {other.made for other in self.changes if other is not change}
        fresh = [person for person in self.people.people() if person.uuid not in self.old | own]
        return [person for person in fresh if match([person], [change.wanted])[0]]

    def _write(self, change: Change) -> None:
        if change.action == DELETE:
            self.people.remove(change)
        else:
            self.people.bring(change)

    def _once_more(self, change: Change, error: UncertainError) -> None:
        """After an answer that does not tell: read, and do only what is then still missing, once."""
        self.people.forget()
        if change.after and change.after.line:
            # A number that was chosen stays the one that was chosen.
            change.wanted.extension = change.after.line.exten
        again = plan_people(house_of(self.directory, self.people), [change.wanted])[0]
        if again.action == UNCHANGED:
            self.warnings.append(f"{error.text} Reading back shows that it was done all the same.")
            self.people.done.append("the rest, which the server did in spite of its answer")
            return
        if again.action == change.action and again.fields == change.fields:
            raise TelephonyError(f"{error.text} Reading back shows that it was not done.")
        self.warnings.append(f"{error.text} Reading back shows that it was done in part; the rest was done then.")
        self._write(again)

    def _stopped(self) -> PartialError:
        text = "\n".join(self.failures)
        if self.done or len(self.left) > 1:
            # What was done for the users who are not done yet was told with each.
            text += f" Done: {some(self.whole)}. Not done: {some(self.left)}. Run the task again to finish it."
        return PartialError(text, self.done, self.left)

    def _verify(self, changes: t.Sequence[Change]) -> list[Person | None]:
        self.people.forget()
        try:
            self._meet_others(changes)
            wanted = [change.wanted for change in changes]
            found = once_clear(lambda: match(self.people.people(), wanted), self.people.forget, self.wait)
        except TelephonyError as error:
            raise PartialError(
                f"Everything was written, but could not be read back: {error.text}", self.done, []
            ) from error
        wrong: list[str] = []
        for change, person in zip(changes, found):
            if change.settled and person is not None:
                pass  # planned again, and nothing left to do
            elif change.after is None:
                if person is not None:
                    wrong.append(f"'{change.name}' was deleted and is still there")
            elif person is None:
                wrong.append(f"'{change.name}' was written and is not there")
            else:
                wrong += [f"the {field} of '{change.name}'" for field in unlike(change.after, person)]
        if wrong:
            raise PartialError(
                "The server took everything, but shows something else now: %s. Somebody else may be changing it, or "
                "it does not keep such values." % "; ".join(wrong),
                self.done,
                [],
            )
        return [known(person) if change.after else None for change, person in zip(changes, found)]

    def _meet_others(self, changes: t.Sequence[Change]) -> None:
        """Look whether other runs made the same users meanwhile: no server minds two of one name."""
        names = Counter(person.name for person in self.people.people())
        for change in changes:
            unsettled = change.action == CREATE and not change.settled
            if unsettled and names[change.name] > 1 and len(self.meant_by(change)) > 1:
                self._settle(change, None)


class _Meeting(Meeting):
    def __init__(self, work: _Work, change: Change, error: RequestError | None) -> None:
        self.work = work
        self.change = change
        self.error = error
        self.wait = work.wait

    def look(self) -> tuple[int | None, list[int]]:
        self.work.people.forget()
        found = self.work.meant_by(self.change)
        own = [known(person.id) for person in found if person.uuid == self.change.made]
        return (own[0] if own else None), [known(p.id) for p in found if p.uuid != self.change.made]

    def give_way(self) -> None:
        people = self.work.people
        wanted = Wanted({"uuid": self.change.made, "state": "absent"})
        people.remove(plan_people(house_of(self.work.directory, people), [wanted])[0])
        self.change.made = None
        self.work.warnings.append(
            f"Another run made '{self.change.name}' at the same moment; its own stays, and what this run had made was "
            "deleted again."
        )

    def finish(self, write: bool) -> bool:
        work, change = self.work, self.change
        again = plan_people(house_of(work.directory, work.people), [change.wanted])[0]
        if again.action == UNCHANGED:
            return True
        if self.error and again.action == CREATE and known(again.after).holds() == known(change.after).holds():
            raise TelephonyError(self.error.text)
        if write:
            change.after = again.after
            work.people.made = change.made
            try:
                work.people.bring(again)
            finally:
                change.made = work.people.made
        return False


_WORDS = {CREATE: "make", UPDATE: "change", DELETE: "delete"}


def _words(change: Change) -> str:
    return f"{_WORDS[change.action]} '{change.name}'"


def diff_of(change: Change, directory: Directory) -> dict[str, str]:
    return {
        "before": _as_lines(change.before, directory),
        "after": _as_lines(change.after, directory),
        "before_header": f"user {change.name}",
        "after_header": f"user {change.name} ({change.action})",
    }


_ORDER = ("firstname", "lastname", "email", "language", "caller_id", "mobile_phone_number", "context", "extension")


def _as_lines(person: Person | None, directory: Directory) -> str:
    if person is None:
        return ""
    shape = person.public(directory)
    lines = [f"{key}: {shape[key]}" for key in _ORDER if shape[key]]
    if shape["voicemail"]:
        lines.append("voicemail:")
        keys = ("number", "context", "email", "attach_audio")
        lines += [f"  {key}: {shape['voicemail'][key]}" for key in keys]
    return "".join(line + "\n" for line in lines)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines of the modules that deal with users, their lines and their voicemails."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible.module_utils.common.text.converters import to_text

from ..domain.contexts import Directory
from ..domain.names import fold
from ..domain.people import House, Wanted, in_order, match, plan_people, unlike
from ..domain.plan import CREATE, DELETE, UNCHANGED, UPDATE, some
from ..errors import PartialError, TelephonyError, UncertainError, known

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from ..domain.people import Change, Person  # noqa: F401
    from ..servers.base import Server  # noqa: F401
    from ..servers.people import People  # noqa: F401

    Params = t.Mapping[str, t.Any]
    Connect = t.Callable[[], Server]
    Result = t.Dict[str, t.Any]


def run_user(params, check_mode, connect):
    # type: (Params, bool, Connect) -> Result
    """Bring one user to what is declared."""
    result = _bring(connect, [Wanted(params)], check_mode, False)
    result["user"] = result.pop("users")[0]
    result["changes"] = result.pop("fields")[0]
    del result["plan"]
    return result


def run_users(params, check_mode, connect):
    # type: (Params, bool, Connect) -> Result
    """Bring many users to what is declared."""
    result = _bring(connect, [Wanted(options) for options in params["users"]], check_mode, params["on_error"] != "stop")
    del result["fields"]
    return result


def run_user_info(params, check_mode, connect):
    # type: (Params, bool, Connect) -> Result
    """Read the users, in the shape in which they are declared."""
    server = connect()
    directory = Directory(server.contexts(), server.names)
    chosen = server.people().people()
    if params.get("context") is not None:
        context = directory.find(to_text(params["context"]))
        chosen = [p for p in chosen if context and p.line and p.line.context == context.name]
    if params.get("search") is not None:
        text = fold(params["search"])
        chosen = [p for p in chosen if text in fold(" ".join([p.name, p.fields["email"], _extension(p)]))]
    return {
        "changed": False,
        "users": [person.public(directory) for person in chosen],
        "server": server.found(),
    }


def _extension(person):
    # type: (Person) -> str
    return (person.line.exten or "") if person.line else ""


def _house(directory, people):
    # type: (Directory, People) -> House
    return House(
        directory,
        people.people(),
        people.voicemails(),
        people.extensions,
        people.hidden_owner,
        people.lines_of,
        people.sip_passwords,
    )


def _bring(connect, wanted, check_mode, go_on):
    # type: (Connect, t.Sequence[Wanted], bool, bool) -> Result
    server = connect()
    directory = Directory(server.contexts(), server.names)
    people = server.people()
    changes = plan_people(_house(directory, people), wanted)
    plan = {
        "create": [c.name for c in changes if c.action == CREATE],
        "update": [{"name": c.name, "fields": c.fields} for c in changes if c.action == UPDATE],
        "delete": [c.name for c in changes if c.action == DELETE],
        "unchanged": [c.name for c in changes if c.action == UNCHANGED],
    }  # type: t.Dict[str, t.Any]
    result = {
        "changed": any(c.action != UNCHANGED for c in changes),
        "plan": plan,
        "fields": [c.fields for c in changes],
        "warnings": [],
        "diff": [_diff(change, directory) for change in changes if change.action != UNCHANGED],
        "server": server.found(),
    }  # type: Result
    after = [change.after for change in changes]
    if result["changed"] and not check_mode:
        work = _Work(people, directory, result["warnings"], go_on)
        try:
            after = work.carry_out(changes)
        except PartialError as error:
            error.result = {key: result[key] for key in ("plan", "warnings", "server")}
            raise
    result["users"] = [person.public(directory) if person else None for person in after]
    return result


class _Work(object):
    """Carrying out a plan for people, one person after the other."""

    def __init__(self, people, directory, warnings, go_on):
        # type: (People, Directory, t.List[str], bool) -> None
        self.people = people
        self.directory = directory
        self.warnings = warnings
        self.go_on = go_on
        self.done = []  # type: t.List[str]
        self.left = []  # type: t.List[str]
        self.failures = []  # type: t.List[str]

    def carry_out(self, changes):
        # type: (t.Sequence[Change]) -> t.List[t.Optional[Person]]
        """Make every write, read back, and return the people as the server then shows them."""
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

    def _one(self, change):
        # type: (Change) -> None
        self.people.done = []
        try:
            try:
                self._write(change)
            except UncertainError as error:
                self._once_more(change, error)
        except TelephonyError as error:
            steps = self.people.done
            text = "%s: %s" % (_words(change), error.text)
            if steps:
                text += " Done for this user: %s." % ", ".join(steps)
            self.failures.append(text)
            self.left.append(_words(change))
            self.done += ["%s: %s" % (_words(change), step) for step in steps]
        else:
            self.done.append(_words(change))

    def _write(self, change):
        # type: (Change) -> None
        if change.action == DELETE:
            self.people.remove(change)
        else:
            self.people.bring(change)

    def _once_more(self, change, error):
        # type: (Change, UncertainError) -> None
        """After an answer that does not tell: read, and do only what is then still missing, once."""
        self.people.forget()
        if change.after and change.after.line:
            # A number that was chosen stays the one that was chosen.
            change.wanted.extension = change.after.line.exten
        again = plan_people(_house(self.directory, self.people), [change.wanted])[0]
        if again.action == UNCHANGED:
            self.warnings.append("%s Reading back shows that it was done all the same." % error.text)
            self.people.done.append("the rest, which the server did in spite of its answer")
            return
        if again.action == change.action and again.fields == change.fields:
            raise TelephonyError("%s Reading back shows that it was not done." % error.text)
        self.warnings.append("%s Reading back shows that it was done in part; the rest was done then." % error.text)
        self._write(again)

    def _stopped(self):
        # type: () -> PartialError
        text = "\n".join(self.failures)
        if self.done or len(self.left) > 1:
            text += " Done: %s. Not done: %s. Run the task again to finish it." % (some(self.done), some(self.left))
        return PartialError(text, self.done, self.left)

    def _verify(self, changes):
        # type: (t.Sequence[Change]) -> t.List[t.Optional[Person]]
        self.people.forget()
        try:
            found = match(self.people.people(), [change.wanted for change in changes])
        except TelephonyError as error:
            raise PartialError("Everything was written, but could not be read back: %s" % error.text, self.done, [])
        wrong = []  # type: t.List[str]
        for change, person in zip(changes, found):
            if change.after is None:
                if person is not None:
                    wrong.append("'%s' was deleted and is still there" % change.name)
            elif person is None:
                wrong.append("'%s' was written and is not there" % change.name)
            else:
                wrong += ["the %s of '%s'" % (field, change.name) for field in unlike(change.after, person)]
        if wrong:
            raise PartialError(
                "The server took everything, but shows something else now: %s. Somebody else may be changing it, or "
                "it does not keep such values." % "; ".join(wrong),
                self.done,
                [],
            )
        return [known(person) if change.after else None for change, person in zip(changes, found)]


_WORDS = {CREATE: "make", UPDATE: "change", DELETE: "delete"}


def _words(change):
    # type: (Change) -> str
    return "%s '%s'" % (_WORDS[change.action], change.name)


def _diff(change, directory):
    # type: (Change, Directory) -> t.Dict[str, str]
    return {
        "before": _as_lines(change.before, directory),
        "after": _as_lines(change.after, directory),
        "before_header": "user %s" % change.name,
        "after_header": "user %s (%s)" % (change.name, change.action),
    }


_ORDER = ("firstname", "lastname", "email", "language", "caller_id", "mobile_phone_number", "context", "extension")


def _as_lines(person, directory):
    # type: (t.Optional[Person], Directory) -> str
    if person is None:
        return ""
    shape = person.public(directory)
    lines = ["%s: %s" % (key, shape[key]) for key in _ORDER if shape[key]]
    if shape["voicemail"]:
        lines.append("voicemail:")
        keys = ("number", "context", "email", "attach_audio")
        lines += ["  %s: %s" % (key, shape["voicemail"][key]) for key in keys]
    return "".join(line + "\n" for line in lines)

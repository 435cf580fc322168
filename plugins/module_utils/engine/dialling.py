# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of xivo_dial_info: who answers the numbers that are asked for, and whether that is who was expected."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..dialplan.dialling import NOBODY, Answering, DialPlan, can_be_dialled
from ..dialplan.names import fold
from ..dialplan.usage import EXTENSION, Use
from ..errors import InputError
from ..kinds.base import text_or_none
from ..kinds.incalls import IncallKind
from ..kinds.users import Users, service_of

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context, Directory
    from ..dialplan.dialling import Call, InRange
    from ..kinds.state import State
    from ..kinds.users import User

    Options = t.Mapping[str, t.Any]
    Shape = dict[str, t.Any]

_LINE = "line"
# How the words for the owner of a number begin, and what kind of owner that is.
_OWNERS = (
    ("user ", "user"),
    ("line ", _LINE),
    ("group ", "group"),
    ("queue ", "queue"),
    ("conference room ", "conference"),
    ("incoming call ", "incall"),
    ("outgoing call ", "outcall"),
    ("parking lot ", "parking_lot"),
)
# Straight ones, and those of Word and of French.
_QUOTES = re.compile("[\"'\u2018\u2019\u201c\u201d\u00ab\u00bb]")


@dataclass(frozen=True)
class Question:
    """A number that is asked for, from a context or a user, and who is expected to answer."""

    number: str
    context: str | None
    user: str | None
    answers: str | None


def questions_of(dial: t.Sequence[Options]) -> list[Question]:
    """Read what is asked. Raises InputError with every problem."""
    found: list[Question] = []
    problems: list[str] = []
    for options in dial:
        number, context, user = (text_or_none(options.get(key)) for key in ("number", "context", "user"))
        found.append(Question((number or "").strip(), context, user, text_or_none(options.get("answers"))))
        if not can_be_dialled(found[-1].number):
            problems.append(f"The number '{number or ''}' cannot be dialled: it may have digits, '*', '#' and '+'.")
        if (context is None) == (user is None):
            problems.append(f"Say who dials {number}: give either a context or a user.")
    if problems:
        raise InputError(problems)
    return found


def run_dial_info(params: Options, check_mode: bool, open_state: t.Callable[[], State]) -> Shape:
    """Tell who answers on a server."""
    one = {key: params.get(key) for key in ("context", "user", "number")}
    if params.get("dial") is None:
        asked = questions_of([one])
    elif any(value is not None for value in one.values()):
        raise InputError("Give either dial, or one number with a context or a user.")
    else:
        asked = questions_of(params["dial"])
    state = open_state()
    calls = answer(state, _on_server(state), asked, _looked_at)
    return {"changed": False, "calls": calls, "server": state.server.found()}


def answer(
    state: State,
    extensions: t.Iterable[Answering],
    asked: t.Sequence[Question],
    look: t.Callable[[State, Answering], Answering] = lambda _state, extension: extension,
) -> list[Shape]:
    """Return what becomes of each number that is asked for. Raises InputError where it is not known who dials.

    ``look`` takes a closer look at an extension that seems to be nobody's, or a line that is.
    """
    problems: list[str] = []
    starts: list[Context] = []
    for question in asked:
        try:
            starts.append(_start(state, question))
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise InputError(problems)
    listed = list(extensions)
    calls = _calls(state, listed, asked, starts)
    # All that fits, of which it is not known whose it is.
    doubtful = {found.extension for call in calls for found in (*call.unowned, *call.answering)}
    doubtful = {extension for extension in doubtful if extension.kind in (None, _LINE)}
    if doubtful:
        listed = [look(state, extension) if extension in doubtful else extension for extension in listed]
        calls = _calls(state, listed, asked, starts)
    return [_shape(state.directory, question, call) for question, call in zip(asked, calls)]


def _calls(
    state: State, extensions: t.Iterable[Answering], asked: t.Sequence[Question], starts: t.Sequence[Context]
) -> list[Call]:
    plan = DialPlan(state.directory, extensions)
    return [plan.call(start, question.number) for question, start in zip(asked, starts)]


def _start(state: State, question: Question) -> Context:
    """Return the context that a number is dialled in."""
    directory = state.directory
    if question.context is not None:
        context = directory.find(question.context)
        if context is None:
            raise InputError(directory.unknown(question.context))
        return context
    user = state.index("user", Users).find(question.user or "")
    context = directory.by_name.get(user.line.context) if user.line else None
    if context is None:
        raise InputError(f"The user '{question.user}' has no line in a context, and cannot dial {question.number}.")
    return context


# What is there to be called


def _on_server(state: State) -> list[Answering]:
    """Return the extensions of a server, each with who answers there."""
    numbers = [there for context in state.directory.contexts for there in state.numbers.within(context.name).values()]
    uses = [Use(there.context, EXTENSION, there.exten, None, there.owner or "") for there in numbers]
    found = [_answering(use) for use in state.server.named(uses)]
    if any(one.kind == "incall" for one in found):
        leading = {(one.exten, one.context): one for one in incalls(state)}
        found = [leading.get((one.exten, one.context), one) if one.kind == "incall" else one for one in found]
    return found


def _answering(use: Use) -> Answering:
    owner = use.owner[len("the ") :] if use.owner.startswith("the ") else use.owner
    for words, kind in _OWNERS:
        if owner.startswith(words):
            return Answering(use.number, use.context, kind, owner[len(words) :])
    return Answering(use.number, use.context, None)


def incalls(state: State) -> t.Iterator[Answering]:
    """Return the extensions of incoming calls, with what these lead to."""
    kind = IncallKind()
    boxes: dict[t.Any, str] = {}
    for incall in state.resources(kind.name):
        if incall.exten and incall.context:
            to = kind.public(state, incall)["destination"] or {"type": "none", "name": ""}
            name = to["name"]
            if to["type"] == "voicemail" and incall.destination.name is None:
                # The oldest xivo-confd tells only the id.
                boxes = boxes or {box.id: box.name for box in service_of(state).voicemails()}
                name = boxes.get(incall.destination.id) or name
            yield Answering(incall.exten, incall.context, to["type"], name, incall=True)


def _looked_at(state: State, extension: Answering) -> Answering:
    """Return an extension with an owner that no list of a XiVO shows: the second line of a user."""
    if extension.kind is None:
        there = state.numbers.at(extension.exten, extension.context)
        if there is None or state.numbers.hidden_owner(there) is None:
            return extension
    uuid = state.once(service_of(state).owners_of_more).get((extension.exten, extension.context))
    name = state.index("user", _names_by_uuid).get(uuid)
    return replace(extension, kind="user", name=name) if name is not None else replace(extension, kind=_LINE)


def _names_by_uuid(users: t.Iterable[User]) -> dict[str | None, str]:
    return {user.uuid: user.name for user in users if user.uuid}


# What is told of a call


def _shape(directory: Directory, question: Question, call: Call) -> Shape:
    handle = directory.handle_of_name
    extension = call.found.extension if call.found else None
    is_answered = call.answers != NOBODY
    shape: Shape = {
        "asked": {"context": handle(call.start), "user": question.user, "number": question.number},
        "arrives": call.arrives,
        "answers": call.answers,
        "kind": extension.kind if extension and is_answered else None,
        "owner": extension.name if extension and is_answered else None,
        "incall": bool(extension and extension.incall),
        "extension": extension.exten if extension else None,
        "context": handle(extension.context) if extension else None,
        "through": [handle(name) for name in call.found.through] if call.found else [],
        "range": _range(directory, call.range) if call.range else None,
        "others": [
            {
                "answers": other.extension.text,
                "extension": other.extension.exten,
                "context": handle(other.extension.context),
                "through": [handle(name) for name in other.through],
            }
            for other in call.hidden
        ],
        "text": _text(directory, question, call),
    }
    if question.answers is not None:
        shape.update(expected=question.answers, ok=_is_expected(question.answers, call))
    return shape


def _range(directory: Directory, there: InRange) -> Shape:
    context = directory.handle_of_name(there.context)
    return {"context": context, "type": there.kind, **there.range.public(there.kind)}


def _text(directory: Directory, question: Question, call: Call) -> str:
    """Say in one line who answers, and why."""
    handle = directory.handle_of_name

    def place(extension: Answering) -> str:
        return f"{extension.exten} of '{handle(extension.context)}'"

    said: list[str] = []
    if call.found:
        words = "an incoming call to" if call.found.extension.incall else "by"
        said.append(f"{words} {place(call.found.extension)}")
        between = "', '".join(handle(name) for name in call.found.through[1:-1])
        said += [f"through '{between}'"] if between else []
        said += [f"hides {other.extension.text} ({place(other.extension)})" for other in call.hidden]
    else:
        said += [f"{place(found.extension)} is nobody's" for found in call.unowned]
        # The first is enough: that there are several is told by the conflicts of a plan.
        said += [f"free in {there.text} of '{handle(there.context)}'" for there in call.ranges[:1] if not said]
        said += [f"no include leads to {other.text} ({place(other)})" for other in call.elsewhere]
        if not call.elsewhere and not call.ranges:
            there_too = [f"{there.text} of '{handle(there.context)}'" for there in call.ranges_elsewhere]
            said += [f"no include leads to {text}" for text in there_too]
        said = said or ["no number of any context"]
        for name in call.dead:
            said.append(f"'{handle(name)}' is {'disabled' if name in directory.by_name else 'not there'}")
    who = f"{question.user} in '{handle(call.start)}'" if question.user else f"'{handle(call.start)}'"
    number = call.number if call.number == call.arrives else f"{call.number} (arrives as {call.arrives})"
    return f"{number} from {who}: {call.answers}, {', '.join(said)}"


def _is_expected(expected: str, call: Call) -> bool:
    """Tell whether who answers is who was expected: in the words of a result, or by the bare name."""
    said = _plain(expected)
    if said == NOBODY or call.answers == NOBODY or call.found is None:
        return said == call.answers
    there = call.found.extension
    return said in {_plain(text) for text in (there.text, f"{there.kind} {there.name}", there.name) if text}


def _plain(text: str) -> str:
    return " ".join(fold(_QUOTES.sub("", text)).split())

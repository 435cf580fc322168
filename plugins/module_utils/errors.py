# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one family of errors that the engine, the servers and the transport raise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typing as t

    T = t.TypeVar("T")


SHOWN = 20  # problems or names of one sort that an error lists before it says how many more there are


def some(names: t.Sequence[str], others: int = 0) -> str:
    """Return a list of names as text, cut where nobody would read on; there are so many others, not listed."""
    if not names:
        return "none"
    others += max(0, len(names) - SHOWN)
    text = ", ".join(names[:SHOWN])
    return f"{text} and {others} more" if others else text


def must(value: T | None) -> T:
    """Return a value that is never None here; if it is, that is a fault of the collection."""
    if value is None:
        raise ValueError("something that must be known is not")
    return value


class TelephonyError(Exception):
    """Something that a person can act on. ``text`` says what was asked, what came back, and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class InputError(TelephonyError):
    """What the playbook asks for cannot be done as written. Nothing was written."""

    def __init__(self, problems: str | t.Sequence[str]) -> None:
        self.problems: list[t.Any] = list(problems) if isinstance(problems, (list, tuple)) else [problems]
        super().__init__("\n".join(self.problems))


class AmbiguousError(InputError):
    """Several are meant by the same words: another run may be about to take one of them away."""


class ConnectionProblem(TelephonyError):
    """The server could not be reached, or it is none that this collection knows."""


class CertificateProblem(ConnectionProblem):
    """The server's certificate is not trusted."""


class RedirectProblem(ConnectionProblem):
    """The answer sends elsewhere: ``whole_host`` tells whether everything of that host, or just this request."""

    def __init__(self, text: str, whole_host: bool) -> None:
        super().__init__(text)
        self.whole_host = whole_host


class RequestError(TelephonyError):
    """The server refused a request: nothing was done.

    ``status`` is the HTTP status, or None when there was no answer at all.
    """

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class UncertainError(RequestError):
    """A write was sent and its answer does not tell whether it was done (no answer, a 5xx, XiVO's bare 400).

    Whoever catches it must read before doing anything else.
    """


class TimeoutProblem(UncertainError):
    """No answer came in time, and the server may still be at work on the request."""


class ServiceDownError(RequestError):
    """A service of the server is down and nothing was done: no other request would fare better."""


class PartialError(TelephonyError):
    """Some of the writes of a task were made and some not. ``done`` and ``left`` list them as text."""

    def __init__(self, text: str, done: list[str], left: list[str]) -> None:
        super().__init__(text)
        self.done = done
        self.left = left
        self.result: dict[str, t.Any] = {}  # what the task can say besides

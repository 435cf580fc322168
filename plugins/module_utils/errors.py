# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one family of errors that the engine, the servers and the transport raise."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    T = t.TypeVar("T")


def known(value):
    # type: (t.Optional[T]) -> T
    """Return a value that is never None here; if it is, that is a fault of the collection."""
    if value is None:
        raise ValueError("something that must be known is not")
    return value


class TelephonyError(Exception):
    """Something that a person can act on. ``text`` says what was asked, what came back, and what to do."""

    def __init__(self, text):
        # type: (str) -> None
        super(TelephonyError, self).__init__(text)
        self.text = text


class InputError(TelephonyError):
    """What the playbook asks for cannot be done as written. Nothing was written."""

    def __init__(self, problems):
        # type: (t.Union[str, t.Sequence[str]]) -> None
        self.problems = list(problems) if isinstance(problems, (list, tuple)) else [problems]  # type: t.List[t.Any]
        super(InputError, self).__init__("\n".join(self.problems))


class ConnectionProblem(TelephonyError):
    """The server could not be reached, or it is none that this collection knows."""


class CertificateProblem(ConnectionProblem):
    """The server's certificate is not trusted."""


class RequestError(TelephonyError):
    """The server refused a request: nothing was done.

    ``status`` is the HTTP status, or None when there was no answer at all.
    """

    def __init__(self, text, status=None):
        # type: (str, t.Optional[int]) -> None
        super(RequestError, self).__init__(text)
        self.status = status


class UncertainError(RequestError):
    """A write was sent and its answer does not tell whether it was done (no answer, a 5xx, XiVO's bare 400).

    Whoever catches it must read before doing anything else.
    """


class PartialError(TelephonyError):
    """Some of the writes of a task were made and some not. ``done`` and ``left`` list them as text."""

    def __init__(self, text, done, left):
        # type: (str, t.List[str], t.List[str]) -> None
        super(PartialError, self).__init__(text)
        self.done = done
        self.left = left
        self.result = {}  # type: t.Dict[str, t.Any]  # what the task can say besides

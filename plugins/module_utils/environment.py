# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which variables XIVO_… of the environment count beside the connection options of a task. Pure.

The environment speaks of one server, the one that XIVO_HOST names. For another one none of it counts: neither an
address, nor an account, nor what the certificate of that server is like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ansible.module_utils.common.text.converters import to_text

from .arguments import connection_spec

if TYPE_CHECKING:
    import typing as t

    Options = dict[str, t.Any]

URLS = ("confd_url", "auth_url", "webservices_url")
ANY_SERVER = ("timeout",)
_PORTS = {"http": 80, "https": 443}


def completed(options: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> tuple[Options, str]:
    """Return the options of a task with what counts of the environment.

    An option that is None is left out; one that is an empty text says that there is none. A variable that is empty, as
    a credential of AWX makes it, is not set. The second value is a sentence about the variables that do not count
    although no option stands in their place, or empty.
    """
    names = tuple(connection_spec())
    given = {name: value for name, value in options.items() if value is not None or name not in names}
    whole = {name: environ[variable(name)] for name in names if environ.get(variable(name))}
    said = {name: value for name, value in whole.items() if name not in given}
    other = _other_server(given, whole)
    if other:
        lost = [name for name in said if name not in ANY_SERVER]
        reason = other
    else:
        lost = _of_another_account(given, whole, said)
        reason = "another username or password is given as an option"
    for name in lost:
        del said[name]
    note = f"{_list(lost)} of the environment {'does' if len(lost) == 1 else 'do'} not count: {reason}." if lost else ""
    return {**given, **said}, note


def variable(option: str) -> str:
    """Return the variable of the environment that stands for an option."""
    return "XIVO_" + option.upper()


def same_server(one: str, other: str) -> bool:
    """Tell whether two values of host mean one server.

    The case of the name, a final slash or dot, https:// and the usual port make no difference. Another port, http://
    or a path does: there may be another server behind it, or somebody who listens.
    """
    return _address(one) == _address(other)


def _other_server(given: Options, whole: t.Mapping[str, str]) -> str:
    """Say why the environment speaks of another server than the options, or return an empty text."""
    home = whole.get("host")
    if "host" in given:
        mine = to_text(given["host"])
        if home:
            return "" if same_server(mine, home) else f"XIVO_HOST is {_shown(home)}, and host is {_shown(mine)}"
        urls = [variable(name) for name in URLS if name in whole]
        # An account without any address is one for each server that a playbook names.
        return f"host is {_shown(mine)}, and beside {urls[0]} there is no XIVO_HOST that says the same" if urls else ""
    if home:
        for name in URLS:
            if given.get(name) and _address(to_text(given[name]))[1] != _address(home)[1]:
                return f"XIVO_HOST is {_shown(home)}, and {name} is at {_shown(to_text(given[name]))}"
    return ""


def _of_another_account(given: Options, whole: t.Mapping[str, str], said: t.Mapping[str, str]) -> list[str]:
    """List what in the environment belongs to another account than the one that the options give."""
    lost = []
    if "username" in given:
        username = to_text(given["username"]).strip()
        if not username or whole.get("username", username).strip() != username:
            lost.append("password")
    if "username" in given or "password" in given:
        lost.append("token")
    return [name for name in lost if name in said]


def _address(host: str) -> tuple[str, str, int | None, str]:
    """Return the scheme, the name, the port and the rest of an address, each spelled in one way."""
    text = host.strip()
    try:
        parts = urlsplit(text if "://" in text else "https://" + text)
        port = parts.port
    except ValueError:
        return "", text.lower(), None, ""
    user = parts.netloc.rpartition("@")[0]
    rest = "?".join(filter(None, (parts.path.rstrip("/"), parts.query)))
    name = (parts.hostname or "").rstrip(".")
    return parts.scheme, name, port or _PORTS.get(parts.scheme), f"{user}{rest}"


def _shown(host: str) -> str:
    """Return an address without a password that may stand in it."""
    scheme, name, port, _rest = _address(host)
    usual = scheme == "https" and port == _PORTS["https"]
    return name if usual or not scheme else f"{scheme}://{name}:{port}"


def _list(names: t.Sequence[str]) -> str:
    *first, last = [variable(name) for name in names]
    return f"{', '.join(first)} and {last}" if first else last

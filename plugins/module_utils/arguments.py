# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that modules share, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dialplan.numbers import KINDS, RANGE_OPTIONS

if TYPE_CHECKING:
    import typing as t

    Spec = dict[str, dict[str, t.Any]]


# The options that are addresses.
ADDRESSES = ("host", "confd_url", "auth_url", "webservices_url")


def connection_spec() -> Spec:
    """The options that lead to a server; environment.py says what of the environment counts beside them."""
    return {
        "host": {"type": "str"},
        "product": {"type": "str", "default": "auto", "choices": ["auto", "xivo", "wazo"]},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "token": {"type": "str", "no_log": True},
        "tenant": {"type": "str"},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "float", "default": 30.0},
        "confd_url": {"type": "str"},
        "auth_url": {"type": "str"},
        "webservices_url": {"type": "str"},
    }


def range_spec() -> Spec:
    """The options that declare one range of a context, but for its state."""
    return {
        "context": {"type": "str", "required": True},
        "type": {"type": "str", "required": True, "choices": list(KINDS)},
        **RANGE_OPTIONS,
    }


def range_info_spec() -> Spec:
    """The options that choose ranges to look into."""
    return {
        "context": {"type": "str"},
        "type": {"type": "str", "choices": list(KINDS)},
        "first": {"type": "int", "default": 10},
    }


def dial_spec() -> Spec:
    """The options that ask who answers a number."""
    one: Spec = {"context": {"type": "str"}, "user": {"type": "str"}, "number": {"type": "str"}}
    call = merged(one, {"number": {"type": "str", "required": True}, "answers": {"type": "str"}})
    return merged(one, {"dial": {"type": "list", "elements": "dict", "options": call}})


def token_spec() -> Spec:
    """The options of a token, with the state."""
    return merged(state_spec(), {"expiration": {"type": "int", "default": 3600}})


def state_spec() -> Spec:
    return {"state": {"type": "str", "default": "present", "choices": ["present", "absent"]}}


def many_spec(kept: t.Sequence[str] = ()) -> Spec:
    """The options of a task over many. ``kept`` is what a purge leaves alone unless something else is said."""
    return {
        "purge": {"type": "bool", "default": False},
        "purge_exclude": {"type": "list", "elements": "str", "default": list(kept)},
        "max_deletions": {"type": "int", "default": 0},
        "on_error": {"type": "str", "default": "stop", "choices": ["stop", "continue"]},
    }


def merged(*specs: Spec) -> Spec:
    """Return one spec of several."""
    whole: Spec = {}
    for spec in specs:
        whole.update(spec)
    return whole

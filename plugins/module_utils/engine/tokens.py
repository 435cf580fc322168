# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of xivo_token: one token for all tasks of a play."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ..errors import InputError
from ..servers.connect import delete_token, keep_token

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from ..run import Connect  # noqa: F401


def run_token(params, check_mode, connect):
    # type: (t.Mapping[str, t.Any], bool, Connect) -> t.Dict[str, t.Any]
    """Make a token that stays when the task ends, or delete one.

    No change is reported: a token is a session, nothing that a server is configured with.
    """
    if params["state"] == "present":
        if not params.get("username"):
            raise InputError("A token is made with username and password.")
        # In check mode nothing is made; an empty token leaves the other tasks to username and password.
        token, url = ("", None) if check_mode else keep_token(params, connect.session)
        return {"changed": False, "token": token, "auth_url": url}
    # A token that could not be made is empty: then there is nothing to delete.
    if params.get("token") and not check_mode:
        delete_token(params, connect.session)
    return {"changed": False, "token": None, "auth_url": None}

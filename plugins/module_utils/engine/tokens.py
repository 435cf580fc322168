# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of xivo_token: one token for all tasks of a play."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InputError
from ..servers.connect import delete_token, keep_token

if TYPE_CHECKING:
    import typing as t

    from ..run import Connect


def run_token(params: t.Mapping[str, t.Any], check_mode: bool, connect: Connect) -> dict[str, t.Any]:
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

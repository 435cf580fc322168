# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that are read, changed and written back whole, while other runs do the same.

No server offers more than to replace a whole list of ranges or of includes, and none refuses what is out of date. So a
context is read again right before it is written, and what changed meanwhile goes into a new plan. Between that reading
and the writing, runs of one user on one machine wait for each other.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_bytes

from ..dialplan.contexts import NAMES_MADE, Directory, differences
from ..errors import RequestError
from ..kinds.base import UPDATE
from .execution import PAUSES

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Declaration
    from ..kinds.contexts import Plan
    from ..servers.base import Server

LONGEST_WAIT = 600.0  # seconds


def settled(server: Server, meant: t.Sequence[Declaration]) -> Directory:
    """Read the contexts, and again for some seconds while several are meant by the same words: where a server takes a
    label twice, runs at the same time make one each, and then take all but one away."""
    handles = [(d.name, d.label) for d in meant] + [(name, None) for d in meant for name in d.includes or ()]
    directory = Directory(server.contexts(), server.names)
    for pause in PAUSES[:6]:
        if server.names != NAMES_MADE or all(len(directory.matches(*handle)) < 2 for handle in handles):
            break
        server.session.wait(pause)
        directory = Directory(server.contexts(), server.names)
    return directory


def replaced_in(server: Server, plan: Plan) -> list[str]:
    """Return the names of the contexts that exist, and of which the plan replaces a whole list.

    Where includes are written along with everything else, that is every change.
    """
    return [
        change.name
        for change in plan.changes
        if change.action == UPDATE
        and not change.by_server
        and (server.writes_includes or any(f == "includes" or f.endswith("_ranges") for f in change.fields))
    ]


def refreshed(server: Server, plan: Plan, make: t.Callable[[Directory], Plan]) -> Plan:
    """Read again what the plan is about to replace, and return the plan, or another one if something has changed."""
    names = replaced_in(server, plan)
    now = Directory(server.read_again(plan.before, names), server.names)
    changed: list[str] = []
    for name in names:
        before, found = plan.before.by_name[name], now.by_name.get(name)
        fields = differences(before, found) if found else ["it is gone"]
        if fields or (found and found.raw != before.raw):
            changed.append(f"'{plan.before.handle(before)}' ({', '.join(fields) or 'ranges'})")
    if not changed:
        return plan
    # All of them: it may include by now what was made meanwhile.
    again = make(Directory(server.contexts(), server.names))
    again.warnings.append(
        f"Somebody else changed {'; '.join(changed)} while this task was at work. It was read again and planned again."
    )
    return again


@contextmanager
def alone(url: str) -> t.Iterator[None]:
    """Keep other runs of this user on this machine from writing to the same server meanwhile.

    The lock is one on an open file, which ends with the process, however that ends. Raises RequestError.
    """
    path = _lock_file(url)
    if path is None:
        yield
        return
    with open(path, "ab") as lock:
        for _unused in range(int(LONGEST_WAIT / 0.05)):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise RequestError(
                f"Another run on this machine has been writing to {url} for {LONGEST_WAIT / 60:.0f} minutes. Nothing "
                "was written. Look for an ansible process that hangs."
            )
        yield


def _lock_file(url: str) -> str | None:
    """Return a file for a server in a folder that only this user can write to, or None where there can be none."""
    folder = os.path.join(tempfile.gettempdir(), f"telephony.xivo-{os.getuid()}")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        return None
    return os.path.join(folder, hashlib.sha256(to_bytes(url)).hexdigest()[:32])

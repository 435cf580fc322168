# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that are read, changed and written back whole, while other runs do the same.

No server offers more than to replace a whole list of ranges or of includes, and none refuses what is out of date. So a
resource is read again right before it is written, and what changed meanwhile goes into a new plan. Between that reading
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
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.text.converters import to_bytes

from ..errors import RequestError, must

if TYPE_CHECKING:
    import typing as t

    from ..kinds.base import Change, Kind
    from ..kinds.state import State

LONGEST_WAIT = 600.0  # seconds


def refreshed(
    kind: Kind[Any, Any], state: State, changes: list[Change[Any, Any]], make: t.Callable[[], list[Change[Any, Any]]]
) -> list[Change[Any, Any]]:
    """Read again what a plan is about to replace, and return the plan, or another one if something has changed."""
    replaced = [must(change.before) for change in kind.replaces(state, changes)]
    now = {resource.id: resource for resource in state.service(kind.name).read_again(replaced)}
    changed: list[str] = []
    for before in replaced:
        found = now.get(before.id)
        fields = kind.changed_meanwhile(before, found) if found is not None else ["it is gone"]
        if fields:
            changed.append(f"'{kind.named(state, before)}' ({', '.join(fields)})")
    if not changed:
        return changes
    # All of them: it may include by now what was made meanwhile.
    state.forget(kind.rests_on)
    again = make()
    again[0].warnings.append(
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

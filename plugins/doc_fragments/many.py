# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  purge:
    description:
      - Whether to delete what is there and not declared, with its number, as C(state=absent) of the module for one
        does. On a Wazo that is everything in the tenant, on a XiVO everything on the server.
      - It is refused where it would delete more than O(max_deletions).
    type: bool
    default: false
  purge_exclude:
    description:
      - What a purge leaves alone, besides what is declared. An entry fits a name, a label, an email, a number or a
        uuid, without regard to case and accents. C(*) stands for any characters, C(?) for one.
    type: list
    elements: str
    default: []
  max_deletions:
    description: How many a purge may delete. With V(0) it deletes none, and is refused where it would have to.
    type: int
    default: 0
  on_error:
    description:
      - What to do when a write fails. V(stop) leaves all that follows undone, V(continue) goes on with the others. The
        task fails either way.
    type: str
    choices: [stop, continue]
    default: stop
"""

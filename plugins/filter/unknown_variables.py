# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.names import did_you_mean

DOCUMENTATION = r"""
name: unknown_variables
short_description: Find variables that are spelled wrongly
version_added: 0.1.0
description:
  - Returns a sentence for each name that is not among those that are known, with the nearest one.
  - The playbooks and the role use it, so that a variable with a slip in its name is an error and not without effect.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input
options:
  _input:
    description: Names of variables, as P(ansible.builtin.varnames#lookup) finds them.
    type: list
    elements: str
    required: true
  known:
    description: The names that mean something.
    type: list
    elements: str
    required: true
  alike:
    description: Whether only names are told that are like a known one. Others may be somebody's own.
    type: bool
    default: false
"""

EXAMPLES = r"""
---
- name: There is no dial_plan_department
  ansible.builtin.debug:
    msg: "{{ ['dial_plan_department'] | telephony.xivo.unknown_variables(['dial_plan', 'dial_plan_departments']) }}"
"""

RETURN = r"""
---
_value:
  description: A sentence for each name that is not known, in the order of the alphabet.
  type: list
  elements: str
"""


def unknown_variables(names: Iterable[str], known: Iterable[str], alike: bool = False) -> list[str]:
    known = [str(name) for name in known]
    unknown = sorted({str(name) for name in names} - set(known))
    return [
        f"There is no variable '{name}'.{did_you_mean(name, known)}"
        for name in unknown
        if not alike or difflib.get_close_matches(name, known, 1, 0.85)
    ]


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"unknown_variables": unknown_variables}

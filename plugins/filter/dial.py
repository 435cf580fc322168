# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.plugin_utils.declared_plan import dialled

DOCUMENTATION = r"""
name: dial
short_description: Tell who would answer numbers in a dial plan that is only declared
version_added: 0.1.0
description:
  - Tells who would answer, as M(telephony.xivo.xivo_dial_info) does, in a plan that no server has yet. None is asked.
  - The plan is read as if an empty server were brought to it. What is wrong in it is refused as there. A number that is
    V(auto) or left out is the first free one.
  - An include of a context that the plan does not declare leads nowhere, and for nobody the text says so.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input, plan
options:
  _input:
    description:
      - The numbers that are dialled, as O(telephony.xivo.xivo_dial_info#module:dial) takes them.
    type: list
    elements: dict
    required: true
  plan:
    description:
      - What is declared. C(contexts) as M(telephony.xivo.xivo_contexts) takes them, C(users) as
        M(telephony.xivo.xivo_users), C(groups) as M(telephony.xivo.xivo_groups), C(conferences) as
        M(telephony.xivo.xivo_conferences), and C(incalls) as M(telephony.xivo.xivo_incalls). What is left out is none.
      - What P(telephony.xivo.departments#filter) returns is such a plan.
    type: dict
    required: true
"""

EXAMPLES = r"""
---
- name: Who would answer
  ansible.builtin.debug:
    msg: "{{ numbers | telephony.xivo.dial(plan) | map(attribute='text') }}"
  vars:
    numbers:
      - context: default
        number: "2001"
      - context: Comptabilite
        number: "2002"
    plan:
      contexts:
        - name: default
          includes: [Comptabilite]
        - name: Comptabilite
          user_ranges: ["2001-2090"]
      users:
        - firstname: Anne
          lastname: Durand
          context: Comptabilite
"""

RETURN = r"""
---
_value:
  description: What becomes of each number, as RV(telephony.xivo.xivo_dial_info#module:calls).
  type: list
  elements: dict
"""


def dial(numbers: Any, plan: Any) -> list[dict[str, Any]]:
    try:
        return dialled(numbers, plan)
    except InputError as error:
        raise AnsibleFilterError(error.text) from error


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"dial": dial}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.departments import department
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError

DOCUMENTATION = r"""
name: department
short_description: Lay out the context of a department
version_added: 0.1.0
description:
  - Turns a department, a name and its first number, into the options of M(telephony.xivo.xivo_context). The users come
    first, then the groups, the queues and the conference rooms.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input
options:
  _input:
    description:
      - The department, with C(name) and C(first_number), and perhaps C(label), C(layout), C(includes), C(reciprocal),
        C(state), C(description) and C(entity). The name is made from the label if it is left out.
    type: dict
    required: true
  layout:
    description:
      - How many C(users), C(groups), C(queues) and C(conference_rooms) there are. The layout of the department is put
        over it.
    type: dict
    required: true
  includes:
    description: What the department includes, unless it says so itself.
    type: list
    elements: str
    default: []
  reciprocal:
    description: Whether these include the department too, unless it says so itself.
    type: bool
    default: false
"""

EXAMPLES = r"""
---
- name: Users 2001 to 2090, groups 2091 to 2094, conference rooms 2095 to 2099
  ansible.builtin.debug:
    msg: >-
      {{ {'name': 'Comptabilite', 'label': 'Comptabilité', 'first_number': '2001'}
         | telephony.xivo.department({'users': 90, 'groups': 4, 'conference_rooms': 5}, ['default']) }}
"""

RETURN = r"""
---
_value:
  description: The options of M(telephony.xivo.xivo_context), C(state) among them.
  type: dict
"""


def _department(
    options: dict[str, Any], layout: dict[str, int], includes: Any = (), reciprocal: bool = False
) -> dict[str, Any]:
    if not isinstance(options, dict):
        raise AnsibleFilterError(f"A department is a dictionary with a label and a first_number, not {options!r}.")
    if not isinstance(options.get("first_number", ""), (str, type(None))):
        Display().warning(
            "The first_number of a department is not written as text. YAML reads 0200 without quotes as 128. Put "
            "quotes around numbers."
        )
    try:
        return department(options, layout, includes, reciprocal)
    except InputError as error:
        raise AnsibleFilterError(error.text) from error


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"department": _department}

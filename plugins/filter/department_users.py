# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.plugin_utils.departments import belongings

DOCUMENTATION = r"""
name: department_users
short_description: List the users of a department
version_added: 0.1.0
description:
  - Returns the users of a department as the list that M(telephony.xivo.xivo_users) takes. All have their line in the
    department's context, unless they say otherwise.
  - They come from the department's list C(users), and from C(users_csv), the text of a table as telephone
    administrators keep them. A department that is absent has none.
  - The first line of the table names the columns. C(firstname) is needed. C(lastname), C(number) (or C(extension)),
    C(email), C(voicemail), C(language) and C(mobile) are known, in any order and in any case, each once. Columns are
    divided by commas, semicolons or tabs. A column without a name is fine as long as nothing stands in it.
  - A number is digits or V(auto). An empty cell counts as V(auto).
  - C(voicemail) is V(yes) for one with the number of the line, V(no) or empty for leaving it as it is, or digits for a
    number of its own.
  - Each row that is not empty is one user, or an error. A cell stands on one line, and a quote in it, where the cell is
    in quotes, is written twice. Every problem is told at once, each with its line and column.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input
options:
  _input:
    description: The department, with its C(name), and perhaps C(users) and C(users_csv).
    type: dict
    required: true
"""

EXAMPLES = r"""
---
- name: Anne with the number 2001 and a voicemail, Bruno with the first free number
  ansible.builtin.debug:
    msg: "{{ {'name': 'Comptabilite', 'users_csv': table} | telephony.xivo.department_users }}"
  vars:
    table: |
      firstname,lastname,number,email,voicemail
      Anne,Durand,2001,anne.durand@example.com,yes
      Bruno,Petit,auto,,
"""

RETURN = r"""
---
_value:
  description: The users, those of the list first.
  type: list
  elements: dict
"""


def department_users(department: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        return belongings(department)["users"]
    except InputError as error:
        raise AnsibleFilterError(error.text) from error


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"department_users": department_users}

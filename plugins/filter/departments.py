# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.plugin_utils.departments import declared

DOCUMENTATION = r"""
name: departments
short_description: Turn departments into what the modules take
version_added: 0.1.0
description:
  - Turns a list of departments, as the role P(telephony.xivo.xivo_context#role) takes them, into contexts, users,
    groups and conference rooms, as the modules take them.
  - All that is given is read and checked here, so that nothing is written where a part of it is wrong. A key that
    nobody knows is refused, with the nearest one that is known.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input
options:
  _input:
    description: The departments, each with what P(telephony.xivo.department#filter) and
      P(telephony.xivo.department_users#filter) take, and perhaps C(groups) and C(conference_rooms).
    type: list
    elements: dict
    required: true
  layout:
    description:
      - How many C(users), C(groups), C(queues) and C(conference_rooms) a department has, unless it says so itself.
    type: dict
    required: true
  includes:
    description: What a department includes, unless it says so itself.
    type: list
    elements: str
    default: []
  reciprocal:
    description: Whether these include the department too, unless it says so itself.
    type: bool
    default: false
  contexts:
    description:
      - Lists of contexts that stand beside the departments.
      - A context of several lists is one context. What a later list says of it wins, and the departments come last.
    type: list
    elements: list
    default: []
  handles:
    description:
      - By what the server's contexts are found, for each name where that is something else. A server that makes the
        names, Wazo 23.12 and later, knows a department V(rh) by its label only. Users, groups and rooms are put there.
    type: dict
    default: {}
"""

EXAMPLES = r"""
---
- name: The contexts, and who is in them
  ansible.builtin.debug:
    msg: "{{ departments | telephony.xivo.departments({'users': 90, 'groups': 4}, ['default']) }}"
  vars:
    departments:
      - label: Comptabilité
        first_number: "2001"
        users:
          - firstname: Anne
            lastname: Durand
        groups:
          - name: factures
            members: [Anne Durand]
"""

RETURN = r"""
---
_value:
  description:
    - C(contexts) for M(telephony.xivo.xivo_contexts), C(users) for M(telephony.xivo.xivo_users), C(groups) for
      M(telephony.xivo.xivo_group), and C(conference_rooms) for M(telephony.xivo.xivo_conference).
    - C(also_check) is what O(telephony.xivo.xivo_contexts#module:also_check) takes. There are no passwords in it.
  type: dict
"""


def departments(
    options: Sequence[dict[str, Any]],
    layout: Mapping[str, int],
    includes: Sequence[str] = (),
    reciprocal: bool = False,
    contexts: Iterable[Sequence[dict[str, Any]]] = (),
    handles: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    try:
        return declared(options, layout, includes, reciprocal, contexts, handles)
    except InputError as error:
        raise AnsibleFilterError(error.text) from error


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"departments": departments}

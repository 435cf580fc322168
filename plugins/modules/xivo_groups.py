#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_groups
short_description: Manage many groups of a XiVO or Wazo telephone system, with their numbers and members
version_added: 0.1.0
description:
  - Does for a list of groups what M(telephony.xivo.xivo_group) does for one. One plan is made over all before the
    first write, and each list is read once, so that many that are in place cost hardly more requests than one.
  - What leaves a number comes before what takes it, in whatever order they are listed.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
  - telephony.xivo.many
options:
  groups:
    description: The groups. Each takes the options of M(telephony.xivo.xivo_group).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name by which playbooks call the group. XiVO takes the letters a-z and A-Z, digits, C(.), C(_) and
            C(-), and
            its web service stores them in lower case.
          - Wazo makes a name itself. There the group is found by that, by its uuid, or by its label without regard to
            case.
            A label that is another text than the name must stand in every task beside it.
        type: str
        required: true
      label:
        description:
          - What people see, on Wazo. It holds only the letters a-z and A-Z, digits, spaces, C(.), C(_) and C(-).
          - Left out, a new group has O(groups[].name) as its label. A group of a XiVO has a name only, and this is
            ignored.
        type: str
      context:
        description:
          - The internal context in which the group has its number, as in O(telephony.xivo.xivo_context#module:name).
            Another one moves it.
          - Needed for a new group.
        type: str
      extension:
        description:
          - The number. It must be in one of the group ranges of O(groups[].context), and belong to nobody.
          - V(auto), or left out for a new group, is the first free number of these ranges. A group that has a number
            in the context keeps it.
          - With O(groups[].state=absent), a number that a run left behind without an owner, because it was cut off, is
            deleted too.
            Where the group is gone already, this needs O(groups[].context), and O(groups[].extension) if several
            numbers there are
            nobody's.
        type: str
      members:
        description:
          - The users who are called, in this order, each by uuid, by email, or by first and last name. Each needs a
            line.
          - The list is exact. An empty one removes all members; left out, they stay as they are.
        type: list
        elements: str
      state:
        description: V(absent) removes the group and its number.
        type: str
        choices: [present, absent]
        default: present
notes:
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read), C(confd.groups.#), C(confd.extensions.#) and
    C(confd.users.read), C(confd.voicemails.read) and C(confd.lines.read).
  - On XiVO groups come from the web service, through which any enabled account may do everything, and users and numbers
    from xivo-confd, for which it needs C(confd.users.#), C(confd.lines.#), C(confd.voicemails.#) and
    C(confd.extensions.#). Through the xivo-confd of 16.15 alone it needs C(confd.groups.#) and C(confd.contexts.read)
    too.
  - An edit in XiVO's web service resets what it leaves out, so all that it shows of the group is sent back with it.
  - Endpoints are C(/groups), C(/groups/ID/extensions/ID), C(/groups/ID/members/users), C(/extensions), C(/users),
    C(/lines), C(/voicemails) and C(/contexts) below C(/confd/1.1) on Wazo. On XiVO
    C(/service/ipbx/json.php/restricted/pbx_settings/groups/) with the acts C(list), C(view), C(add), C(edit) and
    C(delete), the lists of contexts, lines, conference rooms and queues there, and C(/users), C(/lines),
    C(/extensions) and C(/voicemails) below C(:9486/1.1).
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: The groups of the department, and which one calls whom
  telephony.xivo.xivo_groups:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    groups:
      - name: compta
        context: Comptabilite
        extension: "2091"
        members:
          - anne.durand@example.com
          - Bernard Petit
      - name: factures
        context: Comptabilite
        extension: auto
        members:
          - Bernard Petit

- name: One group has gone, and the other takes its number
  telephony.xivo.xivo_groups:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    groups:
      - name: compta
        state: absent
      - name: factures
        context: Comptabilite
        extension: "2091"
"""

RETURN = r"""
---
plan:
  description:
    - What was done, or in check mode would be, as in M(telephony.xivo.xivo_users).
    - In a template write C(plan['update']), because C(plan.update) is something else there.
  returned: always, once there is a plan
  type: dict
  sample:
    create: ["compta"]
    update: []
    delete: []
    unchanged: []
groups:
  description:
    - The groups after the task, or in check mode as they would be, in the order of O(groups), each as
      M(telephony.xivo.xivo_group) returns it. None for one that is absent.
  returned: success
  type: list
  elements: dict
  sample:
    - {"name": "compta", "label": "compta", "uuid": "38958df8-c681-4e76-b0f2-6fd5488a0ac9", "context": "Comptabilite",
      "extension": "2091", "members": ["5f59c1a5-b474-417b-a1c4-618dec02a6e3"]}
server:
  description: What the server was found to be, as in M(telephony.xivo.xivo_context).
  returned: success
  type: dict
  sample: {"product": "wazo", "api": "wazo-confd", "url": "https://wazo.example.com/api/confd/1.1"}
done:
  description: What was written before the task failed, as text.
  returned: when a write failed
  type: list
  elements: str
  sample: ["make the group 'compta'"]
left:
  description: What was not written, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: []
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import many
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = many("group")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

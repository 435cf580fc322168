#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_group
short_description: Manage a group of a XiVO or Wazo telephone system, with its number and members
version_added: 0.1.0
description:
  - Makes, changes or removes a group, whose members are called by one number.
  - What is left out stays as it is.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  name:
    description:
      - The name by which playbooks call the group. XiVO takes the letters a-z and A-Z, digits, C(.), C(_) and C(-), and
        its web service stores them in lower case.
      - Wazo makes a name itself. There the group is found by that, by its uuid, or by its label without regard to case.
        A label that is another text than the name must stand in every task beside it.
    type: str
    required: true
  label:
    description:
      - What people see, on Wazo. It holds only the letters a-z and A-Z, digits, spaces, C(.), C(_) and C(-).
      - Left out, a new group has O(name) as its label. A group of a XiVO has a name only, and this is ignored.
    type: str
  context:
    description:
      - The internal context in which the group has its number, as in O(telephony.xivo.xivo_context#module:name).
        Another one moves it.
      - Needed for a new group.
    type: str
  extension:
    description:
      - The number. It must be in one of the group ranges of O(context), and belong to nobody.
      - V(auto), or left out for a new group, is the first free number of these ranges. A group that has a number
        in the context keeps it.
      - With O(state=absent), a number that a run left behind without an owner, because it was cut off, is deleted too.
        Where the group is gone already, this needs O(context), and O(extension) if several numbers there are
        nobody's.
    type: str
  members:
    description:
      - The users who are called, in this order, each by uuid, by email, or by first and last name. Each needs a line.
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
- name: Two accountants are called by the first free group number
  telephony.xivo.xivo_group:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: compta
    context: Comptabilite
    extension: auto
    members:
      - anne.durand@example.com
      - Bernard Petit

- name: The group moves to another number, and its members stay
  telephony.xivo.xivo_group:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: compta
    extension: "2094"

- name: Nobody is in it
  telephony.xivo.xivo_group:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: compta
    members: []

- name: It is gone, and its number is free
  telephony.xivo.xivo_group:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: compta
    state: absent
"""

RETURN = r"""
---
group:
  description: The group as it is after the task, or in check mode as it would be. None if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name; where the server makes it, the one of the task.
      type: str
      returned: always
      sample: compta
    label:
      description: What people see. None on XiVO.
      type: str
      returned: always
      sample: compta
    uuid:
      description: What Wazo calls the group. None on XiVO.
      type: str
      returned: always
      sample: 38958df8-c681-4e76-b0f2-6fd5488a0ac9
    context:
      description: The context of its number. None without one.
      type: str
      returned: always
      sample: Comptabilite
    extension:
      description: The number. None without one.
      type: str
      returned: always
      sample: "2091"
    members:
      description: The uuids of its members, in order.
      type: list
      elements: str
      returned: always
      sample: [5f59c1a5-b474-417b-a1c4-618dec02a6e3]
changes:
  description: What changed. Empty for a new or a removed group.
  returned: success
  type: list
  elements: str
  sample: [extension, members]
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
  sample: ["make the group"]
left:
  description: What was not done, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: ["make the group 'compta'"]
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import one
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = one("group")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

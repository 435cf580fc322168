#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_incall
short_description: Manage where an incoming number of a XiVO or Wazo telephone system leads to
version_added: 0.1.0
description:
  - Makes, changes or removes the way from a number that is called from the public network to a user, a group or a
    conference room.
  - It is found by O(context) and O(extension).
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  context:
    description: A context of the type V(incall), as in O(telephony.xivo.xivo_context#module:name).
    type: str
    required: true
  extension:
    description:
      - The number as the operator sends it, so with as many digits as the C(did_length) of its range says. It must be
        in one of the incall ranges of O(context).
      - Or a pattern for many numbers, such as V(_80XX), which may reach beyond the ranges. X stands for 0 to 9, Z for 1
        to 9, N for 2 to 9, V([2-46]) for one of these, a V(.) at the end for one or more digits, a V(!) for none or
        more. The underscore may be left out.
      - Of a number and a pattern that answers for it too, Asterisk takes the number.
    type: str
    required: true
  destination:
    description: Where the call goes. Needed for a new number. Left out, it stays as it is.
    type: dict
    suboptions:
      type:
        description: What it leads to.
        type: str
        choices: [user, group, conference]
        required: true
      name:
        description:
          - The user, by uuid, by email, or by first and last name. The group or the room, as in
            O(telephony.xivo.xivo_group#module:name) and O(telephony.xivo.xivo_conference#module:name).
        type: str
        required: true
  state:
    description: V(absent) removes the way and the number, also a number that nobody has.
    type: str
    choices: [present, absent]
    default: present
notes:
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read), C(confd.incalls.#), C(confd.extensions.#), and
    for the destination C(confd.users.read) with C(confd.voicemails.read) and C(confd.lines.read),
    C(confd.groups.read) or C(confd.conferences.read).
  - On XiVO incoming calls come from xivo-confd, with a token of xivo-auth and the rights C(confd.incalls.#),
    C(confd.extensions.#), C(confd.users.#), C(confd.lines.read) and C(confd.voicemails.read). Contexts, groups and
    conference rooms come from the web service.
  - Endpoints are C(/incalls), C(/incalls/ID/extensions/ID), C(/extensions), C(/users), C(/lines), C(/voicemails),
    C(/groups), C(/conferences) and C(/contexts) below C(/confd/1.1) on Wazo. On XiVO the first six below
    C(:9486/1.1), and the lists of contexts, lines, groups, conference rooms and queues of the web service.
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: Who calls 01 45 67 80 01 reaches Anne
  telephony.xivo.xivo_incall:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: from-extern
    extension: "8001"
    destination:
      type: user
      name: anne.durand@example.com

- name: All other numbers that begin with 80 reach the accountants
  telephony.xivo.xivo_incall:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: from-extern
    extension: _80XX
    destination:
      type: group
      name: compta

- name: And who calls 01 45 67 80 02 the accountants
  telephony.xivo.xivo_incall:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: from-extern
    extension: "8002"
    destination:
      type: group
      name: compta

- name: Nobody is reached any more
  telephony.xivo.xivo_incall:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: from-extern
    extension: "8001"
    state: absent
"""

RETURN = r"""
---
incall:
  description: The incoming call as it is after the task, or in check mode as it would be. None if it is absent.
  returned: success
  type: dict
  contains:
    context:
      description: The context.
      type: str
      returned: always
      sample: from-extern
    extension:
      description: The number.
      type: str
      returned: always
      sample: "8001"
    destination:
      description: Where it leads to. A destination that was made elsewhere may have another type.
      type: dict
      returned: always
      sample: {"type": "user", "name": "Anne Durand"}
changes:
  description: What changed. Empty for a new or a removed number.
  returned: success
  type: list
  elements: str
  sample: [destination]
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
  sample: ["make the extension 8001"]
left:
  description: What was not done, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: ["make the incoming call '8001'"]
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import one
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = one("incall")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_context_range
short_description: Manage one range of numbers of a context
version_added: 0.1.0
description:
  - Adds, resizes or removes one range of numbers of a context that exists, and leaves its other ranges alone.
  - The range is found by O(context), O(type) and O(start). One that starts there and ends elsewhere is resized.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
  - telephony.xivo.context.policy
options:
  context:
    description: The name of the context, as in O(telephony.xivo.xivo_context#module:name).
    type: str
    required: true
  type:
    description: What the numbers are for.
    type: str
    choices: [user, group, queue, conference_room, incall]
    required: true
  start:
    description:
      - First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
      - With O(end) left out, it may also be the whole range as the diff shows it, such as V("2100-2109").
    type: str
    required: true
  end:
    description:
      - Last number, with as many digits as O(start). The same number if left out.
      - Not needed to remove a range. If it is given, the range must end there.
    type: str
  did_length:
    description:
      - How many digits, counted from the right, the operator sends. For V(incall) only.
      - Left out, a range that exists keeps its own.
    type: int
  state:
    description: Whether the range should be there.
    type: str
    choices: [present, absent]
    default: present
notes:
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read), C(confd.contexts.create),
    C(confd.contexts.*.update), C(confd.contexts.*.contexts.update) and C(confd.contexts.*.delete), and
    C(auth.tenants.read) if O(tenant) is a name. C(confd.contexts.#) holds the first five.
  - On XiVO any enabled account of I(Web Services Access) may do everything through the web service. Through the
    xivo-confd of 16.14 and 16.15 it needs C(confd.contexts.#).
  - Endpoints on Wazo are C(POST /auth/0.1/token), C(GET /confd/1.1/contexts), C(POST /confd/1.1/contexts),
    C(PUT /confd/1.1/contexts/ID), C(PUT /confd/1.1/contexts/ID/contexts) and C(DELETE /confd/1.1/contexts/ID). On XiVO
    C(/service/ipbx/json.php/restricted/system_management/context/) with the acts C(list), C(view), C(add), C(edit) and
    C(delete), and C(/xivo/configuration/json.php/restricted/manage/entity/) with C(list).
  - To look who uses a number, the account needs C(confd.extensions.read) and C(confd.voicemails.read), and to delete a
    context C(confd.lines.read) and C(confd.trunks.read) too, on Wazo and for XiVO's xivo-confd. On XiVO it needs
    C(confd.users.read) as well, because there a number does not show whose it is.
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: Ten more numbers for the users of the accountants
  telephony.xivo.xivo_context_range:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: Comptabilite
    type: user
    start: "2100"
    end: "2109"

- name: Twenty, after all
  telephony.xivo.xivo_context_range:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: Comptabilite
    type: user
    start: "2100"
    end: "2119"

- name: None, in the end
  telephony.xivo.xivo_context_range:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: Comptabilite
    type: user
    start: "2100"
    state: absent
"""

RETURN = r"""
---
range:
  description: The range as it is after the task. None if it is absent.
  returned: success
  type: dict
  sample:
    context: Comptabilite
    type: user
    start: "2100"
    end: "2119"
ranges:
  description: All ranges of this kind that the context has after the task, sorted.
  returned: success
  type: list
  elements: dict
  sample: [{"start": "2001", "end": "2090"}, {"start": "2100", "end": "2119"}]
context:
  description: The context after the task, in the shape of RV(telephony.xivo.xivo_context#module:context).
  returned: success
  type: dict
changes:
  description: The options of the context that changed.
  returned: success
  type: list
  elements: str
  sample: [user_ranges]
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
  sample: ["make the context 'Comptabilite'"]
left:
  description: What was not written, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: ["set the includes of the context 'Comptabilite'"]
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import context_range
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = context_range()
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

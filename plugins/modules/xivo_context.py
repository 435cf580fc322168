#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_context
short_description: Manage a context of a XiVO or Wazo telephone system
version_added: 0.1.0
description:
  - Creates, changes or deletes one context of the dial plan, with the numbers that it owns and the contexts that it
    includes.
  - What is left out stays as it is. What is given is exact.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
  - telephony.xivo.context.policy
options:
  name:
    description:
      - The name by which this and other playbooks call the context. At most 39 of the letters a-z and A-Z, digits, C(_)
        and C(-). No accents.
      - On XiVO it is the internal name, stored in lower case. On Wazo up to 23.11 it is the name.
      - It finds the context of that very name or uuid, else the one whose label is the same but for accents, case and
        what stands between the words, on every server - V(Ventes-Nord) finds V(Ventes Nord) -, if there is one only.
      - Wazo 23.12 and later make the name themselves. There the label is all that leads to a context, and the one whose
        label is O(label) is found too. If O(label) says something else than the name, a warning tells what other tasks
        are to write.
      - A context cannot be renamed.
    type: str
    required: true
  label:
    description:
      - The name that people see, with accents if you like. 1 to 128 characters, on XiVO at least 3.
      - A new context without one gets O(name).
    type: str
  type:
    description:
      - V(internal) owns the numbers of users, groups, queues and conference rooms, V(incall) those that the outside
        world dials, V(outcall) is the way out.
      - A new context without one is V(internal).
    type: str
    choices: [internal, incall, outcall, services, others]
  description:
    description: A remark for administrators. An empty text removes it.
    type: str
  enabled:
    description: Whether the context is in use. XiVO's web service cannot disable one.
    type: bool
  includes:
    description:
      - The contexts whose numbers can be called from this one too, in the order in which they are searched.
      - The list is exact. An empty list removes all. Left out, they stay as they are.
      - Not possible through the xivo-confd of 16.14 and 16.15, which has no includes. There, use the web service.
    type: list
    elements: str
  reciprocal:
    description:
      - Whether each of the contexts that are included from here includes this one too. It is added as the last of
        theirs where it is missing, also where the same task declares theirs. V(false) leaves them as they are.
    type: bool
    default: false
  entity:
    description:
      - The internal name of the entity that the context belongs to, on XiVO.
      - A new context without one gets the only entity that there is. If there are several, it is an error that lists
        them.
      - Wazo has no entities, and ignores it.
    type: str
  user_ranges:
    description:
      - Numbers for users.
      - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they are.
      - A range may also be text, as the diff shows it, such as V("2001-2090").
    type: list
    elements: dict
    suboptions:
      start:
        description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
        type: str
        required: true
      end:
        description: Last number, with as many digits as O(user_ranges[].start). The same number if left out.
        type: str
      did_length:
        description: For incall ranges only; here it is an error.
        type: int
  group_ranges:
    description:
      - Numbers for groups.
      - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they are.
      - A range may also be text, as the diff shows it, such as V("2001-2090").
    type: list
    elements: dict
    suboptions:
      start:
        description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
        type: str
        required: true
      end:
        description: Last number, with as many digits as O(group_ranges[].start). The same number if left out.
        type: str
      did_length:
        description: For incall ranges only; here it is an error.
        type: int
  queue_ranges:
    description:
      - Numbers for queues.
      - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they are.
      - A range may also be text, as the diff shows it, such as V("2001-2090").
    type: list
    elements: dict
    suboptions:
      start:
        description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
        type: str
        required: true
      end:
        description: Last number, with as many digits as O(queue_ranges[].start). The same number if left out.
        type: str
      did_length:
        description: For incall ranges only; here it is an error.
        type: int
  conference_room_ranges:
    description:
      - Numbers for conference rooms.
      - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they are.
      - A range may also be text, as the diff shows it, such as V("2001-2090").
    type: list
    elements: dict
    suboptions:
      start:
        description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
        type: str
        required: true
      end:
        description: Last number, with as many digits as O(conference_room_ranges[].start). The same number if left out.
        type: str
      did_length:
        description: For incall ranges only; here it is an error.
        type: int
  incall_ranges:
    description:
      - Numbers that the outside world dials, whole as they are known there.
      - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they are.
      - A range may also be text, as the diff shows it, such as V("0145678000-0145678099 (did_length 4)").
    type: list
    elements: dict
    suboptions:
      start:
        description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
        type: str
        required: true
      end:
        description: Last number, with as many digits as O(incall_ranges[].start). The same number if left out.
        type: str
      did_length:
        description: How many digits, counted from the right, the operator sends. XiVO wants 1 to 20, others take 0 too.
        type: int
  state:
    description:
      - V(present) makes the context as declared, V(absent) deletes it.
      - A deleted context is taken out of the includes of all others, by the server.
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
- name: The department of the accountants, with its numbers, can call the rest of the house
  telephony.xivo.xivo_context:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: Comptabilite
    label: Comptabilité
    type: internal
    includes:
      - default
    user_ranges:
      - start: "2001"
        end: "2090"
    group_ranges:
      - start: "2091"
        end: "2094"
    conference_room_ranges:
      - start: "2095"
        end: "2099"

- name: The department moves to other numbers, everything else stays
  telephony.xivo.xivo_context:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: Comptabilite
    user_ranges:
      - start: "3001"
        end: "3090"
    group_ranges:
      - start: "3091"
        end: "3094"
    conference_room_ranges:
      - start: "3095"
        end: "3099"

- name: Nobody is called from it any more
  telephony.xivo.xivo_context:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: Comptabilite
    includes: []

- name: Calls from the public network, of which the operator sends the last four digits
  telephony.xivo.xivo_context:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: from-paris
    label: Calls from Paris
    type: incall
    incall_ranges:
      - start: "0145678000"
        end: "0145678099"
        did_length: 4

- name: The department is no more
  telephony.xivo.xivo_context:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: Comptabilite
    state: absent
"""

RETURN = r"""
---
context:
  description: The context as the server shows it after the task, or in check mode as it would. None if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name to call the context by.
      type: str
      returned: always
      sample: Comptabilite
    label:
      description: The name that people see.
      type: str
      returned: always
      sample: Comptabilité
    type:
      description: What the context is for.
      type: str
      returned: always
      sample: internal
    description:
      description: A remark.
      type: str
      returned: always
      sample: ""
    enabled:
      description: Whether it is in use.
      type: bool
      returned: always
    user_ranges:
      description: Numbers for users, sorted.
      type: list
      returned: always
      elements: dict
      sample: [{"start": "2001", "end": "2090"}]
    group_ranges:
      description: Numbers for groups, sorted.
      type: list
      returned: always
      elements: dict
      sample: [{"start": "2091", "end": "2094"}]
    queue_ranges:
      description: Numbers for queues, sorted.
      type: list
      returned: always
      elements: dict
      sample: []
    conference_room_ranges:
      description: Numbers for conference rooms, sorted.
      type: list
      returned: always
      elements: dict
      sample: [{"start": "2095", "end": "2099"}]
    incall_ranges:
      description: Numbers that the outside world dials, sorted.
      type: list
      returned: always
      elements: dict
      sample: []
    includes:
      description: The contexts that can be called from it, in order.
      type: list
      returned: always
      elements: str
      sample: [default]
    entity:
      description: The entity that it belongs to.
      type: str
      returned: on XiVO, through its web service
      sample: xivo
changes:
  description: The options in which the context changed. Empty for a new or a deleted one.
  returned: success
  type: list
  elements: str
  sample: [label, user_ranges, includes]
server:
  description: What the server was found to be.
  returned: success
  type: dict
  contains:
    product:
      description: V(xivo) or V(wazo).
      type: str
      returned: always
      sample: wazo
    api:
      description: The API that was used, V(xivo-webservice), V(xivo-confd) or V(wazo-confd).
      type: str
      returned: always
      sample: wazo-confd
    url:
      description: Where it sits.
      type: str
      returned: always
      sample: https://wazo.example.com/api/confd/1.1
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

from ansible_collections.telephony.xivo.plugins.module_utils.registry import one
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = one("context")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

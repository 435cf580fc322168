#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_conferences
short_description: Manage many conference rooms of a XiVO or Wazo telephone system, with their numbers
version_added: 0.1.0
description:
  - Does for a list of conference rooms what M(telephony.xivo.xivo_conference) does for one. One plan is made over all
    before the first write, and each list is read once, so that many that are in place cost hardly more requests than
    one.
  - What leaves a number comes before what takes it, in whatever order they are listed.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
  - telephony.xivo.many
options:
  conferences:
    description: The conference rooms. Each takes the options of M(telephony.xivo.xivo_conference).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name of the room. XiVO takes the letters a-z and A-Z, digits, C(.), C(_) and C(-), and stores them in
            lower
            case.
          - A room is found by it, or, where none has exactly this name, without accents and case.
        type: str
        required: true
      context:
        description:
          - The internal context in which the room has its number, as in O(telephony.xivo.xivo_context#module:name).
            Another one moves it.
          - Needed for a new room.
        type: str
      extension:
        description:
          - The number. It must be in one of the conference room ranges of O(conferences[].context), and belong to
            nobody.
          - V(auto), or left out for a new room, is the first free number of these ranges. A room that has a number
            in the context keeps it.
          - With O(conferences[].state=absent), a number that a run left behind without an owner, because it was cut
            off, is deleted too.
            Where the room is gone already, this needs O(conferences[].context), and O(conferences[].extension) if
            several numbers there are
            nobody's.
        type: str
      pin:
        description:
          - The digits that who comes in has to dial. See O(conferences[].update_password). An empty text removes it.
        type: str
      update_password:
        description:
          - V(on_create) sets the pin when the room is made, and leaves it alone then. V(always) sets it whenever it
            differs.
        type: str
        choices: [on_create, always]
        default: on_create
      state:
        description: V(absent) removes the room and its number.
        type: str
        choices: [present, absent]
        default: present
notes:
  - XiVO cannot change a room. It is deleted and made again at once, with what it had, and the incoming calls that go
    to it are brought along. Guests who were invited to it by mail are not, nor is what else leads to it by the web
    page, such as function keys and what happens when nobody answers.
  - So that nothing is lost if that is cut off, a copy of the room holds its place meanwhile. It is called as the room
    with C(.was-) and an id behind, and takes a number that is free in a conference room range of any internal context.
    Where there is none, the room is not changed. The next run of the task finishes what was cut off.
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read), C(confd.conferences.#) and
    C(confd.extensions.#).
  - On XiVO rooms come from the web service, through which any enabled account may do everything, and numbers from
    xivo-confd, for which it needs C(confd.users.read), C(confd.extensions.#) and C(confd.incalls.#). The xivo-confd of
    16.15 alone has no rooms.
  - Endpoints are C(/conferences), C(/conferences/ID/extensions/ID), C(/extensions) and C(/contexts) below
    C(/confd/1.1) on Wazo. On XiVO C(/service/ipbx/json.php/restricted/pbx_settings/meetme/) with the acts C(list),
    C(view), C(add) and C(delete), the lists of contexts, groups and queues there, and C(/users), C(/extensions) and
    C(/incalls) below C(:9486/1.1).
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: The conference rooms of the department
  telephony.xivo.xivo_conferences:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    conferences:
      - name: bilan
        context: Comptabilite
        extension: "2095"
      - name: paie
        context: Comptabilite
        extension: auto

- name: These rooms and no others, and at most two go
  telephony.xivo.xivo_conferences:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    conferences:
      - name: bilan
    purge: true
    max_deletions: 2
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
    create: ["bilan"]
    update: []
    delete: []
    unchanged: []
conferences:
  description:
    - The conference rooms after the task, or in check mode as they would be, in the order of O(conferences), each as
      M(telephony.xivo.xivo_conference) returns it. None for one that is absent.
  returned: success
  type: list
  elements: dict
  sample:
    - {"name": "bilan", "context": "Comptabilite", "extension": "2095"}
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
  sample: ["make the conference room 'bilan'"]
left:
  description: What was not written, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: []
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import many
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = many("conference")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

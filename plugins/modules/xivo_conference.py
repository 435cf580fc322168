#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_conference
short_description: Manage a conference room of a XiVO or Wazo telephone system, with its number
version_added: 0.1.0
description:
  - Makes, changes or removes a conference room.
  - What is left out stays as it is.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  name:
    description:
      - The name of the room. XiVO takes the letters a-z and A-Z, digits, C(.), C(_) and C(-), and stores them in lower
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
      - The number. It must be in one of the conference room ranges of O(context), and belong to nobody.
      - V(auto), or left out for a new room, is the first free number of these ranges. A room that has a number
        in the context keeps it.
      - With O(state=absent), a number that a run left behind without an owner, because it was cut off, is deleted too.
        Where the room is gone already, this needs O(context), and O(extension) if several numbers there are
        nobody's.
    type: str
  pin:
    description:
      - The digits that who comes in has to dial. See O(update_password). An empty text removes it.
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
- name: A room for the accountants, behind a pin
  telephony.xivo.xivo_conference:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: bilan
    context: Comptabilite
    extension: auto
    pin: "{{ room_pin }}"

- name: The same room with another pin
  telephony.xivo.xivo_conference:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: bilan
    pin: "{{ room_pin }}"
    update_password: always

- name: It is gone, and its number is free
  telephony.xivo.xivo_conference:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: bilan
    state: absent
"""

RETURN = r"""
---
conference:
  description: The room as it is after the task, or in check mode as it would be, without its pin. None if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name.
      type: str
      returned: always
      sample: bilan
    context:
      description: The context of its number. None without one.
      type: str
      returned: always
      sample: Comptabilite
    extension:
      description: The number. None without one.
      type: str
      returned: always
      sample: "2095"
changes:
  description: What changed. Empty for a new or a removed room.
  returned: success
  type: list
  elements: str
  sample: [extension]
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
  sample: ["make the conference room"]
left:
  description: What was not done, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: ["make the conference room 'bilan'"]
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import one
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = one("conference")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

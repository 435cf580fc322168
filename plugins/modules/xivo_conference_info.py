#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_conference_info
short_description: Read the conference rooms of a XiVO or Wazo telephone system, with their numbers
version_added: 0.1.0
description:
  - Reads conference rooms, in the shape that M(telephony.xivo.xivo_conferences) takes.
  - A pin is not returned. So a room that is made again from this has none.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  context:
    description: Only conference rooms with a number in this context, as in O(telephony.xivo.xivo_context#module:name).
    type: str
  search:
    description: Only those with this text in their name or number, without regard to case and accents.
    type: str
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
- name: All conference rooms of a context
  telephony.xivo.xivo_conference_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: Comptabilite
  register: rooms

- name: The same rooms, declared
  telephony.xivo.xivo_conferences:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    conferences: "{{ rooms.conferences }}"
"""

RETURN = r"""
---
conferences:
  description: The conference rooms, each as M(telephony.xivo.xivo_conference) returns it.
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
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import info
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = info("conference")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_group_info
short_description: Read the groups of a XiVO or Wazo telephone system, with their numbers and members
version_added: 0.1.0
description:
  - Reads groups, in the shape that M(telephony.xivo.xivo_groups) takes.
  - Where the server makes the names, C(name) is the label, by which playbooks find the group on every server. Members
    are uuids, which another server does not know.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  context:
    description: Only groups with a number in this context, as in O(telephony.xivo.xivo_context#module:name).
    type: str
  search:
    description: Only those with this text in their name, label, number or uuid, without regard to case and accents.
    type: str
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
- name: All groups of a context
  telephony.xivo.xivo_group_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: Comptabilite
  register: groups
"""

RETURN = r"""
---
groups:
  description: The groups, each as M(telephony.xivo.xivo_group) returns it.
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
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import info
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = info("group")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_incall_info
short_description: Read where the incoming numbers of a XiVO or Wazo telephone system lead to
version_added: 0.1.0
description:
  - Reads incoming calls, in the shape that M(telephony.xivo.xivo_incalls) takes.
  - A call that leads to something other than a user, a group or a conference room shows what it leads to by its id.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  context:
    description: Only incoming calls with a number in this context, as in O(telephony.xivo.xivo_context#module:name).
    type: str
  search:
    description: Only those with this text in their number, without regard to case and accents.
    type: str
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
- name: All incoming calls of a context
  telephony.xivo.xivo_incall_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: from-extern
  register: calls
"""

RETURN = r"""
---
incalls:
  description: The incoming calls, each as M(telephony.xivo.xivo_incall) returns it.
  returned: success
  type: list
  elements: dict
  sample:
    - {"context": "from-extern", "extension": "8001", "destination": {"type": "user", "name": "Anne Durand"}}
server:
  description: What the server was found to be, as in M(telephony.xivo.xivo_context).
  returned: success
  type: dict
  sample: {"product": "wazo", "api": "wazo-confd", "url": "https://wazo.example.com/api/confd/1.1"}
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import info
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = info("incall")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

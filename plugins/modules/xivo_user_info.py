#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_user_info
short_description: Read the users of a XiVO or Wazo telephone system, with lines, numbers and voicemails
version_added: 0.1.0
description:
  - Returns the users in the shape that M(telephony.xivo.xivo_users) takes, without any password.
  - That has one line for each. Further lines are told in a warning.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.read_only
options:
  context:
    description: Only users whose line has its number in this context.
    type: str
  search:
    description: Only users that have this text in their name, email or number, whatever its accents and case.
    type: str
notes:
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read), C(confd.users.read), C(confd.voicemails.read)
    and C(confd.lines.read).
  - On XiVO users come from xivo-confd, with a token of xivo-auth and the rights C(confd.users.read),
    C(confd.lines.read), C(confd.extensions.read), C(confd.voicemails.read) and C(confd.users.*.read). Contexts come
    from the web service.
  - Endpoints are C(GET /users), C(GET /lines), C(GET /extensions) and C(GET /voicemails) below C(/confd/1.1) on Wazo
    and C(:9486/1.1) on XiVO, and the list of contexts.
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: Who is in the accountants' context
  telephony.xivo.xivo_user_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: Comptabilite
  register: accountants
"""

RETURN = r"""
---
users:
  description: Users, each as M(telephony.xivo.xivo_user) returns it, with the name by which the telephone logs in.
  returned: success
  type: list
  elements: dict
  sample:
    - firstname: Anne
      lastname: Durand
      email: anne.durand@example.com
      language: fr_FR
      caller_id: '"Anne Durand"'
      mobile_phone_number: ""
      uuid: 5f59c1a5-b474-417b-a1c4-618dec02a6e3
      context: Comptabilite
      extension: "2001"
      voicemail:
        {"number": "2001", "context": "Comptabilite", "email": "anne.durand@example.com", "attach_audio": false}
      sip_username: a1b2c3d4
server:
  description: What the server was found to be, as in M(telephony.xivo.xivo_context).
  returned: success
  type: dict
  sample: {"product": "wazo", "api": "wazo-confd", "url": "https://wazo.example.com/api/confd/1.1"}
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import info
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = info("user")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

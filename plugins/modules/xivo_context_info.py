#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_context_info
short_description: Read the contexts of a XiVO or Wazo telephone system
version_added: 0.1.0
description:
  - Returns the contexts in exactly the shape that M(telephony.xivo.xivo_context) takes, so that what was read can be
    declared.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.read_only
options:
  name:
    description:
      - Only the context of this name, found as in O(telephony.xivo.xivo_context#module:name). None is no error.
    type: str
  type:
    description: Only contexts of this type.
    type: str
    choices: [internal, incall, outcall, services, others]
  search:
    description: Only contexts that have this text in their name, label or description, whatever its accents and case.
    type: str
notes:
  - On Wazo, the account needs the right (ACL) C(confd.contexts.read), and C(auth.tenants.read) if O(tenant) is a name.
  - On XiVO any enabled account of I(Web Services Access) may do everything through the web service. Through the
    xivo-confd of 16.14 and 16.15 it needs C(confd.contexts.read).
  - Endpoints on Wazo are C(POST /auth/0.1/token) and C(GET /confd/1.1/contexts). On XiVO
    C(/service/ipbx/json.php/restricted/system_management/context/) with the acts C(list) and C(view).
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: All contexts
  telephony.xivo.xivo_context_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
  register: plan

- name: Who can call the accountants
  ansible.builtin.debug:
    msg: "{{ plan.included_by['Comptabilite'] | default([]) }}"

- name: Only the internal ones that have to do with accounts
  telephony.xivo.xivo_context_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    type: internal
    search: compta
"""

RETURN = r"""
---
contexts:
  description: The contexts, in the order of the server, each as M(telephony.xivo.xivo_context) returns it.
  returned: success
  type: list
  elements: dict
  sample:
    - name: Comptabilite
      label: Comptabilité
      type: internal
      description: ""
      enabled: true
      includes: [default]
      user_ranges: [{"start": "2001", "end": "2090"}]
      group_ranges: [{"start": "2091", "end": "2094"}]
      queue_ranges: []
      conference_room_ranges: [{"start": "2095", "end": "2099"}]
      incall_ranges: []
      entity: acme
included_by:
  description: For each of RV(contexts), by name, the contexts that include it.
  returned: success
  type: dict
  sample:
    Comptabilite: []
    default: [Comptabilite]
identities:
  description: For each of RV(contexts), by name, what the server itself calls it.
  returned: success
  type: dict
  sample:
    Comptabilite:
      name: ctx-master-internal-84b5ff5b-8a92-4a9c-a5a7-8b6a0c4f2c52
      id: 12
      uuid: 84b5ff5b-8a92-4a9c-a5a7-8b6a0c4f2c52
      tenant_uuid: 69eb11f8-b3dd-4742-af7f-e0cc3355c1cb
server:
  description: What the server was found to be, as in M(telephony.xivo.xivo_context).
  returned: success
  type: dict
  sample: {"product": "wazo", "api": "wazo-confd", "url": "https://wazo.example.com/api/confd/1.1"}
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import info
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = info("context")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

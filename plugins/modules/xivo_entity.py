#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_entity
short_description: Manage an entity of a XiVO telephone system
version_added: 0.1.0
description:
  - Makes, renames or removes an entity, the organization to which contexts and users of a XiVO belong. Every context
    needs one, so on an empty XiVO this comes first.
  - A Wazo server has no entities.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  name:
    description:
      - The internal name. It holds the letters a-z, digits, C(.), C(_) and C(-), at most 64, and stays what it is.
    type: str
    required: true
  display_name:
    description:
      - What people see, 3 to 128 bytes. A letter with an accent takes two.
      - Left out, a new entity has O(name), and one that exists keeps its own.
    type: str
  state:
    description: V(absent) removes the entity. It is refused while contexts, users or others belong to it.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Any enabled account of I(Web Services Access) may do everything through XiVO's web service. Through the xivo-confd
    of 16.14 and 16.15, which cannot change O(display_name), it needs C(confd.entities.#) and C(confd.contexts.read).
  - Endpoints are C(/xivo/configuration/json.php/restricted/manage/entity/) with the acts C(list), C(add), C(edit) and
    C(delete), and the list of contexts. With xivo-confd alone C(/1.1/entities), C(/1.1/entities/ID) and
    C(/1.1/contexts).
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: The entity that all contexts belong to
  telephony.xivo.xivo_entity:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: example
    display_name: Société Exemple

- name: One that nobody needs
  telephony.xivo.xivo_entity:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    name: essai
    state: absent
"""

RETURN = r"""
---
entity:
  description: The entity as it is after the task, or in check mode as it would be. None if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The internal name.
      type: str
      returned: always
      sample: example
    display_name:
      description: What people see.
      type: str
      returned: always
      sample: Société Exemple
changes:
  description: What changed. Empty for a new or a removed entity.
  returned: success
  type: list
  elements: str
  sample: [display_name]
server:
  description: What the server was found to be, as in M(telephony.xivo.xivo_context).
  returned: success
  type: dict
  sample: {"product": "wazo", "api": "wazo-confd", "url": "https://wazo.example.com/api/confd/1.1"}
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import one
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = one("entity")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_entity_info
short_description: Read the entities of a XiVO
version_added: 0.1.0
description:
  - Reads entities, in the shape that M(telephony.xivo.xivo_entity) takes.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  search:
    description: Only those with this text in their name or display_name, without regard to case and accents.
    type: str
notes:
  - Any enabled account of I(Web Services Access) may read through XiVO's web service. Through the xivo-confd of 16.14
    and 16.15 it needs C(confd.entities.read) and C(confd.contexts.read).
  - A Wazo server has no entities.
  - Endpoints are C(/xivo/configuration/json.php/restricted/manage/entity/) with the act C(list), and the list of
    contexts. With xivo-confd alone C(/1.1/entities) and C(/1.1/contexts).
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: All entities
  telephony.xivo.xivo_entity_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
  register: entities
"""

RETURN = r"""
---
entities:
  description: The entities, each as M(telephony.xivo.xivo_entity) returns it.
  returned: success
  type: list
  elements: dict
  sample:
    - {"name": "acme", "display_name": "Acme"}
server:
  description: What the server was found to be, as in M(telephony.xivo.xivo_context).
  returned: success
  type: dict
  sample: {"product": "wazo", "api": "wazo-confd", "url": "https://wazo.example.com/api/confd/1.1"}
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import info
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = info("entity")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

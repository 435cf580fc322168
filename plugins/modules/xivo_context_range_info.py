#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_context_range_info
short_description: Read the used and the free numbers of contexts
version_added: 0.1.0
description:
  - Tells for each range of a context, or of all, which numbers are used, by whom, and which are free.
  - A number is used when there is an extension of it in the context, even if it belongs to nobody.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.read_only
options:
  context:
    description:
      - The name of the context, as in O(telephony.xivo.xivo_context#module:name). All contexts if it is left out.
    type: str
  type:
    description: Only ranges of this kind.
    type: str
    choices: [user, group, queue, conference_room, incall]
  first:
    description: How many free numbers to list one by one.
    type: int
    default: 10
notes:
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read) and C(confd.extensions.read), and
    C(auth.tenants.read) if O(tenant) is a name.
  - On XiVO the numbers come from xivo-confd, with a token of xivo-auth, and the account needs C(confd.extensions.read)
    and C(confd.users.read) there; those of groups, queues and conference rooms come from the web service. The contexts
    come from the web service, or with C(confd.contexts.read) from xivo-confd 16.14 and 16.15.
  - Endpoints on Wazo are C(POST /auth/0.1/token), C(GET /confd/1.1/contexts) and C(GET /confd/1.1/extensions). On XiVO
    C(POST /0.1/token), C(GET /1.1/extensions) and C(GET /1.1/users) of xivo-confd, the acts C(list) and C(view) of
    C(/service/ipbx/json.php/restricted/system_management/context/), and C(list) of C(pbx_settings/groups/) and
    C(pbx_settings/meetme/) beside it, and of C(/callcenter/json.php/restricted/settings/queues/).
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: Which numbers are left for the accountants
  telephony.xivo.xivo_context_range_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: Comptabilite
    type: user
    first: 1
  register: numbers

- name: How full the house is
  telephony.xivo.xivo_context_range_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
  register: house

- name: The next one
  ansible.builtin.debug:
    msg: "{{ numbers.ranges | map(attribute='first_free') | flatten | first }}"
"""

RETURN = r"""
---
context:
  description: The name to call the context by.
  returned: when O(context) was given
  type: str
  sample: Comptabilite
ranges:
  description: The ranges, sorted by kind and number, those of a context together.
  returned: success
  type: list
  elements: dict
  contains:
    context:
      description: The name to call the context by.
      type: str
      returned: always
      sample: Comptabilite
    type:
      description: What the numbers are for.
      type: str
      returned: always
      sample: user
    start:
      description: First number.
      type: str
      returned: always
      sample: "2001"
    end:
      description: Last number.
      type: str
      returned: always
      sample: "2090"
    did_length:
      description: How many digits the operator sends.
      type: int
      returned: for incall ranges
      sample: 4
    size:
      description: How many numbers there are in all.
      type: int
      returned: always
      sample: 90
    used:
      description:
        - The numbers that are used, and by whom, as far as the server tells. A pattern such as V(_80XX) stands there
          once, and all its numbers are used.
      type: list
      elements: dict
      returned: always
      sample: [{"number": "2001", "owner": "line x2abc1"}]
    free:
      description:
        - The free numbers, as ranges. For incall ranges these are the digits that the operator sends, as extensions are
          numbered there.
      type: list
      elements: dict
      returned: always
      sample: [{"start": "2002", "end": "2090"}]
    first_free:
      description: The first free numbers, one by one.
      type: list
      elements: str
      returned: always
      sample: ["2002", "2003"]
outside:
  description:
    - The extensions that stand in no range of their context, or in a context that does not exist. They have no place in
      a plan, and no free number is chosen with them in mind.
  returned: when O(context) was not given
  type: list
  elements: dict
  contains:
    context:
      description: The name to call the context by.
      type: str
      returned: always
      sample: Comptabilite
    exists:
      description: Whether there is such a context.
      type: bool
      returned: always
      sample: true
    number:
      description: The number, or a pattern.
      type: str
      returned: always
      sample: "2150"
    owner:
      description: Whose it is. Nothing where that does not show.
      type: str
      returned: always
      sample: user Anne Durand
server:
  description: What the server was found to be, as in M(telephony.xivo.xivo_context).
  returned: success
  type: dict
  sample: {"product": "wazo", "api": "wazo-confd", "url": "https://wazo.example.com/api/confd/1.1"}
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import context_range_info
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = context_range_info()
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

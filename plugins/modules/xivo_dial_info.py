#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_dial_info
short_description: Tell who answers a number that is dialled on a XiVO or Wazo telephone system
version_added: 0.1.0
description:
  - Tells for a context, or for a user, who would answer a number that is dialled there, and how it is found. Nothing is
    dialled.
  - A number is looked for as Asterisk does. The context itself comes first, then its includes in their order, each with
    its own includes before the next one. Inside a context the number itself comes before every pattern, and a pattern
    that allows fewer digits before one that allows more.
  - What users do with their calls, by forwarding them for instance, is not looked at, nor are the functions of the
    telephone system itself, such as V(*98).
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.read_only
options:
  context:
    description:
      - The context that O(number) is dialled in, found as in O(telephony.xivo.xivo_context#module:name).
      - For a call from outside, this is an incall context.
    type: str
  user:
    description:
      - Who dials O(number), in place of a O(context), found by uuid, by email, or by first and last name. It is dialled
        in the context of the user's line.
    type: str
  number:
    description:
      - The number that is dialled. In an incall context, it may be the whole number or the digits that the operator
        sends.
    type: str
  dial:
    description:
      - Many numbers, in place of O(number). Each list of the server is read once for all of them.
    type: list
    elements: dict
    suboptions:
      context:
        description: The context that the number is dialled in.
        type: str
      user:
        description: Who dials it, in place of a context.
        type: str
      number:
        description: The number that is dialled.
        type: str
        required: true
      answers:
        description:
          - Who is expected to answer. The result then says whether that is so; the task does not fail.
          - Written as RV(calls[].answers), or the name alone. Accents, capitals and quotes do not count.
        type: str
notes:
  - The role P(telephony.xivo.dial_test#role) fails where somebody else answers than expected, and the filter
    P(telephony.xivo.dial#filter) asks the same of a plan that is only declared.
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read), C(confd.extensions.read), C(confd.users.read),
    C(confd.lines.read) and C(confd.groups.read). Where incoming calls exist, also C(confd.incalls.read) and
    C(confd.conferences.read), and for O(user) also C(confd.voicemails.read).
  - On XiVO the numbers come from xivo-confd, with a token of xivo-auth and the rights C(confd.extensions.#),
    C(confd.users.#), C(confd.lines.#), C(confd.incalls.#) and C(confd.voicemails.read) there. Contexts, groups, queues
    and conference rooms come from the web service.
  - Endpoints are C(/contexts), C(/extensions), C(/users), C(/lines), C(/groups), C(/incalls), C(/conferences) and
    C(/voicemails) below C(/confd/1.1) on Wazo and below C(:9486/1.1) on XiVO, as far as it has them. There the web
    service gives the lists of contexts, lines, groups, conference rooms and queues.
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: Who answers 2001 when a colleague of default dials it
  telephony.xivo.xivo_dial_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    context: default
    number: "2001"
  register: dialled

- name: Say it
  ansible.builtin.debug:
    msg: "{{ dialled.calls[0].text }}"

- name: Many at once, with who should answer
  telephony.xivo.xivo_dial_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    dial:
      - context: Comptabilite
        number: "2001"
        answers: user 'Anne Durand'
      - user: Anne Durand
        number: "2090"
        answers: nobody
  register: table

- name: Those that are answered by somebody else
  ansible.builtin.debug:
    msg: "{{ table.calls | rejectattr('ok') | map(attribute='text') }}"
"""

RETURN = r"""
---
calls:
  description: What becomes of each number, in the order in which they were given.
  returned: success
  type: list
  elements: dict
  contains:
    asked:
      description: The C(number), the name to call the C(context) by that it is dialled in, and the C(user), if given.
      type: dict
      returned: always
      sample: {"context": "Ventes", "user": null, "number": "2001"}
    arrives:
      description:
        - The digits that the telephone system gets. For a whole number from outside, those that the operator sends.
      type: str
      returned: always
      sample: "2001"
    answers:
      description: Who answers, or V(nobody).
      type: str
      returned: always
      sample: user 'Anne Durand'
    kind:
      description:
        - What answers, such as V(user), V(group), V(conference), V(queue), or V(outcall) for a number that goes out.
          For an incoming call, the kind of its destination. Null for nobody.
      type: str
      returned: always
      sample: user
    owner:
      description: The name of what answers. Null for nobody.
      type: str
      returned: always
      sample: Anne Durand
    incall:
      description: Whether it is an incoming call that leads there.
      type: bool
      returned: always
      sample: false
    extension:
      description: The extension that fits, a number or a pattern.
      type: str
      returned: always
      sample: "2001"
    context:
      description: The name to call the context by in which it was found.
      type: str
      returned: always
      sample: Comptabilite
    through:
      description: The contexts that lead there, from the one where the number is dialled to the one where it was found.
      type: list
      elements: str
      returned: always
      sample: [Ventes, default, Comptabilite]
    range:
      description:
        - The range that the number lies in, of the context where it was found. For nobody, the first one that can be
          dialled from there, in which the number is free.
      type: dict
      returned: always
      sample: {"context": "Comptabilite", "type": "user", "start": "2001", "end": "2090"}
    others:
      description: What fits too and is hidden, because it is found later.
      type: list
      elements: dict
      returned: always
      sample: [{"answers": "group 'accueil'", "extension": "_20XX", "context": "default", "through": [Ventes, default]}]
    text:
      description: All this in one line.
      type: str
      returned: always
      sample: "2001 from 'Ventes': user 'Anne Durand', by 2001 of 'Comptabilite', through 'default'"
    expected:
      description: Who was expected to answer.
      type: str
      returned: when it was given
      sample: Anne Durand
    ok:
      description: Whether it is who was expected.
      type: bool
      returned: when somebody was expected
      sample: true
server:
  description: What the server was found to be, as in M(telephony.xivo.xivo_context).
  returned: success
  type: dict
  sample: {"product": "wazo", "api": "wazo-confd", "url": "https://wazo.example.com/api/confd/1.1"}
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import dialling
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = dialling()
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

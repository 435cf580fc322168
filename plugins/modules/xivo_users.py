#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_users
short_description: Manage many users of a XiVO or Wazo telephone system, with lines, numbers and voicemails
version_added: 0.1.0
description:
  - Does for a list of users what M(telephony.xivo.xivo_user) does for one. One plan is made over all before the first
    write, and everything is read once, so that ninety users that are in place cost no more requests than one.
  - Who leaves a number or a voicemail comes before who takes it, in whatever order they are listed. Users who are to
    have each other's numbers are refused, because no server can swap them at once.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
  - telephony.xivo.many
options:
  users:
    description: The users. Each takes the options of M(telephony.xivo.xivo_user).
    type: list
    elements: dict
    required: true
    suboptions:
      uuid:
        description:
          - The uuid that the server gave to the user. The surest way to find one, and the only way to change the
            email of somebody who has one.
        type: str
      firstname:
        description: First name. Needed for a new user.
        type: str
      lastname:
        description: Last name. An empty text removes it.
        type: str
      email:
        description:
          - Email address. A user is found by it, if O(users[].uuid) is not given, and else by first and last name.
            Somebody of the same name who has another email is somebody else. Who is to go and has an email here goes
            by that alone.
        type: str
      language:
        description: Language of the announcements, for instance V(fr_FR).
        type: str
      caller_id:
        description:
          - The name that is shown to those who are called. With quotes it is taken as it is, for instance V("Anne
            Durand" <2001>), without them they are put around it.
          - Left out, a new user gets first and last name, and it follows a new name.
        type: str
      mobile_phone_number:
        description: Mobile number. An empty text removes it.
        type: str
      context:
        description:
          - The internal context in which the user's line has its number, as in
            O(telephony.xivo.xivo_context#module:name). Another one moves the line.
          - A new user without one gets no line.
        type: str
      extension:
        description:
          - The number. It must be in one of the user ranges of O(users[].context), and belong to nobody.
          - V(auto), or left out for a new line, is the first free number of these ranges. A line that has a number in
            the context keeps it.
        type: str
      sip_username:
        description: The name of a new line's SIP endpoint. Left out, one is chosen.
        type: str
      sip_password:
        description: The password of a new line's SIP endpoint. Left out, one is chosen at random.
        type: str
      voicemail:
        description:
          - The voicemail of the user. An empty dictionary gives one with the number of the line. Left out, it stays
            as it is, but it follows the number, the context and the name of its user.
        type: dict
        suboptions:
          number:
            description: Its number, if it is not the one of the line.
            type: str
          context:
            description: Its context, if it is not the one of the line.
            type: str
          password:
            description: The password to listen to messages. See O(users[].update_password).
            type: str
          email:
            description: Where messages are sent. A new voicemail has the email of its user, and follows it.
            type: str
          attach_audio:
            description: Whether the message itself goes along.
            type: bool
          state:
            description: V(absent) takes the voicemail away, and deletes it if nobody shares it.
            type: str
            choices: [present, absent]
            default: present
      update_password:
        description:
          - V(on_create) sets passwords when what they belong to is made, and leaves them alone then. V(always) sets
            them whenever they differ.
        type: str
        choices: [on_create, always]
        default: on_create
      state:
        description:
          - V(absent) removes the user with line, endpoint, number and voicemail, and leaves nothing behind. A
            voicemail that others share stays.
        type: str
        choices: [present, absent]
        default: present
notes:
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read), C(confd.users.#), C(confd.lines.#),
    C(confd.endpoints.sip.#), C(confd.extensions.#) and C(confd.voicemails.#).
  - On XiVO users come from xivo-confd, with a token of xivo-auth and the rights C(confd.users.#), C(confd.lines.#),
    C(confd.endpoints.sip.#), C(confd.extensions.#) and C(confd.voicemails.#). Contexts, and who else has a number, come
    from the web service.
  - Endpoints are C(/users), C(/lines), C(/endpoints/sip), C(/extensions) and C(/voicemails) below C(/confd/1.1) on Wazo
    and C(:9486/1.1) on XiVO, and the associations among them. On Wazo C(/endpoints/sip/templates) and C(/contexts) too,
    on XiVO the lists of contexts, lines, groups, conference rooms and queues of the web service.
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: The accountants
  telephony.xivo.xivo_users:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    users:
      - firstname: Anne
        lastname: Durand
        context: Comptabilite
        extension: "2001"
        voicemail: {}
      - firstname: Bruno
        lastname: Petit
        context: Comptabilite
        extension: auto
"""

RETURN = r"""
---
plan:
  description:
    - What was done, or in check mode would be.
    - C(create), C(delete) and C(unchanged) are lists of names. C(update) lists the users that are changed, and in what.
    - In a template write C(plan['update']), because C(plan.update) is something else there.
  returned: always, once there is a plan
  type: dict
  sample:
    create: [Anne Durand]
    update: [{"name": "Bruno Petit", "fields": ["extension"]}]
    delete: []
    unchanged: []
users:
  description:
    - The users as the server shows them after the task, or in check mode as it would, in the order of O(users),
      each as M(telephony.xivo.xivo_user) returns it. None for one that is absent.
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
  sample: ["make the user 'Anne Durand'"]
left:
  description: What was not written, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: ["make the user 'Bruno Petit'"]
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import many
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = many("user")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

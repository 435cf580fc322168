#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_user
short_description: Manage a user of a XiVO or Wazo telephone system, with line, number and voicemail
version_added: 0.1.0
description:
  - Makes, changes or removes a user as one unit with the line, the SIP endpoint, the number and the voicemail.
  - What exists is left as it is, so a user that is half made is finished, and none is made twice.
  - What is left out stays as it is.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
options:
  uuid:
    description:
      - The uuid that the server gave to the user. The surest way to find one, and the only way to change the email of
        somebody who has one.
    type: str
  firstname:
    description: First name. Needed for a new user.
    type: str
  lastname:
    description: Last name. An empty text removes it.
    type: str
  email:
    description:
      - Email address. A user is found by it, if O(uuid) is not given, and else by first and last name. Somebody of
        the same name who has another email is somebody else. Who is to go and has an email here goes by that alone.
    type: str
  language:
    description: Language of the announcements, for instance V(fr_FR).
    type: str
  caller_id:
    description:
      - The name that is shown to those who are called. With quotes it is taken as it is, for instance V("Anne Durand"
        <2001>), without them they are put around it.
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
      - The number. It must be in one of the user ranges of O(context), and belong to nobody.
      - V(auto), or left out for a new line, is the first free number of these ranges. A line that has a number in the
        context keeps it.
    type: str
  sip_username:
    description: The name of a new line's SIP endpoint. Left out, one is chosen.
    type: str
  sip_password:
    description: The password of a new line's SIP endpoint. Left out, one is chosen at random.
    type: str
  voicemail:
    description:
      - The voicemail of the user. An empty dictionary gives one with the number of the line. Left out, it stays as it
        is, but it follows the number, the context and the name of its user.
    type: dict
    suboptions:
      number:
        description: Its number, if it is not the one of the line.
        type: str
      context:
        description: Its context, if it is not the one of the line.
        type: str
      password:
        description: The password to listen to messages. See O(update_password).
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
      - V(on_create) sets passwords when what they belong to is made, and leaves them alone then. V(always) sets them
        whenever they differ.
    type: str
    choices: [on_create, always]
    default: on_create
  state:
    description:
      - V(absent) removes the user with line, endpoint, number and voicemail, and leaves nothing behind. A voicemail
        that others share stays.
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
- name: Anne has the first free number of the accountants, and a voicemail
  telephony.xivo.xivo_user:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    firstname: Anne
    lastname: Durand
    email: anne.durand@example.com
    context: Comptabilite
    extension: auto
    voicemail:
      password: "{{ voicemail_password }}"
      attach_audio: true

- name: She moves to another number, and her voicemail with her
  telephony.xivo.xivo_user:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    email: anne.durand@example.com
    extension: "2042"

- name: She marries, and her caller id and her voicemail have the new name
  telephony.xivo.xivo_user:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    email: anne.durand@example.com
    lastname: Martin

- name: She leaves
  telephony.xivo.xivo_user:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    email: anne.durand@example.com
    state: absent
"""

RETURN = r"""
---
user:
  description: The user as the server shows it after the task, or in check mode as it would. None if it is absent.
  returned: success
  type: dict
  contains:
    uuid:
      description: What the server calls the user.
      type: str
      returned: always
      sample: 5f59c1a5-b474-417b-a1c4-618dec02a6e3
    firstname:
      description: First name.
      type: str
      returned: always
      sample: Anne
    lastname:
      description: Last name.
      type: str
      returned: always
      sample: Durand
    email:
      description: Email address.
      type: str
      returned: always
      sample: anne.durand@example.com
    language:
      description: Language of the announcements.
      type: str
      returned: always
      sample: fr_FR
    caller_id:
      description: The name that is shown to those who are called.
      type: str
      returned: always
      sample: '"Anne Durand"'
    mobile_phone_number:
      description: Mobile number.
      type: str
      returned: always
      sample: ""
    context:
      description: The context of the line. None without a line.
      type: str
      returned: always
      sample: Comptabilite
    extension:
      description: The number. None without one.
      type: str
      returned: always
      sample: "2001"
    voicemail:
      description: The voicemail, without its password. None without one.
      type: dict
      returned: always
      sample: {"number": "2001", "context": "Comptabilite", "email": "anne.durand@example.com", "attach_audio": false}
changes:
  description: What changed. Empty for a new or a removed user.
  returned: success
  type: list
  elements: str
  sample: [lastname, caller_id, voicemail.name]
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
  sample: ["make the user", "make a line"]
left:
  description: What was not written, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: ["make the user 'Anne Durand'"]
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import one
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = one("user")
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

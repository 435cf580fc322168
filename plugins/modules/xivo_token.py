#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_token
short_description: Make one token for all tasks of a play
version_added: 0.1.0
description:
  - Makes a token of wazo-auth or xivo-auth that stays when the task ends, for the other tasks to use, and deletes it.
  - Without it, each task makes a token and deletes it, or one for a whole loop. Making one costs a server more than
    most other requests, and a user of a Wazo may have 100 of them.
  - It never reports a change. A token is a session, nothing that a server is configured with.
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
attributes:
  check_mode:
    description:
      - Makes no token in C(check_mode). RV(token) is empty, so that other tasks use their username and password.
    support: full
  diff_mode:
    description: There is nothing to compare.
    support: N/A
options:
  expiration:
    description: After how many seconds the token ends by itself, if nobody deletes it.
    type: int
    default: 3600
  state:
    description:
      - V(present) makes a token with O(username) and O(password). The task must have C(no_log=true), or the token would
        show.
      - V(absent) deletes O(token). One that is gone already, or empty, is no error.
    type: str
    choices: [present, absent]
    default: present
notes:
  - On XiVO only xivo-confd takes tokens, for users, groups and who uses a number. Its web service, for contexts, wants
    username and password, so leave these in the other tasks beside the token.
  - No right (ACL) is needed. Endpoints are C(POST /token) and C(DELETE /token/TOKEN) below C(/api/auth/0.1) on Wazo and
    C(:9497/0.1) on XiVO.
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: Many tasks with one token
  block:
    - name: Make it
      telephony.xivo.xivo_token:
        host: xivo.example.com
        username: ansible
        password: "{{ xivo_password }}"
      register: xivo_session
      no_log: true

    - name: Use it
      module_defaults:
        group/telephony.xivo.xivo:
          host: xivo.example.com
          username: ansible
          password: "{{ xivo_password }}"
          token: "{{ xivo_session.token }}"
      block:
        - name: The contexts
          telephony.xivo.xivo_context_info:

        - name: The users
          telephony.xivo.xivo_user_info:
  always:
    - name: Delete it
      telephony.xivo.xivo_token:
        host: xivo.example.com
        token: "{{ xivo_session.token | default('') }}"
        state: absent
"""

RETURN = r"""
---
token:
  description: The token. Empty in check mode, none when it was deleted.
  returned: success
  type: str
  sample: 84b5ff5b-8a92-4a9c-a5a7-8b6a0c4f2c52
auth_url:
  description: The address of the service that made the token.
  returned: success
  type: str
  sample: https://wazo.example.com/api/auth/0.1
"""

from ansible_collections.telephony.xivo.plugins.module_utils.arguments import connection_spec, merged, token_spec
from ansible_collections.telephony.xivo.plugins.module_utils.engine.tokens import run_token
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

SPEC = merged(connection_spec(), token_spec())
ENGINE = run_token


def is_secret(params):
    return params["state"] == "present"


def main():
    run_module(SPEC, ENGINE, is_secret)


if __name__ == "__main__":
    main()

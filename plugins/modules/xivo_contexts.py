#!/usr/bin/python

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: xivo_contexts
short_description: Manage the whole dial plan of a XiVO or Wazo telephone system
version_added: 0.1.0
description:
  - Brings all contexts of a server, or of a tenant, to what is declared, in one task.
  - One plan is made over everything before the first write. Contexts can include each other in any order, and in
    cycles. New contexts are created first, then others changed, then includes set, then contexts deleted.
  - Contexts of other tenants are never touched, and those of other entities are never deleted by O(purge).
extends_documentation_fragment:
  - telephony.xivo.connection
  - telephony.xivo.connection.attributes
  - telephony.xivo.context.policy
options:
  contexts:
    description: The contexts. Each takes the options of M(telephony.xivo.xivo_context).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name by which this and other playbooks call the context. At most 39 of the letters a-z and A-Z,
            digits, C(_) and C(-). No accents.
          - On XiVO it is the internal name, stored in lower case. On Wazo up to 23.11 it is the name.
          - It finds the context of that very name or uuid, else the one whose label is the same but for accents, case
            and what stands between the words, on every server - V(Ventes-Nord) finds V(Ventes Nord) -, if there is one
            only.
          - Wazo 23.12 and later make the name themselves. There the label is all that leads to a context, and the one
            whose label is O(contexts[].label) is found too. If that says something else than the name, a warning tells
            what other tasks are to write.
          - A context cannot be renamed.
        type: str
        required: true
      label:
        description:
          - The name that people see, with accents if you like. 1 to 128 characters, on XiVO at least 3.
          - A new context without one gets O(contexts[].name).
        type: str
      type:
        description:
          - V(internal) owns the numbers of users, groups, queues and conference rooms, V(incall) those that the
            outside world dials, V(outcall) is the way out.
          - A new context without one is V(internal).
        type: str
        choices: [internal, incall, outcall, services, others]
      description:
        description: A remark for administrators. An empty text removes it.
        type: str
      enabled:
        description: Whether the context is in use. XiVO's web service cannot disable one.
        type: bool
      includes:
        description:
          - The contexts whose numbers can be called from this one too, in the order in which they are searched.
          - The list is exact. An empty list removes all. Left out, they stay as they are.
          - Not possible through the xivo-confd of 16.14 and 16.15, which has no includes. There, use the web service.
        type: list
        elements: str
      reciprocal:
        description:
          - Whether each of the contexts that are included from here includes this one too. It is added as the last of
            theirs where it is missing, also where the same task declares theirs. V(false) leaves them as they are.
        type: bool
        default: false
      entity:
        description:
          - The internal name of the entity that the context belongs to, on XiVO.
          - A new context without one gets the only entity that there is. If there are several, it is an error that
            lists them.
          - Wazo has no entities, and ignores it.
        type: str
      user_ranges:
        description:
          - Numbers for users.
          - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they
            are.
          - A range may also be text, as the diff shows it, such as V("2001-2090").
        type: list
        elements: dict
        suboptions:
          start:
            description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
            type: str
            required: true
          end:
            description:
              - Last number, with as many digits as O(contexts[].user_ranges[].start). The same number if left out.
            type: str
          did_length:
            description: For incall ranges only; here it is an error.
            type: int
      group_ranges:
        description:
          - Numbers for groups.
          - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they
            are.
          - A range may also be text, as the diff shows it, such as V("2001-2090").
        type: list
        elements: dict
        suboptions:
          start:
            description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
            type: str
            required: true
          end:
            description:
              - Last number, with as many digits as O(contexts[].group_ranges[].start). The same number if left out.
            type: str
          did_length:
            description: For incall ranges only; here it is an error.
            type: int
      queue_ranges:
        description:
          - Numbers for queues.
          - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they
            are.
          - A range may also be text, as the diff shows it, such as V("2001-2090").
        type: list
        elements: dict
        suboptions:
          start:
            description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
            type: str
            required: true
          end:
            description:
              - Last number, with as many digits as O(contexts[].queue_ranges[].start). The same number if left out.
            type: str
          did_length:
            description: For incall ranges only; here it is an error.
            type: int
      conference_room_ranges:
        description:
          - Numbers for conference rooms.
          - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they
            are.
          - A range may also be text, as the diff shows it, such as V("2001-2090").
        type: list
        elements: dict
        suboptions:
          start:
            description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
            type: str
            required: true
          end:
            description:
              - Last number, with as many digits as O(contexts[].conference_room_ranges[].start). The same number if
                left out.
            type: str
          did_length:
            description: For incall ranges only; here it is an error.
            type: int
      incall_ranges:
        description:
          - Numbers that the outside world dials, whole as they are known there.
          - The list is exact, and its order means nothing. An empty list removes all. Left out, they stay as they
            are.
          - A range may also be text, as the diff shows it, such as V("0145678000-0145678099 (did_length 4)").
        type: list
        elements: dict
        suboptions:
          start:
            description: First number, digits only, at most 16. Write it in quotes, or leading zeros are lost.
            type: str
            required: true
          end:
            description:
              - Last number, with as many digits as O(contexts[].incall_ranges[].start). The same number if left out.
            type: str
          did_length:
            description:
              - How many digits, counted from the right, the operator sends. XiVO wants 1 to 20, others take 0 too.
            type: int
      state:
        description: Whether the context should be there.
        type: str
        choices: [present, absent]
        default: present
  purge:
    description:
      - Whether contexts that are not declared are deleted, but for those of O(purge_exclude).
      - On a XiVO with several entities, only contexts of the entities that the declared contexts belong to are deleted.
    type: bool
    default: false
  purge_exclude:
    description:
      - Names of contexts that are not deleted by O(purge), or patterns of them with C(*), C(?) and C([]). Case and
        accents do not matter. Labels count too.
      - The contexts of a fresh server are exempt by default. A list that is given replaces that.
    type: list
    elements: str
    default: [default, from-extern, to-extern, __switchboard_directory]
  max_deletions:
    description:
      - How many contexts O(purge) may delete. If it were more, nothing is written at all, and the error names them.
      - Contexts that are declared V(absent) do not count.
    type: int
    default: 0
  also_check:
    description:
      - What later tasks declare in these contexts. Nothing of it is written here. It is planned over the contexts as
        they will be, so that a problem in it is told before the first write.
      - In check mode, a later task cannot look at a context that is not there yet. So what they would change counts as
        changes of this task, and is shown in its diff; skip them there (RV(check_mode)).
      - P(telephony.xivo.departments#filter) gives what stands here. Passwords and pins are not taken.
    type: dict
    suboptions:
      users:
        description: The users. Each takes the options of M(telephony.xivo.xivo_user), but for passwords.
        type: list
        elements: dict
      groups:
        description: The groups. Each takes the options of M(telephony.xivo.xivo_group).
        type: list
        elements: dict
      conferences:
        description: The conference rooms. Each takes the options of M(telephony.xivo.xivo_conference), but for the pin.
        type: list
        elements: dict
  on_error:
    description:
      - What to do when a write fails. V(stop) leaves the rest undone, V(continue) goes on with the other contexts.
      - The task fails in both cases, and says what was done and what was not. Running it again finishes it.
    type: str
    choices: [stop, continue]
    default: stop
notes:
  - On Wazo, the account needs the rights (ACL) C(confd.contexts.read), C(confd.contexts.create),
    C(confd.contexts.*.update), C(confd.contexts.*.contexts.update) and C(confd.contexts.*.delete), and
    C(auth.tenants.read) if O(tenant) is a name. C(confd.contexts.#) holds the first five.
  - On XiVO any enabled account of I(Web Services Access) may do everything through the web service. Through the
    xivo-confd of 16.14 and 16.15 it needs C(confd.contexts.#).
  - Endpoints on Wazo are C(POST /auth/0.1/token), C(GET /confd/1.1/contexts), C(POST /confd/1.1/contexts),
    C(PUT /confd/1.1/contexts/ID), C(PUT /confd/1.1/contexts/ID/contexts) and C(DELETE /confd/1.1/contexts/ID). On XiVO
    C(/service/ipbx/json.php/restricted/system_management/context/) with the acts C(list), C(view), C(add), C(edit) and
    C(delete), and C(/xivo/configuration/json.php/restricted/manage/entity/) with C(list).
  - For O(also_check) it needs the rights to read that M(telephony.xivo.xivo_users), M(telephony.xivo.xivo_group) and
    M(telephony.xivo.xivo_conference) name.
  - To look who uses a number, the account needs C(confd.extensions.read) and C(confd.voicemails.read), and to delete a
    context C(confd.lines.read) and C(confd.trunks.read) too, on Wazo and for XiVO's xivo-confd. On XiVO it needs
    C(confd.users.read) as well, because there a number does not show whose it is.
author:
  - The telephony.xivo contributors (@telephony-xivo)
"""

EXAMPLES = r"""
---
- name: The dial plan of the house
  telephony.xivo.xivo_contexts:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    contexts:
      - name: Comptabilite
        label: Comptabilité
        includes: [default]
        user_ranges:
          - start: "2001"
            end: "2090"
        group_ranges:
          - start: "2091"
            end: "2094"
        conference_room_ranges:
          - start: "2095"
            end: "2099"
      - name: Atelier
        label: Atelier
        includes: [Comptabilite, default]
        user_ranges:
          - start: "2101"
            end: "2190"

- name: Only these contexts and the ones of a fresh server, deleting two at most
  telephony.xivo.xivo_contexts:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
    contexts: "{{ dial_plan }}"
    purge: true
    max_deletions: 2
"""

RETURN = r"""
---
plan:
  description:
    - What was done, or in check mode would be.
    - C(create), C(delete) and C(unchanged) are lists of names. C(update) lists the contexts that are changed, and in
      which options, C(includes) those whose includes are set, and to what.
    - In a template write C(plan['update']), because C(plan.update) is something else there.
  returned: always, once there is a plan
  type: dict
  sample:
    create: [Comptabilite]
    update: [{"name": "Atelier", "fields": ["label", "user_ranges"]}]
    includes: [{"name": "Comptabilite", "includes": ["default"]}]
    delete: []
    unchanged: [default]
check_mode:
  description:
    - Whether this was check mode, in which nothing is written. The variable C(ansible_check_mode) does not tell that of
      C(check_mode) in a playbook.
  returned: success
  type: bool
also_checked:
  description:
    - What the later tasks of O(also_check) will do, or in check mode would, for each kind as in C(plan) of
      M(telephony.xivo.xivo_users).
  returned: when O(also_check) is given
  type: dict
  sample:
    users: {create: [Anne Durand], update: [], delete: [], unchanged: []}
    groups: {create: [], update: [], delete: [], unchanged: []}
    conferences: {create: [], update: [], delete: [], unchanged: []}
contexts:
  description:
    - The declared contexts as the server shows them after the task, or in check mode as it would, in the order of
      O(contexts), each as M(telephony.xivo.xivo_context) returns it. None for one that is absent.
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
  sample: ["make the context 'Comptabilite'"]
left:
  description: What was not written, as text. Running the task again finishes it.
  returned: when a write failed
  type: list
  elements: str
  sample: ["set the includes of the context 'Comptabilite'"]
"""

from ansible_collections.telephony.xivo.plugins.module_utils.registry import contexts
from ansible_collections.telephony.xivo.plugins.module_utils.run import run_module

PARTS = contexts()
SPEC = PARTS.spec
ENGINE = PARTS.engine


def main():
    run_module(SPEC, ENGINE)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import TYPES
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, option_of
from ansible_collections.telephony.xivo.plugins.plugin_utils.vars_file import vars_file

DOCUMENTATION = r"""
name: dial_plan_file
short_description: Write the contexts of a server as a file of variables
version_added: 0.1.0
description:
  - Turns what M(telephony.xivo.xivo_context_info) read into the text of a YAML file with the variable C(dial_plan),
    which M(telephony.xivo.xivo_contexts) takes. The playbook C(telephony.xivo.export) writes such a file.
  - Ansible loads it as the very same values. What somebody typed into the server and looks like a template is marked
    C(!unsafe), so that nothing of it runs.
  - XiVO takes any word for the type of a context. One that cannot be declared is left out, and so stays as it is.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input
options:
  _input:
    description: All that M(telephony.xivo.xivo_context_info) returned.
    type: dict
    required: true
"""

EXAMPLES = r"""
---
- name: Read the contexts
  telephony.xivo.xivo_context_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
  register: house

- name: Write them down
  ansible.builtin.copy:
    content: "{{ house | telephony.xivo.dial_plan_file }}"
    dest: dial_plan.yml
    mode: "0644"
"""

RETURN = r"""
---
_value:
  description: The text of the file.
  type: str
"""

QUOTES = "Numbers stay in quotes: without them, leading zeros are lost."
TEXTS = ("name", "label", "type", "description", "enabled", "entity")


def dial_plan_file(read: Mapping[str, Any]) -> str:
    contexts = [_declared(context) for context in read["contexts"]]
    return vars_file(
        {"dial_plan": contexts},
        [f"The dial plan of {read['server']['url']}, {len(contexts)} contexts", QUOTES],
    )


def _declared(context: Mapping[str, Any]) -> dict[str, Any]:
    declared = {key: context[key] for key in TEXTS if context.get(key) is not None}
    if declared.get("type") not in TYPES:
        declared.pop("type", None)
    for key in ("includes", *(option_of(kind) for kind in KINDS)):
        declared[key] = [_range(item) if isinstance(item, Mapping) else item for item in context[key]]
    return declared


def _range(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {key: shape[key] for key in ("start", "end", "did_length") if key in shape}


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"dial_plan_file": dial_plan_file}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.telephony.xivo.plugins.plugin_utils.graph import mermaid

DOCUMENTATION = r"""
name: mermaid
short_description: Write the include graph as a Mermaid flowchart
version_added: 0.1.0
description:
  - Turns contexts into a text that draws who can call whom. GitHub, GitLab and others show it where it stands in a
    Markdown file.
  - An arrow leads from a context to one that it includes. The shape of a context tells its type.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input
options:
  _input:
    description: The contexts, as M(telephony.xivo.xivo_context_info) returns them, or as they are declared.
    type: list
    elements: dict
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

- name: Draw who can call whom
  ansible.builtin.copy:
    content: "{{ house.contexts | telephony.xivo.mermaid }}"
    dest: includes.mmd
    mode: "0644"
"""

RETURN = r"""
---
_value:
  description: The graph, as text.
  type: str
"""


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"mermaid": mermaid}

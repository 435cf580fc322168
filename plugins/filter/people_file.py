# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.names import name_for, slug
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import is_number, range_of
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users import FIELDS, MOBILE, full_name
from ansible_collections.telephony.xivo.plugins.plugin_utils.vars_file import printable, vars_file

DOCUMENTATION = r"""
name: people_file
short_description: Write the users of a server as a file of variables
version_added: 0.1.0
description:
  - Turns what M(telephony.xivo.xivo_user_info) read into the text of a YAML file with the variable C(people), which
    M(telephony.xivo.xivo_users) takes, on this server and on others. The playbook C(telephony.xivo.export) writes such
    a file.
  - Ansible loads it as the very same values. What somebody typed into the server and looks like a template is marked
    C(!unsafe), so that nothing of it runs. There is no password in it, and no uuid, which means nothing elsewhere.
  - What M(telephony.xivo.xivo_users) would refuse, and the whole list for it, is left out, and so stays as it is on
    this server. A warning tells each of it.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input, contexts
options:
  _input:
    description: All that M(telephony.xivo.xivo_user_info) returned.
    type: dict
    required: true
  contexts:
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

- name: Read the users
  telephony.xivo.xivo_user_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
  register: people

- name: Write them down
  ansible.builtin.copy:
    content: "{{ people | telephony.xivo.people_file(house) }}"
    dest: people.yml
    mode: "0600"
"""

RETURN = r"""
---
_value:
  description: The text of the file.
  type: str
"""

NOTE = "Without passwords: telephones and voicemails get new ones where they are made."

Shape = dict[str, Any]


def people_file(read: Mapping[str, Any], contexts: Mapping[str, Any]) -> str:
    chosen = _Chosen(contexts["contexts"])
    users = chosen.of(read["users"])
    display = Display()
    for text in chosen.told:
        display.warning(printable(text))
    return vars_file({"people": users}, [f"The people of {read['server']['url']}, {len(users)} users", NOTE])


class _Chosen:
    """What can be declared of each user, and what is told of the rest."""

    def __init__(self, contexts: list[Mapping[str, Any]]) -> None:
        self.contexts = {context["name"]: context for context in contexts}
        self.names = {name.lower() for name in self.contexts}
        self.labels = Counter(slug(context.get("label") or "") for context in contexts)
        self.told: list[str] = []
        # What only one of a list can have.
        self.given: set[tuple[str, ...]] = set()

    def of(self, users: list[Mapping[str, Any]]) -> list[Shape]:
        shapes = [self._shape(user) for user in users]
        alone = Counter(_name(shape) for shape in shapes if "email" not in shape)
        found = []
        for shape in shapes:
            if not shape.get("firstname"):
                self._missing(shape, "it has no firstname")
            elif "email" not in shape and "extension" not in shape and alone[_name(shape)] > 1:
                self._missing(shape, "another is called so too, and no email and no number tells one from the other")
            else:
                found.append(shape)
        return found

    def _shape(self, user: Mapping[str, Any]) -> Shape:
        shape: Shape = {key: str(user[key]) for key in FIELDS if user.get(key)}
        mobile = shape.get("mobile_phone_number")
        if mobile and not MOBILE.match(mobile):
            self._without(shape, f"its mobile number '{mobile}'", "it is no number")
            del shape["mobile_phone_number"]
        if "email" in shape and not self._first("email", shape["email"].lower()):
            self._without(shape, f"its email {shape['email']}", "another user has it too")
            del shape["email"]
        if user.get("context") is not None:
            problem = self._line_problem(user)
            if problem is None:
                shape |= {key: str(user[key]) for key in ("context", "extension", "sip_username") if user.get(key)}
                shape["context"] = self._anywhere(shape["context"])
            else:
                number = f" with the extension {user['extension']}" if user.get("extension") else ""
                self._without(shape, f"its line{number}", problem)
        voicemail = user.get("voicemail")
        if voicemail:
            problem = self._voicemail_problem(voicemail)
            if problem is None:
                shape["voicemail"] = {key: voicemail[key] for key in ("number", "context", "email", "attach_audio")}
                shape["voicemail"]["context"] = self._anywhere(voicemail["context"])
            else:
                self._without(shape, f"its voicemail {voicemail['number']}", problem)
        return shape

    def _anywhere(self, name: str) -> str:
        """What finds a context here, and on a server that has the same plan: its label, where the name says another.

        Wazo 23.12 and later know it by nothing else, and any server finds it by that, if no other is called so.
        """
        label = str(self.contexts[name].get("label") or "")
        if slug(label) in ("", slug(name)) or self.labels[slug(label)] > 1 or self.names & {label.lower(), slug(label)}:
            return name
        return name_for(label) or label

    def _line_problem(self, user: Mapping[str, Any]) -> str | None:
        context = self.contexts.get(user["context"])
        number = user.get("extension")
        if not number:
            return "the line has no extension"
        if not is_number(number):
            return "the extension is a pattern, or no number"
        if context is None or context["type"] != "internal":
            return f"'{user['context']}' is no internal context"
        if not any(range_of(row).holds(number) for row in context["user_ranges"]):
            return f"the extension is in none of the user ranges of '{user['context']}'"
        if not self._first("extension", number, user["context"]):
            return "another user is on the same line"
        return None

    def _voicemail_problem(self, voicemail: Mapping[str, Any]) -> str | None:
        number, context = voicemail["number"], voicemail["context"]
        if not is_number(number):
            return "the number of the voicemail is a pattern, or no number"
        if context not in self.contexts:
            return f"there is no context '{context}'"
        if not self._first("voicemail", number, context):
            return "another user has the same voicemail"
        return None

    def _first(self, *key: str) -> bool:
        """Tell whether nobody had it before."""
        before = key in self.given
        self.given.add(key)
        return not before

    def _missing(self, shape: Shape, why: str) -> None:
        self.told.append(f"User '{' '.join(_name(shape)).strip()}' is not in the file: {why}.")

    def _without(self, shape: Shape, what: str, why: str) -> None:
        self.told.append(f"User '{full_name(shape)}' is in the file without {what}: {why}.")


def _name(shape: Shape) -> tuple[str, str]:
    return shape.get("firstname", ""), shape.get("lastname", "")


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"people_file": people_file}

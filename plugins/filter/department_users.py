# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: department_users
short_description: List the users of a department
version_added: 0.1.0
description:
  - Returns the users of a department as the list that M(telephony.xivo.xivo_users) takes. All have their line in the
    department's context, unless they say otherwise.
  - They come from the department's list C(users), and from C(users_csv), the text of a table as telephone
    administrators keep them. A department that is absent has none.
  - The first line of the table names the columns. C(firstname) is needed. C(lastname), C(number), C(email),
    C(voicemail), C(language) and C(mobile) are known, in any order and in any case. Columns are divided by commas,
    semicolons or tabs.
  - A number is digits or V(auto). An empty cell counts as V(auto).
  - C(voicemail) is V(yes) for one with the number of the line, V(no) or empty for leaving it as it is, or digits for a
    number of its own.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input
options:
  _input:
    description: The department, with its C(name), and perhaps C(users) and C(users_csv).
    type: dict
    required: true
  without:
    description:
      - Names of departments that have no users for now, whatever they say. In check mode, these are the ones that do
        not
        exist yet.
    type: list
    elements: str
    default: []
  contexts:
    description:
      - By what the server's contexts are found, for each name of a department where that is something else. A server
        that makes the names, Wazo 23.12 and later, knows a department V(rh) by its label only.
    type: dict
    default: {}
"""

EXAMPLES = r"""
---
- name: Anne with the number 2001 and a voicemail, Bruno with the first free number
  ansible.builtin.debug:
    msg: "{{ {'name': 'Comptabilite', 'users_csv': table} | telephony.xivo.department_users }}"
  vars:
    table: |
      firstname,lastname,number,email,voicemail
      Anne,Durand,2001,anne.durand@example.com,yes
      Bruno,Petit,auto,,
"""

RETURN = r"""
---
_value:
  description: The users, those of the list first.
  type: list
  elements: dict
"""

# What a column is called in the table, and in the options of a user.
COLUMNS = {
    "firstname": "firstname",
    "lastname": "lastname",
    "number": "extension",
    "extension": "extension",
    "email": "email",
    "voicemail": "voicemail",
    "language": "language",
    "mobile": "mobile_phone_number",
}
YES = ("yes", "true", "1", "x")
NO = ("", "no", "false", "0")


def department_users(
    department: dict[str, Any], without: Iterable[str] = (), contexts: Mapping[str, str | None] | None = None
) -> list[dict[str, Any]]:
    if department.get("state") == "absent":
        return []
    name = department["name"]
    users = [{"context": name, **user} for user in department.get("users") or ()]
    users += _from_table(department.get("users_csv") or "", name)
    left_out = {other.lower() for other in without}
    return [user for user in (_placed(user, contexts or {}) for user in users) if left_out.isdisjoint(_stands_in(user))]


def _placed(user: dict[str, Any], contexts: Mapping[str, str | None]) -> dict[str, Any]:
    """A user whose contexts are called as the server finds them."""
    placed = user | {"context": contexts.get(user["context"]) or user["context"]}
    voicemail = user.get("voicemail")
    if isinstance(voicemail, Mapping) and contexts.get(voicemail.get("context") or ""):
        placed["voicemail"] = {**voicemail, "context": contexts[voicemail["context"]]}
    return placed


def _stands_in(user: dict[str, Any]) -> list[str]:
    voicemail = user.get("voicemail")
    other = voicemail.get("context") if isinstance(voicemail, Mapping) else None
    return [str(context).lower() for context in (user["context"], other) if context]


def _from_table(text: str, context: str) -> list[dict[str, Any]]:
    if not text.strip():
        return []
    lines = text.lstrip("\ufeff").splitlines()  # spreadsheets put a byte order mark first
    for number, line in enumerate(lines, 1):
        # What is no UTF-8 in a file, Ansible hands on as half a character: a server would store that.
        if any("\ud800" <= letter <= "\udfff" for letter in line):
            raise AnsibleFilterError(f"Line {number} of the table is not UTF-8. Save the file as UTF-8.")
    reader = csv.reader(lines, delimiter=max(",;\t", key=lines[0].count))
    names = [name.strip().lower() for name in next(reader, [])]
    unknown = [name for name in names if name not in COLUMNS]
    if "firstname" not in names or unknown:
        raise AnsibleFilterError(
            f"The first line of the table must name its columns: {', '.join(sorted(COLUMNS))}. "
            + (f"It has {', '.join(repr(name) for name in unknown)}." if unknown else "It has no firstname.")
        )
    users = []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(names):
            raise AnsibleFilterError(f"Line {reader.line_num} of the table has {len(row)} cells, not {len(names)}.")
        cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
        users.append(_user(cells, context, reader.line_num))
    return users


def _user(cells: dict[str, str], context: str, line: int) -> dict[str, Any]:
    user: dict[str, Any] = {"context": context, "extension": "auto"}
    for name, value in cells.items():
        if value and name != "voicemail":
            user[COLUMNS[name]] = value.lower() if value.lower() == "auto" else value
    if not user.get("firstname"):
        raise AnsibleFilterError(f"Line {line} of the table has no firstname.")
    number = user["extension"]
    if number != "auto" and not (number.isascii() and number.isdigit()):
        raise AnsibleFilterError(f"Line {line} of the table: the number {number!r} is neither digits nor auto.")
    voicemail = cells.get("voicemail", "").lower()
    if voicemail in YES:
        user["voicemail"] = {}
    elif voicemail.isascii() and voicemail.isdigit() and voicemail not in NO:
        user["voicemail"] = {"number": voicemail}
    elif voicemail not in NO:
        raise AnsibleFilterError(
            f"Line {line} of the table: the voicemail {voicemail!r} is neither yes, no nor digits."
        )
    return user


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"department_users": department_users}

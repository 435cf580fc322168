# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a department's people, as spreadsheets write it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.text.converters import to_text
from ansible_collections.telephony.xivo.plugins.filter.department_users import department_users

ROWS = [
    ["FirstName", " lastname ", "number", "email", "voicemail"],
    ["Zoé", "Le Gall", "2001", "zoe@example.com", "yes"],
    ["Bob", "Petit", "AUTO", "", ""],
    ["", "", "", "", ""],
    ["Anne", "Durand", "", "", "2077"],
]
USERS = [
    {
        "context": "Comptabilite",
        "firstname": "Zoé",
        "lastname": "Le Gall",
        "extension": "2001",
        "email": "zoe@example.com",
        "voicemail": {},
    },
    {"context": "Comptabilite", "firstname": "Bob", "lastname": "Petit", "extension": "auto"},
    {
        "context": "Comptabilite",
        "firstname": "Anne",
        "lastname": "Durand",
        "extension": "auto",
        "voicemail": {"number": "2077"},
    },
]


def users(text: str, **more: Any) -> list[dict[str, Any]]:
    return department_users({"name": "Comptabilite", "users_csv": text, **more})


@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["", '"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_as_spreadsheets_write_it(delimiter: str, quote: str, end: str, start: str) -> None:
    text = end.join(delimiter.join(quote + cell + quote for cell in row) for row in ROWS)
    assert users(start + text + end) == USERS


def test_a_row_may_end_early() -> None:
    assert users("firstname,lastname,number\nBob\n") == [
        {"context": "Comptabilite", "firstname": "Bob", "extension": "auto"}
    ]


def test_those_of_the_list_come_first_and_nobody_of_a_department_that_goes() -> None:
    listed = [{"firstname": "Carole"}]
    assert [user["firstname"] for user in users("firstname\nBob", users=listed)] == ["Carole", "Bob"]
    assert users("firstname\nBob", users=listed, state="absent") == []
    assert department_users({"name": "Ventes", "users": listed}, ["ventes"]) == []


def test_a_file_of_another_encoding_is_refused() -> None:
    """The lookup of a file reads it all the same, and the server would store half a letter."""
    text = to_text("firstname\nAnne\nZoé\n".encode("latin-1"), errors="surrogate_or_strict")
    with pytest.raises(AnsibleFilterError, match=r"Line 3 of the table is not UTF-8\. Save the file as UTF-8\."):
        users(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lastname\nPetit", "The first line of the table must name its columns: .*. It has no firstname."),
        ("firstname,phone\nBob,1", "It has 'phone'."),
        ("firstname,lastname\nBob,Petit,2001", "Line 2 of the table has 3 cells, not 2."),
        ("firstname,lastname\n,Petit", "Line 2 of the table has no firstname."),
        ("firstname,number\nBob,2001.0", "Line 2 of the table: the number '2001.0' is neither digits nor auto."),
        ("firstname,number\nBob,٢٠٠١", "is neither digits nor auto."),
        ("firstname,voicemail\nBob,oui", "Line 2 of the table: the voicemail 'oui' is neither yes, no nor digits."),
    ],
)
def test_refused(text: str, says: str) -> None:
    with pytest.raises(AnsibleFilterError, match=says):
        users(text)

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a department's people, as spreadsheets write it."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.text.converters import to_text
from ansible_collections.telephony.xivo.plugins.filter.department_users import department_users
from hypothesis import example, given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    "text",
    [
        "firstname;lastname;number;;\r\nAnne;Durand;2001;;\r\nBruno;Petit;2002;;\r\n",
        "firstname;lastname;number\nAnne;Durand;2001;;;\nBruno;Petit;2002\n",
        'firstname;lastname;number;"";\nAnne;Durand;2001;"";\nBruno;Petit;2002; ;\u00a0\n',
        "firstname;;lastname;number\nAnne;;Durand;2001\nBruno;;Petit;2002\n",
        ";;;\n\nfirstname;lastname;number\n;;\nAnne;Durand;2001\n\n\nBruno;Petit;2002\n;;\n",
    ],
    ids=["below a column without a name", "beyond the columns", "quoted or blank", "in the middle", "whole rows"],
)
def test_empty_cells_are_nothing(text: str) -> None:
    assert [(user["firstname"], user["extension"]) for user in users(text)] == [("Anne", "2001"), ("Bruno", "2002")]


@pytest.mark.parametrize("letter", ["\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_a_line_break_ends_a_line(letter: str) -> None:
    name = f"Anne{letter}Marie"
    assert [user["firstname"] for user in users(f"firstname,number\n{name},2001\nBruno,2002\n")] == [name, "Bruno"]


def test_somebody_may_be_called_auto() -> None:
    assert users("firstname,lastname,number\nAuto,AUTO,AUTO\n") == [
        {"context": "Comptabilite", "firstname": "Auto", "lastname": "AUTO", "extension": "auto"}
    ]


def test_a_file_of_another_encoding_is_refused() -> None:
    """The lookup of a file reads it all the same, and the server would store half a letter."""
    text = to_text(
        "firstname,lastname\nAnne,Durand\nAnne,Zoé\nZoé,Petit\n".encode("latin-1"), errors="surrogate_or_strict"
    )
    assert problems(text) == [
        "line 3, column 2: this is not UTF-8. Save the file as UTF-8.",
        "line 4, column 1: this is not UTF-8. Save the file as UTF-8.",
    ]
    assert problems(to_text("firstname\nAnne\n".encode("utf-16"), errors="surrogate_or_strict"))[0].startswith(
        "line 1, "
    )


def problems(text: str) -> list[str]:
    """What is wrong with a table, each time without the words that lead to it."""
    with pytest.raises(AnsibleFilterError) as error:
        users(text)
    said = str(error.value).splitlines()
    assert all(line.startswith("Department 'Comptabilite': users_csv, ") for line in said), said
    return [line.partition("users_csv, ")[2] for line in said]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lastname\nPetit", "line 1: the first line names the columns, and there is no firstname among them."),
        ("firstname,phone\nBob,1", "line 1, column 2: 'phone' is no column of the table."),
        ("emial,firstname\n,Bob", "line 1, column 1: 'emial' is no column of the table. Did you mean 'email'?"),
        ("firstname,email,email\nBob", "line 1, column 3: 'email' stands there twice. Leave one of the two."),
        (
            "firstname,number,extension\nAnne,2001,2002\n",
            "line 1, column 3: 'extension' and 'number' mean the same. Leave one of the two.",
        ),
        (
            "firstname,lastname\nBob,Petit,2001",
            "line 2, column 3: '2001' stands in a column without a name; there are 2 columns.",
        ),
        ("firstname;;\nBob;;x", "line 2, column 3: 'x' stands in a column without a name; there are 3 columns."),
        ("firstname,lastname\n,Petit", "line 2, column 1: there is no firstname."),
        ("lastname,firstname\nPetit", "line 2, column 2: there is no firstname."),
        ("firstname,number\nBob,2001.0", "line 2, column 2: the number '2001.0' is neither digits nor auto."),
        ("firstname,number\nBob,٢٠٠١", "line 2, column 2: the number '٢٠٠١' is neither digits nor auto."),
        ("firstname,voicemail\nBob,oui", "line 2, column 2: the voicemail 'oui' is neither yes, no nor digits."),
        (
            "firstname,mobile\nBob,06 01",
            "line 2, column 2: the mobile_phone_number '06 01' may hold digits, '*', '#' and a leading '+' only. "
            "Write '0601'.",
        ),
        (
            'firstname;lastname\nAnne;"Durand\nBob;Petit\n',
            "line 2, column 2: the quote that opens here is never closed.",
        ),
        ('firstname;lastname\n\nA;B\n"Anne;Durand\n', "line 4, column 1: the quote that opens here is never closed."),
        (
            'firstname;lastname\nA;"D ""x"" "d\n',
            "line 2, column 2: there is text after the quote that closes this cell. Write a quote in a cell twice.",
        ),
        (
            'firstname;lastname\nA;B\n"Anne;Durand\nBob;"Petit\n',
            "line 3, column 1: there is text after the quote that closes this cell in line 4. Write a quote in a cell "
            "twice.",
        ),
        (
            'firstname;lastname\nA;B\nAnne;"Durand\nBob;Petit"\n',
            "line 3, column 2: this cell goes on to line 4. Write it on one line, or close the quote where the cell "
            "ends.",
        ),
        (
            "firstname,number\nAnne;2001\n",
            "line 2, column 1: 'Anne;2001' holds what divides columns elsewhere. Here they are divided by commas, as "
            "in the first line.",
        ),
        ("firstname\nAnne\0\n", "line 2, column 1: this is not UTF-8. Save the file as UTF-8."),
        (f"firstname\n{'x' * 200_000}\n", "line 2: a cell is too long (field larger than field limit (131072))."),
    ],
)
def test_refused(text: str, says: str) -> None:
    assert problems(text)[0] == says


def test_all_problems_are_told_at_once() -> None:
    text = "firstname,number,voicemail,\nAnne,2001,yes,\n,20x,no,\nBob,2002,oui,x\nZoé,2003,,\n"
    assert [line.partition(": ")[0] for line in problems(text)] == [
        "line 3, column 2",
        "line 3, column 1",
        "line 4, column 3",
        "line 4, column 4",
    ]


@pytest.mark.parametrize("table", [12, ["firstname"], {"a": 1}])
def test_what_is_no_text_is_no_table(table: Any) -> None:
    assert "the text of a table is wanted" in problems(table)[0]


def test_a_department_without_a_name_has_that_of_its_label() -> None:
    [user] = department_users({"label": "Comptabilité", "users_csv": "firstname\nAnne\n"})
    assert user["context"] == "Comptabilite"


LETTERS = st.characters(exclude_characters="\r\n\0", exclude_categories=("Cs",))
CELLS = st.text(LETTERS, max_size=12).map(str.strip)
NAMES = CELLS.filter(bool)


@given(
    rows=st.lists(st.tuples(NAMES, CELLS, st.sampled_from(["", "2001", "auto"]), CELLS), max_size=6),
    order=st.permutations(["firstname", "lastname", "number", "email"]),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_what_a_writer_of_csv_writes_comes_back(
    rows: list[tuple[str, ...]], order: list[str], delimiter: str, end: str, quoting: Any, mark: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(order)
    people = [dict(zip(["firstname", "lastname", "number", "email"], row, strict=True)) for row in rows]
    writer.writerows([[person[column] for column in order] for person in people])
    found = [
        {column: user.get("extension" if column == "number" else column, "") for column in person}
        for user, person in zip(users(mark + text.getvalue()), people, strict=True)
    ]
    assert found == [person | {"number": person["number"] or "auto"} for person in people]


@given(st.text(st.sampled_from("ab12;,\t\"' \r\n\v\x85\u2028\ufeff\0"), max_size=60))
@example('"')
@example('a";"\n"')
def test_each_line_is_a_user_or_an_error(rest: str) -> None:
    text = f"firstname;lastname;number\n{rest}"
    try:
        found = users(text)
    except AnsibleFilterError as error:
        assert "users_csv, line " in str(error)
        return
    lines = re.split("\r\n|\r|\n", text)[1:]
    # Whether a line of nothing but quotes and blanks is one, is the reader's to say.
    assert len([line for line in lines if re.search("[ab12]", line)]) <= len(found)
    assert len(found) <= len([line for line in lines if line.strip("; ")])

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table in which telephone administrators keep people: CSV, as spreadsheets and editors write it.

A row is a person or an error: nothing is guessed, because a person who is missed has no telephone.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from ..dialplan.names import did_you_mean
from ..dialplan.numbers import is_number
from ..errors import InputError
from .base import AUTO
from .users import UserDeclaration

if TYPE_CHECKING:
    import typing as t

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
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
YES = ("yes", "true", "1", "x")
NO = ("", "no", "false", "0")


def read_people(text: str) -> list[dict[str, t.Any]]:
    """Return the options of each user of a table. Raises InputError with every problem, each with line and column."""
    table = _Table(text)
    people = table.people()
    if table.problems:
        raise InputError(table.problems)
    return people


class _Table:
    def __init__(self, text: str) -> None:
        # Lines end where a spreadsheet ends them: splitlines would also cut at a vertical tab or U+2028 in a name.
        self.lines = list(io.StringIO(text.lstrip("\ufeff"), newline=""))  # spreadsheets put a byte order mark first
        self.problems: list[str] = []
        first = next((line for line in self.lines if line.strip(' ",;\t\r\n')), "")
        self.delimiter = max(DELIMITERS, key=first.count)

    def people(self) -> list[dict[str, t.Any]]:
        self._check_letters()
        if self.problems:
            return []
        rows = self._rows()
        heading = next(rows, None)
        if heading is None or self.problems:
            return []
        columns = self._columns(*heading)
        if "firstname" not in columns:
            return []
        return [self._user(line, cells, columns) for line, cells in rows]

    def _say(self, line: int, column: int | None, text: str) -> None:
        where = f"line {line}" if column is None else f"line {line}, column {column}"
        self.problems.append(f"{where}: {text}")

    def _check_letters(self) -> None:
        for number, line in enumerate(self.lines, 1):
            # What is no UTF-8 in a file, Ansible hands on as half a character: a server would store that.
            broken = re.search("[\ud800-\udfff\0]", line)
            if broken:
                text = "this is not UTF-8. Save the file as UTF-8."
                self._say(number, self._column(line[: broken.start()]), text)

    def _column(self, text: str) -> int:
        """Return in which column the first cell of a text stands that does not end as a cell should."""
        end = self.delimiter
        cell = re.compile(rf' *"(?:[^"]|"")*"{end}|(?! *")[^{end}]*{end}')
        column, at = 1, 0
        while match := cell.match(text, at):
            column, at = column + 1, match.end()
        return column

    def _rows(self) -> t.Iterator[tuple[int, list[str]]]:
        """Give each row that holds something, with the number of its line."""
        reader = csv.reader(self.lines, delimiter=self.delimiter, skipinitialspace=True, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                # What follows cannot be told: where does a cell begin?
                self._say(line, *self._reason(line, reader.line_num, str(error)))
                return
            if cells is None:
                return
            if reader.line_num > line:
                broken = next((at for at, cell in enumerate(cells, 1) if "\n" in cell or "\r" in cell), 1)
                text = "this cell goes on to line %d. Write it on one line, or close the quote where the cell ends."
                self._say(line, broken, text % reader.line_num)
            elif any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells]

    def _reason(self, line: int, last: int, error: str) -> tuple[int | None, str]:
        """Return in which column a row cannot be read, and why."""
        if "limit" in error:
            return None, f"a cell is too long ({error})."
        column = self._column("".join(self.lines[line - 1 : last]))
        if "end of data" in error:
            return column, "the quote that opens here is never closed."
        end = "" if last == line else f" in line {last}"
        return column, f"there is text after the quote that closes this cell{end}. Write a quote in a cell twice."

    def _columns(self, line: int, names: list[str]) -> list[str]:
        """Return the names of the columns; an empty one for a column that is not known."""
        names = [name.lower() for name in names]
        seen: dict[str, str] = {}
        for column, name in enumerate(names, 1):
            option = COLUMNS.get(name)
            if name and option is None:
                self._say(line, column, f"'{name}' is no column of the table.{did_you_mean(name, COLUMNS)}")
            elif option in seen:
                text = "stands there twice" if seen[option] == name else f"and '{seen[option]}' mean the same"
                self._say(line, column, f"'{name}' {text}. Leave one of the two.")
            elif option is not None:
                seen[option] = name
        if self.problems:
            divided = " or ".join(DELIMITERS.values())
            self._say(line, None, f"the columns can be {', '.join(sorted(COLUMNS))}, divided by {divided}.")
        if "firstname" not in seen:
            self._say(line, None, "the first line names the columns, and there is no firstname among them.")
        return names

    def _user(self, line: int, cells: list[str], columns: list[str]) -> dict[str, t.Any]:
        user: dict[str, t.Any] = {"extension": AUTO}
        others = [letter for letter in DELIMITERS if letter != self.delimiter]
        for column, cell in enumerate(cells, 1):
            name = columns[column - 1] if column <= len(columns) else ""
            if not cell:
                continue
            if not name:
                self._say(
                    line, column, f"'{cell}' stands in a column without a name; there are {len(columns)} columns."
                )
            elif len(cells) < max(len(columns), 2) and any(letter in cell for letter in others):
                # The rest of a row that is divided by something else would be part of somebody's name.
                text = "'%s' holds what divides columns elsewhere. Here they are divided by %s, as in the first line."
                self._say(line, column, text % (cell, DELIMITERS[self.delimiter]))
            elif name == "voicemail":
                self._voicemail(user, line, column, cell.lower())
            elif name in COLUMNS:
                user[COLUMNS[name]] = cell
                self._check(user, line, column, COLUMNS[name])
        first = columns.index("firstname")
        if not "".join(cells[first : first + 1]):
            self._say(line, first + 1, "there is no firstname.")
        return user

    def _check(self, user: dict[str, t.Any], line: int, column: int, option: str) -> None:
        value = user[option]
        if option == "extension" and value.lower() == AUTO:
            user[option] = AUTO
        elif option == "extension" and not is_number(value):
            self._say(line, column, f"the number '{value}' is neither digits nor auto.")
        elif option == "mobile_phone_number":
            # Not the sentence about whom it is of: the line tells that.
            for problem in UserDeclaration({"firstname": "?", option: value}).problems():
                self._say(line, column, problem.partition(": ")[2])

    def _voicemail(self, user: dict[str, t.Any], line: int, column: int, value: str) -> None:
        if value in YES:
            user["voicemail"] = {}
        elif is_number(value) and value not in NO:
            user["voicemail"] = {"number": value}
        elif value not in NO:
            self._say(line, column, f"the voicemail '{value}' is neither yes, no nor digits.")

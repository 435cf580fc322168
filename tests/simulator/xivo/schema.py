# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies that confd takes, checked as marshmallow 2 does, with its messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.simulator.xivo.python2 import Str

# A check gives the message of what is wrong, or None.
Check = Callable[[Any], str | None]

NULL = "Field may not be null."


class Invalid(Exception):
    """What is wrong with one value: a list of messages, or a dict of them for a nested one."""

    def __init__(self, errors: Any) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class Field:
    load: Callable[[Any], Any]
    required: bool = False
    null: bool = False
    checks: tuple[Check, ...] = ()
    missing: Any = None  # what is read where a required field is left out

    def read(self, value: Any) -> Any:
        """The value as it is stored; raises Invalid."""
        if value is None:
            if self.null:
                return None
            raise Invalid([NULL])
        value = self.load(value)
        if errors := [message for check in self.checks if (message := check(value))]:
            raise Invalid(errors)
        return value


Schema = Mapping[str, Field]


def load(schema: Schema, body: Any, partial: bool = False) -> dict[str, Any]:
    """The values that the body gives; raises Invalid with a dict. Unknown keys are dropped.

    With ``partial`` (a PUT) a required field may be absent, though not null.
    """
    if not isinstance(body, dict):
        raise Invalid({"_schema": ["Invalid input type."]})
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, field in schema.items():
        if name in body:
            try:
                values[name] = field.read(body[name])
            except Invalid as invalid:
                errors[Str(name)] = invalid.errors
        elif field.missing is not None and not partial:
            try:
                values[name] = field.read(field.missing)
            except Invalid as invalid:
                errors[Str(name)] = invalid.errors
        elif field.required and not partial:
            errors[Str(name)] = ["Missing data for required field."]
    if errors:
        raise Invalid(errors)
    return values


def not_null(schema: Schema, *names: str) -> Schema:
    """The schema of a PUT, which refuses null where a POST takes it for left out."""
    return {name: replace(field, null=False) if name in names else field for name, field in schema.items()}


def string(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid(["Not a valid string."])
    return value


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(["Not a valid boolean."])
    return value


def integer(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise Invalid(["Not a valid integer."]) from None


def many(schema: Schema) -> Callable[[Any], list[dict[str, Any]]]:
    def load_many(value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise Invalid(["Invalid type."])
        values: list[dict[str, Any]] = []
        errors: dict[Any, Any] = {}
        for index, item in enumerate(value):
            try:
                values.append(load(schema, item))
            except Invalid as invalid:
                if "_schema" in invalid.errors:
                    errors[index] = {}
                    errors["_schema"] = invalid.errors["_schema"]
                else:
                    errors[index] = invalid.errors
        if errors:
            raise Invalid(errors)
        return values

    return load_many


def pairs(value: Any) -> list[list[str]]:
    """Options: a list of names and values."""
    if not isinstance(value, list):
        raise Invalid(["Not a valid list."])
    errors: dict[int, Any] = {}
    for index, pair in enumerate(value):
        if not isinstance(pair, list):
            errors[index] = ["Not a valid list."]
        elif wrong := {at: ["Not a valid string."] for at, item in enumerate(pair) if not isinstance(item, str)}:
            errors[index] = wrong
        elif len(pair) != 2:
            errors[index] = ["Length must be 2."]
    if errors:
        raise Invalid(errors)
    return [list(pair) for pair in value]


def longest(most: int) -> Check:
    return lambda value: f"Longer than maximum length {most}." if len(value) > most else None


def length(least: int, most: int) -> Check:
    message = f"Length must be between {least} and {most}."
    return lambda value: None if least <= len(value) <= most else message


def exactly(size: int) -> Check:
    return lambda value: None if len(value) == size else f"Length must be {size}."


def between(least: int, most: int) -> Check:
    return lambda value: None if least <= value <= most else f"Must be between {least} and {most}."


def least(number: int) -> Check:
    return lambda value: f"Must be at least {number}." if value < number else None


def one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else "Not a valid choice."


def pattern(expression: str) -> Check:
    compiled = re.compile(expression)
    return lambda value: None if compiled.match(value) else "String does not match expected pattern."


def digits(value: str) -> str | None:
    return None if value.isdigit() else "Invalid input."

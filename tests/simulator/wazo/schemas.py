# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the servers accept, said with the library that they use: its messages come out by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validates_schema
from marshmallow.validate import Length, NoneOf, OneOf, Predicate, Range, Regexp, Validator

CONTEXT_TYPES = ("internal", "incall", "outcall", "services", "others")
RESERVED_NAMES = ("authentication", "general", "global", "globals", "parkedcalls", "xivo-features", "zonemessages")


class BaseSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    @pre_load
    def ensure_dict(self, data: Any, **_kwargs: Any) -> Any:
        """Whatever is empty counts as an object: a null in a list of ranges, an empty list as the body."""
        return data or {}


class StrictBoolean(fields.Boolean):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


# Contexts


class RangeSchema(BaseSchema):
    start = fields.String(validate=(Predicate("isdigit"), Length(max=16)), required=True)
    end = fields.String(validate=(Predicate("isdigit"), Length(max=16)))

    @validates_schema
    def check_order(self, data: dict[str, str], **_kwargs: Any) -> None:
        start, end = data["start"], data.get("end", data["start"])
        if len(start) != len(end):
            raise ValidationError("Start and end must be of the same length")
        # int() refuses some of what isdigit() takes: a server error there, and here.
        if int(start) > int(end):
            raise ValidationError("Start of range must be lower than or equal to the end")


class IncallRangeSchema(RangeSchema):
    did_length = fields.Integer(validate=Range(min=0))


class ContextSchema(BaseSchema):
    """The fields stand in the order in which several errors are told."""

    name = fields.String(dump_only=True)
    label = fields.String()
    type = fields.String(validate=OneOf(CONTEXT_TYPES))
    user_ranges = fields.Nested(RangeSchema, many=True)
    group_ranges = fields.Nested(RangeSchema, many=True)
    queue_ranges = fields.Nested(RangeSchema, many=True)
    conference_room_ranges = fields.Nested(RangeSchema, many=True)
    incall_ranges = fields.Nested(IncallRangeSchema, many=True)
    description = fields.String(allow_none=True)
    enabled = StrictBoolean()


class ContextSchema2213(ContextSchema):
    name = fields.String(
        validate=(Regexp(r"^[a-zA-Z0-9-_]*$"), Length(min=1, max=39), NoneOf(RESERVED_NAMES)), required=True
    )
    label = fields.String(validate=Length(max=128), allow_none=True)


class ContextSchema2609(ContextSchema):
    label = fields.String(validate=Length(min=1, max=128), required=True)

    @pre_load
    def copy_name_to_label(self, data: Any, **_kwargs: Any) -> Any:
        """Runs before ensure_dict, and so falls over a body that is null, a number or a boolean."""
        if not isinstance(data, dict | list | str):
            raise TypeError(f"argument of type '{type(data).__name__}' is not iterable")
        if isinstance(data, dict) and "name" in data and "label" not in data:
            return {**data, "label": data["name"]}
        return data


class ContextIdSchema(BaseSchema):
    id = fields.Integer(required=True)


class ContextIncludesSchema(BaseSchema):
    contexts = fields.Nested(ContextIdSchema, many=True, required=True)


# Query parameters, and wazo-auth: their messages are objects that tell the constraint.


def _constraint(name: str, constraint: object, message: str) -> dict[str, object]:
    return {"message": message, "constraint_id": name, "constraint": constraint}


class CodedInteger(fields.Integer):
    default_error_messages = {  # noqa: RUF012
        "invalid": _constraint("type", "integer", "Not a valid integer."),
        "null": _constraint("not_null", "not_null", "Field may not be null."),
    }


class CodedBoolean(fields.Boolean):
    default_error_messages = {  # noqa: RUF012
        "invalid": _constraint("type", "boolean", "Not a valid boolean."),
        "null": _constraint("not_null", "not_null", "Field may not be null."),
    }


class CodedString(fields.String):
    default_error_messages = {  # noqa: RUF012
        "invalid": _constraint("type", "string", "Not a valid string."),
        "null": _constraint("not_null", "not_null", "Field may not be null."),
    }


class CodedRange(Validator):
    def __init__(self, min: int, max: int | None = None) -> None:
        self.limits = {"min": min} | ({} if max is None else {"max": max})
        self.message = f"Must be greater than or equal to {min}"
        self.message += "." if max is None else f" and less than or equal to {max}."

    def __call__(self, value: int) -> int:
        if not self.limits["min"] <= value <= self.limits.get("max", value):
            raise ValidationError({"constraint_id": "range", "constraint": self.limits, "message": self.message})
        return value


class ListSchema(BaseSchema):
    direction = fields.String()
    order = fields.String()
    limit = CodedInteger(validate=CodedRange(min=0))
    offset = CodedInteger(validate=CodedRange(min=0))
    search = fields.String()
    recurse = CodedBoolean(load_default=False)


class FreeRangesSchema(BaseSchema):
    availability = fields.String(validate=OneOf(["available", "all"]), load_default="available")
    search = fields.String(load_default="")
    order = fields.String(load_default="start")
    direction = fields.String(load_default="asc")
    limit = CodedInteger(validate=CodedRange(min=0))
    offset = CodedInteger(validate=CodedRange(min=0), load_default=0)


class TokenSchema(BaseSchema):
    backend = CodedString()
    expiration = CodedInteger(load_default=7200)
    access_type = CodedString(validate=OneOf(["online", "offline"]))
    client_id = CodedString()
    refresh_token = CodedString()

    @validates_schema
    def check_client_id(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("access_type") == "offline" and not data.get("client_id"):
            raise ValidationError('"client_id" must be specified when using "access_type" is "offline"')
        if data.get("refresh_token") and not data.get("client_id"):
            raise ValidationError('"client_id" must be specified when using a "refresh_token"')

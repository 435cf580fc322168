# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the servers accept of users, lines, numbers and what else a context is there for."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validates_schema
from marshmallow.validate import Length, NoneOf, OneOf, Predicate, Range, Regexp

from tests.simulator.wazo.schemas import BaseSchema, StrictBoolean

CALLER_ID = r'^"(.*)"( <\+?\d+>)?$'
LANGUAGE = r"^[a-z]{2}_[A-Z]{2}$"
ASTERISK_SECTION = r"^[-_.a-zA-Z0-9]*$"
RESERVED_SECTIONS = ("global", "system")
CALL_RECORDS = tuple(
    f"call_record_{way}_{where}_enabled" for way in ("outgoing", "incoming") for where in ("external", "internal")
)


def text(longest: int, pattern: str = "", **options: Any) -> fields.String:
    validators = [Regexp(pattern)] if pattern else []
    return fields.String(validate=[*validators, Length(max=longest)], **options)


class NullIsDefault(BaseSchema):
    """On a POST, a null stands for the default, but for those of ``required_fields``."""

    required_fields: tuple[str, ...] = ()

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        super().on_bind_field(field_name, field_obj)
        if field_name not in self.required_fields:
            field_obj.allow_none = True

    @post_load
    def remove_nulls(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {key: value for key, value in data.items() if value is not None}


# Extensions, lines, SIP


class ExtensionSchema(BaseSchema):
    exten = fields.String(validate=Length(max=40), required=True)
    context = fields.String(required=True)
    enabled = StrictBoolean()

    @pre_load
    def commented_is_disabled(self, data: Any, **_kwargs: Any) -> Any:
        """The old name of the opposite."""
        if isinstance(data, dict) and isinstance(data.get("commented"), bool) and "enabled" not in data:
            return {**data, "enabled": not data["commented"]}
        return data


class LineSchema(BaseSchema):
    context = fields.String(required=True)
    provisioning_code = fields.String(validate=(Predicate("isdigit"), Length(equal=6)))
    position = fields.Integer(validate=Range(min=1))
    registrar = fields.String(allow_none=True)
    caller_id_name = fields.String(allow_none=True)
    caller_id_num = fields.String(validate=Predicate("isdigit"), allow_none=True)


class NewLineSchema(LineSchema, NullIsDefault):
    required_fields: tuple[str, ...] = ("context",)


class SipOption(fields.List):
    """A name and a value."""

    def __init__(self) -> None:
        super().__init__(fields.String(), validate=Length(min=2, max=2))


class UuidSchema(BaseSchema):
    uuid = fields.UUID(required=True)

    @pre_load
    def ensure_dict(self, data: Any, **_kwargs: Any) -> Any:
        return data


def section_name(value: str) -> None:
    if not value:
        raise ValidationError("Shorter than minimum length 1")
    if value in RESERVED_SECTIONS:
        raise ValidationError("Reserved Asterisk section name")
    if not re.match(ASTERISK_SECTION, value):
        raise ValidationError("Not a valid Asterisk section name")


class SipSchema(BaseSchema):
    name = fields.String(validate=[section_name, Length(max=128)])
    label = fields.String(validate=Length(max=128), allow_none=True)
    aor_section_options = fields.List(SipOption())
    auth_section_options = fields.List(SipOption())
    endpoint_section_options = fields.List(SipOption())
    identify_section_options = fields.List(SipOption())
    registration_section_options = fields.List(SipOption())
    registration_outbound_auth_section_options = fields.List(SipOption())
    outbound_auth_section_options = fields.List(SipOption())
    templates = fields.List(fields.Nested(UuidSchema))
    transport = fields.Nested(UuidSchema, allow_none=True)
    asterisk_id = fields.String(validate=Length(max=1024), allow_none=True)


class NestedLineSchema(NewLineSchema):
    """A line with its endpoint and its numbers, which newer servers make in one."""

    endpoint_sip = fields.Dict()
    extensions = fields.Nested(ExtensionSchema, many=True)
    required_fields: tuple[str, ...] = ("context", "endpoint_sip", "extensions")

    @pre_load
    def lend_context(self, data: Any, **_kwargs: Any) -> Any:
        """A number without a context has that of its line."""
        if not isinstance(data, dict) or "context" not in data or not isinstance(data.get("extensions"), list):
            return data
        context = {"context": data["context"]}
        numbers = [context | number if isinstance(number, dict) else number for number in data["extensions"]]
        return {**data, "extensions": numbers}


# Voicemails


class VoicemailSchema(BaseSchema):
    name = text(80, required=True)
    number = fields.String(validate=Regexp(r"^[0-9]{1,40}$"), required=True)
    context = fields.String(required=True)
    password = fields.String(validate=Regexp(r"^[0-9]{1,80}$"), allow_none=True)
    email = text(80, allow_none=True)
    language = fields.String(validate=Regexp(LANGUAGE), allow_none=True)
    timezone = fields.String(allow_none=True)
    pager = text(80, allow_none=True)
    max_messages = fields.Integer(validate=Range(min=0), allow_none=True)
    attach_audio = StrictBoolean(allow_none=True)
    delete_messages = StrictBoolean()
    ask_password = StrictBoolean()
    enabled = StrictBoolean()
    options = fields.List(SipOption())


class VoicemailSchema2609(VoicemailSchema):
    accesstype = fields.String(validate=OneOf(["personal", "global"]))

    @validates_schema
    def check_deletion(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """It looks at what was sent only, on a PUT too."""
        if data.get("delete_messages"):
            if not data.get("email"):
                raise ValidationError("email must be provided if delete_messages is set")
            if not data.get("attach_audio"):
                raise ValidationError("attach_audio must be set if delete_messages is set")


# Users


class ForwardSchema(BaseSchema):
    enabled = StrictBoolean()
    destination = text(128, allow_none=True)


class ForwardsSchema(BaseSchema):
    busy = fields.Nested(ForwardSchema)
    noanswer = fields.Nested(ForwardSchema)
    unconditional = fields.Nested(ForwardSchema)


class UserSchema(BaseSchema):
    firstname = text(128, required=True)
    lastname = text(128, allow_none=True)
    email = fields.Email(validate=Length(max=254), allow_none=True)
    timezone = text(254, allow_none=True)
    language = fields.String(validate=Regexp(LANGUAGE), allow_none=True)
    description = fields.String(allow_none=True)
    caller_id = text(160, CALLER_ID)
    outgoing_caller_id = text(80, allow_none=True)
    mobile_phone_number = text(80, r"^\+?[0-9\*#]+$", allow_none=True)
    username = fields.String(validate=Regexp(r"^[a-zA-Z0-9-\._~\!\$&\'\(\)\*\+,;=%@]{2,254}$"), allow_none=True)
    password = fields.String(validate=Regexp(r"^[a-zA-Z0-9-\._~\!\@\#\$%\^&\*]{4,64}$"), allow_none=True)
    music_on_hold = text(128, allow_none=True)
    preprocess_subroutine = text(39, allow_none=True)
    userfield = text(128, allow_none=True)
    call_transfer_enabled = StrictBoolean()
    dtmf_hangup_enabled = StrictBoolean()
    call_record_enabled = StrictBoolean()
    call_record_outgoing_external_enabled = StrictBoolean()
    call_record_outgoing_internal_enabled = StrictBoolean()
    call_record_incoming_internal_enabled = StrictBoolean()
    call_record_incoming_external_enabled = StrictBoolean()
    online_call_record_enabled = StrictBoolean()
    supervision_enabled = StrictBoolean()
    ring_seconds = fields.Integer(validate=Range(min=0, max=10800))
    simultaneous_calls = fields.Integer(validate=Range(min=1, max=20))
    call_permission_password = fields.String(validate=Regexp(r"^[0-9#\*]{1,16}$"), allow_none=True)
    subscription_type = fields.Integer(validate=Range(min=0, max=10))
    enabled = StrictBoolean()

    @validates_schema(pass_original=True)
    def check_call_records(self, _data: dict[str, Any], original: Any, **_kwargs: Any) -> None:
        if (
            isinstance(original, dict)
            and "call_record_enabled" in original
            and not original.keys().isdisjoint(CALL_RECORDS)
        ):
            raise ValidationError(
                "'call_record_enabled' is deprecated and incompatible with 'call_record_*_enabled' options"
            )

    @post_load
    def spread_call_record(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        for_all = data.pop("call_record_enabled", None)
        return data if for_all is None else data | dict.fromkeys(CALL_RECORDS, for_all)


class UserSchema2609(UserSchema):
    preprocess_subroutine = text(79, allow_none=True)
    country = fields.String(validate=Regexp(r"^[A-Z]{2}$"), allow_none=True)
    mobile_fallback_enabled = StrictBoolean()


class NewUserSchema(UserSchema, NullIsDefault):
    required_fields: tuple[str, ...] = ("firstname",)


class NestedIncallSchema(BaseSchema):
    extensions = fields.Nested(ExtensionSchema, many=True)


class NestedUserSchema(UserSchema2609, NullIsDefault):
    """A user with all that belongs to him, which newer servers make in one."""

    lines = fields.Nested(NestedLineSchema, many=True)
    voicemail = fields.Dict()
    groups = fields.Nested(UuidSchema, many=True)
    incalls = fields.Nested(NestedIncallSchema, many=True)
    forwards = fields.Nested(ForwardsSchema)
    fallbacks = fields.Dict()
    auth = fields.Dict()
    required_fields: tuple[str, ...] = ("firstname", "lines", "groups", "incalls")


class LineIdSchema(BaseSchema):
    id = fields.Integer(required=True)


class UserLinesSchema(BaseSchema):
    lines = fields.Nested(LineIdSchema, many=True, required=True)


class GroupIdSchema(BaseSchema):
    id = fields.Integer(required=True)


class UserGroupsSchema2213(BaseSchema):
    groups = fields.Nested(GroupIdSchema, many=True, required=True)


class UserGroupsSchema2609(BaseSchema):
    groups = fields.Nested(UuidSchema, many=True, required=True)


# Groups, conferences, queues, incalls, outcalls, trunks


class GroupSchema(BaseSchema):
    label = text(128, r"^[ -~]+$", required=True)
    preprocess_subroutine = text(39, allow_none=True)
    ring_strategy = fields.String(
        validate=OneOf(
            ["all", "random", "least_recent", "linear", "fewest_calls", "memorized_round_robin", "weight_random"]
        )
    )
    caller_id_mode = fields.String(validate=OneOf(["prepend", "overwrite", "append"]), allow_none=True)
    caller_id_name = text(80, allow_none=True)
    timeout = fields.Integer(validate=Range(min=0), allow_none=True)
    user_timeout = fields.Integer(validate=Range(min=0), allow_none=True)
    retry_delay = fields.Integer(validate=Range(min=0), allow_none=True)
    music_on_hold = text(128, allow_none=True)
    ring_in_use = StrictBoolean()
    mark_answered_elsewhere = StrictBoolean()
    enabled = StrictBoolean()

    @pre_load
    def copy_name_to_label(self, data: Any, **_kwargs: Any) -> Any:
        if isinstance(data, dict) and "name" in data and "label" not in data and not self.partial:
            return {**data, "label": data["name"]}
        return data


class GroupSchema2609(GroupSchema):
    dtmf_record_toggle = StrictBoolean()
    ignore_forward = StrictBoolean()
    max_calls = fields.Integer(validate=Range(min=0))


class MemberUserSchema(BaseSchema):
    uuid = fields.String(required=True)
    priority = fields.Integer(validate=Range(min=0))


class MemberUsersSchema(BaseSchema):
    users = fields.Nested(MemberUserSchema, many=True, required=True)


class MemberExtensionSchema(BaseSchema):
    exten = fields.String(required=True)
    context = fields.String(required=True)
    priority = fields.Integer(validate=Range(min=0))


class MemberExtensionsSchema(BaseSchema):
    extensions = fields.Nested(MemberExtensionSchema, many=True, required=True)


def pin_code() -> fields.String:
    return fields.String(validate=(Predicate("isdigit"), Length(max=80)), allow_none=True)


class ConferenceSchema(BaseSchema):
    name = text(128, allow_none=True)
    preprocess_subroutine = text(39, allow_none=True)
    max_users = fields.Integer(validate=Range(min=0))
    record = fields.Boolean()
    pin = pin_code()
    admin_pin = pin_code()
    quiet_join_leave = fields.Boolean()
    announce_join_leave = fields.Boolean()
    announce_user_count = fields.Boolean()
    announce_only_user = fields.Boolean()
    music_on_hold = text(128, allow_none=True)


class QueueSchema(BaseSchema):
    name = fields.String(validate=(Regexp(r"^[-_.a-zA-Z0-9]+$"), Length(max=128), NoneOf(["general"])), required=True)
    label = text(128, allow_none=True)
    enabled = StrictBoolean()
    options = fields.List(SipOption())


class TrunkSchema(BaseSchema):
    context = fields.String(allow_none=True)


class OutcallSchema(BaseSchema):
    name = fields.String(required=True)


# Where an incoming call goes: the types, and the fields of each


class NoneDestination(BaseSchema):
    type = fields.String()


class ApplicationDestination(NoneDestination):
    application = fields.String(required=True)


class ConferenceDestination(NoneDestination):
    conference_id = fields.Integer(required=True)


class CustomDestination(NoneDestination):
    command = text(255, required=True)


class ExtensionDestination(NoneDestination):
    exten = fields.String(required=True)
    context = fields.String(required=True)


class GroupDestination(NoneDestination):
    group_id = fields.Integer(required=True)
    ring_time = fields.Float(validate=Range(min=0), allow_none=True, load_default=None)


class HangupDestination(NoneDestination):
    cause = fields.String(required=True)
    timeout = fields.Float(validate=Range(min=0), allow_none=True)


class QueueDestination(NoneDestination):
    queue_id = fields.Integer(required=True)
    ring_time = fields.Float(validate=Range(min=0), allow_none=True, load_default=None)
    skill_rule_id = fields.Integer(allow_none=True, load_default=None)
    skill_rule_variables = fields.Dict(allow_none=True, load_default=None)


class SoundDestination(NoneDestination):
    filename = text(255, required=True)
    skip = fields.Boolean(load_default=False)
    no_answer = fields.Boolean(load_default=False)


class UserDestination(NoneDestination):
    user_id = fields.Integer(required=True)
    ring_time = fields.Float(validate=Range(min=0), allow_none=True, load_default=None)
    moh_uuid = fields.UUID(allow_none=True, load_default=None)


class VoicemailDestination(NoneDestination):
    voicemail_id = fields.Integer(required=True)
    skip_instructions = fields.Boolean(load_default=False)
    greeting = fields.String(validate=OneOf(["busy", "unavailable"]), allow_none=True, load_default=None)


DESTINATIONS: dict[str, type[BaseSchema]] = {
    "application": ApplicationDestination,
    "conference": ConferenceDestination,
    "custom": CustomDestination,
    "extension": ExtensionDestination,
    "group": GroupDestination,
    "hangup": HangupDestination,
    "ivr": NoneDestination,
    "none": NoneDestination,
    "outcall": NoneDestination,
    "queue": QueueDestination,
    "sound": SoundDestination,
    "switchboard": NoneDestination,
    "user": UserDestination,
    "voicemail": VoicemailDestination,
}


class DestinationTypeSchema(BaseSchema):
    type = fields.String(validate=OneOf(list(DESTINATIONS)), required=True)


class Destination(fields.Field):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        kind = DestinationTypeSchema().load(value)["type"]
        loaded: dict[str, Any] = DESTINATIONS[kind]().load(value)
        return loaded


class IncallSchema(BaseSchema):
    destination = Destination(required=True)
    preprocess_subroutine = text(39, allow_none=True)
    greeting_sound = text(255, allow_none=True)
    caller_id_mode = fields.String(validate=OneOf(["prepend", "overwrite", "append"]), allow_none=True)
    caller_id_name = text(80, allow_none=True)
    description = fields.String(allow_none=True)

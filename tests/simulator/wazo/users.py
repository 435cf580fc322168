# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, and their lines, voicemail and groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import flask

from tests.simulator.wazo import extensions, groups, incalls, lines, voicemails
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Account, Line, Row, now
from tests.simulator.wazo.errors import ConfdError, associated, exists, not_permitted, unknown_reference
from tests.simulator.wazo.schemas_people import (
    CALL_RECORDS,
    NestedUserSchema,
    NewUserSchema,
    UserLinesSchema,
    UserSchema,
    UserSchema2609,
)

DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(
        (
            *("lastname", "email", "timezone", "language", "description", "outgoing_caller_id", "mobile_phone_number"),
            *("username", "password", "music_on_hold", "preprocess_subroutine", "userfield"),
            "call_permission_password",
        )
    ),
    **dict.fromkeys(
        ("call_transfer_enabled", "dtmf_hangup_enabled", "online_call_record_enabled", *CALL_RECORDS), False
    ),
    "supervision_enabled": True,
    "ring_seconds": 30,
    "simultaneous_calls": 5,
    "subscription_type": 0,
    "enabled": True,
}
NEWER = {"country": None, "mobile_fallback_enabled": False}
# Empty is the same as nothing.
EMPTY_IS_NULL = ("lastname", "outgoing_caller_id")
FORWARDS = ("busy", "noanswer", "unconditional")
FALLBACKS = ("noanswer_destination", "busy_destination", "congestion_destination", "fail_destination")

PLAIN = ("firstname", "lastname", "caller_id", "email", "username", "mobile_phone_number", "description", "enabled")
SEARCHED = (
    *("fullname", "caller_id", "description", "userfield", "email", "mobile_phone_number", "preprocess_subroutine"),
    *("outgoing_caller_id", "exten", "username"),
)
OTHERS = ("userfield", "preprocess_subroutine", "outgoing_caller_id")
# The filters that take several values.
SEVERAL = ("uuid", "exten")


def add_routes(front: Confd) -> None:
    def main_extension(user: Row, name: str) -> Any:
        """Of the number of the main line, which alone is seen by a list, and only while it is enabled."""
        main, number = _main_extension(front, user)
        return getattr(number, name) if number else None

    columns: dict[str, Callable[[Row], Any]] = {
        "id": lambda row: row.id,
        "uuid": lambda row: row.uuid,
        "fullname": lambda row: " ".join(name for name in (row.values["firstname"], row.values["lastname"]) if name),
        "exten": lambda row: main_extension(row, "exten"),
        "context": lambda row: main_extension(row, "context"),
        "voicemail_number": lambda row: _voicemail_number(front, row),
        **{name: lambda row, name=name: row.values[name] for name in (*PLAIN, *OTHERS)},
    }
    views = {"": user_data, "directory": directory_data, "summary": summary_data}

    @front.route("GET", "/users")
    def list_users() -> dict[str, Any]:
        view = flask.request.args.get("view", "")
        if view not in views:
            raise ConfdError(400, f"Input Error - view '{view}' does not exist")
        rows = front.db.rows("users").values()
        return front.listed(rows, columns, "lastname", lambda row: views[view](front, row), SEARCHED, SEVERAL)

    @front.route("POST", "/users")
    def create() -> tuple[Any, ...]:
        body = front.body()
        with front.db.transaction():
            shown = create_nested(front, body) if front.server.nested_users else _create_bare(front, body)
        return shown, 201, {"Location": front.url(f"users/{shown['id']}")}

    @front.route("GET", "/users/<user>")
    def get(user_key: UUID | int) -> dict[str, Any]:
        return user_data(front, visible_user(front, user_key))

    @front.route("PUT", "/users/<user>")
    def update(user_key: UUID | int) -> None:
        user = visible_user(front, user_key)
        body = front.body()
        schema = UserSchema2609 if front.server.newer_fields else UserSchema
        form = schema(partial=True).load(body)
        if lines.is_recursive(front):
            # The user himself stays as he is, but what of his is not in the body is deleted.
            kept = [line.get("id") for line in (body or {}).get("lines") or []]
            for line in front.db.lines_of(user):
                if line.id not in kept:
                    lines.delete_line(front, line, with_extensions=True)
            return
        _check(front, form, user)
        user.values.update(_without_empty(form))
        front.db.touch_row("users", user)
        for line in front.db.lines_of(user):
            if front.db.users_of(line)[0] is user:
                lines.fix(front, line)

    @front.route("DELETE", "/users/<user>")
    def delete(user_key: UUID | int) -> None:
        user = visible_user(front, user_key)
        with front.db.transaction():
            if lines.is_recursive(front):
                delete_with_parts(front, user)
            elif voicemail_id := user.related.get("voicemail"):
                raise associated("User", "Voicemail", user_id=user.id, voicemail_id=voicemail_id)
            delete_user(front, user)

    @front.route("PUT", "/users/<user>/lines/<int:line_id>")
    def associate_line(user_key: UUID | int, line_id: int) -> None:
        user, line = visible_user(front, user_key), lines.visible_line(front, line_id)
        lines.associate_user(front, user, line)

    @front.route("DELETE", "/users/<user>/lines/<int:line_id>")
    def dissociate_line(user_key: UUID | int, line_id: int) -> None:
        user, line = visible_user(front, user_key), lines.visible_line(front, line_id)
        lines.dissociate_user(front, user, line)

    @front.route("PUT", "/users/<user>/lines")
    def set_lines(user_key: UUID | int) -> None:
        user = visible_user(front, user_key)
        wanted = [_line(front, item["id"]) for item in UserLinesSchema().load(front.body())["lines"]]
        if len({line.id for line in wanted}) < len(wanted):
            raise not_permitted("Cannot associate same line more than once")
        with front.db.transaction():
            for line in front.db.lines_of(user):
                if line not in wanted:
                    lines.dissociate_user(front, user, line)
            for line in wanted:
                lines.associate_user(front, user, line)
            # Only the order among the lines of this user changes.
            own = [(line.id, user.uuid) for line in wanted]
            front.db.line_users = [own.pop(0) if pair[1] == user.uuid else pair for pair in front.db.line_users]

    @front.route("GET", "/users/<user>/voicemails")
    def list_voicemails(user_key: UUID | int) -> dict[str, Any]:
        voicemail = _voicemail(front, visible_user(front, user_key))
        items = [voicemails.voicemail_data(front, voicemail)] if voicemail else []
        return {"total": len(items), "items": items}

    @front.route("PUT", "/users/<user>/voicemails/<int:voicemail_id>")
    def associate_voicemail(user_key: UUID | int, voicemail_id: int) -> None:
        user, voicemail = visible_user(front, user_key), front.visible_row("voicemails", voicemail_id)
        voicemails.associate(front, user, voicemail)

    @front.route("DELETE", "/users/<user>/voicemails")
    def dissociate_voicemails(user_key: UUID | int) -> None:
        visible_user(front, user_key).related.pop("voicemail", None)

    if front.server.nested_users:

        @front.route("POST", "/users/<user>/voicemails")
        def create_voicemail(user_key: UUID | int) -> tuple[Any, ...]:
            user = visible_user(front, user_key)
            with front.db.transaction():
                voicemail = voicemails.add_voicemail(front, front.body())
                shown = voicemails.created(front, voicemail)
                voicemails.associate(front, user, voicemail)
            return shown

    @front.route("PUT", "/users/<user>/groups")
    def set_groups(user_key: UUID | int) -> None:
        user = visible_user(front, user_key)
        wanted = front.server.user_groups_schema().load(front.body())["groups"]
        groups.set_of_user(front, user, [_group(front, item) for item in wanted])


def visible_user(front: Confd, key: UUID | int) -> Row:
    return front.visible_row("users", key)


def _line(front: Confd, line_id: int) -> Line:
    line = front.db.lines.get(line_id)
    if not line or line.tenant_uuid not in front.tenants():
        raise unknown_reference("lines", "Line", id=line_id)
    return line


def _group(front: Confd, item: dict[str, Any]) -> Row:
    ((name, key),) = item.items()
    group = front.find_row("groups", key)
    if group is None:
        raise unknown_reference("groups", "Group", **{name: key})
    return group


def _main_extension(front: Confd, user: Row) -> tuple[Line | None, Any]:
    main = next(iter(front.db.lines_of(user)), None)
    numbers = front.db.extensions_of(main) if main else []
    return main, numbers[0] if numbers and numbers[0].enabled else None


def _voicemail(front: Confd, user: Row) -> Row | None:
    return front.db.rows("voicemails").get(user.related.get("voicemail", 0))


def _voicemail_number(front: Confd, user: Row) -> str | None:
    voicemail = _voicemail(front, user)
    return voicemail.values["number"] if voicemail else None


# Creation


def _without_empty(form: dict[str, Any]) -> dict[str, Any]:
    return {key: None if key in EMPTY_IS_NULL and value == "" else value for key, value in form.items()}


def _check(front: Confd, form: dict[str, Any], but: Row | None = None) -> None:
    """What is unique is so over all tenants; of emails the case does not count."""
    for name, same in (("email", str.lower), ("username", str)):
        if wanted := form.get(name):
            for other in front.db.rows("users").values():
                if other is not but and other.values[name] and same(other.values[name]) == same(wanted):
                    raise exists("User", **{name: wanted})
    if form.get("music_on_hold"):
        # No recording shows one that there is.
        raise unknown_reference("music_on_hold", "MOH", music_on_hold=form["music_on_hold"])


def _add_user(front: Confd, form: dict[str, Any]) -> Row:
    _check(front, form)
    defaults = DEFAULTS | (NEWER if front.server.newer_fields else {})
    values = defaults | {"created_at": now().isoformat()} | _without_empty(form)
    if not values.get("caller_id"):
        names = [name for name in (values["firstname"], values["lastname"]) if name]
        values["caller_id"] = f'"{" ".join(names)}"'
    return front.db.add_row("users", front.tenant_uuid, values)


def _create_bare(front: Confd, body: Any) -> dict[str, Any]:
    """Whatever else is in the body is silently ignored."""
    return user_data(front, _add_user(front, NewUserSchema().load(body)))


def create_nested(front: Confd, body: Any) -> dict[str, Any]:
    """A user with all that the body gives him, or nothing. The parts are shown as they were made."""
    if isinstance(body, list):
        body.pop("lines", [])  # type: ignore[call-arg, arg-type]  # the real code does not look at the type either
    form = NestedUserSchema().load(body)
    given: dict[str, Any] = {name: form.pop(name, None) for name in NESTED}
    user = _add_user(front, form)
    shown_lines = []
    for wanted in given["lines"] or []:
        line, shown = lines.add_line_with_parts(front, wanted, of_user=True)
        shown_lines.append(shown)
        lines.associate_user(front, user, line)
    shown_incalls = [_add_incall(front, user, wanted) for wanted in given["incalls"] or []]
    if wanted_groups := given["groups"]:
        groups.set_of_user(front, user, [_group(front, item) for item in wanted_groups])
    if given["forwards"]:
        user.related["forwards"] = given["forwards"]
        for forward in given["forwards"].values():
            if forward.get("enabled") and not forward.get("destination"):
                raise ConfdError(400, "Resource Error - Forward must be disabled to remove destination")
    user.related["fallbacks"] = given["fallbacks"] or {}
    shown = user_data(front, user) | {"lines": shown_lines, "incalls": shown_incalls}
    if given["voicemail"]:
        shown["voicemail"] = _add_voicemail(front, user, given["voicemail"])
    if given["auth"] is not None:
        shown["auth"] = _add_account(front, user, given["auth"])
    return shown


NESTED = ("lines", "incalls", "groups", "forwards", "fallbacks", "voicemail", "auth")


def _add_voicemail(front: Confd, user: Row, wanted: dict[str, Any]) -> dict[str, Any]:
    if "id" in wanted:
        voicemail = front.visible_row("voicemails", wanted["id"])
        voicemails.associate(front, user, voicemail)
        return voicemails.voicemail_data(front, voicemail)
    names = [name for name in (user.values["firstname"], user.values["lastname"]) if name]
    voicemail = voicemails.add_voicemail(front, {"name": " ".join(names)} | wanted)
    shown = voicemails.voicemail_data(front, voicemail)
    voicemails.associate(front, user, voicemail)
    return shown


def _add_incall(front: Confd, user: Row, wanted: dict[str, Any]) -> dict[str, Any]:
    """An incoming number to the user. It need not be in the ranges of its context: they grow."""
    destination = {"type": "user", "user_id": user.id, "ring_time": None, "moh_uuid": None}
    numbers = wanted.get("extensions", [])
    for number in numbers:
        context = front.db.context_named(number["context"], front.tenants())
        if context and context.type != "incall":
            raise ConfdError(400, "Context associated to the extension is not of type 'incall'")
    incall = incalls.add_incall(front, destination, {})
    shown: dict[str, Any] = {"extensions": [], "id": incall.id}
    for number in numbers:
        context = extensions.check_new(front, number["exten"], number["context"])
        exten = number["exten"]
        ranges = context.ranges.setdefault("incall", [])
        # The DID is compared with the whole numbers of the ranges, so that it may be added although it is in one.
        if not any(int(item["start"]) <= int(exten) <= int(item.get("end", item["start"])) for item in ranges):
            ranges.append({"start": exten, "end": exten, "did_length": len(exten)})
        extension = extensions.add_extension(front, number)
        extension.owner = ("incalls", incall.id)
        shown["extensions"].append(number | {"id": extension.id})
    return shown


def _add_account(front: Confd, user: Row, wanted: dict[str, Any]) -> dict[str, Any]:
    """The account of the user in wazo-auth, with the same uuid."""
    values = {name: user.values[name] for name in ("username", "password")} | wanted
    login, email = values["username"] or user.values["email"], user.values["email"]
    if any(account.login == login for account in front.db.accounts.values()):
        url = f"{flask.request.host_url}api/auth/0.1/users"
        raise ConfdError(400, f"409 Client Error: Conflict detected for url: {url}")
    tenant = front.db.tenants[user.tenant_uuid]
    front.db.accounts[user.uuid] = Account(user.uuid, login, values["password"] or "", tenant, [])
    emails = [{"uuid": str(uuid4()), "address": email, "confirmed": True, "main": True}] if email else []
    return {
        "uuid": user.uuid,
        "username": login,
        **{name: user.values[name] for name in ("firstname", "lastname")},
        "purpose": "user",
        "emails": emails,
        "enabled": True,
        "tenant_uuid": user.tenant_uuid,
        "authentication_method": "default",
    }


# Deletion


def delete_user(front: Confd, user: Row) -> None:
    """His lines, endpoints and numbers stay."""
    groups.leave_all(front, user)
    front.db.line_users = [pair for pair in front.db.line_users if pair[1] != user.uuid]
    front.db.delete_row("users", user)
    incalls.forget_target(front, "user", user.id)


def delete_with_parts(front: Confd, user: Row) -> None:
    """All that is his alone."""
    for line in front.db.lines_of(user):
        if front.db.users_of(line) == [user]:
            lines.delete_line(front, line, with_extensions=True)
    if voicemail := _voicemail(front, user):
        del user.related["voicemail"]
        if not voicemails.users_of(front, voicemail):
            voicemails.delete_voicemail(front, voicemail)
    front.db.accounts.pop(user.uuid, None)


# What is shown


def user_data(front: Confd, user: Row) -> dict[str, Any]:
    newer = {"func_key_template_id": None} if front.server.newer_fields else {}
    line_data = lines.line_data if front.server.newer_fields else lines.short_line_data
    voicemail = _voicemail(front, user)
    forwards = {name: {"enabled": False, "destination": None} for name in FORWARDS}
    for name, given in user.related.get("forwards", {}).items():
        forwards[name] |= given
    return {
        "id": user.id,
        "uuid": user.uuid,
        **user.values,
        **newer,
        "tenant_uuid": user.tenant_uuid,
        "links": front.links("users", user.id),
        "lines": [line_data(front, line) for line in front.db.lines_of(user)],
        "voicemail": voicemails.summary(front, voicemail) if voicemail else None,
        "groups": [groups.summary(front, group) for group in groups.of_user(front, user)],
        "incalls": incalls.summaries(front, "user", user.id),
        "call_permissions": [],
        "schedules": [],
        "switchboards": [],
        "queues": [],
        "agent": None,
        "fallbacks": dict.fromkeys(FALLBACKS) | user.related.get("fallbacks", {}),
        "forwards": forwards,
        "services": {name: {"enabled": False} for name in ("dnd", "incallfilter")},
        "call_record_enabled": all(user.values[name] for name in CALL_RECORDS),
        "call_pickup_target_users": [],
    }


def directory_data(front: Confd, user: Row) -> dict[str, Any]:
    main, number = _main_extension(front, user)
    names = ("firstname", "lastname", "email", "mobile_phone_number", "userfield", "description")
    return {
        "id": user.id,
        "uuid": user.uuid,
        "line_id": main.id if main else None,
        "agent_id": None,
        "exten": number.exten if number else None,
        "context": number.context if number else None,
        "voicemail_number": _voicemail_number(front, user),
        **{name: user.values[name] for name in names},
    }


def summary_data(front: Confd, user: Row) -> dict[str, Any]:
    main, number = _main_extension(front, user)
    newer = {"is_webrtc": False, "subscription_type": user.values["subscription_type"]}
    return {
        "id": user.id,
        "uuid": user.uuid,
        **{name: user.values[name] for name in ("firstname", "lastname", "email", "enabled")},
        "extension": number.exten if number else None,
        "context": number.context if number else None,
        "provisioning_code": main.provisioning_code if main else None,
        "protocol": "sip" if main and main.sip_uuid else None,
        **(newer if front.server.newer_fields else {}),
    }

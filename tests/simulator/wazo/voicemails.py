# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Voicemails, and whose they are."""

from __future__ import annotations

import re
from typing import Any

from tests.simulator.wazo import incalls, lines
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Row
from tests.simulator.wazo.errors import associated, exists, not_permitted, unknown_reference
from tests.simulator.wazo.schemas_people import VoicemailSchema, VoicemailSchema2609

DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("password", "email", "language", "timezone", "pager", "max_messages", "attach_audio")),
    "delete_messages": False,
    "ask_password": True,
    "enabled": True,
    "options": [],
}
NEWER = {"accesstype": "personal"}
# The time zones of messages have names of their own: eu-fr.
ZONE_MESSAGE = re.compile(r"[a-z]{2}-[a-z]{2,3}")
SEARCHED = ("name", "number", "email")
COLUMNS = {name: lambda row, name=name: row.values[name] for name in (*SEARCHED, "context")}


def add_routes(front: Confd) -> None:
    @front.route("GET", "/voicemails")
    def list_voicemails() -> dict[str, Any]:
        rows = front.db.rows("voicemails").values()
        return front.listed(rows, COLUMNS, "number", lambda row: voicemail_data(front, row), SEARCHED)

    @front.route("POST", "/voicemails")
    def create() -> tuple[Any, ...]:
        voicemail = add_voicemail(front, front.body())
        return created(front, voicemail)

    @front.route("GET", "/voicemails/<int:voicemail_id>")
    def get(voicemail_id: int) -> dict[str, Any]:
        return voicemail_data(front, front.visible_row("voicemails", voicemail_id))

    @front.route("PUT", "/voicemails/<int:voicemail_id>")
    def update(voicemail_id: int) -> None:
        voicemail = front.visible_row("voicemails", voicemail_id)
        form = _schema(front)(partial=True).load(front.body())
        _check(front, voicemail.values | form, form, voicemail)
        if "context" in form:
            # It goes to the tenant of its new context.
            voicemail.tenant_uuid = lines.check_context(front, form["context"])
        voicemail.values.update(form)
        front.db.touch_row("voicemails", voicemail)

    @front.route("DELETE", "/voicemails/<int:voicemail_id>")
    def delete(voicemail_id: int) -> None:
        voicemail = front.visible_row("voicemails", voicemail_id)
        if users := users_of(front, voicemail):
            ids = ", ".join(str(user.id) for user in users)
            raise associated("Voicemail", "User", voicemail_id=voicemail.id, user_ids=ids)
        delete_voicemail(front, voicemail)


def created(front: Confd, voicemail: Row) -> tuple[Any, ...]:
    return voicemail_data(front, voicemail), 201, {"Location": front.url(f"voicemails/{voicemail.id}")}


def _schema(front: Confd) -> type[VoicemailSchema]:
    return VoicemailSchema2609 if front.server.newer_fields else VoicemailSchema


def users_of(front: Confd, voicemail: Row) -> list[Row]:
    return [user for user in front.db.rows("users").values() if user.related.get("voicemail") == voicemail.id]


def add_voicemail(front: Confd, body: Any) -> Row:
    form = _schema(front)().load(body)
    tenant_uuid = _check(front, form, form)
    defaults = DEFAULTS | (NEWER if front.server.newer_fields else {})
    return front.db.add_row("voicemails", tenant_uuid, defaults | form)


def _check(front: Confd, values: dict[str, Any], form: dict[str, Any], but: Row | None = None) -> str:
    """The tenant that the voicemail is for."""
    tenant_uuid = lines.check_context(front, values["context"]) if "context" in form else front.tenant_uuid
    if form.get("timezone") and not ZONE_MESSAGE.fullmatch(form["timezone"]):
        raise unknown_reference("timezone", "Timezone", timezone=form["timezone"])
    others = [
        row for row in front.db.rows("voicemails").values() if row is not but and row.context == values["context"]
    ]
    for other in others:
        if other.values["number"] == values["number"]:
            raise exists("Voicemail", number=values["number"], context=values["context"])
    if form.get("accesstype") == "global":
        if but and users_of(front, but):
            raise not_permitted("A global voicemail cannot be associated to users.")
        if any(other.values["accesstype"] == "global" for other in others):
            raise not_permitted("There can be only one global voicemail per context.")
    return tenant_uuid


def associate(front: Confd, user: Row, voicemail: Row) -> None:
    if user.related.get("voicemail") == voicemail.id:
        return
    if user.related.get("voicemail"):
        # It names the new one.
        raise associated("User", "Voicemail", user_id=user.id, voicemail_id=voicemail.id)
    user.related["voicemail"] = voicemail.id


def delete_voicemail(front: Confd, voicemail: Row) -> None:
    front.db.delete_row("voicemails", voicemail)
    incalls.forget_target(front, "voicemail", voicemail.id)


def voicemail_data(front: Confd, voicemail: Row) -> dict[str, Any]:
    return {
        "id": voicemail.id,
        "tenant_uuid": voicemail.tenant_uuid,
        **voicemail.values,
        "links": front.links("voicemails", voicemail.id),
        "users": [lines.user_summary(front, user) for user in users_of(front, voicemail)],
    }


def summary(front: Confd, voicemail: Row) -> dict[str, Any]:
    """A voicemail as its user shows it."""
    links = front.links("voicemails", voicemail.id)
    return {"id": voicemail.id, "name": voicemail.values["name"], "links": links}

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users with their lines and voicemails on a confd: what those of all ages have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import RequestError, must
from ...kinds.users import FIELDS, User, UserDeclaration, UserService, Voicemail
from .service import ConfdService

if TYPE_CHECKING:
    import typing as t

    from ...kinds.state import State
    from ...kinds.users import UserChange
    from .extensions import ConfdNumbers


class ConfdUsers(ConfdService[User, UserDeclaration], UserService):
    """A user is deleted with the line, the number and the voicemail, the account last, so that it can be found again by
    a run that finishes what was cut off."""

    def __init__(self, server: Any, state: State) -> None:
        super().__init__(server, state)
        self.numbers: ConfdNumbers = state.numbers

    def user_body(self, before: User | None, after: User) -> dict[str, t.Any]:
        """Return the fields of a user that a request must carry."""
        if before is None:
            return {field: after.fields[field] for field in FIELDS if after.fields[field]}
        return {field: after.fields[field] or None for field in FIELDS if after.fields[field] != before.fields[field]}

    def voicemail_body(self, change: UserChange) -> dict[str, t.Any]:
        """Return the fields of a voicemail that a request must carry."""
        before = change.before.voicemail if change.before else None
        after = must(must(change.after).voicemail)
        body: dict[str, t.Any] = {}
        for field in ("number", "context", "name", "email", "attach_audio"):
            value = getattr(after, field)
            if before is None:
                if value:
                    body[field] = value
            elif (getattr(before, field) or None) != (value or None):
                body[field] = value if field == "attach_audio" else value or None
        if "voicemail" in change.secrets:
            body["password"] = change.secrets["voicemail"]
        return body

    def change_voicemail(self, change: UserChange) -> None:
        """Change the voicemail that somebody has and keeps.

        Before anything else of its owner is changed: by what they have in common, number and name, the next run tells
        whether it is to follow them.
        """
        before = change.before.voicemail if change.before else None
        after = change.after.voicemail if change.after else None
        if before is None or after is None:
            return
        body = self.voicemail_body(change)
        if body:
            self.write(f"change the voicemail {after.number}", "PUT", f"/voicemails/{before.id}", body)

    def put_voicemail(self, change: UserChange, user_id: t.Any) -> None:
        """Make, take over or take away the voicemail of a user."""
        before = change.before.voicemail if change.before else None
        after = change.after.voicemail if change.after else None
        for kind, left in change.takes:
            if kind == "voicemail":
                self.drop_voicemail(user_id, left)
        if after is None and before is not None:
            self.drop_voicemail(user_id, before)
        if after is None or before is not None:
            return
        body = self.voicemail_body(change)
        identity = after.id
        if identity is None:
            made = self.write(f"make the voicemail {after.number}", "POST", "/voicemails", body)
            identity = made["id"]
        else:
            self.write(f"change the voicemail {after.number}", "PUT", f"/voicemails/{identity}", body)
        self.write(f"give it the voicemail {after.number}", "PUT", f"/users/{user_id}/voicemails/{identity}")

    def drop_voicemail(self, user_id: t.Any, voicemail: Voicemail) -> None:
        if voicemail.users:  # it was taken away already, where a run was cut off
            self.write("take its voicemail away", "DELETE", f"/users/{user_id}/voicemails")
        if voicemail.users <= 1:  # others keep one that they share
            self.write(f"delete the voicemail {voicemail.number}", "DELETE", f"/voicemails/{voicemail.id}")

    def check_alone(self, line_id: int, extension_id: t.Any, exten: str | None, lines: t.Sequence[t.Any]) -> None:
        """Raise RequestError where a number is on more lines than the one that was given it, and take it off that one.

        Two lines can end up on one number when two programs give it at once, and no answer says so.
        """
        if len(lines) > 1:
            self.write("take the number off again", "DELETE", f"/lines/{line_id}/extensions/{extension_id}")
            self.numbers.gone(extension_id)
            raise RequestError(f"The extension {exten} was given to somebody else at the same moment.")


def voicemail_of(item: t.Mapping[str, t.Any], users: int) -> Voicemail:
    return Voicemail(
        item["id"],
        item["number"],
        item["context"],
        item.get("name") or "",
        item.get("email") or "",
        bool(item.get("attach_audio")),
        item.get("password"),
        users,
    )


def sip_name(uuid: str) -> str:
    """Return the name of the SIP endpoint of a user.

    It comes from the user's uuid, so that a run that was cut off finds what it made already.
    """
    return "u" + uuid.replace("-", "")[:15]

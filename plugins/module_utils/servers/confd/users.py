# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface behind which the users, lines and voicemails of every API stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import RequestError, known
from ...kinds.users import FIELDS, Extension, Voicemail

if TYPE_CHECKING:
    import typing as t

    from ...kinds.users import Change, Held, Line, Person
    from .server import ConfdServer


def _key(path: str, params: t.Mapping[str, str]) -> str:
    return path + repr(sorted(params.items()))


class People:
    """The people of one server. Every list is read once, when it is first needed, and again after ``forget``."""

    def __init__(self, confd: ConfdServer) -> None:
        self.confd = confd
        self._lists: dict[str, list[dict[str, t.Any]]] = {}
        self._extensions: list[Extension] | None = None
        # What was written for the person at hand, as text; and the uuid of one who was made.
        self.done: list[str] = []
        self.made: str | None = None

    def forget(self) -> None:
        self._lists = {}
        self._extensions = None

    def items(self, path: str, **params: str) -> list[dict[str, t.Any]]:
        """Return a whole list: there is no default limit, and paging can lose items."""
        key = _key(path, params)
        if key not in self._lists:
            try:
                self._lists[key] = self.confd.items(path, params or None)
            except RequestError as error:
                if error.status != 404 or path.count("/") < 3:
                    raise
                # What belongs to something that another run took away since it was listed.
                self._lists[key] = []
        return self._lists[key]

    def write(
        self, text: str, method: str, path: str, body: t.Any = None, params: t.Mapping[str, str] | None = None
    ) -> t.Any:
        """Make one write and return the body of its answer; ``text`` says what it does."""
        answer = self.confd.request(method, path, body, params)
        self.done.append(text)
        return answer.body

    # What a server must tell

    def people(self) -> list[Person]:
        raise NotImplementedError

    def voicemails(self) -> list[Voicemail]:
        raise NotImplementedError

    def extensions(self) -> list[Extension]:
        if self._extensions is None:
            self._extensions = self.list_extensions()
        return self._extensions

    def list_extensions(self) -> list[Extension]:
        """Return every number that exists, each with its owner as far as anything tells."""
        raise NotImplementedError

    def check_unowned(self, extension: Extension) -> None:
        """Raise RequestError where a number that looks free is somebody's."""
        owner = self.hidden_owner(extension)
        if owner is not None:
            raise RequestError(f"The extension {extension.exten} is taken by {owner}.")

    def hidden_owner(self, extension: Extension) -> str | None:
        """Look closer at a number than the list does, and return its owner, in words; None where it is nobody's."""
        owner: str | None = extension.owner
        return owner

    def more_lines(self) -> list[tuple[str, Line]]:
        """Return the lines that people have besides their main one, each with the uuid of whose it is."""
        raise NotImplementedError

    def sip_usernames(self) -> dict[str, str]:
        """Return the names with which the telephones of main lines log in, by the uuid of whose they are."""
        raise NotImplementedError

    def lines_of(self, person: Person) -> list[Held]:
        """Return every line of somebody, the main one last."""
        raise NotImplementedError

    def number_written(self, identity: t.Any, line: Line | None) -> None:
        """Keep what was read of the numbers true: after a write, one is that of a line, or gone with None."""
        if self._extensions is None:
            self._lists.pop(_key("/extensions", {}), None)
            return
        self._extensions = [e for e in self._extensions if e.id != identity]
        if line is not None:
            self._extensions.append(Extension(identity, known(line.exten), line.context, "another user"))

    def there(self, exten: str | None, context: str) -> Extension | None:
        """Return a number that exists and is nobody's, None if it does not exist. Raises RequestError if it is
        somebody's."""
        found = next((e for e in self.extensions() if (e.exten, e.context) == (exten, context)), None)
        if found is not None:
            self.check_unowned(found)
        return found

    def taken_emails(self) -> set[str]:
        """Return, in lower case, the emails that users have who are not seen here, for they are of another tenant."""
        return set()

    def sip_passwords(self) -> dict[t.Any, str]:
        raise NotImplementedError

    # What a server must do

    def bring(self, change: Change) -> None:
        """Bring one person from what it is to what it should be: do only what is missing, in a safe order."""
        raise NotImplementedError

    def remove(self, change: Change) -> None:
        """Remove one person with the line, the number and the voicemail, the account last, so that it can be found
        again by a run that finishes what was cut off."""
        raise NotImplementedError

    # What all have in common

    def user_body(self, before: Person | None, after: Person) -> dict[str, t.Any]:
        """Return the fields of a user that a request must carry."""
        if before is None:
            return {field: after.fields[field] for field in FIELDS if after.fields[field]}
        return {field: after.fields[field] or None for field in FIELDS if after.fields[field] != before.fields[field]}

    def voicemail_body(self, change: Change) -> dict[str, t.Any]:
        """Return the fields of a voicemail that a request must carry."""
        before = change.before.voicemail if change.before else None
        after = known(known(change.after).voicemail)
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

    def change_voicemail(self, change: Change) -> None:
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

    def put_voicemail(self, change: Change, user_id: t.Any) -> None:
        """Make, take over or take away the voicemail of a user."""
        before = change.before.voicemail if change.before else None
        after = change.after.voicemail if change.after else None
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
            self.number_written(extension_id, None)
            raise RequestError(f"The extension {exten} was given to somebody else at the same moment.")

    def make_way(self, exten: str | None, context: str) -> None:
        """Delete a number that is nobody's, so that another can take its place."""
        there = self.there(exten, context)
        if there is not None:
            self.delete_number(there.id, exten)

    def move_number(self, line: Line, after: Line) -> None:
        """Give a line that has a number another one."""
        self.make_way(after.exten, after.context)
        body = {"exten": after.exten, "context": after.context}
        self.write(f"change the number to {after.exten}", "PUT", f"/extensions/{line.extension_id}", body)
        self.number_written(line.extension_id, after)

    def delete_number(self, identity: t.Any, exten: str | None) -> None:
        self.write(f"delete the extension {exten}", "DELETE", f"/extensions/{identity}")
        self.number_written(identity, None)


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

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What xivo-confd and wazo-confd have in common: the shape of a context, and how a request is made and refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ...dialplan.contexts import Context
from ...dialplan.numbers import KINDS, Range, option_of
from ...dialplan.usage import EXTENSION, LINE, TRUNK, VOICEMAIL, Use
from ...errors import RequestError, UncertainError
from ...transport.access import nobody, reason_of
from ...transport.session import address
from ..base import Server
from ..shapes import problem_of

if TYPE_CHECKING:
    import typing as t

    from ...transport.access import Access
    from ...transport.session import Answer, Session

_QUOTED = re.compile(r"'([^']*)'")


class ConfdServer(Server):
    def __init__(self, session: Session, access: Access, url: str) -> None:
        super().__init__(session, access, url)
        self._words: dict[str, dict[str, str]] = {}
        self._lists: dict[tuple[str, ...], list[dict[str, t.Any]]] = {}
        self._by_id: dict[str, dict[t.Any, dict[str, t.Any]]] = {}

    @property
    def confd(self) -> ConfdServer:
        return self

    def headers(self) -> dict[str, str]:
        return self.access.headers()

    def request(
        self, method: str, path: str, json_body: t.Any = None, params: t.Mapping[str, str] | None = None
    ) -> Answer:
        """Make one request. GETs are tried again after a passing error, nothing else is."""
        answer = self._once(method, path, json_body, params)
        # Both come before anything is done, so a write may be sent again with a fresh token: Wazo 22 looks up the
        # tenants of a token right after the token itself, and answers 500 if it ended in between.
        if (answer.status == 401 or _token_ended(answer)) and self.access.renew():
            answer = self._once(method, path, json_body, params)
        if answer.ok:
            problem = problem_of(answer.body)
            if problem:
                raise self._misshapen(method, path, problem)
            return answer
        if answer.status == 401:
            raise RequestError(self._refusal(method, path, answer), 401)
        text = "%s %s%s was answered with HTTP %d: %s." % (
            method,
            self.url,
            path,
            answer.status,
            self.reason(answer).rstrip("."),
        )
        if answer.status >= 500 and method != "GET":
            raise UncertainError(text, answer.status)
        raise RequestError(text, answer.status)

    def items(self, path: str, params: t.Mapping[str, str] | None = None) -> list[dict[str, t.Any]]:
        """Read a whole list."""
        body = self.request("GET", path, params=params).body
        if not isinstance(body, dict) or "items" not in body:
            raise self._misshapen("GET", path, "it is no list")
        return list(body["items"])

    def listed(self, path: str, **params: str) -> list[dict[str, t.Any]]:
        """Return a whole list, which is read once: there is no default limit, and paging can lose items."""
        key = (path, *(f"{name}={value}" for name, value in sorted(params.items())))
        if key not in self._lists:
            try:
                self._lists[key] = self.items(path, params or None)
            except RequestError as error:
                if error.status != 404 or path.count("/") < 3:
                    raise
                # What belongs to something that another run took away since it was listed.
                self._lists[key] = []
        return self._lists[key]

    def listed_by_id(self, path: str) -> dict[t.Any, dict[str, t.Any]]:
        """Return what a whole list holds by its ids, made once each time that it is read."""
        if path not in self._by_id:
            self._by_id[path] = {item["id"]: item for item in self.listed(path)}
        return self._by_id[path]

    def unread(self, path: str) -> None:
        """Read a list again when it is asked for the next time."""
        self._lists.pop((path,), None)
        self._by_id.pop(path, None)

    def _misshapen(self, method: str, path: str, problem: str) -> RequestError:
        text = (
            f"{method} {self.url}{path} was answered with what no XiVO and no Wazo is known to answer: "
            f"{self.session.masked(problem)}."
        )
        # A write with such an answer may have been done all the same.
        return RequestError(text) if method == "GET" else UncertainError(text)

    def _once(self, method: str, path: str, json_body: t.Any, params: t.Mapping[str, str] | None) -> Answer:
        send = self.session.read if method == "GET" else self.session.write
        return send(
            url=address(self.url, *path.strip("/").split("/")),
            method=method,
            json_body=json_body,
            params=params,
            headers=self.headers(),
            auth=self.access.auth(),
        )

    def reason(self, answer: Answer) -> str:
        return self.session.masked(reason_of(answer))

    def _refusal(self, method: str, path: str, answer: Answer) -> str:
        """Say what right is missing, or that nobody logged in.

        The body of Wazo's 401 holds the token: nothing else of it is ever shown.
        """
        quoted = (
            [to_text(q) for part in answer.body for q in _QUOTED.findall(to_text(part))]
            if (isinstance(answer.body, list))
            else []
        )
        right = next((q for q in quoted if q.startswith("confd.")), None)
        tenant = quoted[quoted.index(right) + 1] if right and quoted.index(right) + 1 < len(quoted) else None
        text = f"{method} {self.url}{path} was refused (HTTP 401)."
        if not self.access.is_somebody:
            return f"{text} {nobody()}"
        right, tenant = (self.session.masked(part) if part else None for part in (right, tenant))
        if tenant:
            text += f" The account has no right {right} in the tenant {tenant}, or there is no such tenant."
        elif right:
            text += f" The account needs the right (ACL) {right}, or the token is not valid any more."
        else:
            text += " The account has not the right (ACL) to do it, or the token is not valid any more."
        return text

    def context_of(self, item: t.Mapping[str, t.Any]) -> Context:
        ranges = {}
        for kind in KINDS:
            ranges[kind] = tuple(
                Range(
                    to_text(r["start"]),
                    to_text(r.get("end") or r["start"]),
                    int(r.get("did_length") or 0) if kind == "incall" else 0,
                )
                for r in item.get(option_of(kind)) or ()
            )
        return Context(
            item["name"],
            label=item.get("label"),
            type=item.get("type"),
            description=item.get("description") or "",
            enabled=bool(item.get("enabled", True)),
            ranges=ranges,
            includes=tuple(c["name"] for c in item.get("contexts") or ()),
            id=item["id"],
            uuid=item.get("uuid"),
            tenant=item.get("tenant_uuid"),
        )

    def list_contexts(self) -> list[Context]:
        # Neither has a default limit, and paging in the default order can lose items: one call reads all.
        answer = self.request("GET", "/contexts")
        if not isinstance(answer.body, dict) or not isinstance(answer.body.get("items"), list):
            raise RequestError(
                "GET %s/contexts was answered with something that is no list of contexts. Check host and confd_url."
                % self.url,
                answer.status,
            )
        return [self.context_of(item) for item in answer.body["items"]]

    def uses(self, contexts: t.Sequence[Context] | None, whats: t.Sequence[str]) -> list[Use]:
        names = None if contexts is None else {context.name for context in contexts}
        # One context: the server filters, but for the trunks of XiVO. Several: reading all once is cheaper.
        params = {"context": contexts[0].name} if contexts and len(contexts) == 1 else None
        found: list[Use] = []
        for what in whats:
            for item in self.items(f"/{what}s", params):
                # Unknown filters are ignored, and everything comes.
                if item.get("context") if names is None else item.get("context") in names:
                    found.append(_use_of(what, item))
        return found

    def named(self, uses: t.Sequence[Use]) -> list[Use]:
        return [
            use._replace(owner=self.in_words(use.owner, use.number, use.context)) if use.what == EXTENSION else use
            for use in uses
        ]

    def in_words(self, owner: str, exten: str, context: str) -> str:
        """Return the owner of a number as people call it: the user of a line, and the label of a group."""
        if owner.startswith("line "):
            return self._names("/users").get(f"{exten}@{context}") or self._names("/lines").get(owner) or owner
        return self._names("/groups").get(owner, owner) if owner.startswith("group ") else owner

    def _names(self, path: str) -> dict[str, str]:
        """Return how people call what a list holds, as far as the account may read it. It is read once."""
        if path not in self._words:
            try:
                items = self.request("GET", path, params={"view": "directory"} if path == "/users" else None).body[
                    "items"
                ]
            except RequestError:
                items = []
            self._words[path] = dict(_in_words(path, item) for item in items)
        return self._words[path]

    def forget(self) -> None:
        super().forget()
        self._words = {}
        self._lists = {}
        self._by_id = {}


def _token_ended(answer: Answer) -> bool:
    return answer.status == 500 and "invalid token" in answer.text.lower()


# The key under which an extension names its owner, and the kind of range that owner takes numbers from.
_OWNERS = (
    ("lines", "user", "line %s"),
    ("group", "group", "group %s"),
    ("queue", "queue", "queue %s"),
    ("conference", "conference_room", "conference room %s"),
    ("incall", "incall", "incoming call %s"),
    ("outcall", None, "outgoing call %s"),
    ("parking_lot", None, "parking lot %s"),
)


def _use_of(what: str, item: t.Mapping[str, t.Any]) -> Use:
    context = to_text(item["context"])
    if what == VOICEMAIL:
        return Use(context, what, to_text(item["number"]), None, to_text(item.get("name") or ""))
    if what == LINE:
        users = [name_of(user) for user in item.get("users") or ()]
        return Use(context, what, name_of(item), None, ", ".join(users))
    if what == TRUNK:
        return Use(context, what, name_of(item), None, "")
    kind, owner = owner_of(item)
    return Use(context, what, to_text(item["exten"]), kind, owner)


def _in_words(path: str, item: t.Mapping[str, t.Any]) -> tuple[str, str]:
    if path == "/users":
        return f"{item['exten']}@{item['context']}", f"user {name_of(item)}"
    if path == "/groups":
        return f"group {item['name']}", f"group {name_of(item)}"
    users = ", ".join(name_of(user) for user in item.get("users") or ())
    return f"line {name_of(item)}", f"user {users}" if users else f"line {name_of(item)}"


def owner_of(extension: t.Mapping[str, t.Any]) -> tuple[str | None, str]:
    """Return the kind of an extension's owner, and its name in words: None and nothing where no owner shows."""
    for key, kind, words in _OWNERS:
        owner = extension.get(key)
        if isinstance(owner, list):
            owner = owner[0] if owner else None
        if owner:
            return kind, words % name_of(owner)
    return None, ""


def name_of(item: t.Mapping[str, t.Any]) -> str:
    whole = " ".join(to_text(item[key]) for key in ("firstname", "lastname") if item.get(key))
    return whole or to_text(item.get("label") or item.get("name") or item.get("id") or item.get("uuid") or "?")

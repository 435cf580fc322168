# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XiVO's own JSON web service, in PHP: contexts with their includes, and entities.

It never gives a reason, merges what it is sent with what it holds, and answers in three shapes.
"""

from __future__ import annotations

import re
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ...dialplan.contexts import NAMES_LOWERED, Context
from ...dialplan.menus import MENU_ACCOUNTS
from ...dialplan.numbers import KINDS, Range
from ...dialplan.usage import EXTENSION
from ...errors import RequestError, ServiceDownError, UncertainError
from ...kinds.contexts import Abilities
from ...transport.access import nobody
from ..base import Server
from ..confd.server import name_of
from ..shapes import problem_of

if TYPE_CHECKING:
    import typing as t

    from ...dialplan.usage import Use
    from ...transport.access import Access
    from ...transport.session import Answer, Session
    from ..confd.server import ConfdServer

ENTITIES = "/xivo/configuration/json.php/%s/manage/entity/"
GROUPS = "/service/ipbx/json.php/%s/pbx_settings/groups/"
ROOMS = "/service/ipbx/json.php/%s/pbx_settings/meetme/"
CONTEXTS = "/service/ipbx/json.php/%s/system_management/context/"
# What has a number besides users: its address, the kind of range that it comes from, and the key of the number.
NUMBERED = (
    (GROUPS, "group", "number"),
    (ROOMS, "conference_room", "confno"),
    ("/callcenter/json.php/%s/settings/queues/", "queue", "number"),
)
VERSION_HEADER = "X-XIVO-WS-VERSION"
# How the service answers everything, with a 200, while the xivo-confd beside it does not run.
CONFD_DOWN = "xivo-confd must be running"
CONNECTIONS = 4  # PHP answers several at once; more gain nothing
PHP_KIND = {kind: "meetme" if kind == "conference_room" else kind for kind in KINDS}


def stored_text(text: str) -> str:
    """Return what the forms of the web service make of a text: no tags, no tabs, one space in place of several."""
    text = re.sub(r"\r\n?", "\n", text)
    text = re.sub(r"(?s)<.+?>", "", text).replace("\t", "")
    return re.sub("&nbsp;| +", " ", text)


def confd_down(session: Session, url: str, answer: Answer) -> str | None:
    """Return what to say where the service did nothing because its xivo-confd is down, else None."""
    if VERSION_HEADER in answer.headers or not answer.text.lstrip().startswith(CONFD_DOWN):
        return None
    return (
        "The web service of the XiVO %s does nothing while its xivo-confd does not run. It answered: %s. Start "
        "xivo-confd there, and run the task again." % (url, quoted(session, answer))
    )


def quoted(session: Session, answer: Answer) -> str:
    """Return the beginning of an answer, fit to be shown."""
    text = " ".join("".join(c if c.isprintable() else " " for c in session.masked(answer.text)).split())
    if not text:
        return "nothing"
    return "a web page" if text.startswith("<") else f"'{text[:160]}'"


class XivoWebserviceServer(Server):
    product = "xivo"
    api = "xivo-webservice"
    abilities = Abilities(
        has_entities=True,
        can_disable=False,
        label_minimum=3,
        label_in_bytes=True,
        did_length_minimum=1,
        checks_whole=True,
        stored_text=stored_text,
    )
    has_webservice = True

    def __init__(
        self, session: Session, access: Access, url: str, mode: str, open_confd: t.Callable[[], ConfdServer]
    ) -> None:
        super().__init__(session, access, url)
        self.names = NAMES_LOWERED
        self._mode = mode
        self._open_confd = open_confd
        self._confd: ConfdServer | None = None
        # Whether it has taken this account before.
        self._let_in = False

    def close(self) -> None:
        if self._confd is not None:
            self._confd.access.close()
        super().close()

    def ask(self, act: str, **params: str) -> Answer:
        """Read from the context service, whatever the answer."""
        return self._read(CONTEXTS, act, params)

    def _read(self, path: str, act: str, params: t.Mapping[str, str]) -> Answer:
        return self.session.read(
            self.url + path % self._mode,
            params=dict(params, act=act),
            headers=self.access.headers(),
            auth=self.access.auth(),
        )

    def _body(self, answer: Answer, what: str, shape: type = list) -> t.Any:
        """Return what was read. 204 means none; a 500 with a whole body behind it means that the message broker is
        down: the answer is good."""
        self._check(answer)
        served = VERSION_HEADER in answer.headers
        if answer.status == 204 and served:
            return shape()
        if answer.status in (200, 500) and served and isinstance(answer.body, shape):
            problem = problem_of(answer.body)
            if problem:
                raise RequestError(
                    f"{self.url} answered what no XiVO is known to answer, when asked for {what}: "
                    f"{self.session.masked(problem)}."
                )
            return answer.body
        text = "%s could not list %s: HTTP %d." % (self.url, what, answer.status)
        if answer.status == 200:
            text = f"{text[:-1]}, and {quoted(self.session, answer)} in place of them."
        raise RequestError(text, answer.status)

    def _check(self, answer: Answer) -> None:
        """Raise where the service does not work, or lets nobody in."""
        down = confd_down(self.session, self.url, answer)
        if down:
            raise ServiceDownError(down, answer.status)
        if answer.status == 401 and self._let_in:
            raise ServiceDownError(
                "%s refuses the username and password that it took a moment ago (HTTP 401). Unless somebody changed "
                "the account, the XiVO is ill: so it answers while its database is stopped." % self.url,
                401,
            )
        if answer.status == 401 and not self.access.is_somebody:
            raise RequestError(f"{self.url} was asked without an account (HTTP 401). {nobody()}", 401)
        if answer.status == 401:
            raise RequestError(
                "%s refused this username and password. It wants an account of the menu %s, enabled, and without a "
                "host other than this one. It says the same while its database is stopped." % (self.url, MENU_ACCOUNTS),
                401,
            )
        if answer.status == 403:
            raise RequestError(f"{self.url} answers only to itself on this address (HTTP 403).", 403)
        self._let_in = self._let_in or (answer.ok and VERSION_HEADER in answer.headers)

    def list_contexts(self) -> list[Context]:
        return self.contexts_of(self.ask("list"))

    def contexts_of(self, answer: Answer) -> list[Context]:
        """Return every context, out of the answer to a list.

        The list shows one include of several, and no ranges of a context whose entity is missing or unknown: those
        contexts are read one by one.
        """
        found: list[Context | None] = []
        unclear: list[tuple[int, str]] = []
        for item in self._body(answer, "the contexts"):
            if item.get("contextinclude") or not item["context"].get("entityid"):
                unclear.append((len(found), item["context"]["name"]))
                found.append(None)
            else:
                found.append(self._context_of(item, _flat_ranges(item.get("contextnumbers"))))
        for (index, _name), context in zip(unclear, self.views([name for _index, name in unclear])):
            found[index] = context
        return [context for context in found if context]

    def _context_of(self, item: t.Mapping[str, t.Any], rows: t.Sequence[tuple[str, t.Mapping[str, t.Any]]]) -> Context:
        ranges = {}
        for kind in KINDS:
            ranges[kind] = tuple(
                Range(
                    to_text(row["numberbeg"]),
                    to_text(row["numberend"] or row["numberbeg"]),
                    int(row.get("didlength") or 0),
                )
                for php_kind, row in rows
                if php_kind == PHP_KIND[kind]
            )
        context = item["context"]
        includes = sorted(item.get("contextinclude") or (), key=lambda row: int(row["priority"]))
        return Context(
            context["name"],
            label=context["displayname"],
            type=context["contexttype"] or None,
            description=context["description"] or "",
            enabled=not context["commented"],
            ranges=ranges,
            includes=tuple(row["include"] for row in includes),
            entity=context["entity"] or None,
            id=context["name"],
            raw={kind: len(ranges[kind]) for kind in KINDS},
        )

    def views(self, names: t.Sequence[str]) -> list[Context | None]:
        if len(names) < 2:
            return [self._view(name) for name in names]
        pool = ThreadPool(min(CONNECTIONS, len(names)))
        try:
            return pool.map(self._view, names)
        finally:
            pool.terminate()

    def _view(self, name: str) -> Context | None:
        answer = self.ask("view", id=name)
        if answer.status == 404:
            return None
        item = self._body(answer, f"the context '{name}'", dict)
        return self._context_of(item, _kind_ranges(item.get("contextnumbers")))

    def uses(self, contexts: t.Sequence[Context] | None, whats: t.Sequence[str]) -> list[Use]:
        # The web service deletes a context with everything inside it; only xivo-confd tells what that is. To the one of
        # the fork, most numbers are nobody's.
        found = self.confd.uses(contexts, whats)
        if not any(use.what == EXTENSION and not use.owner for use in found):
            return found
        owners = {key: (kind, f"{_words(kind)} {name}") for key, kind, name in self._numbered()}
        for user in self.confd.items("/users", {"view": "directory"}):
            owners[(user["exten"], user["context"])] = ("user", f"user {name_of(user)}")
        for index, use in enumerate(found):
            if use.what == EXTENSION and not use.owner and (use.number, use.context) in owners:
                kind, owner = owners[(use.number, use.context)]
                found[index] = use._replace(kind=kind, owner=owner)
        return found

    def forget(self) -> None:
        super().forget()
        if self._confd is not None:
            self._confd.forget()

    def named(self, uses: t.Sequence[Use]) -> list[Use]:
        return self.confd.named(uses)

    @property
    def confd(self) -> ConfdServer:
        if self._confd is None:
            self._confd = self._open_confd()
        return self._confd

    def owners_of_numbers(self) -> dict[tuple[str, str], str]:
        """Return whose the numbers of groups, conference rooms and queues are, by number and context."""
        return {key: f"the {_words(kind)} {name}" for key, kind, name in self._numbered()}

    def _numbered(self) -> t.Iterator[tuple[tuple[str, str], str, str]]:
        """Read the groups, conference rooms and queues: number and context, kind of range, and name of each."""
        for path, kind, key in NUMBERED:
            for item in self._body(self._read(path, "list", {}), f"the {_words(kind)}s"):
                yield (to_text(item[key]), to_text(item["context"])), kind, to_text(item["name"])

    def contexts_of_peers(self) -> dict[int, str]:
        """Return the context in which the telephone of each line stands, by the id of the line."""
        answer = self._read("/service/ipbx/json.php/%s/pbx_settings/lines/", "list", {})
        return {item["id"]: to_text(item["context"]) for item in self._body(answer, "the lines")}

    def entities(self) -> list[str]:
        return [to_text(item["name"]) for item in self._body(self._read(ENTITIES, "list", {}), "the entities")]

    def act(self, path: str, act: str, what: str, identity: t.Any = None, body: t.Any = None) -> None:
        """Add, edit or delete something, once."""
        params = {"act": act}
        if act != "add":
            params["id"] = to_text(identity)
        answer = self.session.write(
            "POST",
            self.url + path % self._mode,
            params=params,
            json_body=body,
            headers=self.access.headers(),
            auth=self.access.auth(),
        )
        self._check(answer)
        text = "XiVO answered HTTP %d to the %s of %s; it never gives a reason." % (answer.status, act, what)
        if answer.status == 200:
            if VERSION_HEADER in answer.headers and (answer.is_json or not answer.text):
                return
            # Not what the service answers when it has done something.
            text = "The %s of %s was answered with %s." % (act, what, quoted(self.session, answer))
        if answer.status in (404, 405):
            raise RequestError(text, answer.status)
        # Also a 400 can mean that something was made.
        raise UncertainError(text, answer.status)

    def rows(self, path: str, what: str) -> list[dict[str, t.Any]]:
        """Return a whole list."""
        return list(self._body(self._read(path, "list", {}), what))

    def view(self, path: str, identity: t.Any, what: str) -> dict[str, t.Any]:
        """Return one of a list with all that belongs to it."""
        return dict(self._body(self._read(path, "view", {"id": to_text(identity)}), what, dict))


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _kind_ranges(numbers: t.Any) -> list[tuple[str, dict[str, t.Any]]]:
    """Read the ranges of a view: lists by kind, or false."""
    return [(row["type"], row) for rows in (numbers or {}).values() for row in rows or ()]


def _flat_ranges(numbers: t.Any) -> list[tuple[str, dict[str, t.Any]]]:
    """Read the ranges of a list: one list of all kinds, or false."""
    return [(row["type"], row) for row in numbers or ()]

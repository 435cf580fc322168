# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wazo: wazo-confd from 18.07 on, with tenants and includes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...dialplan.contexts import NAMES_KEPT, NAMES_MADE
from ...dialplan.names import fold
from ...errors import InputError, RequestError, some
from ..confd.server import ConfdServer
from ..shapes import problem_of

if TYPE_CHECKING:
    import typing as t

    from ...dialplan.contexts import Context
    from ...transport.access import Access
    from ...transport.session import Answer, Session

_MADE_NAME = re.compile(r"\bctx-[a-z0-9-]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
# What is unique over all tenants.
_TAKEN = re.compile(r"(?:Context|User|Queue) already exists \('(name|email)'")
_TAKEN_WORDS = {"name": "its name is unique", "email": "emails are unique"}
_UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class WazoServer(ConfdServer):
    product = "wazo"
    api = "wazo-confd"

    def __init__(self, session: Session, access: Access, url: str, auth_url: str, tenant: str | None = None) -> None:
        super().__init__(session, access, url)
        self._auth_url = auth_url.rstrip("/")
        self._wanted_tenant = tenant
        self._tenant: str | None = None
        # What people call the contexts that were read, for what the server says of them.
        self._labels: dict[str, str] = {}

    def headers(self) -> dict[str, str]:
        headers = super().headers()
        if self._wanted_tenant and self._tenant is None:
            self._tenant = self._find_tenant(self._wanted_tenant, headers)
        if self._tenant:
            headers["Wazo-Tenant"] = self._tenant
        return headers

    def _find_tenant(self, tenant: str, headers: dict[str, str]) -> str:
        if _UUID.match(tenant.lower()):
            return tenant.lower()  # Wazo compares it letter by letter
        items = self._tenants(headers)
        found = [i for i in items if i["name"] == tenant] or [i for i in items if fold(i["name"] or "") == fold(tenant)]
        if len(found) != 1:
            raise InputError(
                "%s tenant is called '%s'. This account sees: %s. Give the name or the uuid of one of them."
                % (
                    "No" if not found else "More than one",
                    tenant,
                    some([f"{i['name']} ({i['uuid']})" for i in items]),
                )
            )
        uuid: str = found[0]["uuid"]
        return uuid

    def _tenants(self, headers: dict[str, str]) -> list[dict[str, t.Any]]:
        answer = self.session.read(self._auth_url + "/tenants", headers=headers)
        if not answer.ok or not isinstance(answer.body, dict):
            raise RequestError(
                "The tenants could not be listed (HTTP %d): the account needs the right (ACL) auth.tenants.read. "
                "With the tenant's uuid in place of its name, it is not needed." % answer.status,
                answer.status,
            )
        problem = problem_of(answer.body) or (None if "items" in answer.body else "it is no list")
        if problem:
            raise RequestError(
                f"{self._auth_url}/tenants answered what no Wazo is known to answer: {self.session.masked(problem)}."
            )
        return list(answer.body["items"])

    def list_contexts(self) -> list[Context]:
        found = super().list_contexts()
        self._labels = {c.name: c.label for c in found if c.label}
        # Since 23.12 a context has a uuid, and its name is made by the server.
        self.names = NAMES_MADE if any(c.uuid for c in found) else NAMES_KEPT
        return found

    def reason(self, answer: Answer) -> str:
        if answer.status == 503:
            # This text holds the token, inside an address of wazo-auth.
            return "one of the services behind it, often wazo-auth, is down"
        text = _MADE_NAME.sub(lambda made: self._labels.get(made.group(), made.group()), super().reason(answer))
        taken = _TAKEN.search(text)
        if taken:
            text += f". It may be in another tenant: {_TAKEN_WORDS[taken.group(1)]} over all of them"
        return text

    def elsewhere(self, path: str, params: t.Mapping[str, str]) -> list[dict[str, t.Any]]:
        """Return a list of all tenants that the account sees, as far as it may read it."""
        answer = self.session.read(
            self.url + path, params={"recurse": "true", **params}, headers=super().headers(), auth=self.access.auth()
        )
        return list(answer.body["items"]) if answer.ok and isinstance(answer.body, dict) else []

# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wazo: wazo-confd from 18.07 on, with tenants and includes."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re

from ..domain.contexts import NAMES_KEPT, NAMES_MADE
from ..domain.names import fold
from ..domain.plan import some
from ..errors import InputError, RequestError
from .confd import ConfdServer
from .numbered import ConfdConferences, ConfdIncalls
from .wazo_numbered import WazoGroups
from .wazo_people import WazoPeople

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from ..domain.contexts import Context  # noqa: F401
    from ..transport.access import Access  # noqa: F401
    from ..transport.session import Answer, Session  # noqa: F401
    from .people import People  # noqa: F401

_UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class WazoServer(ConfdServer):
    product = "wazo"
    api = "wazo-confd"

    def __init__(self, session, access, url, auth_url, tenant=None):
        # type: (Session, Access, str, str, t.Optional[str]) -> None
        super(WazoServer, self).__init__(session, access, url)
        self._auth_url = auth_url.rstrip("/")
        self._wanted_tenant = tenant
        self._tenant = None  # type: t.Optional[str]

    def headers(self):
        # type: () -> t.Dict[str, str]
        headers = super(WazoServer, self).headers()
        if self._wanted_tenant and self._tenant is None:
            self._tenant = self._find_tenant(self._wanted_tenant, headers)
        if self._tenant:
            headers["Wazo-Tenant"] = self._tenant
        return headers

    def _find_tenant(self, tenant, headers):
        # type: (str, t.Dict[str, str]) -> str
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
                    some(["%s (%s)" % (i["name"], i["uuid"]) for i in items]),
                )
            )
        uuid = found[0]["uuid"]  # type: str
        return uuid

    def _tenants(self, headers):
        # type: (t.Dict[str, str]) -> t.List[t.Dict[str, t.Any]]
        answer = self.session.read(self._auth_url + "/tenants", headers=headers)
        if not answer.ok or not isinstance(answer.body, dict):
            raise RequestError(
                "The tenants could not be listed (HTTP %d): the account needs the right (ACL) auth.tenants.read. "
                "With the tenant's uuid in place of its name, it is not needed." % answer.status,
                answer.status,
            )
        return list(answer.body["items"])

    def list_contexts(self):
        # type: () -> t.List[Context]
        found = super(WazoServer, self).list_contexts()
        # Since 23.12 a context has a uuid, and its name is made by the server.
        self.names = NAMES_MADE if any(c.uuid for c in found) else NAMES_KEPT
        return found

    def people(self):
        # type: () -> WazoPeople
        return WazoPeople(self)

    def groups(self, people):
        # type: (People) -> WazoGroups
        return WazoGroups(people)

    def conferences(self, people):
        # type: (People) -> ConfdConferences
        return ConfdConferences(people)

    def incalls(self, people):
        # type: (People) -> ConfdIncalls
        return ConfdIncalls(people)

    def reason(self, answer):
        # type: (Answer) -> str
        if answer.status == 503:
            # This text holds the token, inside an address of wazo-auth.
            return "one of the services behind it, often wazo-auth, is down"
        return super(WazoServer, self).reason(answer)

    def set_includes(self, context, includes):
        # type: (Context, t.Sequence[Context]) -> None
        self.request("PUT", "/contexts/%s/contexts" % context.key, {"contexts": [{"id": i.key} for i in includes]})

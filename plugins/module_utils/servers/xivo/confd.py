# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XiVO 16.14 and 16.15: xivo-confd, which has contexts but no includes, no entities and no tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import InputError
from ...kinds.contexts import Abilities
from ..confd.numbered import ConfdIncalls
from ..confd.server import ConfdServer
from .entities import ConfdEntities
from .numbered import XivoConfdGroups
from .users import XivoPeople

if TYPE_CHECKING:
    from ..confd.numbered import Numbered
    from ..confd.users import People


class XivoConfdServer(ConfdServer):
    product = "xivo"
    api = "xivo-confd"
    # A label may be of any length from 0 here, and any did_length from 0.
    abilities = Abilities(has_includes=False, label_minimum=0)

    def people(self) -> XivoPeople:
        return XivoPeople(self)

    def groups(self, people: People) -> XivoConfdGroups:
        return XivoConfdGroups(people)

    def conferences(self, people: People) -> Numbered:
        raise InputError(
            "xivo-confd has no conference rooms, the web service of a XiVO has. Set webservices_url, or leave "
            "confd_url out."
        )

    def incalls(self, people: People) -> ConfdIncalls:
        return ConfdIncalls(people)

    def entity_service(self) -> ConfdEntities:
        return ConfdEntities(self)

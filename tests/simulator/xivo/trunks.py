# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""confd's ``/trunks``, as far as they use a context, and ``/outcalls``, of which there never are any here."""

from __future__ import annotations

from tests.simulator.xivo import schema
from tests.simulator.xivo.confd import Created, Listing
from tests.simulator.xivo.database import Row
from tests.simulator.xivo.resources import Resource
from tests.simulator.xivo.schema import Field


class Trunks(Resource):
    path = "trunks"
    title = "Trunk"
    listing = Listing(("id", "context"))

    def create(self) -> Created:
        context = self.confd.body({"context": Field(schema.string, null=True)}).get("context")
        if context is not None:
            self.context_type(context)
        return self.add({"context": context})

    def associated(self, row: Row) -> Row:
        return {"endpoint_sip": None, "endpoint_custom": None, "outcalls": []}


class Outcalls(Resource):
    path = "outcalls"
    title = "Outcall"
    listing = Listing(("id", "name", "description"), order="name")

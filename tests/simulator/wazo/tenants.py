# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants, as wazo-confd knows them: by the templates of their SIP endpoints."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.simulator.wazo import sip
from tests.simulator.wazo.confd import Confd
from tests.simulator.wazo.database import Tenant
from tests.simulator.wazo.errors import not_found


def add_routes(front: Confd) -> None:
    @front.route("GET", "/tenants")
    def list_tenants() -> dict[str, Any]:
        rows = [_TenantRow(tenant) for tenant in front.db.tenants.values()]
        return front.listed(rows, {"uuid": lambda row: row.tenant_uuid}, "uuid", lambda row: tenant_data(row.tenant))

    @front.route("GET", "/tenants/<uuid:tenant_uuid>")
    def get_tenant(tenant_uuid: UUID) -> dict[str, Any]:
        if str(tenant_uuid) not in front.tenants():
            raise not_found("Tenant", uuid=str(tenant_uuid))
        return tenant_data(front.db.tenants[str(tenant_uuid)])

    def tenant_data(tenant: Tenant) -> dict[str, Any]:
        templates = ["global", "webrtc", "registration_trunk", "meeting_guest"]
        if front.server.webrtc_video_template:
            templates.insert(2, "webrtc_video")
        made = sip.templates_of(front, tenant)
        uuids = {f"{name}_sip_template_uuid": made[name] for name in templates}
        return {"uuid": tenant.uuid, "sip_templates_generated": True, **uuids}


class _TenantRow:
    """A tenant as a row of a list: it belongs to itself."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.tenant_uuid = tenant.uuid

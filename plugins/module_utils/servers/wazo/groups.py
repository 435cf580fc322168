# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups on Wazo: the server makes the name, the label is the person's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...dialplan.names import without_accents
from ..confd.groups import ConfdGroups

if TYPE_CHECKING:
    import typing as t

    from ...kinds.groups import Group

_LABEL = re.compile(r"^[-_.a-zA-Z0-9 ]{1,128}\Z")


class WazoGroups(ConfdGroups):
    has_labels = True

    def key(self, resource: Group) -> t.Any:
        return resource.uuid or resource.id

    def problems(self, resource: Group) -> list[str]:
        label = resource.label or ""
        if _LABEL.match(label):
            return []
        better = re.sub(r"[^-_.a-zA-Z0-9 ]+", "_", without_accents(label))[:128].strip("_")
        return [
            "The label '%s' of a group may hold only the letters a-z and A-Z, digits, spaces, '.', '_' and '-' on "
            "Wazo, at most 128.%s" % (label, " Write label: '%s'." % better if better else "")
        ]

    def body(self, before: Group | None, after: Group) -> dict[str, t.Any]:
        if before is None:
            # Where the name is the client's (before 20), it is needed; where the server makes it, it is ignored.
            return {"name": after.name, "label": after.label}
        if after.label == before.label:
            return {}
        body: dict[str, t.Any] = {"label": after.label}
        # 26 resets it in every PUT that leaves it out.
        if "ignore_forward" in before.raw:
            body["ignore_forward"] = before.raw["ignore_forward"]
        return body

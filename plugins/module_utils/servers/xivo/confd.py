# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XiVO 16.14 and 16.15: xivo-confd, which has contexts but no includes, no entities and no tenants."""

from __future__ import annotations

from ...kinds.contexts import Abilities
from ..confd.server import ConfdServer


class XivoConfdServer(ConfdServer):
    product = "xivo"
    api = "xivo-confd"
    # A label may be of any length from 0 here, and any did_length from 0.
    abilities = Abilities(has_includes=False, label_minimum=0)

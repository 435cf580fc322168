# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.telephony.xivo.plugins.modules import xivo_token
from ansible_collections.telephony.xivo.plugins.plugin_utils.fast_path import FastAction


class ActionModule(FastAction):
    MODULE = xivo_token

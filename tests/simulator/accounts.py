# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts that every simulated server has."""

from __future__ import annotations

LOGIN = "admin"
# No word, and no part of anything that an output may hold: whatever shows it has shown a secret.
PASSWORD = "Hx5-simulated-Tq"
# With all rights too.
OPERATOR = "operator"
OPERATOR_PASSWORD = "Zr7-unguessable-Kx"

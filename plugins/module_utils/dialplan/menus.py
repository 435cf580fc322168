# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things stand in the web page of a XiVO, in English and as its page in French calls it."""

from __future__ import annotations

MENU_ACCOUNTS = "Configuration > Management > Web Services Access / Configuration > Gestion > Accès aux services Web"
MENU_ENTITIES = "Configuration > Management > Entities / Configuration > Gestion > Entités"
MENU_CONTEXTS = "Services > IPBX > IPBX configuration > Contexts / Services > IPBX > Configuration IPBX > Contextes"
MENU_ROOMS = (
    "Services > IPBX > IPBX settings > Conference rooms / Services > IPBX > Paramètres IPBX > Chambres de conférence"
)

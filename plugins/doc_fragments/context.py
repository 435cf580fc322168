# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    POLICY = r"""
options:
  conflicts:
    description:
      - What to do when a range that this task adds or changes shares a number with a range of another context, or an
        include that it adds lets somebody dial one number in two ways.
      - Compared are all internal contexts of the same entity or tenant among each other, all contexts of the type
        V(incall) among each other, and any two that one context can dial both of, by its own numbers or through
        includes. Of incoming numbers the digits that arrive are compared, see C(did_length).
      - V(error) refuses the task. V(reachable) does so only where somebody could dial both, for several companies on
        one server. V(warn) says it and goes on, V(ignore) does not look.
      - Conflicts that were there before, and that this task does not touch, are a warning.
    type: str
    choices: [error, reachable, warn, ignore]
    default: error
  force:
    description:
      - Before numbers are taken away, or a context is deleted, it is looked up who uses them. The task is refused if
        somebody does, naming the extensions, voicemails, lines and trunks. V(true) does it all the same.
      - Whoever loses numbers keeps a line that can be neither called nor edited. XiVO's web service deletes a context
        with what is in it and leaves such pieces behind. A Wazo, and XiVO's xivo-confd, keep a context in which there
        is an extension, a voicemail or a trunk, so that this is refused with V(true), too; they delete its lines.
      - On XiVO only xivo-confd can tell who uses a number. Where it cannot be asked, the task is refused unless forced.
    type: bool
    default: false
"""

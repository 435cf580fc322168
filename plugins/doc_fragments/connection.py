# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  host:
    description:
      - Name or address of the server, with a port if it is not the usual one.
      - C(https://) is put before it unless it says otherwise.
      - It must be given, here or in the environment variable E(XIVO_HOST).
      - If it is given here, and E(XIVO_HOST) is another server, then nothing of the environment counts but
        E(XIVO_TIMEOUT). So the password of one server never reaches another one.
    type: str
  product:
    description:
      - What the server is. V(auto) finds it out, at the cost of one request on a XiVO.
      - The environment variable E(XIVO_PRODUCT) is used if this is left out.
    type: str
    choices: [auto, xivo, wazo]
    default: auto
  username:
    description:
      - The account to use. On XiVO it is one of I(Configuration > Management > Web Services Access), on Wazo a user of
        wazo-auth.
      - Without it and without O(token), nothing is sent as credentials. XiVO lets in the addresses that it was told to.
      - The environment variable E(XIVO_USERNAME) is used if this is left out. If it is given here, then E(XIVO_TOKEN)
        does not count, and E(XIVO_PASSWORD) only if E(XIVO_USERNAME) is the same or not set.
    type: str
  password:
    description:
      - The password of O(username).
      - The environment variable E(XIVO_PASSWORD) is used if this is left out. If it is given here, then E(XIVO_TOKEN)
        does not count.
    type: str
  token:
    description:
      - A token of wazo-auth or xivo-auth that you already have. It is used in place of O(username) and O(password), and
        not deleted at the end.
      - XiVO's web service takes no tokens. With a token, only the xivo-confd of 16.14 and 16.15 can be used.
      - The environment variable E(XIVO_TOKEN) is used if this is left out.
    type: str
  tenant:
    description:
      - Name or uuid of the tenant, on Wazo. Left out, it is the one of the account.
      - XiVO has no tenants, and ignores it.
      - The environment variable E(XIVO_TENANT) is used if this is left out.
    type: str
  validate_certs:
    description:
      - Whether the server's certificate must be trusted.
      - The environment variable E(XIVO_VALIDATE_CERTS) is used if this is left out.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities to trust, where the server's is not signed by a public one.
      - The environment variable E(XIVO_CA_PATH) is used if this is left out.
    type: path
  timeout:
    description:
      - Seconds to wait for an answer. One to a read is waited for four times as long, up to two minutes, as asking
        again would make a slow server slower. A longer timeout is taken as it is.
      - The environment variable E(XIVO_TIMEOUT) is used if this is left out.
    type: float
    default: 30.0
  confd_url:
    description:
      - Address of the REST API, where it is not C(https://HOST/api/confd/1.1) (Wazo) or C(https://HOST:9486/1.1)
        (XiVO).
      - On a XiVO it means that xivo-confd is to be used, unless O(webservices_url) is given too.
      - The environment variable E(XIVO_CONFD_URL) is used if this is left out.
    type: str
  auth_url:
    description:
      - Address of the service that gives tokens, where it is not C(https://HOST/api/auth/0.1) (Wazo) or
        C(https://HOST:9497/0.1) (XiVO).
      - The environment variable E(XIVO_AUTH_URL) is used if this is left out.
    type: str
  webservices_url:
    description:
      - Address of XiVO's web interface, where it is not C(https://HOST). Its JSON web service is used below that.
      - It also says that this is a XiVO.
      - The environment variable E(XIVO_WEBSERVICES_URL) is used if this is left out.
    type: str
requirements:
  - python >= 3.9
  - requests
notes:
  - A token that was made is deleted at the end of the task, also when it fails.
  - Of the XiVO servers, those with the PHP JSON web service are supported (16.03 and later), and the xivo-confd of
    16.14 and 16.15. Of Wazo, 18.07 and later.
"""

    # Check mode and diff mode, the same for each module that changes something.
    ATTRIBUTES = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict the whole result without writing anything.
    support: full
  diff_mode:
    description: Returns what has changed, or would change, one before and after for each object.
    support: full
"""

    READ_ONLY = r"""
attributes:
  check_mode:
    description: Reads only, so it does the same in C(check_mode).
    support: full
  diff_mode:
    description: Reads only, so there is nothing to compare.
    support: N/A
"""

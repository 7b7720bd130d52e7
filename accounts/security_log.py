"""What is told of sign-ins and refusals: who, by the number of their account, and what; never an address or a name.

Network addresses are left out too. Whoever has to follow an attack has them in the log of the proxy before the site.
"""

import logging

security_log = logging.getLogger("accounts.security")

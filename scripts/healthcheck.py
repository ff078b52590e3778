"""Asks the web server of this container whether it is ready; its exit code is the answer."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

port = sys.argv[1]
address = urlsplit(os.environ["CANONICAL_URL"])
# Asked the way the proxy asks, or the answer would be about the host name and not about the portal.
headers = {"Host": address.netloc, "X-Forwarded-Proto": address.scheme}
request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers=headers)
try:
    with urllib.request.urlopen(request, timeout=4) as response:  # noqa: S310
        sys.exit(0 if response.status == 200 else 1)
except OSError as error:
    sys.exit(f"Not ready: {error}")

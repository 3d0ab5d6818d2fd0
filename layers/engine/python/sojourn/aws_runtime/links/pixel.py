"""The picture in an email that tells that it was opened: one transparent pixel, and how a web server hands it out."""

from __future__ import annotations

from collections.abc import Mapping

# GIF89a (section 7 ff.), base64: one pixel, and the extension that makes its one colour transparent.
PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
HEADERS: Mapping[str, str] = {
    "content-type": "image/gif",
    # Asked for again each time it is shown; the proxies of mail programs read the older two.
    "cache-control": "no-store, no-cache, must-revalidate, private, max-age=0",
    "expires": "0",
    "pragma": "no-cache",
    # Web mail shows it on its own pages.
    "cross-origin-resource-policy": "cross-origin",
}

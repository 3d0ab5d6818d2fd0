"""The page of SJ101, which is found while files are read."""

from __future__ import annotations

from sojourn.domain.journey.rules.rule import Rule


class NotUtf8(Rule):
    """Files are saved as UTF-8.

    What:
        The file holds a byte that is not UTF-8, the encoding of all files of a workspace.
    Why:
        Saved in another encoding, "Größe" reaches the customer as "GrÃ¶ÃŸe", or not at all.
    Instead of:
        # file: journey.yaml, saved as latin-1
        title: Grüße an den Warenkorb
    Write:
        # file: journey.yaml
        title: Grüße an den Warenkorb
    """

    code = "SJ101"
    name = "not-utf-8"
    found_by_reading = True

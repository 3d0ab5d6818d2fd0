"""SJ515: no SMS is dear for a character that reads the same in plain letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.domain.findings import Severity
from sojourn.domain.journey.rules.rule import Rule
from sojourn.domain.message.sms_length import costly_character, instead_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.domain.findings import Finding
    from sojourn.domain.journey.rules.context import Context


class CostlyCharacter(Rule):
    """An SMS does not cost more for a typographic sign.

    What:
        An SMS takes more parts because of quotation marks, dashes or blanks that are not in the alphabet of phones
        (GSM-7), and everything else in it is.
    Why:
        Every part is paid for. One such character makes the whole SMS UCS-2, of which 70 characters fit in a part
        and not 160. Letters and emoji that phones do not have are no mistake: nothing reads the same instead.
    Instead of:
        # file: messages/reminder.yaml
        sms: "Your cart at Acme is still waiting for you – and it’s the last one. Reply STOP to opt out."
    Write:
        # file: messages/reminder.yaml
        sms: "Your cart at Acme is still waiting for you - and it's the last one. Reply STOP to opt out."
    """

    code = "SJ515"
    name = "costly-character"
    severity = Severity.WARNING

    def check(self, context: Context) -> Iterator[Finding]:
        """Count the parts of every SMS as it is and as it could be."""
        for placed in context.contents.templates("sms"):
            costly = costly_character(placed.template.text)
            if costly is None:
                continue
            about = "about " if "{{" in placed.template.text else ""
            every = costly.character + costly.others
            shown = costly.character if costly.character.isprintable() else f"U+{ord(costly.character):04X}"
            yield self.finding(
                f'"{shown}" makes this {about}{costly.dear.segments} SMS '
                f"where {costly.cheap.segments} would do, as phones do not have it",
                *placed.place(costly.offset),
                f"write {instead_of(every)}",
            )

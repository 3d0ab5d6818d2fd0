"""Templates as messages: `messages/<name>.yaml`, with an email's HTML and text beside it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.pinpoint.handlebars import Texts
from sojourn.pinpoint.naming import Names, slug
from sojourn.pinpoint.reading import EMAIL, PUSH, SMS

if TYPE_CHECKING:
    from sojourn.pinpoint.outcome import Row, Rows
    from sojourn.pinpoint.reading import Document
    from sojourn.pinpoint.vocabulary import Vocabulary

_LINK = re.compile(
    r"(<a\b[^>]*?\shref\s*=\s*)(?:\"(https?://[^\"'{}\s]+)\"|'(https?://[^\"'{}\s]+)')", re.IGNORECASE
)
_VARIABLE_LINK = re.compile(r"<a\b[^>]*?\shref\s*=\s*[\"'][^\"']*\{\{(?! ')", re.IGNORECASE)
_BODY_ENDS = re.compile(r"</body\s*>", re.IGNORECASE)
_UNSUBSCRIBE = '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>\n'
_OVERRIDES = ("APNS", "GCM", "ADM", "Baidu")
CHANNEL = {EMAIL: "email", SMS: "sms", PUSH: "push"}


class Templates:
    """The templates of an export, each perhaps in several versions."""

    def __init__(self, documents: list[Document]) -> None:
        self._all: dict[tuple[str, str], list[Document]] = {}
        for document in documents:
            if document.kind in CHANNEL:
                self._all.setdefault((document.kind, document.name), []).append(document)

    def find(self, kind: str, name: str, version: str | None) -> Document | None:
        """Return the template in the version that is asked for, else in its last; None where no file has it."""
        found = self._all.get((kind, name), [])
        if not found:
            return None
        wanted = [one for one in found if version is not None and one.value.get("Version") == version]
        return wanted[0] if wanted else max(found, key=_version)

    def ambiguous(self) -> list[tuple[Document, Document]]:
        """Return the templates that are there twice in one version, and differ."""
        pairs: list[tuple[Document, Document]] = []
        for found in self._all.values():
            first: dict[int, Document] = {}
            for document in found:
                first.setdefault(_version(document), document)
            pairs += [(first[_version(one)], one) for one in found if one is not first[_version(one)]]
        return pairs


def _version(document: Document) -> int:
    text = str(document.value.get("Version", ""))
    return int(text) if text.isdecimal() else 0


@dataclass(slots=True)
class Messages:
    """The messages of one journey: each template once for each sender's address that sends it.

    Args:
        part: what the report calls the journey.
        asked_for: the templates that some activity sends, by kind and name.
    """

    part: str
    templates: Templates
    words: Vocabulary
    rows: Rows
    files: dict[str, Any] = field(default_factory=dict)
    asked_for: set[tuple[str, str]] = field(default_factory=set)
    _names: Names = field(default_factory=lambda: Names("-"))

    def send(self, kind: str, activity: dict[str, Any], row: Row) -> str:
        """Return the name of the message that an activity sends; it is made unless it was.

        Args:
            row: the activity's, where it is said if no file has the template.
        """
        wanted = str(activity["TemplateName"])
        self.asked_for.add((kind, wanted))
        sender = str(activity.get("MessageConfig", {}).get("FromAddress", "")) if kind == EMAIL else ""
        version = activity.get("TemplateVersion")
        document = self.templates.find(kind, wanted, version)
        name = self._names.give((kind, wanted, sender, id(document)), slug(wanted, "message"))
        if document is None:
            row.lose(
                f'no file has the template "{wanted}": write messages/{name}.yaml, or give the file and import again; '
                "until then `sojourn check` says that there is no such message"
            )
            return name
        if version is not None and document.value.get("Version", version) != version:
            row.note(
                f"it sends version {version} of the template, the file has version {document.value['Version']}"
            )
        if f"{name}.yaml" not in self.files:
            self._make(name, kind, document, sender)
        return name

    def _make(self, name: str, kind: str, document: Document, sender: str) -> None:
        row = self.rows.begin(self.part, document.name, kind, f"messages/{name}.yaml")
        value = document.value
        texts = Texts(self.words, row, CHANNEL[kind], _defaults(value, row))
        if "RecommenderId" in value:
            row.lose("recommendations of a model (`RecommenderId`) have no equal")
        made: dict[str, Any] = {"title": document.name}
        if kind == EMAIL:
            made["email"] = self._email(name, value, texts, sender, row)
        elif kind == SMS:
            made["sms"] = _sms(value, texts, row)
        else:
            made["push"] = _push(value, texts, document.name, row)
        self.files[f"{name}.yaml"] = made

    def _email(self, name: str, value: dict[str, Any], texts: Texts, sender: str, row: Row) -> dict[str, Any]:
        made: dict[str, Any] = {"subject": texts.liquid(value["Subject"])} if "Subject" in value else {}
        if not made:
            row.lose("it has no subject: `sojourn check` says where to write one")
        if "Headers" in value:
            row.note(
                "headers of one's own are left out; those for unsubscribing are added to every marketing email"
            )
        source = value.get("HtmlPart")
        if source is None and "TextPart" in value:
            row.note("it had no HTML, which is made from its text")
            source = (
                f'<div style="white-space: pre-wrap">{html.escape(value["TextPart"], quote=False)}</div>\n'
            )
        if source is not None:
            made["html"] = f"{name}.html"
            self.files[f"{name}.html"] = _body(texts.liquid(source), row)
        if "TextPart" in value:
            made["text"] = f"{name}.txt"
            self.files[f"{name}.txt"] = (
                texts.liquid(value["TextPart"]) + "\n\nUnsubscribe: {{ unsubscribe_url }}\n"
            )
        if sender:
            made["from"] = sender
        return made


def _defaults(value: dict[str, Any], row: Row) -> dict[str, str]:
    """Return what stands in for variables without a value; the keys as the template spells its variables."""
    given = value.get("DefaultSubstitutions", "{}")
    try:
        found = json.loads(given or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        row.lose(
            "`DefaultSubstitutions` is no JSON object: write the defaults into the texts, as `| default: '…'`"
        )
        return {}
    return {str(key): str(one) for key, one in found.items()}


def _body(text: str, row: Row) -> str:
    """Return an email's HTML with links that count clicks, and a way out."""
    made, links = _LINK.subn(lambda found: found[1] + _tracked(found[2] or found[3]), text)
    if links:
        row.note("links have `track`, so that their clicks are counted, as Pinpoint did with all links")
    if _VARIABLE_LINK.search(made):
        row.note("links with variables in them do not count clicks: give them `track` where you want to know")
    row.note("a link to unsubscribe is added, without which no marketing email is sent")
    last = next(reversed(list(_BODY_ENDS.finditer(made))), None)
    return (
        made[: last.start()] + _UNSUBSCRIBE + made[last.start() :]
        if last
        else f"{made.rstrip()}\n{_UNSUBSCRIBE}"
    )


def _tracked(link: str) -> str:
    return "\"{{ '" + html.unescape(link) + "' | track }}\""


def _sms(value: dict[str, Any], texts: Texts, row: Row) -> str:
    body = texts.liquid(value.get("Body", ""))
    if re.search(r"\bSTOP\b", body):
        return body
    row.note("how to stop them is added, without which no marketing SMS is sent")
    return f"{body.rstrip()} Reply STOP to opt out."


def _push(value: dict[str, Any], texts: Texts, name: str, row: Row) -> dict[str, Any]:
    present = [key for key in ("Default", *_OVERRIDES) if key in value]
    parts = [value[key] for key in present]
    first = {key: part[key] for part in reversed(parts) for key in part}
    if any(part.get(key) != first[key] for part in parts for key in part if key in ("Title", "Body", "Url")):
        row.note(
            f"one text for all devices: that of `{present[0]}`; {', '.join(present[1:])} say something else"
        )
    if "RawContent" in first:
        row.lose("`RawContent` has no equal: only title, body, link and image are kept")
    if "Title" not in first:
        row.note("it had no title, which a push message here needs: its name stands there")
    if "Body" not in first:
        row.lose("it has no body: `sojourn check` says where to write one")
    made = {"title": texts.liquid(first.get("Title", name)), "body": texts.liquid(first.get("Body", ""))}
    if "Url" in first and first.get("Action", "URL") != "OPEN_APP":
        made["link"] = texts.liquid(first["Url"])
    image = first.get("MediaUrl") or first.get("ImageUrl")
    if image:
        made["image"] = texts.liquid(image)
    return made

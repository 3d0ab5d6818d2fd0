"""The doors by which what people do comes in, where it is no event of an application: tasks' API, links, providers."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from infra.local_cloud.emulator import LOOPBACK
from sojourn.adapters.dynamodb import keys
from sojourn.adapters.links.signed import read
from sojourn.application.desk import COMPLETED, FAILED, Answer
from sojourn.aws_runtime.secrets import SigningKeys
from sojourn.domain.customer.rows import Send
from sojourn.domain.decide.feedback import BOUNCED, CLICKED, COMPLAINED, OPENED
from sojourn.domain.ledger import Happening
from sojourn.domain.time.instants import iso
from tests.support.cloud import PATIENCE
from tests.support.link_requests import BROWSER
from tests.support.provider_events import recorded
from tests.support.told_stage import STAGE, ToldStage
from tests.support.told_time import HEADER

VERBS = {COMPLETED: "complete", FAILED: "fail"}
OF_SES = {BOUNCED: "ses-bounce-hard", COMPLAINED: "ses-complaint"}


class Doors:
    """Comes in as a person, or a provider, does.

    Args:
        customers: the rows, to know of what is told.
        clock: at which time.
    """

    def __init__(self, stage: ToldStage, customers: Any, clock: Any) -> None:
        self._stage, self._customers, self._clock = stage, customers, clock

    def told(self, customer: str, name: str, properties: Mapping[str, Any]) -> bool:
        """Let what is about an email come in by its own door; say whether it has one."""
        if properties.get("channel") != "email" or name not in (OPENED, CLICKED, *OF_SES):
            return False
        send = next(one for one in self._customers.sends(customer) if one.id == properties["send"])
        if name == OPENED:
            self._open(customer, send)
        elif name == CLICKED:
            self._click(customer, send, properties["url"])
        else:
            self._tell_as_ses(OF_SES[name], send)
        return True

    def end_task(self, customer: str, url: str, answer: Answer) -> None:
        """End a task over the HTTP API."""
        key = b64encode(f"{self._stage.key}:".encode()).decode()
        said = json.dumps({"answer": dict(answer.noted)})
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {key}"}
        status = self._asked(customer, "POST", f"{url}/{VERBS[answer.outcome]}", said, headers)
        assert status == 200, f"{url}: {status}"

    def _open(self, customer: str, send: Send) -> None:
        """Fetch the picture in an email, as the reader's program does."""
        (picture,) = re.findall(r'src="(https://[^/"]+/o/[^"]+\.gif)"', self._html(customer, send))
        status = self._asked(customer, "GET", picture, "", {"User-Agent": BROWSER})
        assert status == 200, f"{picture}: {status}"

    def _click(self, customer: str, send: Send, url: str) -> None:
        """Follow the link of an email that leads to *url*."""
        links = re.findall(r'href="(https://[^/"]+/c/[^"]+)"', self._html(customer, send))
        keys_now = SigningKeys(self._stage.cloud.client("secretsmanager"), f"sojourn-{STAGE}/signing")()
        leads = {found.url: link for link in links if (found := read(link.rpartition("/")[2], keys_now))}
        status = self._asked(customer, "GET", leads[url], "", {"User-Agent": BROWSER})
        assert status == 302, f"{leads[url]}: {status}"

    def _html(self, customer: str, send: Send) -> str:
        """Return an email as it was sent."""
        address = self._customers.load(customer).profile.email
        emails = self._stage.cloud.emails(address)
        return str(next(one for one in emails if one["MessageId"] == send.provider_id)["BodyHtml"])

    def _tell_as_ses(self, name: str, send: Send) -> None:
        """Put on the queue what SES would tell of an email: nobody else may put events of `aws.ses` on a bus."""
        at = iso(self._clock.now())
        event = json.loads(json.dumps(recorded(name)).replace("2026-03-06T12:00:05.000Z", at))
        event["time"] = at
        mail = event["detail"]["mail"]
        tags = {tag: [getattr(send, tag)] for tag in ("customer", "journey", "run", "step", "version")}
        mail["tags"] |= {**tags, "send": [send.id]}
        mail["messageId"] = send.provider_id
        queue = self._stage.cloud.first.outputs["FeedbackQueueUrl"]
        self._stage.cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(event))

    def _asked(self, customer: str, method: str, url: str, body: str, headers: Mapping[str, str]) -> int:
        parts = urlsplit(url)
        connection = HTTPConnection(LOOPBACK, self._stage.cloud.emulated.port, timeout=PATIENCE)
        try:
            connection.request(
                method, parts.path, body or None, {"Host": parts.netloc, HEADER: customer, **headers}
            )
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


class Outbox:
    """What providers took by now: SES's mailbox, what the recorder was asked for, what was published to devices."""

    def __init__(self, stage: ToldStage) -> None:
        self._cloud = stage.cloud
        self.emails = self._cloud.emails()
        self._ids = {email["MessageId"] for email in self.emails}
        asked = [one for one in self._cloud.recorded.asked if one.service in ("sms", "whatsapp")]
        published = [call["parameters"] for call in self._cloud.calls(operation="Publish")]
        self._rest = "\n".join([*(_said(one.request) for one in asked), *map(json.dumps, published)])

    def has(self, one: Happening) -> bool:
        """Say whether a message is there that the ledger tells was sent."""
        send = one.details["send"]
        if one.details["channel"] != "email":
            return send in self._rest
        row = self._cloud.row(keys.customer(one.customer), keys.send(send))
        return json.loads(row["data"]["S"])["provider_id"] in self._ids


def _said(request: Mapping[str, Any]) -> str:
    """Return a request as a text; what WhatsApp is asked for is base64."""
    return b64decode(request["message"]).decode() if "message" in request else json.dumps(request)

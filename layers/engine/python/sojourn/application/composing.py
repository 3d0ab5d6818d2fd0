"""Composes one customer's message: its variables, its links, and the picture that tells that an email was opened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.application.ports import Page
from sojourn.domain.decide.tracking import Tracking, leads_elsewhere, tracking_of
from sojourn.domain.message.compiled import render
from sojourn.domain.message.pixel import with_pixel
from sojourn.domain.message.problems import ContentError
from sojourn.domain.message.utm import with_utm
from sojourn.domain.time.instants import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.running import Running
    from sojourn.application.task_input import TaskInput
    from sojourn.domain.customer.rows import Send
    from sojourn.domain.message.compiled import CompiledMessage
    from sojourn.domain.message.rendering import Rendered


def unsubscribe_link(running: Running, send: Send) -> str:
    """Return the link that ends this kind of message."""
    return running.engine.links.unsubscribe(send, _page(running, send))


def composed(
    running: Running, task: TaskInput, message: CompiledMessage, send: Send, unsubscribe: str
) -> Rendered:
    """Return the message as the customer gets it on the send's channel.

    Raises:
        ContentError: something that it says is not known of this customer.
    """
    policy, profile, links = running.engine.catalogue.policy, running.profile, running.engine.links
    preferences = links.preferences(send, _page(running, send))
    view = running.view(task.state)
    variables: Mapping[str, Any] = {
        "customer": view.customer,
        "entry": running.run.entry,
        "steps": view.steps,
        "now": iso(running.now),
        "brand": policy.brand,
        "unsubscribe_url": unsubscribe,
        "preferences_url": preferences,
    }
    tracking = _tracking(running, task, send)

    def link(url: str) -> str:
        # The way out is no click, and says nothing to web analytics.
        if url in (unsubscribe, preferences):
            return url
        if leads_elsewhere(url, tracking.hosts):
            raise ContentError("a link with `track` leads to a host that is not among `tracking: hosts`")
        told = with_utm(url, tracking.utm)
        return links.tracked(send, told) if tracking.clicks else told

    rendered = render(message, send.channel, profile.locale or policy.locale, variables, link)
    if not tracking.opens or "html" not in rendered.parts:
        return rendered
    return replace(
        rendered, parts={**rendered.parts, "html": with_pixel(rendered.parts["html"], links.opened(send))}
    )


def _page(running: Running, send: Send) -> Page:
    policy = running.engine.catalogue.policy
    topic = policy.topics.get(send.topic)
    return Page(running.profile.locale or "", topic.title if topic else "", policy.brand.get("name", ""))


def _tracking(running: Running, task: TaskInput, send: Send) -> Tracking:
    policy = running.engine.catalogue.policy
    defaults = {
        "source": policy.workspace, "medium": send.channel, "campaign": send.journey, "content": send.step,
    }  # fmt: skip
    return tracking_of(policy.tracking, task.do["send"].get("tracking", {}), defaults)

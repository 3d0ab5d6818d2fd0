"""Exports of Amazon Pinpoint, built from what a test is about; and what becomes of them."""

from __future__ import annotations

import json
from typing import Any

from sojourn.domain.findings import Finding, Severity
from sojourn.domain.journey.checking import check
from sojourn.domain.journey.project import Project, read_project
from sojourn.pinpoint.importing import Asked, Imported, import_exports
from sojourn.pinpoint.outcome import Row

Json = dict[str, Any]
SENDER = "Shop <hello@shop.example>"


def journey(activities: Json, *, start: str | None = None, **more: Any) -> Json:
    """Return the answer of GetJourney: customers enter by the event `signed_up` unless *more* says otherwise."""
    value: Json = {
        "ApplicationId": "app",
        "Id": f"id of {more.get('Name', 'Try')}",
        "Name": "Try",
        "StartActivity": start if start is not None else next(iter(activities)),
        "StartCondition": on_event("signed_up"),
        "Activities": activities,
    }
    return {"JourneyResponse": value | more}


def on_event(*names: str, **dimensions: Any) -> Json:
    """Return a start condition: one of the events."""
    return {
        "EventStartCondition": {
            "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": happens(*names, **dimensions)}
        }
    }


def happens(*names: str, **dimensions: Any) -> Json:
    """Return event dimensions that ask for one of the events."""
    return {"EventType": {"DimensionType": "INCLUSIVE", "Values": list(names)}} | dimensions


def segment(id_: str, **more: Any) -> Json:
    """Return the answer of GetSegment."""
    value: Json = {"ApplicationId": "app", "Arn": "arn", "CreationDate": "2026-01-01", "Id": id_, "Name": id_}
    return {"SegmentResponse": value | {"SegmentType": "DIMENSIONAL"} | more}


def email(name: str, html: str = "<p>Hello</p>", **more: Any) -> Json:
    """Return the answer of GetEmailTemplate."""
    value = {"CreationDate": "c", "LastModifiedDate": "l", "TemplateName": name, "TemplateType": "EMAIL"}
    return {"EmailTemplateResponse": value | {"Subject": "Hello", "HtmlPart": html} | more}


def sms(name: str, body: str = "Hello") -> Json:
    """Return the answer of GetSmsTemplate."""
    value = {"CreationDate": "c", "LastModifiedDate": "l", "TemplateName": name, "TemplateType": "SMS"}
    return {"SMSTemplateResponse": value | {"Body": body}}


def push(name: str, **more: Any) -> Json:
    """Return the answer of GetPushTemplate."""
    value: Json = {"CreationDate": "c", "LastModifiedDate": "l", "TemplateName": name, "TemplateType": "PUSH"}
    return {
        "PushNotificationTemplateResponse": value | (more or {"Default": {"Title": "Hello", "Body": "You"}})
    }


def mail(after: str | None = None, template: str = "hello") -> Json:
    """Return an EMAIL activity."""
    return {"EMAIL": {"TemplateName": template} | ({"NextActivity": after} if after else {})}


def pause(after: str | None = None, **time: str) -> Json:
    """Return a Wait activity: an hour, unless *time* says another."""
    return {"Wait": {"WaitTime": time or {"WaitFor": "PT1H"}} | ({"NextActivity": after} if after else {})}


def imported(*exports: Json) -> Imported:
    """Import exports, with a sender for every channel."""
    content = "\n".join(json.dumps(export) for export in exports)
    return import_exports({"export.json": content.encode()}, Asked("shop", SENDER, "pool-1"))


def project(came: Imported) -> Project:
    """Read what was imported."""
    assert came.problems == ()
    return read_project({path: text.encode() for path, text in came.files.items()})


def errors(came: Imported) -> list[Finding]:
    """Return the errors that `check` finds in what was imported."""
    return [finding for finding in check(project(came)) if finding.severity is Severity.ERROR]


def row(came: Imported, name: str) -> Row:
    """Return the row of the report that is about *name*."""
    (found,) = [one for one in came.rows if one.name == name]
    return found


def said(came: Imported) -> list[tuple[str, str]]:
    """Return what is wrong with an export, each with its repair."""
    return [(f"{problem.where}: {problem.what}", problem.repair) for problem in came.problems]

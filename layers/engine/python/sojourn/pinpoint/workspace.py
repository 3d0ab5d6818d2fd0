"""`workspace.yaml` of an import: what all its journeys share, of which Pinpoint says a part in each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sojourn.pinpoint.reading import EMAIL_CHANNEL, SMS_CHANNEL
from sojourn.pinpoint.times import zone

if TYPE_CHECKING:
    from sojourn.pinpoint.outcome import Rows
    from sojourn.pinpoint.reading import Document
    from sojourn.pinpoint.vocabulary import Vocabulary

Json = dict[str, Any]
TOPIC: Final = "messages"
_LONGEST: Final = "3650 days"
_ORDER: Final = ("email", "sms", "push")
_SHOWN = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")


class Shared:
    """Gathers what the journeys of an export say about senders, limits and the clock.

    Args:
        sender: who emails come from, if the caller says so.
        pool: whom SMS come from, if the caller says so.
    """

    def __init__(self, rows: Rows, channels: list[Document], sender: str, pool: str) -> None:
        self.rows = rows
        self.caps: list[Json] = []
        self.topics: dict[str, str] = {}
        self.rate: int | None = None
        self.frame: tuple[int, int] | None = None
        self.zone = "UTC"
        self._zone_said = ""
        self.email: Json = {"from": sender} if sender else {}
        self.sms: Json = {"pool": pool} if pool else {}
        self.push: Json = {}
        self.default_known = bool(sender)
        for document in channels:
            value = document.value
            if document.kind == EMAIL_CHANNEL and "FromAddress" in value:
                self.email.setdefault("from", value["FromAddress"])
                self.default_known = True
                if "ConfigurationSet" in value:
                    self.email["configuration_set"] = value["ConfigurationSet"]
            if document.kind == SMS_CHANNEL and _SHOWN.fullmatch(value.get("SenderId", "")):
                self.sms.setdefault("sender_id", value["SenderId"])

    def add(self, part: str, name: str, value: Json) -> str:
        """Take in what one journey says; return the topic of its messages."""
        self._clock(part, value)
        self._senders(value)
        limits = value.get("Limits", {})
        topic = TOPIC
        for key, window in (("DailyCap", "1 day"), ("TotalCap", _LONGEST)):
            if limits.get(key):
                topic = name
                self.caps.append({"topic": name, "max": limits[key], "per": window})
                row = self.rows.begin(part, str(limits[key]), f"Limits.{key}", "workspace.yaml: caps")
                row.note(f"caps count by topic: the journey has a topic of its own, `{name}`")
        frame = limits.get("TimeframeCap", {})
        if frame.get("Cap") and frame.get("Days"):
            row = self.rows.begin(
                part, f"{frame['Cap']} in {frame['Days']} days", "Limits.TimeframeCap", "workspace.yaml: caps"
            )
            if self.frame is not None and self.frame != (frame["Cap"], frame["Days"]):
                row.note("journeys differ in it: the fewest messages in the longest time hold for all")
            before = self.frame or (frame["Cap"], frame["Days"])
            self.frame = min(before[0], frame["Cap"]), max(before[1], frame["Days"])
        if limits.get("MessagesPerSecond"):
            row = self.rows.begin(
                part, str(limits["MessagesPerSecond"]), "Limits.MessagesPerSecond", "workspace.yaml: rate"
            )
            row.note("a rate is said for each channel, over all journeys: the lowest of theirs is taken")
            self.rate = min(self.rate or limits["MessagesPerSecond"], limits["MessagesPerSecond"])
        if "State" in value and value["State"] != "ACTIVE":
            self.rows.begin(part, value["State"], "State").note(
                "a file has no state: it runs once it is published"
            )
        if "TimezoneEstimationMethods" in value:
            row = self.rows.begin(
                part, ", ".join(value["TimezoneEstimationMethods"]), "TimezoneEstimationMethods"
            )
            row.note("a customer's zone is told by the phone number, where its country has one zone")
            if "POSTAL_CODE" in value["TimezoneEstimationMethods"]:
                row.lose("postal codes tell no zone here: tell the customers' zones yourself")
        if "JourneyChannelSettings" in value:
            row = self.rows.begin(part, "Amazon Connect", "JourneyChannelSettings")
            row.lose("the outbound campaign of Amazon Connect is not part of a workspace")
        self.topics.setdefault(topic, "Messages" if topic == TOPIC else value["Name"])
        return topic

    def _clock(self, part: str, value: Json) -> None:
        said = value.get("Schedule", {}).get("Timezone")
        if said is None:
            return
        row = self.rows.begin(part, said, "Schedule.Timezone", "workspace.yaml: timezone")
        known = zone(said)
        if known is None:
            row.lose(f"no zone is {said} all year: the workspace's is {self.zone}")
        elif self._zone_said and known != self.zone:
            row.note(f"a workspace has one zone, {self.zone}; times of day are converted to it")
        else:
            self.zone, self._zone_said = known, said
            if known != "UTC":
                row.note(
                    "as an offset it knows no summer time: write the zone you mean, such as Europe/Berlin"
                )

    def _senders(self, value: Json) -> None:
        if "ApplicationId" in value:
            self.push.setdefault("provider", "pinpoint")
            self.push.setdefault("application_id", value["ApplicationId"])
        for activity in value.get("Activities", {}).values():
            config = activity.get("EMAIL", {}).get("MessageConfig", {})
            if config.get("FromAddress"):
                self.email.setdefault("from", config["FromAddress"])
            sms = activity.get("SMS", {}).get("MessageConfig", {})
            if sms.get("OriginationNumber"):
                self.sms.setdefault("pool", sms["OriginationNumber"])
            if _SHOWN.fullmatch(sms.get("SenderId", "")):
                self.sms.setdefault("sender_id", sms["SenderId"])
            life = activity.get("PUSH", {}).get("MessageConfig", {}).get("TimeToLive", "")
            if life.isdigit() and 5 <= int(life) <= 28 * 86_400:
                self.push.setdefault("time_to_live", f"{int(life)} seconds")

    def make(self, name: str, used: set[str], quiet: dict[str, Json], words: Vocabulary) -> Json:
        """Return `workspace.yaml`.

        Args:
            used: the channels that some step sends on.
        """
        made: Json = {"workspace": name, "timezone": self.zone, "locale": "en"}
        senders = {
            channel: {**getattr(self, channel)}
            for channel in _ORDER
            if channel in used and getattr(self, channel)
        }
        if self.rate is not None:
            for sender in senders.values():
                sender["rate"] = self.rate
        channels = [channel for channel in _ORDER if channel in used] or ["email"]
        caps = [*self.caps]
        if self.frame is not None:
            caps.insert(0, {"max": self.frame[0], "per": f"{self.frame[1]} days"})
        attributes = {
            known: {"type": str(type_), "description": words.about[known]}
            if known in words.about
            else str(type_)
            for known, type_ in sorted(words.attributes.items())
        }
        events = {
            known: {one: str(type_) for one, type_ in types.items()}
            for known, types in sorted(words.events.items())
        }
        rest: list[tuple[str, Any]] = [
            ("senders", senders),
            (
                "topics",
                {
                    topic: {"title": title, "channels": channels, "default": "opted_in"}
                    for topic, title in self.topics.items()
                },
            ),
            ("caps", caps),
            ("quiet_hours", quiet),
            ("attributes", attributes),
            ("events", events),
        ]
        return made | {key: value for key, value in rest if value}

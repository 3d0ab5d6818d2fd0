"""What Pinpoint asks of addresses and users, as questions about customers.

What has no equal becomes an attribute that nobody has until somebody sets it: the path is not taken by mistake.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sojourn.domain.condition.types import ValueType
from sojourn.pinpoint.expression import All, Ask, Node, Not, Some
from sojourn.pinpoint.times import TimeFault, instant, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.pinpoint.outcome import Row
    from sojourn.pinpoint.vocabulary import Vocabulary

OPERATORS: Final = {
    "GREATER_THAN": ">", "LESS_THAN": "<", "GREATER_THAN_OR_EQUAL": ">=", "LESS_THAN_OR_EQUAL": "<=", "EQUAL": "==",
}  # fmt: skip
"""`MetricDimension.ComparisonOperator`: the model lists them in words only."""
_RECENT: Final = {"HR_24": "1 day", "DAY_7": "7 days", "DAY_14": "14 days", "DAY_30": "30 days"}
_CHANNELS: Final = {"EMAIL": "email", "SMS": "sms", "CUSTOM": "webhook", "IN_APP": "in_app"}
_DEMOGRAPHIC: Final = {"AppVersion": "app_version", "DeviceType": "device_type", "Make": "device_make",
                       "Model": "device_model", "Platform": "platform"}  # fmt: skip
_TIMES: Final = ("BEFORE", "AFTER", "ON", "BETWEEN")


def quoted(text: str) -> str:
    """Return *text* as CEL writes it in double quotes."""
    said = "".join(
        letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}" for letter in text
    )
    return f'"{said}"'


def measured(path: str, asked: dict[str, Any]) -> Ask:
    """Return the question that a `MetricDimension` asks of *path*."""
    number = format(Decimal(repr(asked["Value"])), "f").removesuffix(".0")
    return Ask(f"{path} {OPERATORS[asked['ComparisonOperator']]} {number}", path)


class Conditions:
    """Turns dimensions into questions, and says in a row of the report what is different about them."""

    def __init__(self, words: Vocabulary, row: Row) -> None:
        self.words = words
        self.row = row

    def dimensions(self, given: dict[str, Any]) -> Node:
        """Return the question that `SegmentDimensions` ask: all of them at once."""
        return All(tuple(self._dimensions(given)))

    def _dimensions(self, given: dict[str, Any]) -> Iterator[Node]:
        for group in ("Attributes", "UserAttributes"):
            for name, asked in given.get(group, {}).items():
                yield self.attribute(group, name, asked)
        for name, asked in given.get("Metrics", {}).items():
            known, _ = self.words.attribute("Metrics", name, ValueType.NUMBER)
            path = f"customer.{known}"
            yield measured(path, asked)
        for what, asked in given.get("Demographic", {}).items():
            yield (
                self._channel(asked)
                if what == "Channel"
                else self._place("Demographic", _DEMOGRAPHIC[what], asked)
            )
        location = given.get("Location", {})
        if "Country" in location:
            yield self._place("Location", "country", location["Country"])
        if "GPSPoint" in location:
            point = location["GPSPoint"]["Coordinates"]
            where = f"{point['Latitude']:g} {point['Longitude']:g}"
            yield self.lost(f"near {where}", "conditions know no distances (`GPSPoint`)")
        if (recency := given.get("Behavior", {}).get("Recency")) is not None:
            yield self._recency(recency)

    def attribute(self, group: str, name: str, asked: dict[str, Any]) -> Node:
        """Return the question of an `AttributeDimension`."""
        how = asked.get("AttributeType", "INCLUSIVE")
        used_as = ValueType.TIME if how in _TIMES else ValueType.STRING
        known, type_ = self.words.attribute(group, name, used_as)
        if group == "Attributes":
            self.row.note("attributes of an address are attributes of the customer here")
        return self.value(f"customer.{known}", type_, asked)

    def value(self, path: str, type_: ValueType, asked: dict[str, Any]) -> Node:
        """Return the question that an `AttributeDimension` asks of *path*."""
        how, values = asked.get("AttributeType", "INCLUSIVE"), asked["Values"]
        if how in _TIMES:
            return self._time(path, type_, how, values)
        if how == "CONTAINS":
            return Some(tuple(self._each(path, type_, f".contains({quoted(value)})") for value in values))
        listed = f"[{', '.join(map(quoted, values))}]"
        alike = f" == {quoted(values[0])}" if len(values) == 1 else f" in {listed}"
        within = self._each(path, type_, alike) if values else Some(())
        return Not(within) if how == "EXCLUSIVE" else within

    def _each(self, path: str, type_: ValueType, alike: str) -> Ask:
        """Ask it of the value, or of one value of a list, as Pinpoint does of every attribute."""
        text = f"{path}.exists(one, one{alike})" if type_ is ValueType.LIST else f"{path}{alike}"
        return Ask(text, path)

    def _time(self, path: str, type_: ValueType, how: str, values: list[str]) -> Node:
        read = path if type_ is ValueType.TIME else f"timestamp({path})"
        try:
            moments = [instant(value)[0] for value in values]
        except TimeFault as fault:
            return self.lost(f"{how.lower()} {values[0]}", f"{how} compares with {fault}")
        if how == "BETWEEN":
            if len(moments) != 2:
                return self.lost(
                    f"between {len(moments)} times", f"BETWEEN has {len(moments)} values, not two"
                )
            texts = [
                f"{read} > timestamp({quoted(stamp(moments[0]))})",
                f"{read} < timestamp({quoted(stamp(moments[1]))})",
            ]
            return All(tuple(Ask(text, path) for text in texts))
        if how == "ON":
            days = [moment.replace(hour=0, minute=0, second=0, microsecond=0) for moment in moments]
            self.row.note("a day (`ON`) is the day in UTC")
            return Some(tuple(
                All((Ask(f"{read} >= timestamp({quoted(stamp(day))})", path),
                     Ask(f"{read} < timestamp({quoted(stamp(day + timedelta(days=1)))})", path)))
                for day in days
            ))  # fmt: skip
        sign = "<" if how == "BEFORE" else ">"
        return Some(
            tuple(Ask(f"{read} {sign} timestamp({quoted(stamp(moment))})", path) for moment in moments)
        )

    def _place(self, group: str, name: str, asked: dict[str, Any]) -> Node:
        known, _ = self.words.attribute(group, name, ValueType.STRING)
        self.row.note(f"Pinpoint knew `{group}` of each address; here tell the attribute `{known}`")
        return self.value(
            f"customer.{known}",
            ValueType.STRING,
            {**asked, "AttributeType": asked.get("DimensionType", "INCLUSIVE")},
        )

    def _channel(self, asked: dict[str, Any]) -> Node:
        channels = dict.fromkeys(
            _CHANNELS.get(value, "push") for value in asked["Values"] if value != "VOICE"
        )
        self.row.note("whether there is an address for a channel (`Channel`) is asked of the customer")
        within = Some(tuple(Ask(f"reachable({quoted(channel)})") for channel in channels))
        return Not(within) if asked.get("DimensionType") == "EXCLUSIVE" else within

    def _recency(self, asked: dict[str, Any]) -> Node:
        event = self.words.event("_session.start")
        self.row.note(
            f"whether somebody was active is told by the event `{event}`, which your app has to send"
        )
        active = Ask(f"did({quoted(event)}, {quoted(_RECENT[asked['Duration']])})")
        return Not(active) if asked["RecencyType"] == "INACTIVE" else active

    def lost(self, what: str, why: str) -> Node:
        """Return what stands for a question that cannot be asked, and say so in the report."""
        known = self.words.stand_in(f"not_imported {what}", f"stands for what Pinpoint asked: {what}")
        self.row.lose(f"{why}: `customer.{known}` stands in its place, which nobody has until you set it")
        return Ask(f"customer.{known}")

"""Activities as steps: what each becomes alone. How they follow each other is `structure`'s."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.pinpoint.conditions import Conditions, quoted
from sojourn.pinpoint.events import Filter, unclear
from sojourn.pinpoint.expression import Ask, Node, Some, cel
from sojourn.pinpoint.graph import Activity
from sojourn.pinpoint.handing_over import handed_over
from sojourn.pinpoint.mistakes import simple_conditions
from sojourn.pinpoint.naming import Names, step_id
from sojourn.pinpoint.reading import EMAIL, PUSH, SMS
from sojourn.pinpoint.segments import joined
from sojourn.pinpoint.times import wait, zoned

if TYPE_CHECKING:
    from sojourn.pinpoint.graph import Graph
    from sojourn.pinpoint.messages import Messages
    from sojourn.pinpoint.outcome import Row, Rows
    from sojourn.pinpoint.segments import Segments
    from sojourn.pinpoint.sending import Window
    from sojourn.pinpoint.vocabulary import Vocabulary
    from sojourn.pinpoint.workspace import Shared

Json = dict[str, Any]
_SENT = {"EMAIL": ("email", EMAIL), "SMS": ("sms", SMS), "PUSH": ("push", PUSH)}
_FUNCTIONS = {"_email.open": "opened", "_email.click": "clicked", "_campaign.opened_notification": "opened"}
_AT_ONCE = "1 second"
"""How long a check of what has happened waits for it: what came before counts, so no time is needed."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What an activity becomes.

    Args:
        first: the id of its first step, to which others jump.
        steps: its steps, but for the one that splits.
        split: makes the step that splits from the steps of each way.
    """

    first: str
    steps: list[Json]
    split: Callable[[list[list[Json]]], Json] | None = None


class Pieces:
    """Turns the activities of one journey into steps, and says of each what became of it.

    Args:
        name: the journey's.
        part: what the report calls it.
        shared: whom all messages come from.
        quiet: how its messages behave in quiet hours: `hold` or `drop`; "" where nothing was said of them.
        windows: the channels that are open on some weekdays only.
    """

    def __init__(
        self,
        name: str,
        part: str,
        graph: Graph,
        words: Vocabulary,
        rows: Rows,
        segments: Segments,
        messages: Messages,
        shared: Shared,
        quiet: str,
        windows: dict[str, Window],
    ) -> None:
        self.name = name
        self.part = part
        self.graph = graph
        self.words = words
        self.rows = rows
        self.segments = segments
        self.messages = messages
        self.quiet = quiet
        self.windows = windows
        self.shared = shared
        self.channels: set[str] = set()
        self._ids = Names("_", ("otherwise",))
        self._looked_for: set[tuple[str, str]] = set()
        for id_ in graph.order:
            self._ids.give(id_, self._wanted(graph.activities[id_]))

    def _wanted(self, activity: Activity) -> str:
        kind = {"ConditionalSplit": "split", "MultiCondition": "split", "RandomSplit": "random", "CUSTOM": "custom",
                "ContactCenter": "contact_center"}.get(activity.kind, activity.kind.lower())  # fmt: skip
        return step_id(activity.description or activity.id, kind)

    def of(self, id_: str) -> Piece:
        """Return what an activity becomes."""
        activity = self.graph.activities[id_]
        main = self._ids.give(id_, "")
        row = self.rows.begin(self.part, id_, activity.kind, f"step {main}")
        if activity.description and step_id(activity.description, "") != step_id(id_, ""):
            row.name = f"{id_} ({activity.description})"
        if activity.kind in _SENT:
            return self._send(activity, main, row)
        if activity.kind == "Wait":
            if not zoned(activity.settings["WaitTime"]):
                row.note("it says no zone: UTC is taken")
            return Piece(main, [{"id": main, "wait": wait(activity.settings["WaitTime"])}])
        if activity.kind == "Holdout":
            share = activity.settings["Percentage"]
            paths = {"held_out": {"weight": share, "steps": [{"exit": "holdout"}]},
                     "going_on": {"weight": 100 - share, "steps": []}}  # fmt: skip
            row.note("who is held out ends as `exit:holdout`, the same customers each time")
            return Piece(main, [{"id": main, "split": paths}])
        if activity.kind == "RandomSplit":
            return self._random(activity, main, row)
        if activity.kind in ("ConditionalSplit", "MultiCondition"):
            return self._branch(activity, main, row)
        return Piece(main, [handed_over(activity, main, row, self.words)])

    def _send(self, activity: Activity, main: str, row: Row) -> Piece:
        channel, kind = _SENT[activity.kind]
        config = activity.settings.get("MessageConfig", {})
        if not activity.settings.get("TemplateName"):
            row.lose("it names no template, so there is nothing to send: the step only marks its place")
            return Piece(main, [{"id": main, "wait": "0 seconds"}])
        self.channels.add(channel)
        step = {"id": main, "send": self.messages.send(kind, activity.settings, row), "via": [channel]}
        if self.quiet == "drop":
            step["when_quiet"] = "drop"
        if config.get("MessageType") == "TRANSACTIONAL":
            row.note(
                "TRANSACTIONAL is said of a whole journey here (`kind: transactional`), and then asks no consent"
            )
        if channel == "email" and not config.get("FromAddress") and not self.shared.default_known:
            row.note(
                "it comes from the channel's own address, which no file has: see `senders` in workspace.yaml"
            )
        for key, ours in (("OriginationNumber", "pool"), ("SenderId", "sender_id")):
            if config.get(key) and self.shared.sms.get(ours) != config[key]:
                row.note(
                    f"its {key} is {config[key]}; all SMS come from {self.shared.sms.get(ours, 'one sender')} here"
                )
        for key in ("EntityId", "TemplateId"):
            if key in config:
                row.lose(f"`{key}`, which India asks for, is not told to the carrier")
        if "TimeToLive" in config:
            row.note("how long push messages are kept is said once for all, as `time_to_live` of the sender")
        window = self.windows.get(channel)
        if window is None:
            return Piece(main, [step])
        row.note(f"a step before it sees to it that it goes out on {', '.join(window.days).title()} only")
        known = self._ids.give((main, "open"), f"{main}_open")
        if self.quiet == "drop":
            days = ", ".join(quoted(day.lower()) for day in window.days)
            open_now = {"when": f"local(now).weekday in [{days}]", "name": "open", "steps": [step]}
            return Piece(known, [{"id": known, "branch": [open_now, {"else": []}]}])
        between = ["00:00", "23:59"] if window.opens == window.closes else [window.opens, window.closes]
        days_open = [day[:3].lower() for day in window.days]
        return Piece(known, [{"id": known, "wait": {"between": between, "days": days_open}}, step])

    def _random(self, activity: Activity, main: str, row: Row) -> Piece:
        shares = [one.get("Percentage", 0) for one in activity.settings["Branches"]]
        names = [f"path_{number}" for number in range(1, len(shares) + 1)]

        def split(ways: list[list[Json]]) -> Json:
            paths = {
                name: {"weight": share, "steps": steps}
                for name, share, steps in zip(names, shares, ways, strict=True)
            }
            return {"id": main, "split": paths}

        row.note("a customer takes the same path each time, also on entering again")
        return Piece(main, [], split)

    def _branch(self, activity: Activity, main: str, row: Row) -> Piece:
        """Wait as long as Pinpoint waits before it decides, look for what has happened, then decide."""
        steps: list[Json] = []
        if "EvaluationWaitTime" in activity.settings:
            steps.append(
                {
                    "id": self._ids.give((main, "wait"), f"{main}_wait"),
                    "wait": wait(activity.settings["EvaluationWaitTime"]),
                }
            )
        asked = Conditions(self.words, row)
        nodes = [
            self._simple(one, activity, main, asked, steps)
            for one in simple_conditions(activity.kind, activity.settings)
        ]
        if activity.kind == "ConditionalSplit":
            nodes = [joined(activity.settings.get("Condition", {}).get("Operator", "ALL"), nodes)]
            names = ["yes"]
        else:
            names = [f"path_{number}" for number in range(1, len(nodes) + 1)]
        texts = [cel(node) for node in nodes]
        if "true" in texts:
            row.note("a path asks nothing: everybody who comes to it takes it")

        def split(ways: list[list[Json]]) -> Json:
            cases: list[Json] = [
                {"when": text, "name": name, "steps": way}
                for text, name, way in zip(texts, names, ways[:-1], strict=True)
            ]
            return {"id": main, "branch": [*cases, {"else": ways[-1]}]}

        return Piece(steps[0]["id"] if steps else main, steps, split)

    def _simple(
        self, given: Json, activity: Activity, main: str, asked: Conditions, steps: list[Json]
    ) -> Node:
        nodes: list[Node] = []
        if "SegmentCondition" in given:
            nodes.append(
                Ask(f"in_segment({quoted(self.segments.name(given['SegmentCondition']['SegmentId']))})")
            )
        if "SegmentDimensions" in given:
            nodes.append(asked.dimensions(given["SegmentDimensions"]))
        if "EventCondition" in given:
            nodes.append(self._event(given["EventCondition"], activity, main, asked, steps))
        return joined("ALL", nodes)

    def _event(
        self, given: Json, activity: Activity, main: str, asked: Conditions, steps: list[Json]
    ) -> Node:
        """Return the question whether an event has come, which may need a step that looks for it."""
        dimensions = given.get("Dimensions", {})
        if why := unclear(dimensions):
            return asked.lost(f"an event at {activity.id}", why)
        about = given.get("MessageActivity")
        step = self._ids.give(about, "") if about is not None and about in self.graph.activities else ""
        plain = not (dimensions.get("Attributes") or dimensions.get("Metrics"))
        sent_before = about is not None and self._sends_before(about, activity.id)
        nodes: list[Node] = []
        rest: list[str] = []
        for name in dict.fromkeys(dimensions["EventType"]["Values"]):
            function = _FUNCTIONS.get(name)
            if function and plain and sent_before:
                nodes.append(Ask(f"{function}({quoted(step)})"))
                if function == "opened":
                    asked.row.note(
                        "who clicked counts as having opened, also where the picture was not loaded"
                    )
            else:
                rest.append(name)
        if rest:
            nodes.append(
                self._look_for({**dimensions, "EventType": {"Values": rest}}, step, main, asked, steps)
            )
        return Some(tuple(nodes))

    def _sends_before(self, about: str, here: str) -> bool:
        """Say whether a run can have sent the message of activity *about* when it comes to activity *here*."""
        if about not in self.graph.before(here):
            return False
        sender = self.graph.activities[about]
        return sender.kind in _SENT and bool(sender.settings.get("TemplateName"))

    def _look_for(self, dimensions: Json, step: str, main: str, asked: Conditions, steps: list[Json]) -> Node:
        releases = []
        for event, question in Filter(asked, self.name).events(dimensions, step):
            where = cel(question)
            releases.append({"event": event} if where == "true" else {"event": event, "where": where})
            if (event, where) in self._looked_for:
                asked.row.note(
                    f"an earlier split looks for the same `{event}`: one event is seen by one of them"
                )
            self._looked_for.add((event, where))
        known = self._ids.give((main, len(steps)), f"{main}_seen")
        steps.append({"id": known, "wait_for": releases, "up_to": _AT_ONCE})
        return Ask(f'steps.{known}.path != "otherwise"')

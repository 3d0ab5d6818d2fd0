"""Does the steps that are over at once: updates, events, calls, starts, and decisions that need a task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.application.attempting import attempt, digest
from sojourn.application.completing import complete
from sojourn.application.drafted import version_for
from sojourn.application.enrol import Entering, EntryEvent, start_again
from sojourn.application.following import do_all
from sojourn.application.ports import Outbound
from sojourn.application.resuming import resume
from sojourn.application.route import segments_reading
from sojourn.application.running import Running
from sojourn.application.task_input import State, TaskInput
from sojourn.application.values import resolved
from sojourn.domain.decide.bounding import NO_ROOM, WRONG_TYPE, fitting, left_out, named
from sojourn.domain.decide.entering import hops_after
from sojourn.domain.decide.segments import SegmentRule
from sojourn.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.application.ports import Engine
    from sojourn.domain.customer.rows import CustomerFile

Heard = tuple[int, Any]
"""A webhook's status and answer; status 0, and why, where there was none."""


def do_step(engine: Engine, payload: Mapping[str, Any]) -> State:
    """Do one step and return the run's new state.

    Raises:
        RunEnded, RunParked: this execution has nothing left to do.
        TransientError: try again.
    """
    task = TaskInput.of(payload)
    heard: list[Heard] = []
    return attempt(engine, task.state["customer"], lambda file: _do(engine, task, file, heard), heard)


def _do(engine: Engine, task: TaskInput, file: CustomerFile, heard: list[Heard]) -> State:
    running, task, answered = resume(engine, task, file)
    if answered is not None:
        _follow_up(running, task)
        return running.answer_again(task, dict(answered))
    path, outcome = _call(running, task, heard) if "call" in task.do else _work(running, task)
    return running.onward(task, path, outcome)


def _follow_up(running: Running, task: TaskInput) -> None:
    """A repetition: what was to follow the write may not have happened; happening again, it changes nothing."""
    if "start" in task.do:
        start_again(running.engine, running.file)
    elif "update" in task.do or "emit" in task.do:
        _work(running, task)
        engine, customer = running.engine, running.run.customer
        do_all([*running.after, lambda: complete(engine, engine.customers.load(customer))])


def _work(running: Running, task: TaskInput) -> tuple[str, dict[str, Any]]:
    do = task.do
    if running.run.holdout and ("emit" in do or "start" in do):
        # Another journey, or whoever listens, might message them: the effect could not be measured.
        running.tell("suppressed", task.step, "holdout")
        return "", {}
    if "update" in do:
        return _update(running, task)
    if "emit" in do:
        return _emit(running, task)
    if "start" in do:
        return _start(running, task)
    return "", {}


def _update(running: Running, task: TaskInput) -> tuple[str, dict[str, Any]]:
    wanted, missing = resolved(task.do["update"], running, task.state)
    profile = running.profile
    wrong = _wrong(running.engine, wanted)
    right = {name: value for name, value in wanted.items() if name not in wrong}
    values = fitting(profile.attributes, right)
    missing = "; ".join(filter(None, (missing, *wrong.values(), left_out(right, values))))
    # Where events tell the same attribute, one that comes late does not undo what is set now.
    told = {name: running.now for name in values if name in profile.as_of}
    running.change.profile = replace(
        profile, attributes={**profile.attributes, **values}, as_of={**profile.as_of, **told}
    )
    running.tell("updated", task.step, missing, attributes=values)
    for reason, names in (
        (WRONG_TYPE, list(wrong)),
        (NO_ROOM, [name for name in right if name not in values]),
    ):
        if names:
            running.tell("left_out", task.step, reason, **named(names))
    if any(_reads(rule, values) for rule in running.engine.catalogue.segments):
        run, hops = running.run, hops_after(running.run, running.now)
        running.after.append(lambda: segments_reading(running.engine, run.customer, frozenset(values), hops))
    return "", {}


def _wrong(engine: Engine, wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes that are not of their declared type, with what is wrong: what a webhook answers may be."""
    types = engine.catalogue.policy.attributes
    if types.keys().isdisjoint(wanted):
        return {}
    # Imported here: what knows types reads times too, and most steps set nothing that is declared.
    from sojourn.domain.decide.plan import wrong_attributes

    return {one.name: f"no {one.name}: {one.wanted} is wanted" for one in wrong_attributes(types, wanted)}


def _reads(rule: SegmentRule, values: Mapping[str, Any]) -> bool:
    return not rule.attributes.isdisjoint(values)


def _emit(running: Running, task: TaskInput) -> tuple[str, dict[str, Any]]:
    run, name = running.run, task.do["emit"]
    properties, missing = resolved(task.do.get("with", {}), running, task.state)
    event = Outbound(
        digest(run.id, task.step, task.entered_text),
        name,
        run.customer,
        running.now,
        properties,
        run.id,
        task.step,
        hops_after(run, running.now),
    )
    running.tell("emitted", task.step, missing, event=name)
    running.after.append(lambda: running.engine.bus.put(event))
    return "", {"event": properties}


def _start(running: Running, task: TaskInput) -> tuple[str, dict[str, Any]]:
    name = task.do["start"]
    properties, missing = resolved(task.do.get("with", {}), running, task.state)
    running.tell("started", task.step, missing, to=name)
    other = version_for(running.engine.catalogue, running.profile, name)
    if other is not None:
        entering = Entering(running.engine, running.file, running.change, running.now, running.after)
        entry_id = digest(running.run.id, task.step, task.entered_text)
        entry = EntryEvent(
            f"start:{running.run.journey}", entry_id, properties, hops_after(running.run, running.now)
        )
        entering.enter(other, entry, ask=False)
    return "", {}


def _call(running: Running, task: TaskInput, heard: list[Heard]) -> tuple[str, dict[str, Any]]:
    """Call a webhook, once: an answer that is in *heard* holds, though somebody wrote the customer meanwhile."""
    run = running.run
    bad = "otherwise" if "otherwise" in task.then["paths"] else ""
    if run.holdout:
        running.tell("suppressed", task.step, "holdout")
        return bad, {"reason": "holdout"}
    payload: dict[str, Any] = {
        "customer": run.customer,
        "journey": run.journey,
        "run": run.id,
        "step": task.step,
    }
    payload["with"], _ = resolved(task.do.get("with", {}), running, task.state)
    if not heard:
        heard.append(_asked(running, task, payload))
    status, answer = heard[0]
    if status == 0:
        running.tell("called", task.step, f"no answer: {answer}", status=0)
        return bad, {"reason": "no answer"}
    good = 200 <= status < 300
    running.tell("called", task.step, "" if good else f"status {status}", status=status)
    return ("" if good else bad), {
        "answer": answer,
        "status": status,
        "reason": "" if good else f"status {status}",
    }


def _asked(running: Running, task: TaskInput, payload: Mapping[str, Any]) -> Heard:
    call_id = digest(running.run.id, task.step, task.entered_text)
    try:
        return running.engine.webhooks.call(call_id, task.do["call"], payload, task.step)
    except TransientError as error:
        return 0, str(error)

"""Everything Sojourn raises on purpose.

    SojournError
    ├── AuthorError            something a person wrote is wrong, and nobody collected it as a finding
    │   └── TooLarge           more would change for a customer at once than storage takes
    ├── CustomerStateError     the business says no
    │   ├── SendHeld           a send is put off; the message is the instant until when
    │   ├── RunParked          the run goes on later, in a new execution
    │   └── RunEnded           the run ended meanwhile
    ├── Conflict               somebody else wrote this customer meanwhile: read again
    │   ├── EventKnown         the event was stored before: a second delivery
    │   └── ChangedMeanwhile   somebody published since one looked (`sojourn.application.publishing`, as is `NotSo`)
    ├── TransientError         worth trying again
    │   ├── Throttled          the provider is busy
    │   ├── EntriesClosed      nobody enters for now, and whoever is to comes again (`sojourn.application.enrol`)
    │   └── NotAllowed         a permission is missing, or so new that not everybody knows of it
    ├── Refused                the provider will never send this
    ├── LostRace               a wait was over before it could be answered
    ├── MachineGone            the state machine a run was to go on in is not there any more
    ├── NoSuchMachine          the state machine that can begin at any step has not been made yet
    └── UnknownOutcome         nobody knows whether the provider has it

Anything else is a bug of ours. The class names of what a task raises are what a state machine's Retry and Catch
name (Lambda reports the class name as `errorType`): they are a contract, see `sojourn.domain.compile.names`.
"""  # fmt: skip

from __future__ import annotations


class SojournError(Exception):
    """The root of everything raised on purpose."""


class AuthorError(SojournError):
    """Something a person wrote is wrong; the message says what to do."""


class TooLarge(AuthorError):
    """More would change for a customer at once than storage takes, however often it is tried."""


class CustomerStateError(SojournError):
    """The business says no: nothing is broken, and trying again does not help."""


class SendHeld(CustomerStateError):
    """A send is put off; the message is the instant until when, ISO 8601."""


class RunParked(CustomerStateError):
    """The run goes on later, in a new execution; this one has nothing left to do."""


class RunEnded(CustomerStateError):
    """The run ended, or moved to another execution, meanwhile."""


class Conflict(SojournError):
    """Somebody else wrote this customer since it was read: read again and decide again."""


class EventKnown(Conflict):
    """The event was stored before: this is a second delivery of it."""


class TransientError(SojournError):
    """Worth trying again in a moment."""


class NotAllowed(TransientError):
    """AWS does not let us: worth trying again for a minute, as a new permission takes that long to be known.

    After that somebody must act, so operators hear of it at once.
    """


class Throttled(TransientError):
    """The provider asks for patience; `seconds` says how much."""

    def __init__(self, message: str = "throttled", seconds: float = 60.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class Refused(SojournError):
    """The provider will never send this message to this address.

    Args:
        reason: a word for it: `rejected`, `bad_address`, `opted_out`, `blocked`, `sandbox`, `not_allowed`,
            `too_long`, `too_dear`, `outside_window`, `private_address`.
        detail: what the provider said.
        gone: the address reaches nobody any more, or must not be used again, whatever the message.
    """

    def __init__(self, reason: str, detail: str = "", *, gone: bool = False) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.gone = gone


class LostRace(SojournError):
    """A wait was over (answered, timed out or stopped) before it could be answered."""


class MachineGone(SojournError):
    """The state machine that an execution was to be started on was deleted, or its version was: no trying helps."""


class NoSuchMachine(SojournError):
    """A run is to go on in the middle, and its journey's version has no state machine that can begin there yet.

    Args:
        version: whose machine is missing.
    """

    def __init__(self, message: str, version: str = "") -> None:
        super().__init__(message)
        self.version = version


class UnknownOutcome(SojournError):
    """Nobody knows whether the provider has the message."""

"""What answers an admin's calls, each imported and made with the first call of its kind. It knows no call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.aws_runtime.api.http import Answer
    from sojourn.aws_runtime.publishing.backing import Backing
    from sojourn.aws_runtime.publishing.calls import ControlCall
    from sojourn.aws_runtime.publishing.reach import Reach


def of_admins(backing: Backing, reach: Callable[[], Reach]) -> Mapping[str, Callable[[ControlCall], Answer]]:
    """Return what answers each route of `routes.ADMINS`.

    Args:
        reach: makes what their deeds reach besides the table.
    """

    # Imported there: whoever pauses everything at once must not wait for any of it.
    @cache
    def erasures() -> Any:
        from sojourn.aws_runtime.publishing.erasures import Erasures

        return Erasures(backing, reach())

    @cache
    def sources() -> Any:
        from sojourn.aws_runtime.publishing.source_calls import SourceCalls

        return SourceCalls(backing, reach())

    @cache
    def quarantine() -> Any:
        from sojourn.aws_runtime.publishing.quarantine_calls import QuarantineCalls

        return QuarantineCalls(backing, reach())

    @cache
    def key() -> Any:
        from sojourn.aws_runtime.publishing.key_calls import KeyCalls

        return KeyCalls(backing, reach())

    return {
        "erase": lambda call: erasures().erase(call),
        "add_source": lambda call: sources().add(call),
        "revoke_source": lambda call: sources().revoke(call),
        "replay": lambda call: quarantine().replay(call),
        "drop": lambda call: quarantine().drop(call),
        "renew_key": lambda call: key().renew(call),
    }

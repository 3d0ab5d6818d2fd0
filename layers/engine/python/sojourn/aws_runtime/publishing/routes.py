"""The routes of the control API, by the keys that API Gateway has them under, and what each is called.

They are permissions as well: who may call which is said by IAM (`infra.constructs.roles`), so a call is known by the
route that let it in, and by nothing that stands in its body. It imports nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

DRAFT = "draft"
WITHDRAW_DRAFT = "withdraw_draft"
ROUTES: Mapping[str, str] = {
    "POST /v1/publications": "publish",
    "POST /v1/drafts": DRAFT,
    "POST /v1/operations/{id}/approve": "approve",
    "POST /v1/operations/{id}/cancel": "cancel",
    "POST /v1/journeys/{journey}/pause": "pause",
    "POST /v1/journeys/{journey}/resume": "resume",
    "POST /v1/journeys/{journey}/stop": "stop",
    "POST /v1/journeys/{journey}/rollback": "rollback",
    "POST /v1/journeys/{journey}/withdraw-draft": WITHDRAW_DRAFT,
    "POST /v1/journeys/{journey}/migrations": "migrate",
    "POST /v1/pause": "pause_all",
    "POST /v1/resume": "resume_all",
    "POST /v1/audiences": "audience",
    "POST /v1/customers/erase": "erase",
    "POST /v1/sources": "add_source",
    "POST /v1/sources/{source}/revoke": "revoke_source",
    "POST /v1/quarantine/replay": "replay",
    "POST /v1/quarantine/drop": "drop",
    "POST /v1/signing-keys": "renew_key",
}
EDITORS = frozenset((DRAFT, WITHDRAW_DRAFT))
"""What an editor may: what only the segment `test` sees."""
ADMINS = frozenset(("erase", "add_source", "revoke_source", "replay", "drop", "renew_key"))
"""What only an admin may: what is about customers' data, about who brings it, and about keys."""

"""The channels that a message can have content for, in the order in which they are listed."""

from __future__ import annotations

CHANNELS = ("email", "sms", "push", "whatsapp", "in_app", "webhook")

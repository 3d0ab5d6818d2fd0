"""What stands for a customer in an account that nobody can change, once nothing else of them may be left.

A mark is made of a customer's id and of a salt of the deployment's own. Whoever has the id makes the same mark, and
finds by it when the customer was erased, and by whom; out of the mark alone nobody makes the id. Ids are often numbers,
which could all be tried: so a mark is made slowly, and with a salt, which is in the table and in no entry.

Outside rules: scrypt is RFC 7914; N = 2^14, r = 8 and p = 1 are what its author proposes where somebody waits for it.
"""

from __future__ import annotations

import secrets
from hashlib import scrypt
from typing import Any

from sojourn.adapters.dynamodb import engine_keys
from sojourn.adapters.dynamodb.failures import reading
from sojourn.adapters.dynamodb.together import put_new

SALT_BYTES, MARK_BYTES = 32, 16
_COST, _BLOCK, _LANES = 2**14, 8, 1
_KEY = {"pk": {"S": engine_keys.HISTORY}, "sk": {"S": engine_keys.SALT}}


class CustomerMarks:
    """The marks of one table.

    Args:
        client: `boto3.client("dynamodb")`.

    Every method raises TransientError where the table does not answer.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def known(self, customer: str) -> str | None:
        """Return a customer's mark; None where nobody has one in this table yet."""
        salt = self._salt()
        return None if salt is None else mark(customer, salt)

    def of(self, *customers: str) -> list[str]:
        """Return customers' marks, in hexadecimal; the first that are asked for bring the salt along."""
        salt = self._salt()
        if salt is None:
            put_new(self._client, self._table, {**_KEY, "salt": {"B": secrets.token_bytes(SALT_BYTES)}})
            # Somebody else's may have been first.
            salt = self._salt()
            assert salt is not None
        return [mark(customer, salt) for customer in customers]

    def _salt(self) -> bytes | None:
        with reading():
            answer = self._client.get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        return bytes(answer["Item"]["salt"]["B"]) if "Item" in answer else None


def mark(customer: str, salt: bytes) -> str:
    """Return the mark of a customer, by their id: it takes a twentieth of a second and 16 MB."""
    id_ = customer.encode("utf-8", "surrogatepass")
    return scrypt(id_, salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=MARK_BYTES).hex()

"""`python -m infra.local_cloud [WORKSPACE]`: a deployment on the embedded AWS to play with, until Ctrl-C.

It is the deployment that `make cloud` tests, with the sample journeys or a workspace of one's own. Waits are short:
an hour takes 3.6 seconds.
"""

from __future__ import annotations

import shlex
import signal
import sys
import tempfile
import time
from pathlib import Path

from infra.local_cloud.deployment import DeploymentFailed, bootstrap, client, deploy, layer
from infra.local_cloud.emulator import Emulator, emulator
from infra.settings import ROOT

WAIT_SCALE = 0.001
EMAIL = "hello@acme.example"
_CUSTOMER = "ada"
_EVENT = {
    "Source": "shop",
    "DetailType": "signed_up",
    "Detail": '{"customer": "ada", "attributes": {"email": "ada@mail.example"}, "properties": {"source": "web"}}',
}


def main(arguments: list[str]) -> int:
    """Deploy, say where it is, and keep it until somebody ends it."""
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        _say(__doc__ or "")
        return 2
    workspace = Path(arguments[0] if arguments else ROOT / "journeys").resolve()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="sojourn-") as folder:
        try:
            with emulator(Path(folder), wait_scale=WAIT_SCALE) as emulated:
                _deployed(emulated, workspace)
                while emulated.process.poll() is None:
                    time.sleep(0.5)
        except KeyboardInterrupt:
            _say("\nended")
            return 0
        except DeploymentFailed as error:
            sys.exit(str(error))
    sys.exit("the embedded AWS has ended by itself")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _deployed(emulated: Emulator, workspace: Path) -> None:
    _say("Building what functions import, unless it is there ...")
    layer()
    _say(f"Bootstrapping the embedded AWS, {emulated.url} ...")
    bootstrap(emulated)
    _say(f"Deploying {workspace} ...")
    outputs = deploy(emulated, workspace).outputs
    client(emulated, "sesv2").create_email_identity(EmailIdentity=EMAIL)
    _say(_told(emulated, outputs["BusName"], outputs["TableName"]))


def _told(emulated: Emulator, bus: str, table: str) -> str:
    exports = "\n".join(
        f"export {name}={value}"
        for name, value in emulated.environment.items()
        if name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION")
    )
    python = f"{shlex.quote(sys.executable)} - <<'END'"
    return f"""
It is up, at {emulated.url}; its log is {emulated.log}.
Whatever speaks to AWS speaks to it after

{exports}

1. A customer signs up:

{python}
import boto3
event = {_EVENT}
print(boto3.client("events").put_events(Entries=[{{**event, "EventBusName": "{bus}"}}])["Entries"])
END

2. What is known of her by now:

{python}
import boto3
table = boto3.resource("dynamodb").Table("{table}")
hers = {{"KeyConditionExpression": "pk = :her", "ExpressionAttributeValues": {{":her": "C#{_CUSTOMER}"}}}}
for row in table.query(**hers)["Items"]:
    print(row["sk"], row.get("data"))
END

3. The emails that were sent:

curl -s {emulated.url}/_ministack/ses/messages

Ctrl-C ends it, and everything with it.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

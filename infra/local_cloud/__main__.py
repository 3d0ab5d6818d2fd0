"""`python -m infra.local_cloud [WORKSPACE] [--journeys HOW]`: a deployment on the embedded AWS to play with.

It is the deployment that `make cloud` tests, with the sample journeys or a workspace of one's own, whose senders of
emails SES knows already. Waits are short: an hour takes 3.6 seconds. It is there until Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from infra.local_cloud.deployment import (
    CDK,
    STAGE,
    DeploymentFailed,
    answering,
    bootstrap,
    client,
    deploy,
    deploying,
    layer,
    verify,
)
from infra.local_cloud.emulator import Emulator, emulator
from infra.settings import DEPLOYED, PUBLISHED, ROOT
from infra.workspace import published

WAIT_SCALE = 0.001
_CUSTOMER = "ada"
_EVENT = {
    "Source": "shop",
    "DetailType": "signed_up",
    "Detail": '{"customer": "ada", "attributes": {"email": "ada@mail.example"}, "properties": {"source": "web"}}',
}


def main(arguments: list[str]) -> int:
    """Deploy, say where it is, and keep it until somebody ends it."""
    asked = _parser().parse_args(arguments)
    workspace = Path(asked.workspace).resolve()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="sojourn-") as folder:
        try:
            with emulator(Path(folder), wait_scale=WAIT_SCALE) as emulated:
                _deployed(emulated, workspace, asked.journeys)
                while emulated.process.poll() is None:
                    time.sleep(0.5)
        except KeyboardInterrupt:
            _say("\nended")
            return 0
        except DeploymentFailed as error:
            sys.exit(str(error))
    sys.exit("the embedded AWS has ended by itself")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m infra.local_cloud",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "workspace", metavar="WORKSPACE", nargs="?", default=ROOT / "journeys", help="default: journeys"
    )
    parser.add_argument(
        "--journeys", choices=(DEPLOYED, PUBLISHED), default=DEPLOYED,
        help=f"how they get there: with the stack ({DEPLOYED}), or by `sojourn publish`, none at first ({PUBLISHED})",
    )  # fmt: skip
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _deployed(emulated: Emulator, workspace: Path, journeys: str) -> None:
    _say("Building what functions import, unless it is there ...")
    layer()
    _say(f"Bootstrapping the embedded AWS, {emulated.url} ...")
    bootstrap(emulated)
    _say(f"Deploying {workspace} ...")
    outputs = deploy(emulated, workspace, context=_context(journeys)).outputs
    verify(client(emulated, "sesv2"), published(workspace).from_addresses)
    _say(told(emulated, workspace, outputs, journeys))


def _context(journeys: str) -> dict[str, str]:
    return {} if journeys == DEPLOYED else {"journeys": journeys}


def told(emulated: Emulator, workspace: Path, outputs: Mapping[str, str], journeys: str = DEPLOYED) -> str:
    """Say what to do with it.

    Args:
        journeys: how they get there.
    """
    exports = "\n".join(f"export {name}={shlex.quote(value)}" for name, value in emulated.environment.items())
    again = shlex.join([os.path.relpath(CDK), *deploying(emulated, workspace, _context(journeys))])
    publish = f'.venv/bin/sojourn publish {shlex.quote(str(workspace))} -m "To try them"'
    first = f"0. Its journeys, of which none is there yet, and every change of them, come by\n\n{publish}\n\n"
    changed = "Another sender or address" if journeys == PUBLISHED else "A changed workspace"
    hour, day = (f"{emulated.wait_scale * seconds:.3g}" for seconds in (3_600, 86_400))
    tracking, control = (answering(emulated, outputs[name]) for name in ("TrackingUrl", "ControlUrl"))
    python = f"{shlex.quote(sys.executable)} - <<'END'"
    return f"""
It is up, at {emulated.url}; its log is {emulated.log}.
Waits are short: an hour takes {hour} seconds, a day {day}. The time after which a `wait_for` or a `task` gives up
is not; quiet hours and journeys' schedules go by the clock on the wall. In another terminal whatever speaks to AWS
speaks to it after

unset AWS_PROFILE
{exports}
export SOJOURN_STAGE={STAGE}
export SOJOURN_CONTROL_URL={shlex.quote(control)}

{first if journeys == PUBLISHED else ""}1. A customer signs up:

{python}
import boto3
event = {_EVENT}
print(boto3.client("events").put_events(Entries=[{{**event, "EventBusName": "{outputs["BusName"]}"}}])["Entries"])
END

2. What is known of her by now:

.venv/bin/sojourn customer show {_CUSTOMER}

3. The emails that were sent:

curl -s {emulated.url}/_ministack/ses/messages

4. Segment's clients, and programs that end people's tasks or enter customers, reach the tracking API at

{tracking}

5. {changed} is deployed by

{again}

What else there is to try: "Play with it" in docs/embedded-aws.md.

Ctrl-C ends it, and everything with it.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

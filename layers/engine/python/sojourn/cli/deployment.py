"""A deployment on AWS, as a command finds it: by its stage, through what its CloudFormation stacks say of themselves.

Whatever AWS refuses is said in words, with what to do, and the command exits with 2. It knows no table and no journey.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from sojourn.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from sojourn.cli.usage import Parser

STAGE = "dev"
PARTS = ("engine", "data", "journeys", "observability")
"""The parts of `Sojourn-<stage>-<part>`, those first whose outputs are asked for most."""
_UNFINISHED = frozenset(
    ("CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_IN_PROGRESS")
)
"""What a stack's status is when it has no outputs worth asking for."""
_DOES_NOT_EXIST = re.compile(r"does not exist")
_REFUSED = frozenset(
    (
        "AuthFailure", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
        "InvalidSignatureException", "MissingAuthenticationToken", "RequestExpired", "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    )
)  # fmt: skip
"""What AWS says to credentials that it does not take."""
_DENIED = frozenset(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"))
NOT_ALLOWED = "not_allowed"
"""The word for programs where a permission is missing."""
_WHERE = "docs/commands.md lists what each command must be allowed"


def deployment_options(parser: Parser) -> None:
    """Add the options that say which deployment is meant."""
    parser.add_argument(
        "--stage",
        metavar="NAME",
        default=os.environ.get("SOJOURN_STAGE") or STAGE,
        help=f"the deployment's stage (default: the variable SOJOURN_STAGE, else {STAGE})",
    )
    parser.add_argument(
        "--region", metavar="NAME", help="the AWS region (default: AWS_REGION, or that of the AWS profile)"
    )


class Deployment:
    """One deployment: its stacks' outputs, and clients for its region.

    Args:
        session: of boto3.
    """

    def __init__(self, stage: str, session: Any) -> None:
        self.stage = stage
        self._session = session
        self._clients: dict[str, Any] = {}
        self._outputs: dict[str, Mapping[str, str] | None] = {}

    @classmethod
    def find(cls, stage: str, region: str | None = None, session: Any = None) -> Deployment:
        """Find the deployment of a stage.

        Args:
            region: instead of the one that the environment or the AWS profile names.
            session: of boto3, instead of one made from the environment.

        Raises:
            UsageError: there is none, or AWS cannot be asked.
        """
        with in_words():
            found = cls(stage, session or _session(region))
            if not found.region:
                raise _no_region()
            if found._of(PARTS[0]) is None:
                raise UsageError(
                    f'there is no deployment "{stage}" in {found.region}: no finished stack Sojourn-{stage}-{PARTS[0]}',
                    "name another with --stage and --region, or make it: npx cdk deploy --all"
                    f" --context stage={stage} (docs/deploy.md)",
                    code="no_deployment",
                )
        return found

    @classmethod
    def asked(cls, arguments: argparse.Namespace) -> Deployment:
        """Find the deployment that a command's options name (`deployment_options`)."""
        return cls.find(arguments.stage, arguments.region)

    @property
    def region(self) -> str:
        """The AWS region; empty where nothing names one."""
        return self._session.region_name or ""

    def output(self, name: str) -> str:
        """Return an output of the deployment's stacks, such as `TableName`.

        Raises:
            UsageError: no stack has it.
        """
        with in_words():
            for part in PARTS:
                outputs = self._of(part)
                if outputs is not None and name in outputs:
                    return outputs[name]
        raise UsageError(
            f'the deployment "{self.stage}" in {self.region} has no output {name}',
            "an older release of Sojourn made it: deploy it again with this one (docs/deploy.md)",
        )

    def outputs(self, ending: str) -> dict[str, str]:
        """Return the outputs whose names end so, by what stands before it: of `DeadUrl`, `Events` and others."""
        with in_words():
            found = [self._of(part) or {} for part in PARTS]
        return {
            name.removesuffix(ending): value
            for outputs in found
            for name, value in sorted(outputs.items())
            if name.endswith(ending)
        }

    def client(self, service: str) -> Any:
        """Return the client of a service; each is made once."""
        if service not in self._clients:
            from botocore.config import Config

            with in_words():
                self._clients[service] = self._session.client(
                    service,
                    region_name=self.region or None,
                    config=Config(retries={"mode": "standard", "total_max_attempts": 5}),
                )
        return self._clients[service]

    def credentials(self) -> Any:
        """Return the caller's credentials (of botocore), as they are at this moment.

        Raises:
            UsageError: there are none.
        """
        with in_words():
            found = self._session.get_credentials()
            if found is None:
                raise _no_credentials("AWS has no credentials of yours")
            return found.get_frozen_credentials()

    def _of(self, part: str) -> Mapping[str, str] | None:
        """Return the outputs of a stack; None where there is no such stack, or none that was ever finished."""
        if part not in self._outputs:
            self._outputs[part] = self._read(f"Sojourn-{self.stage}-{part}")
        return self._outputs[part]

    def _read(self, stack: str) -> Mapping[str, str] | None:
        from botocore.exceptions import ClientError

        try:
            (found,) = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if _DOES_NOT_EXIST.search(str(error)):
                return None
            raise
        if found["StackStatus"] in _UNFINISHED:
            return None
        return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


@contextmanager
def in_words() -> Iterator[None]:
    """Around calls of AWS: raise UsageError where AWS cannot be asked, or will not answer whoever asks.

    Anything else that AWS answers is left as it is.
    """
    botocore = _boto("botocore.exceptions")
    try:
        yield
    except botocore.NoRegionError as error:
        raise _no_region() from error
    except botocore.ProfileNotFound as error:
        raise UsageError(
            f"AWS: {_sentence(error)}",
            "AWS_PROFILE names a profile; `aws configure list-profiles` lists them",
        ) from error
    except botocore.ClientError as error:
        said = error.response.get("Error", {})
        if said.get("Code") in _REFUSED:
            raise _no_credentials(f"AWS does not take these credentials ({said['Code']})") from error
        if said.get("Code") in _DENIED:
            raise UsageError(
                f"AWS does not allow this: {_sentence(said.get('Message', ''))}", _WHERE, code=NOT_ALLOWED
            ) from error
        raise
    except (botocore.EndpointConnectionError, botocore.ConnectionError, botocore.HTTPClientError) as error:
        raise UsageError(
            f"AWS cannot be reached: {_sentence(error)}",
            "see the network, and whether the region has that name",
            code="not_reached",
        ) from error
    except botocore.BotoCoreError as error:
        if (
            "redential" in type(error).__name__
            or "SSO" in type(error).__name__
            or "Token" in type(error).__name__
        ):
            raise _no_credentials(f"AWS has no credentials of yours: {_sentence(error)}") from error
        raise UsageError(f"AWS cannot be asked: {_sentence(error)}") from error


@cache
def _session(region: str | None) -> Any:
    """Return a session; making one reads all of AWS's endpoints, so there is one in a process."""
    return _boto("boto3").Session(region_name=region)


def _boto(module: str) -> Any:
    """Import a part of AWS's library, which only commands that need a deployment need."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(
            "this command needs boto3, AWS's library for Python", 'install it: pip install "sojourn[cli]"'
        ) from error


def _no_region() -> UsageError:
    return UsageError("no AWS region is named", "say --region eu-central-1, or set AWS_REGION")


def not_taken(why: str) -> UsageError:
    """Return what is raised where a service that is no part of botocore does not take a signature."""
    return _no_credentials(f"AWS does not take these credentials ({why})")


def _no_credentials(message: str) -> UsageError:
    return UsageError(
        message,
        "log in (`aws sso login`, `aws configure`), or set AWS_PROFILE; `aws sts get-caller-identity` tests it",
        code="no_credentials",
    )


def _sentence(error: object) -> str:
    """Return what an error says, on one line."""
    return " ".join(str(error).split())

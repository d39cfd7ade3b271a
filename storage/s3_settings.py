"""Which bucket, which server and who asks: checked here, before anything is sent anywhere."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from obstore.store import S3Store

from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Credential

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?")
# Where the library finds credentials in the environment. Without any it would ask the address of a cloud's metadata.
ENVIRONMENT = (
    {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
    {"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"},
    {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"},
    {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"},
)


def store(  # noqa: PLR0913, PLR0917  # what a bucket is reached by
    url: str,
    endpoint: str,
    region: str,
    credentials: Mapping[str, str] | None,
    timeouts: ClientConfig,
    retries: RetryConfig,
) -> S3Store:
    """The library's view of a bucket. Raises BadInput."""
    bucket, prefix = _place(url)
    plain = _check_endpoint(endpoint)
    provider = _provider(credentials) if credentials else None
    if provider is None:
        _check_environment()
    config: S3Config = {"skip_signature": False, "disable_bulk_delete": True}  # not every server knows bulk deletes
    if endpoint:  # under both names: the environment's own for S3 would go before the first
        config |= {"endpoint": endpoint, "aws_endpoint_url_s3": endpoint}
    if region:
        config["region"] = region
    client: ClientConfig = {**timeouts, "allow_http": plain, "allow_invalid_certificates": False}
    try:
        return S3Store(
            bucket,
            prefix=prefix or None,
            config=config,
            client_options=client,
            retry_config=retries,
            credential_provider=provider,
        )
    except Exception:  # noqa: BLE001  # what the library says may quote a setting of the environment
        raise BadInput(
            "The bucket cannot be used with these settings. Look at vault.toml, and for variables named AWS_…."
        ) from None


def _place(url: str) -> tuple[str, str]:
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if not (url.startswith("s3://") and _BUCKET.fullmatch(bucket) and _PREFIX.fullmatch(f"/{prefix}")):
        raise BadInput("The address of a bucket is s3://bucket/prefix, in letters, digits, dots and dashes.")
    return bucket, prefix.strip("/")


def _check_endpoint(endpoint: str) -> bool:
    """Whether it is http, which only a server on this machine may be."""
    if not endpoint:
        return False
    parts = _split(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.query:
        raise BadInput("The endpoint of a bucket is an address such as https://s3.university.no, without a password.")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise BadInput("A bucket on another machine is reached by https. Only one on this machine may be http.")
    return parts.scheme == "http"


def _split(endpoint: str) -> SplitResult:
    try:
        return urlsplit(endpoint)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _provider(credentials: Mapping[str, str]) -> Callable[[], S3Credential]:
    """Who asks; a function, so that the library mixes nothing of the environment in and shows nothing of it."""
    key, secret = credentials.get("access_key_id"), credentials.get("secret_access_key")
    if not key or not secret:
        raise BadInput("The credential of a bucket is two lines: the id of its key, then the secret.")
    given: S3Credential = {
        "access_key_id": key,
        "secret_access_key": secret,
        "token": credentials.get("session_token"),
        "expires_at": None,
    }
    return lambda: given


def _check_environment() -> None:
    if not any(all(os.environ.get(name) for name in names) for names in ENVIRONMENT):
        raise BadInput(
            "There are no credentials for the bucket. Give them to the service as a systemd credential, or set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )

"""RTSP over TLS: whom to believe, and what it means when that fails."""

from __future__ import annotations

import functools
import os
import ssl

from sereno.media.faults import StreamFault, fault

CA_FILE_VARIABLE = "SERENO_CAMERA_CA"
"""A PEM file with certificates that this site trusts besides those of the system."""


@functools.cache
def camera_context(ca_file: str) -> ssl.SSLContext:
    """TLS 1.2 or newer, with a checked chain and host name. Raises OSError: no such file.

    `ca_file` may be empty. Kept, for to read the system's store takes tens of milliseconds.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def context_for(host: str) -> ssl.SSLContext:
    """The context for a camera at `host`. Raises StreamFault where it cannot be made."""
    ca_file = os.environ.get(CA_FILE_VARIABLE, "")
    try:
        return camera_context(ca_file)
    except OSError as error:
        raise fault("tls_untrusted", f"{CA_FILE_VARIABLE}={ca_file}: {error}", host=host) from None


def tls_fault(error: ssl.SSLError, host: str) -> StreamFault:
    """A handshake that failed, in our words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return fault("tls_untrusted", error.verify_message or str(error), host=host)
    return fault("tls_failed", f"TLS: {error.reason or error}", host=host)

"""TLS to Kafka and Redis: whose certificates are believed, and why one was not.

There is no option to switch a check off: the chain, the dates and the name are always checked.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final

OLDEST_VERSION: Final = ssl.TLSVersion.TLSv1_2
"""The oldest TLS that is spoken; RFC 8996 forbids older ones."""

_EXPIRED: Final = 10
_NOT_YET_VALID: Final = 9
_UNKNOWN_AUTHORITY: Final = frozenset({2, 18, 19, 20, 21})
_OTHER_NAME: Final = frozenset({62, 64})
"""OpenSSL's numbers of what can be wrong with a certificate (X509_V_ERR in x509_vfy.h)."""

_NOT_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING"})
"""OpenSSL's words for an answer that is none of TLS."""


def client_context(authority: Path | None) -> ssl.SSLContext:
    """Returns how a client checks a server: its chain, its dates and its name.

    Certificates of `authority` are believed, a file in PEM, and no others; the system's
    authorities if it is None. Raises OSError if the file cannot be read or has none.
    """
    context = ssl.create_default_context(cafile=authority)
    context.minimum_version = max(context.minimum_version, OLDEST_VERSION)
    return context


def check_authority(file: Path | None) -> Path | None:
    """Returns the file of an authority unchanged. Raises ValueError if it is of no use."""
    if file is None:
        return None
    remedy = "name the file with the certificate of the authority that signed the server's, in PEM"
    try:
        file.read_bytes()
        client_context(file)
    except ssl.SSLError as error:
        raise ValueError(f"there is no certificate in it; {remedy}") from error
    except OSError as error:
        raise ValueError(f"{error.strerror}; {remedy}, and let this user read it") from error
    return file


def refusal(error: BaseException | None, setting: str) -> str:
    """Returns why a connection over TLS failed and what mends it; an empty string if unknown.

    `setting` is the variable that names the authority.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _refused_certificate(error, setting)
    if isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS:
        return "the server does not speak TLS at this port; name another port, or switch TLS on"
    return ""


def _refused_certificate(error: ssl.SSLCertVerificationError, setting: str) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return (
            "the server's certificate has expired, or that of its authority; give it a new one,"
            " or set this machine's clock"
        )
    if code == _NOT_YET_VALID:
        return "the server's certificate is not valid yet; set the clocks of both machines"
    if code in _OTHER_NAME:
        return (
            f"the server's certificate has another name: {error.verify_message.rstrip('.')}; use"
            " the name that it has, or give the server one with this name"
        )
    if code in _UNKNOWN_AUTHORITY:
        return (
            f"the server's certificate is of an authority that is not believed"
            f" ({error.verify_message}); name the authority's file in {setting}"
        )
    return f"the server's certificate is refused: {error.verify_message}"

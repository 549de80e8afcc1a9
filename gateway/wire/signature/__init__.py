"""Signed messages: the public names of signing and verifying.

`sign` takes only what is `Valid` and makes `Signed`; `verify` makes `Verified`. The profile itself
is in `profile`, the two halves are in `signing` and `verifying`.
"""

from gateway.wire.signature.profile import Algorithm
from gateway.wire.signature.signing import KeySigner, Signed, Signer, recall, sign
from gateway.wire.signature.verifying import DEFAULT_WINDOW, SigningWindow, Verified, verify

__all__ = (
    "DEFAULT_WINDOW",
    "Algorithm",
    "KeySigner",
    "Signed",
    "Signer",
    "SigningWindow",
    "Verified",
    "recall",
    "sign",
    "verify",
)

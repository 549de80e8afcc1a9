"""A simulated creditor as a real HTTPS server, and what it needs around it."""

from gateway.practice.creditor.dossier import Dossier
from gateway.practice.creditor.server import SimulatedCreditor
from gateway.practice.creditor.surroundings import (
    KnownAsker,
    Surroundings,
    practice_anchors,
    practice_trust,
)

__all__ = (
    "Dossier",
    "KnownAsker",
    "SimulatedCreditor",
    "Surroundings",
    "practice_anchors",
    "practice_trust",
)

"""The company's codes beside ours: one table per list, read in both directions."""

from collections.abc import Mapping
from typing import Final

from gateway.domain.person import Gender
from gateway.domain.statement import ClaimRank, HolderKind, Product, RefusalReason

REFUSALS: Final[Mapping[str, RefusalReason]] = {
    "W1": RefusalReason.CLIENT_UNKNOWN,
    "W2": RefusalReason.RECENT_FINAL_DISCHARGE,
    "W3": RefusalReason.RECENT_STABILISATION,
    "W4": RefusalReason.NO_COOPERATION_WITH_HELPER,
}

RANKS: Final[Mapping[str, ClaimRank]] = {
    "G": ClaimRank.ORDINARY,
    "V": ClaimRank.PREFERENTIAL,
    "Z": ClaimRank.SEPARATIST,
    "U": ClaimRank.EXCLUDED,
}

HOLDERS: Final[Mapping[str, HolderKind]] = {
    "incasso": HolderKind.COLLECTION_AGENCY,
    "deurwaarder": HolderKind.BAILIFF,
    "koper": HolderKind.NEW_CREDITOR,
}

PRODUCTS: Final[Mapping[Product, str]] = {
    Product.ELECTRICITY: "stroom",
    Product.GAS: "gas",
    Product.HEAT: "warmte",
    Product.WATER: "water",
}

SALUTATIONS: Final[Mapping[Gender, str]] = {
    Gender.MALE: "heer",
    Gender.FEMALE: "mevrouw",
    Gender.UNKNOWN: "neutraal",
}

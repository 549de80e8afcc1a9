"""The figures as a table for people and as JSON for machines."""

from statistics import quantiles

from tests.bench.measuring import Figures


def as_json(figures: Figures) -> dict[str, object]:
    cuts = quantiles(figures.latencies, n=20) if len(figures.latencies) > 1 else [0.0] * 19
    return {
        "exchanges": figures.exchanges,
        "exchange_us": figures.exchange_us,
        "rsa_us": figures.rsa_us,
        "ratio": figures.ratio,
        "postgres_us": figures.postgres_us,
        "per_second": figures.per_second,
        "p50_ms": cuts[9] * 1e3,
        "p95_ms": cuts[18] * 1e3,
        "memory_mb": figures.memory,
        "steps": figures.steps,
    }


def table(figures: Figures) -> str:
    lines = [f"{k}: {v}" for k, v in as_json(figures).items()]
    return "\n".join([*lines, f"ratio: {figures.ratio:.2f}"])

"""The figures, as a table for people and as JSON for machines."""

from statistics import quantiles

from tests.bench.measuring import Figures

_ROAD = "the road: HTTP, TLS, PostgreSQL protocol, loop, threads"


def as_json(figures: Figures) -> dict[str, object]:
    """Return all figures; times in microseconds unless the name says otherwise."""
    p50, p95 = _percentiles(figures)
    return {
        "exchanges": figures.exchanges,
        "exchange_cpu_us": round(figures.exchange_us, 1),
        "raw_rsa_cpu_us": round(figures.rsa_us, 1),
        "ratio": round(figures.ratio, 2),
        "postgresql_cpu_us": round(figures.postgres_us, 1),
        "exchanges_per_second": round(figures.per_second, 1),
        "p50_ms": round(p50, 1),
        "p95_ms": round(p95, 1),
        "memory_mb": {str(count): round(size, 1) for count, size in figures.memory.items()},
        "rounds": [
            {"exchange_cpu_us": _us(one.cpu / one.exchanges), "raw_rsa_cpu_us": _us(one.rsa)}
            for one in figures.rounds
        ],
        "steps": {
            name: {"times": times, "cpu_us": round(each, 1)}
            for name, (times, each) in figures.steps.items()
        },
    }


def _us(seconds: float) -> float:
    return round(seconds * 1e6, 1)


def table(figures: Figures) -> str:
    """Return what `make bench` prints; the ratio last."""
    p50, p95 = _percentiles(figures)
    lines = [
        "",
        f"{'processor time of one exchange in the gateway':58}{'times':>6}{'µs each':>9}{'µs':>8}",
        *_steps(figures),
        "-" * 81,
        f"{'one whole exchange':58}{figures.exchange_us:23.0f}",
        f"{'just its raw RSA-3072 operations':58}{figures.rsa_us:23.0f}",
        "",
        f"PostgreSQL, in its own processes   {figures.postgres_us:.0f} µs per exchange",
        f"request recorded, answer stored    p50 {p50:.0f} ms, p95 {p95:.0f} ms, under full load",
        f"throughput, all on these cores     {figures.per_second:.0f} exchanges per second",
        *(
            f"memory after {count:>6,} exchanges    {size:.1f} MB"
            for count, size in figures.memory.items()
        ),
        f"exchanges measured                 {figures.exchanges:,}",
        "",
        f"ratio: {figures.ratio:.2f}",
    ]
    return "\n".join(lines)


def _steps(figures: Figures) -> list[str]:
    known = {name: times * each for name, (times, each) in figures.steps.items()}
    lines = [
        f"{name:58}{times:6}{each:9.0f}{times * each:8.0f}"
        for name, (times, each) in figures.steps.items()
    ]
    return [*lines, f"{_ROAD:58}{figures.exchange_us - sum(known.values()):23.0f}"]


def _percentiles(figures: Figures) -> tuple[float, float]:
    """Return p50 and p95 in milliseconds."""
    if len(figures.latencies) < 2:
        return 0.0, 0.0
    cuts = quantiles(figures.latencies, n=20)
    return 1e3 * cuts[9], 1e3 * cuts[18]

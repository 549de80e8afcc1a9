"""Options that several commands have."""

import argparse
from pathlib import Path


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add --config: the folder with gateway.toml, partners/ and policies/."""
    default = Path(__file__).parents[2] / "config"
    parser.add_argument(
        "--config",
        type=Path,
        default=default,
        metavar="DIR",
        help="configuration folder (default: config/ beside the program)",
    )

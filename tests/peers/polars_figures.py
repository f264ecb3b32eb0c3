"""The KPIs of Appendix C at one standpoint, as an analyst writes them with Polars."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from .window import FAMILIES, OPEN, Counts, tallied, window_of

col = pl.col


class PolarsPeer:
    def __init__(self, versions: Path) -> None:
        self.versions = pl.read_csv(versions, try_parse_dates=True).sort("client", "nth")

    def answers(self, cells: Sequence[tuple[date, int]]) -> list[Counts]:
        return [self.counts(as_of, position) for as_of, position in cells]

    def counts(self, as_of: date, position: int) -> Counts:
        journeys = followed(journeys_of(seen(self.versions, as_of, position)))
        counts: Counts = {}
        for family in FAMILIES:
            tallied(family, decided(journeys, family, as_of).rows(), counts)
        return counts


def seen(versions: pl.DataFrame, as_of: date, position: int) -> pl.DataFrame:
    known = (col("known_from") <= position) & (position < col("known_until"))
    occurred = (col("triaged_on") <= as_of) & (col("started_on") <= as_of)
    ended_on = pl.when(col("left_on") <= as_of).then(col("left_on")).otherwise(pl.lit(OPEN))
    return versions.filter(known & occurred).with_columns(ended_on=ended_on)


def journeys_of(episodes: pl.DataFrame) -> pl.DataFrame:
    left_before = col("ended_on").cum_max().shift(1).over("client")
    begins = (col("triaged_on") - left_before > pl.duration(days=21)).fill_null(value=True)
    failed_on = col("ended_on").filter(~col("success")).max()
    ended = episodes.with_columns(begins=begins).with_columns(journey=col("begins").cum_sum().over("client"))
    return ended.group_by("client", "journey").agg(
        start_on=col("triaged_on").min(),
        end_on=col("ended_on").max(),
        adult_on=col("adult_on").first(),
        success=(col("ended_on").max() < OPEN) & (failed_on < col("ended_on").max()).fill_null(value=True),
        group=pl.when(col("opiate").any())
        .then(0)
        .when(col("other").any())
        .then(pl.when(col("alcohol").any()).then(3).otherwise(1))
        .when(col("alcohol").any())
        .then(2),
    )


def followed(journeys: pl.DataFrame) -> pl.DataFrame:
    """With whether the person came back within six months of a success."""
    # An open journey has no day six months later.
    until = pl.when(col("success")).then(col("end_on")).dt.offset_by("6mo")
    back = (col("start_on").shift(-1).over("client") < until).fill_null(value=False)
    return journeys.sort("client", "start_on").with_columns(returned=back & col("success"))


def decided(journeys: pl.DataFrame, family: str, as_of: date) -> pl.DataFrame:
    """Group, numerator and denominator: each person once, by the journey that decides."""
    first_day, last_day = window_of(family, as_of)
    inside = journeys.filter((col("start_on") <= last_day) & (col("end_on") >= first_day))
    stands = (col("adult_on") <= pl.max_horizontal("start_on", pl.lit(first_day))) & col("group").is_not_null()
    completed = col("success") & col("end_on").is_between(first_day, last_day)
    counted = {"phof": completed & ~col("returned"), "4": completed}.get(family, col("returned"))
    if family.startswith("5"):
        inside = inside.filter(completed & stands)
    latest = inside.group_by("client", maintain_order=True).last().filter(stands)
    return latest.with_columns(counted=counted).group_by("group").agg(col("counted").sum(), pl.len())

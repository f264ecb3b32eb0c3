"""The KPIs of Appendix C at one standpoint, as an analyst writes them with pandas."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from .window import FAMILIES, OPEN, Counts, tallied, window_of

DAYS = ["triaged_on", "started_on", "left_on", "adult_on"]
FOREVER = np.datetime64(OPEN, "s")


class PandasPeer:
    def __init__(self, versions: Path) -> None:
        rows = pd.read_csv(versions)
        for column in DAYS:
            rows[column] = rows[column].to_numpy(dtype="datetime64[s]")
        self.versions = rows.sort_values(["client", "nth"])

    def answers(self, cells: Sequence[tuple[date, int]]) -> list[Counts]:
        return [self.counts(as_of, position) for as_of, position in cells]

    def counts(self, as_of: date, position: int) -> Counts:
        journeys = followed(journeys_of(seen(self.versions, np.datetime64(as_of, "s"), position)))
        counts: Counts = {}
        for family in FAMILIES:
            tallied(family, decided(journeys, family, as_of), counts)
        return counts


def seen(versions: pd.DataFrame, as_of: np.datetime64, position: int) -> pd.DataFrame:
    known = (versions.known_from <= position) & (position < versions.known_until)
    occurred = (versions.triaged_on <= as_of) & (versions.started_on <= as_of)
    rows = versions[known & occurred]
    return rows.assign(ended_on=rows.left_on.where(rows.left_on <= as_of, FOREVER))


def journeys_of(episodes: pd.DataFrame) -> pd.DataFrame:
    left_so_far = episodes.groupby("client").ended_on.cummax()
    left_before = left_so_far.groupby(episodes.client).shift(1)
    begins = left_before.isna() | (episodes.triaged_on - left_before > pd.Timedelta(days=21))
    # All journeys of all clients in one row of numbers: each client's first episode begins one.
    rows = episodes.assign(journey=begins.cumsum(), failed_on=episodes.ended_on.where(~episodes.success))
    journeys = rows.groupby("journey").agg(
        client=("client", "first"),
        start_on=("triaged_on", "min"),
        end_on=("ended_on", "max"),
        failed_on=("failed_on", "max"),
        adult_on=("adult_on", "first"),
        opiate=("opiate", "any"),
        other=("other", "any"),
        alcohol=("alcohol", "any"),
    )
    spoke = journeys.failed_on.isna() | (journeys.failed_on < journeys.end_on)
    group = np.select(
        [journeys.opiate, journeys.other & journeys.alcohol, journeys.other, journeys.alcohol], [0, 3, 1, 2], -1
    )
    return journeys.assign(success=(journeys.end_on < FOREVER) & spoke, group=group)


def followed(journeys: pd.DataFrame) -> pd.DataFrame:
    """With whether the person came back within six months of a success."""
    journeys = journeys.sort_values(["client", "start_on"])
    # An open journey has no day six months later.
    until = journeys.end_on.where(journeys.success) + pd.DateOffset(months=6)
    return journeys.assign(returned=journeys.success & (journeys.groupby("client").start_on.shift(-1) < until))


def decided(journeys: pd.DataFrame, family: str, as_of: date) -> list[tuple[int, int, int]]:
    """Group, numerator and denominator: each person once, by the journey that decides."""
    first_day, last_day = (np.datetime64(day, "s") for day in window_of(family, as_of))
    inside = journeys[(journeys.start_on <= last_day) & (journeys.end_on >= first_day)]
    stands = (inside.adult_on <= inside.start_on.clip(lower=first_day)) & (inside.group >= 0)
    completed = inside.success & inside.end_on.between(first_day, last_day)
    counted = {"phof": completed & ~inside.returned, "4": completed}.get(family, inside.returned)
    inside = inside.assign(stands=stands, counted=counted)
    if family.startswith("5"):
        inside = inside[completed & stands]
    latest = inside.drop_duplicates("client", keep="last")
    groups = latest[latest.stands].groupby("group").counted.agg(["sum", "size"])
    return [(int(group), int(numerator), int(cohort)) for group, numerator, cohort in groups.itertuples()]

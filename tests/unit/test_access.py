"""Whose records are whose, on which day: tables of contracts and handovers, and whose records a provider then has."""

from datetime import date, timedelta

import pytest

from domain.contract_life.contract import Contract
from projections.privacy.caseload_access import Passed, agencies_open_to


def facts(table: str) -> tuple[list[Contract], list[Passed]]:
    """Lines `H0001 2015-04-01 to 2018-03-31 succeeds H0009`, or `H0001 hands over to H0002 on 2018-04-01`."""
    contracts, passed = [], []
    for line in filter(None, map(str.strip, table.splitlines())):
        words = line.split()
        if words[1] == "hands":
            passed.append(Passed(words[0], words[4], date.fromisoformat(words[6])))
            continue
        said = dict(zip(words[2::2], words[3::2], strict=True))
        last_day = date.fromisoformat(said["to"]) if "to" in said else None
        contracts.append(Contract(0, words[0], date.fromisoformat(words[1]), last_day, said.get("succeeds", "")))
    return contracts, passed


def open_to(table: str, provider: str, day: str | date) -> str:
    contracts, passed = facts(table)
    on = day if isinstance(day, date) else date.fromisoformat(day)
    return " ".join(sorted(agencies_open_to(provider.split(), contracts, passed, on)))


NONE_SAID = ""
ENDED = "OLD 2015-04-01 to 2018-03-31"
SUCCEEDED = """
    OLD 2015-04-01 to 2018-03-31
    NEW 2018-04-01 to 2021-03-31 succeeds OLD
"""
OVERLAPPING = """
    OLD 2015-04-01 to 2018-03-31
    NEW 2018-01-01 succeeds OLD
"""
NEVER_SAID = "NEW 2018-04-01 succeeds OLD"
CHAIN = """
    FIRST 2012-04-01 to 2015-03-31
    OLD 2015-04-01 to 2018-03-31 succeeds FIRST
    NEW 2018-04-01 succeeds OLD
"""
RENEWED = f"""
    {SUCCEEDED}
    NEW 2021-04-01 to 2024-03-31
"""
BROKEN_OFF = f"""
    {SUCCEEDED}
    NEW 2021-06-01 to 2024-03-31
"""
BACK_AGAIN = """
    OLD 2015-04-01 to 2018-03-31
    NEW 2018-04-01 to 2021-03-31 succeeds OLD
    OLD 2021-04-01 succeeds NEW
"""
HANDED_OVER = "OLD hands over to NEW on 2018-04-01"
HANDED_OVER_UNDER_CONTRACT = f"""
    {ENDED}
    NEW 2018-01-01 to 2021-03-31
    OLD hands over to NEW on 2018-02-01
"""
HANDED_ON = """
    FIRST hands over to OLD on 2016-01-01
    OLD hands over to NEW on 2018-04-01
    LATER hands over to OLD on 2019-01-01
"""
HANDED_THEN_SUCCEEDED = f"""
    FIRST hands over to OLD on 2016-01-01
    {SUCCEEDED}
"""


@pytest.mark.parametrize(
    ("table", "provider", "day", "expected"),
    [
        # no contract was ever said: a small service keeps its records
        (NONE_SAID, "OLD", "2030-01-01", "OLD"),
        (NONE_SAID, "", "2030-01-01", ""),
        # a contract's first and last day
        (ENDED, "OLD", "2015-03-31", ""),
        (ENDED, "OLD", "2015-04-01", "OLD"),
        (ENDED, "OLD", "2018-03-31", "OLD"),
        (ENDED, "OLD", "2018-04-01", ""),
        # the successor has both, from its first day to its last
        (SUCCEEDED, "NEW", "2018-03-31", ""),
        (SUCCEEDED, "NEW", "2018-04-01", "NEW OLD"),
        (SUCCEEDED, "NEW", "2021-03-31", "NEW OLD"),
        (SUCCEEDED, "NEW", "2021-04-01", ""),
        (SUCCEEDED, "OLD", "2018-03-31", "OLD"),
        (SUCCEEDED, "OLD", "2018-04-01", ""),
        # one provider may be both
        (SUCCEEDED, "OLD NEW", "2018-03-31", "OLD"),
        (SUCCEEDED, "OLD NEW", "2018-04-01", "NEW OLD"),
        # while both are under contract each has its own
        (OVERLAPPING, "NEW", "2018-03-31", "NEW"),
        (OVERLAPPING, "OLD", "2018-03-31", "OLD"),
        (OVERLAPPING, "NEW", "2018-04-01", "NEW OLD"),
        # the old one's contract was never said: the successor has its records, and so has the old one
        (NEVER_SAID, "NEW", "2018-04-01", "NEW OLD"),
        (NEVER_SAID, "OLD", "2018-04-01", "OLD"),
        # from one to the next, and to the one after
        (CHAIN, "NEW", "2018-04-01", "FIRST NEW OLD"),
        (CHAIN, "OLD", "2015-04-01", "FIRST OLD"),
        (CHAIN, "FIRST", "2015-04-01", ""),
        # renewed without a break, the service goes on; taken up again later, it is another one
        (RENEWED, "NEW", "2022-01-01", "NEW OLD"),
        (BROKEN_OFF, "NEW", "2022-01-01", "NEW"),
        (BROKEN_OFF, "NEW", "2021-05-31", ""),
        # a service that comes back has what it left, and what came after
        (BACK_AGAIN, "OLD", "2021-04-01", "NEW OLD"),
        (BACK_AGAIN, "NEW", "2021-04-01", ""),
        (BACK_AGAIN, "NEW", "2019-01-01", "NEW OLD"),
        # a caseload that passed over without a word about contracts
        (HANDED_OVER, "NEW", "2018-03-31", "NEW"),
        (HANDED_OVER, "NEW", "2018-04-01", "NEW OLD"),
        (HANDED_OVER, "OLD", "2018-04-01", "OLD"),
        # before the old contract ends, and no longer than the new one lasts
        (HANDED_OVER_UNDER_CONTRACT, "NEW", "2018-01-31", "NEW"),
        (HANDED_OVER_UNDER_CONTRACT, "NEW", "2018-02-01", "NEW OLD"),
        (HANDED_OVER_UNDER_CONTRACT, "OLD", "2018-03-31", "OLD"),
        (HANDED_OVER_UNDER_CONTRACT, "OLD", "2018-04-01", ""),
        (HANDED_OVER_UNDER_CONTRACT, "NEW", "2021-04-01", ""),
        # handed on; what came to the old one afterwards did not pass on with it
        (HANDED_ON, "NEW", "2018-04-01", "FIRST NEW OLD"),
        (HANDED_ON, "NEW", "2020-01-01", "FIRST NEW OLD"),
        (HANDED_ON, "OLD", "2020-01-01", "FIRST LATER OLD"),
        (HANDED_THEN_SUCCEEDED, "NEW", "2018-04-01", "FIRST NEW OLD"),
        # nobody else's
        (CHAIN, "OTHER", "2018-04-01", "OTHER"),
    ],
)
def test_whose_records_a_provider_has(table: str, provider: str, day: str, expected: str) -> None:
    assert open_to(table, provider, day) == expected


@pytest.mark.parametrize("table", [SUCCEEDED, CHAIN, RENEWED, BACK_AGAIN])
def test_one_provider_at_a_time_has_the_records_of_a_service(table: str) -> None:
    """From contract to contract nobody is left without, and nobody has them beside another."""
    for days in range(0, 365 * 9, 13):
        day = date(2015, 4, 1) + timedelta(days)
        holders = [provider for provider in ("OLD", "NEW") if "OLD" in open_to(table, provider, day).split()]
        assert len(holders) <= 1, day


def test_handovers_in_a_circle_come_to_an_end() -> None:
    circle = "\n".join(f"{a} hands over to {b} on 2018-04-01" for a, b in ("AB", "BC", "CA"))
    assert open_to(circle, "A", "2018-04-01") == "A B C"

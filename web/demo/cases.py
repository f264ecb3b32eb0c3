"""The cases that the archive is made to hold: edges of the rules, people seen twice, mistakes, and two stories.

Each is one small function over the maker. Days are chosen, not drawn, so that the printed figures do not hang on the
seed. A return on day 21 is the last that joins a journey; one on the day before six months the last that re-presents.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from domain.codes import SubstanceGroup
from domain.periods import add_months

from .making import (
    ALCOHOL,
    BOTH,
    CANNABIS,
    NON_OPIATE,
    OPIATE,
    PHARMACOLOGICAL,
    PSYCHOSOCIAL,
    RECOVERY_SUPPORT,
    SPIRITS,
    Maker,
)
from .records import InventedEpisode, InventedExit, InventedPerson, RecordChange
from .timetable import HEREFORD, LEOMINSTER, ROSS, SENT_AGAIN, received_on

H, L, R = HEREFORD.code, LEOMINSTER.code, ROSS.code
Visit = tuple[str, date, date | None, int]
"""Agency, triage, discharge (none while open), reason."""


def add_cases(maker: Maker) -> None:
    """Adds every case to the maker's episodes."""
    for case in (
        _re_presentations,
        _returns_around_three_weeks,
        _returns_around_six_months,
        _two_agencies_at_once,
        _recovery_support_only,
        _young_people,
        _coming_of_age,
        _waiting,
        _consent,
        _identity_corrected,
        _drugs_and_triage_corrected,
        _vanished,
        _in_the_file_ahead,
        _rejected_rows,
        _late_returns_and_an_amended_exit,
        _two_records_of_one_person,
    ):
        case(maker)


def _visits(
    maker: Maker, group: SubstanceGroup, *visits: Visit, person: InventedPerson | None = None
) -> list[InventedEpisode]:
    """One person's episodes, one after the other."""
    somebody = person or maker.person(visits[0][1])
    return [
        maker.episode(
            somebody,
            agency,
            group,
            start,
            InventedExit(end, reason) if end else None,
            previously_treated="Y" if place else "",
        )
        for place, (agency, start, end, reason) in enumerate(visits)
    ]


RE_PRESENTATIONS: Final = {
    OPIATE: (
        (date(2016, 2, 11), date(2016, 5, 20)),
        (date(2016, 3, 17), date(2016, 7, 4)),
        (date(2016, 4, 21), date(2016, 8, 8)),
        (date(2016, 6, 30), date(2016, 12, 29)),  # the day before six months
        (date(2016, 7, 28), date(2016, 9, 30)),
        (date(2016, 9, 14), date(2017, 1, 23)),
        (date(2017, 1, 12), date(2017, 4, 6)),
    ),
    NON_OPIATE: ((date(2016, 5, 18), date(2016, 9, 27)),),
    ALCOHOL: (
        (date(2016, 7, 13), date(2016, 10, 5)),
        (date(2016, 8, 16), date(2016, 12, 2)),
        (date(2016, 9, 22), date(2017, 2, 14)),
    ),
    BOTH: ((date(2016, 2, 24), date(2016, 6, 13)),),
}
"""(completed, back again), group by group: 4/10, 1/13 and 1/8 of the winter paper, 4/14, 1/17, 3/34, 3/39, 1/8, 1/7."""


def _re_presentations(maker: Maker) -> None:
    for group, returns in RE_PRESENTATIONS.items():
        for place, (completed, returned) in enumerate(returns):
            first, second = ((H, H), (H, L), (L, L))[place % 3]
            start = add_months(completed, -7 - place)
            _visits(maker, group, (first, start, completed, 80), (second, returned, None, 0))


def _returns_around_three_weeks(maker: Maker) -> None:
    """Back after 20, 21 and 22 days: the first two void the completion, the third re-presents."""
    for group, completed in ((ALCOHOL, date(2015, 10, 9)), (OPIATE, date(2017, 9, 6)), (NON_OPIATE, date(2017, 10, 4))):
        for days in (20, 21, 22):
            back = completed + timedelta(days=days)
            _visits(maker, group, (H, add_months(completed, -6), completed, 80), (H, back, add_months(back, 2), 85))


def _returns_around_six_months(maker: Maker) -> None:
    """The day before, on and after six months, counted from month ends: only the day before re-presents."""
    for completed, days_back in (
        (date(2015, 8, 31), (date(2016, 2, 28), date(2016, 2, 29), date(2016, 3, 1))),
        (date(2016, 2, 29), (date(2016, 8, 29), date(2016, 8, 30))),
        (date(2015, 3, 31), (date(2015, 9, 29), date(2015, 9, 30), date(2015, 10, 1))),
    ):
        for back in days_back:
            _visits(maker, ALCOHOL, (L, add_months(completed, -4), completed, 81), (L, back, add_months(back, 3), 85))


def _two_agencies_at_once(maker: Maker) -> None:
    """Seen by two hubs: discharged on one day with reasons that agree, that differ in success, that contradict."""
    together = date(2015, 6, 30)
    for one, other in ((80, 82), (82, 82), (80, 85)):
        person = maker.person(date(2014, 5, 1))
        maker.episode(person, H, OPIATE, date(2014, 5, 1), InventedExit(together, one), modalities=(PHARMACOLOGICAL,))
        maker.episode(person, L, OPIATE, date(2015, 1, 20), InventedExit(together, other), modalities=(PSYCHOSOCIAL,))
    for start in (date(2015, 9, 14), date(2016, 9, 5)):
        person = maker.person(start)
        maker.episode(person, H, OPIATE, start, modalities=(PHARMACOLOGICAL,))
        maker.episode(person, L, OPIATE, add_months(start, 2), modalities=(PSYCHOSOCIAL,))


def _recovery_support_only(maker: Maker) -> None:
    """Recovery support counts nobody; beside structured treatment it may begin before and run on after."""
    for month in range(1, 7):
        start = date(2016, month, 8)
        ended = InventedExit(add_months(start, 5), 80) if month % 2 else None
        maker.episode(maker.person(start), (H, L, R)[month % 3], ALCOHOL, start, ended, modalities=(RECOVERY_SUPPORT,))
    start, end = date(2015, 5, 11), date(2015, 11, 2)
    episode = maker.episode(
        maker.person(start), H, ALCOHOL, start, InventedExit(end, 81), modalities=(PSYCHOSOCIAL, RECOVERY_SUPPORT)
    )
    support = replace(
        episode.interventions[1],
        referred_on=episode.referred_on,
        offered_on=episode.referred_on,
        started_on=episode.referred_on,
        ended_on=add_months(end, 2),
    )
    episode.interventions = (episode.interventions[0], support)
    started_later = maker.episode(maker.person(start), H, OPIATE, start, modalities=(RECOVERY_SUPPORT, PHARMACOLOGICAL))
    treatment = replace(started_later.interventions[1], started_on=date(2015, 8, 3), ended_on=None)
    started_later.interventions = (started_later.interventions[0], treatment)


def _young_people(maker: Maker) -> None:
    for place in range(12):
        start = add_months(date(2015, 2, 16), 2 * place)
        person = maker.person(start, youngest=14, oldest=16)
        ended = InventedExit(add_months(start, 4), 80 if place % 3 else 85) if place < 10 else None
        maker.episode(person, (H, L, R)[place % 3], (NON_OPIATE, BOTH)[place % 2], start, ended)


def _coming_of_age(maker: Maker) -> None:
    """Eighteen on the first day of the window that ends in July 2017, and the day after it."""
    for born_on in (date(1998, 8, 1), date(1998, 8, 2)):
        person = replace(maker.person(date(2016, 5, 3)), initials="ZZ", born_on=born_on)
        maker.episode(person, H, NON_OPIATE, date(2016, 5, 3), InventedExit(date(2017, 9, 12), 80))


def _waiting(maker: Maker) -> None:
    """Referred and not triaged: one since a summer ago, some of the archive's last weeks."""
    for referred_on in (
        date(2016, 6, 21),
        date(2017, 9, 28),
        date(2017, 11, 30),
        date(2017, 12, 6),
        date(2017, 12, 27),
    ):
        episode = maker.episode(maker.person(referred_on), H, ALCOHOL, referred_on, referred_on=referred_on)
        episode.triaged_on, episode.care_plan_on = None, None
        episode.interventions, episode.tops = (), []


def _consent(maker: Maker) -> None:
    """One who never consented, and one who took consent back after three files."""
    never = maker.episode(maker.person(date(2017, 3, 2)), L, ALCOHOL, date(2017, 3, 2))
    never.consent = "N"
    withdrawn = maker.episode(maker.person(date(2017, 8, 22)), H, NON_OPIATE, date(2017, 8, 22))
    withdrawn.changes.append(RecordChange(date(2017, 11, 20), "consent", "N"))


def _identity_corrected(maker: Maker) -> None:
    """Two people become one when a birth date is put right; one becomes two when a record was another person's."""
    first, second = _visits(
        maker, ALCOHOL, (H, date(2015, 3, 9), date(2015, 11, 20), 81), (L, date(2015, 12, 7), date(2016, 6, 14), 85)
    )
    second.changes.append(RecordChange(date(2016, 4, 4), "person", first.person))
    second.person = replace(first.person, born_on=first.person.born_on + timedelta(days=9))
    one, other = _visits(
        maker, NON_OPIATE, (H, date(2015, 4, 13), date(2015, 9, 4), 80), (H, date(2016, 1, 18), date(2016, 4, 22), 80)
    )
    other.changes.append(
        RecordChange(date(2016, 5, 2), "person", replace(one.person, sex="F" if one.person.sex == "M" else "M"))
    )


def _drugs_and_triage_corrected(maker: Maker) -> None:
    regrouped = maker.episode(
        maker.person(date(2015, 7, 6)),
        H,
        ALCOHOL,
        date(2015, 7, 6),
        InventedExit(date(2016, 1, 29), 81),
        drugs=(SPIRITS,),
    )
    regrouped.changes.append(RecordChange(date(2015, 12, 1), "drugs", (SPIRITS, CANNABIS)))
    moved = maker.episode(
        maker.person(date(2015, 5, 20)), L, ALCOHOL, date(2015, 5, 20), InventedExit(date(2015, 12, 9), 81)
    )
    moved.changes.append(RecordChange(date(2015, 9, 1), "triaged_on", date(2015, 5, 14)))
    moved.referred_on = date(2015, 5, 4)


def _vanished(maker: Maker) -> None:
    """Out of three files and back; out for good and asked about; out of a complete file, and so withdrawn."""
    back = maker.episode(maker.person(date(2014, 9, 1)), H, OPIATE, date(2014, 9, 1))
    back.absent = {date(2015, 11, 1), date(2015, 12, 1), date(2016, 1, 1)}
    for agency in (H, R):
        gone = maker.episode(maker.person(date(2017, 3, 13)), agency, ALCOHOL, date(2017, 3, 13))
        gone.absent = {date(2017, month, 1) for month in (9, 10, 11, 12)}
    mistake = maker.episode(maker.person(date(2016, 2, 22)), L, ALCOHOL, date(2016, 2, 22))
    mistake.absent = {add_months(date(2016, 6, 1), n) for n in range(19)}


def _in_the_file_ahead(maker: Maker) -> None:
    """A discharge of the first days of a month that the file of the month before already holds."""
    for day in (date(2015, 12, 4), date(2016, 4, 5), date(2017, 3, 3), date(2017, 11, 2)):
        episode = maker.episode(
            maker.person(add_months(day, -4)), H, ALCOHOL, add_months(day, -4), InventedExit(day, 81)
        )
        episode.ahead = True


FAULTS: Final = (
    (H, date(2016, 2, 1), "no surname initial"),
    (H, date(2016, 2, 1), "no such date"),
    (H, date(2016, 2, 1), "discharge reason unknown"),
    (L, date(2015, 11, 1), "born after referral"),
    (L, date(2015, 11, 1), "reason without discharge"),
    (L, date(2016, 9, 1), "treatment before triage"),
    (R, date(2016, 3, 1), "no episode number"),
    (R, date(2016, 3, 1), "rows disagree"),
    (H, date(2017, 9, 1), "no drug"),
    (L, date(2017, 10, 1), "after receipt"),
    (R, date(2017, 11, 1), "sex unknown"),
)
"""Whose file of which month rejects an episode, and why; the next file has it right."""


def _rejected_rows(maker: Maker) -> None:
    for agency, month, fault in FAULTS:
        start = add_months(month, -3).replace(day=12)
        ended = InventedExit(add_months(month, 3).replace(day=4), 85)
        episode = maker.episode(
            maker.person(start), agency, ALCOHOL, start, ended, modalities=(PSYCHOSOCIAL, RECOVERY_SUPPORT)
        )
        hub = next(each for each in (HEREFORD, LEOMINSTER, ROSS) if each.code == agency)
        episode.faults[received_on(hub, month)] = fault
    assert SENT_AGAIN[1] == FAULTS[0][1]


def _late_returns_and_an_amended_exit(maker: Maker) -> None:
    """July's opiate completions fall from 24 of 438 to 22 of 438 by October.

    Three returns are entered late. Two came within three weeks, on day 14 and day 21, and void their completions; one
    came after six weeks and is the latest journey. One exit reads dropped out until it is amended to a completion.
    """
    for start, completed, back, agency, entered in (
        (date(2016, 4, 11), date(2017, 7, 10), date(2017, 7, 31), H, date(2017, 9, 4)),
        (date(2015, 10, 5), date(2017, 7, 14), date(2017, 7, 28), L, date(2017, 9, 21)),
        (date(2016, 6, 13), date(2017, 5, 12), date(2017, 6, 26), H, date(2017, 9, 5)),
    ):
        _, late = _visits(maker, OPIATE, (H, start, completed, 80), (agency, back, None, 0))
        late.entered = entered
    (amended,) = _visits(maker, OPIATE, (L, date(2016, 1, 25), date(2017, 6, 20), 85))
    amended.changes.append(RecordChange(date(2017, 9, 25), "exit", InventedExit(date(2017, 6, 20), 82)))


def _two_records_of_one_person(maker: Maker) -> None:
    """Ross registered a client anew while the old record was open, then completed the old one.

    Counted by client numbers, Ross has one more in July's opiate cohort and one more completion than there are
    people: the person is still in treatment under the second number.
    """
    person = maker.person(date(2015, 11, 9))
    maker.episode(person, R, OPIATE, date(2015, 11, 9), InventedExit(date(2017, 3, 10), 80))
    second = maker.number(R, "C")
    maker.episode(person, R, OPIATE, date(2017, 2, 20), client=second, previously_treated="Y")

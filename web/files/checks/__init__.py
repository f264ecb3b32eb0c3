"""The checks of a file's rows, and the facts of the episodes whose rows pass; here, each code with what it says."""

from typing import Final

from web.files import consent

REJECTIONS: Final = {
    "value-missing": "A value is missing that every row must have.",
    "neither-referral-nor-triage": "Neither REFLD nor TRIAGED is given.",
    "date-form": "A day that the figures stand on is written neither DD/MM/YYYY nor YYYY-MM-DD.",
    "date-impossible": "There is no such day, like 31/02.",
    "code-unknown": "SEX, CONSENT or DISRSN is not in its list, or DRUG1 is not within 1000 to 9999.",
    "born-too-early": "The birth date is not after 1902.",
    "born-after-referral": "DOB lies after REFLD.",
    "born-after-triage": "DOB lies after TRIAGED.",
    "referred-after-triage": "REFLD lies after TRIAGED.",
    "discharged-before-referral": "DISD lies before REFLD.",
    "discharged-before-triage": "DISD lies before TRIAGED.",
    "discharge-incomplete": "DISRSN is given and DISD is not.",
    "started-without-triage": "A structured intervention has started and TRIAGED is missing.",
    "started-before-triage": "MODST of a structured intervention lies before TRIAGED.",
    "started-after-discharge": "MODST of a structured intervention lies after DISD.",
    "after-receipt": "A day that the figures stand on lies after the day on which the file was received.",
    "episode-disagrees": "Rows of one episode differ in its person, its days, its discharge or DRUG1.",
    "review-disagrees": "Two rows give the same review of an episode on the same day with another role or dose.",
    "episode-unknown": "A review is of an episode that no monthly file has brought.",
}
"""Why a row is rejected, by code."""

PREPARED_REJECTIONS: Final = {
    "person-form": "PERSON or NEAR is not what 'recount prepare' makes of a person.",
    "age-impossible": "TRIAGEAGE and ADULTON cannot both be so of one person with this REFLD and TRIAGED.",
}
"""Why a row of a prepared file may be rejected beside that."""

NOTICES: Final = {
    "column-unread": "Columns are there that we do not read; they are left out.",
    "data-set-letter": "The layout of the data-set letter is not known here: the file was read by its columns.",
    "separator": "The values are separated by something else than commas, or a line says by what: read like that.",
    "title-line": "There are lines above the header; they are left out.",
    "header-repeated": "The header is there more than once; it is left out below.",
    "surplus-fields": "Every row ends in fields without a name and without a value; they are left out.",
    "days-exchanged": "All of many days lie on or before the 12th of a month: day and month may be exchanged.",
    "no-record": "A row has neither CLIENT nor EPISODID nor a day: totals, or a footer. Nothing is read of it.",
    "day-unread": "A day that fails alone is none, or lies after receipt; it, its TOP or its start is left out.",
    "modality-unread": "MODAL is missing or unknown; the intervention is left out.",
    "end-unread": "MODEND lies before MODST or after DISD, or there is no MODST; it is left out.",
    "top-unread": "TOPID, TOPDATE or TRSTAGE is missing or unknown; the TOP is left out.",
    "drug-unread": "DRUG2 or DRUG3 is no drug code; it is left out.",
    "reason-missing": "DISD is given and DISRSN is not: discharged, for an unknown reason.",
    "rows-differ": "Rows differ in what need not agree: the latest day counts, or the first row's value.",
    "treated-after-death": "Treatment of a person begins after the person died (89), by what is known.",
    "after-last-day": "A day lies after the file's last day, though not after its receipt; it is taken.",
    "intervention-unread": "A column of an intervention is given without MODID and MODST; it is left out.",
    "age-unread": "DRUG1AGE is no number of years; it is left out.",
    "erased-before": "The person or the episode was erased, and is on the stop-list: nothing of the episode is kept.",
    "one-client-two-people": "Episodes of one CLIENT disagree in initials, date of birth or sex: two people.",
    "more-notices": "There are more notices than are listed.",
    "withdraws-nothing": "A row without a readable key was rejected, so the file withdraws nothing.",
    **consent.NOTICES,
}
"""What a file's notices say, by code."""

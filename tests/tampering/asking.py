"""Everything that can be asked of a database: the commands, and each page and endpoint that is read."""

from typing import Final

from tests.web.conftest import CommandLine

DAY: Final = "2017-02-28"
MEASURE: Final = "N.treatment"
COMMANDS: Final = (
    f"figures --as-of {DAY}",
    "figures --cut Board",
    f"series --measure {MEASURE} --from 2017-01-31 --to 2017-05-31",
    f"triangle --measure {MEASURE} --from 2017-01-31 --to 2017-03-31",
    f"members --measure {MEASURE} --as-of {DAY}",
    f"explain --measure {MEASURE} --as-of {DAY} --to-as-of 2017-05-31",
    f"scorecard --as-of {DAY}",
    "coverage --from 2017-01-01 --to 2017-03-31",
    f"worklist plans-overdue --as-of {DAY}",
    "data-quality --from 2017-01-01 --to 2017-03-31",
    "published",
    "published --show 1",
    "published --changed",
    "target list",
    "colour-rule list",
    "dispute list",
    "dispute show 1",
    "log --limit 500",
    "retention",
    "head",
    f"publish --measure {MEASURE} --as-of {DAY} --out another.json",
    "withdraw H0001 C2 1",
    "handover H0001 H0007 --on 2017-06-01",
    "erase H0001 C2 --reason again",
    "erase --again",
    "contract H0009 --from 2018-01-01",
    "rebuild",
)


_SEEN: Final = f"as_of={DAY}&known_at=2017-06-10"
_WALK: Final = f"{_SEEN}&to_as_of=2017-05-31"
_OF: Final = f"/figures/{MEASURE}"
_API: Final = "/api/v1"
_ONE: Final = f"measure={MEASURE}&as_of={DAY}"
_PERIOD: Final = "from=2017-01-31&to=2017-05-31"

PAGES: Final = (
    f"/?{_SEEN}", f"{_OF}?{_SEEN}", f"{_OF}/definition?{_SEEN}", f"{_OF}/members?{_SEEN}", f"{_OF}/members/1?{_SEEN}",
    f"{_OF}/why?{_WALK}", f"{_OF}/why?{_WALK}&people=true", f"{_OF}/why/1?{_WALK}", f"/figures/4.0/revisions?{_SEEN}",
    f"{_OF}/claim?{_SEEN}&numerator=3", f"{_OF}/dispute?{_SEEN}", f"/profile?{_SEEN}",
    f"/contribution?{_SEEN}", f"/worklists?{_SEEN}",
    f"/worklists/plans-overdue?{_SEEN}&people=true", f"/worklists/same-record?{_SEEN}&people=true",
    f"/data-quality?{_SEEN}", f"/report?{_SEEN}", "/submissions", "/submissions/1", "/submissions/12",
    "/submissions/1/changes", "/submissions/12/changes", "/submissions/new", "/trail", "/trail/access",
    "/certificates", "/certificates/1", "/certificates/2", "/certificates/changed", "/certificates/publish",
    "/certificates/freeze", "/disputes", "/disputes/1", "/targets", "/targets/1", "/targets/new",
    "/contract/colour-rules", "/contract/colour-rules/1", "/contracts",
    "/contracts/new", "/references", "/handover", "/retender",
    "/handovers", "/handovers/8", "/agencies", "/displays", f"/card?{_SEEN}", "/account", "/help", "/pages",
    "/tour", f"/exports/csv/?{_SEEN}", f"/exports/csv/figures/{MEASURE}?{_SEEN}", "/exports/csv/submissions",
)  # fmt: skip
"""The pages that are read."""

ENDPOINTS: Final = tuple(
    f"{_API}/{path}"
    for path in (
        f"figures?{_ONE}", f"scorecard?as_of={DAY}", f"series?measure={MEASURE}&{_PERIOD}", f"members?{_ONE}",
        f"triangle?measure={MEASURE}&{_PERIOD}", f"differences?{_ONE}&to_as_of=2017-05-31", f"profile?as_of={DAY}",
        f"contribution?{_ONE}",
        f"revisions?measure=4.0&{_PERIOD}", f"forecast?measure=4.0&as_of={DAY}", f"coverage?{_PERIOD}",
        f"claims?measure=4.0&as_of={DAY}&numerator=0&denominator=1", f"waiting?as_of={DAY}", f"worklists?as_of={DAY}",
        f"worklists/plans-overdue?as_of={DAY}", f"data-quality?{_PERIOD}", "log", "certificates", "certificates/1",
        "cuts", "cuts/2", "published", "restated", "changed?position=270", "disputes", "disputes/1", "targets",
        "colour-rules",
        "contracts", "submissions", "submissions/1", "submissions/12", "submissions/1/changes",
        "submissions/1/rejections", "handovers", "handovers/8",
        "reviews", "rekeys", "covered-days", "head", "verification", "measures",
        "definitions",
    )
)  # fmt: skip
"""The endpoints that are read."""


def run(recount: CommandLine, command: str) -> str:
    """What a command says, whether it does what it should or refuses; a traceback fails."""
    from click.testing import CliRunner

    from tests.web.conftest import KEYS
    from web.cli.main import main

    environment = {**dict.fromkeys(KEYS), **recount.settings}
    result = CliRunner(env=environment).invoke(main, command.split())
    assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.exc_info)
    return result.output

"""The colour rules of the demonstration: Herefordshire's is agreed, the others are files to try.

Each is a file beside this module, with what its paper says and what is chosen. Herefordshire's is agreed before the
board's scorecard is frozen, since what was frozen keeps its colours.
"""

from datetime import date
from pathlib import Path
from typing import Final

from domain.log.database import reading
from domain.register import Register
from projections.performance.colours.colour_rules import ColourRules
from web.commands.agreement.colour_rules import RuleDecision, agree_rules
from web.files.agreement.rule_files import read_rules

RULE_FILES: Final = {
    "herefordshire": "Herefordshire’s: what misses its target is red",
    "wirral": "Wirral’s: RED asks for its action plan template",
    "common-practice": "As many councils colour, chosen here: amber within 10% of the target",
}
"""The files, by name, and what is in each."""
AGREED: Final = "herefordshire"
"""The file whose rules are agreed in the demonstration."""


def rule_file(name: str) -> bytes:
    """A rule file of the demonstration, one of `RULE_FILES`."""
    assert name in RULE_FILES
    return (Path(__file__).parent / f"{name}.toml").read_bytes()


def agree_colours(register: Register, today: date, *, actor: str, role: str) -> None:
    """Agree Herefordshire's rule, if a loading that was cut short has not."""
    with reading(register.engine) as connection:
        if len(ColourRules.load(connection, register.mapper)):
            return
    read = read_rules(rule_file(AGREED), f"{AGREED}.toml")
    agree_rules(register, [(one.terms, RuleDecision(actor, role, one.agreed_on or today, today)) for one in read])

"""For which of the two parties somebody acts."""

from domain.contract_life.transitions import COMMISSIONER
from web.services import OPERATOR


def party_of(role: str) -> str:
    """The party of a role: whoever has the machine's command line acts for the commissioner, all others for themselves.

    What may then be done, the table of steps says.
    """
    return COMMISSIONER if role == OPERATOR else role

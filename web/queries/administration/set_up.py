"""What is set up and what is not, read from what is there: no flag says so."""

from collections.abc import Collection
from datetime import date

from projections.standings.stored import load_slices
from web.auth import accounts as stored_accounts
from web.auth.accounts import AccountSeen
from web.auth.roles import Role
from web.auth.viewer import Viewer, unchanged
from web.queries.administration.accounts import agency_names
from web.queries.contract_life.contracts import ContractResult, contracts
from web.queries.contract_life.targets import all_targets
from web.queries.result import Result
from web.snapshot import Snapshot


class SetUpResult(Result, frozen=True):
    """How many of each there are now, and which agencies lack something.

    `agencies` are those that a contract, a file, an account or a name speaks of. `unnamed` have no name, and
    `without_account` a contract today and no provider's account. `has_file`: a monthly one.
    """

    administrators: int
    commissioners: int
    providers: int
    agencies: list[str]
    unnamed: list[str]
    without_account: list[str]
    contracts: int
    targets: int
    has_file: bool


def set_up(snapshot: Snapshot, viewer: Viewer, today: date) -> SetUpResult:
    """What is there of each thing that has to be set up."""
    open_accounts = [one for one in _accounts(snapshot, viewer) if one.closed_at is None]
    standing = contracts(snapshot, viewer).contracts
    names = agency_names(snapshot.connection)
    agencies = _agencies(snapshot, open_accounts, standing, names)
    granted = {agency for one in open_accounts for agency in one.agencies}
    under_contract = {one.agency for one in standing if one.first_day <= today <= (one.last_day or date.max)}
    return SetUpResult(
        administrators=_count(open_accounts, Role.ADMINISTRATOR),
        commissioners=_count(open_accounts, Role.COMMISSIONER),
        providers=_count(open_accounts, Role.PROVIDER),
        agencies=agencies,
        unnamed=[agency for agency in agencies if agency not in names],
        without_account=sorted(under_contract - granted),
        contracts=len(standing),
        targets=sum(target.withdrawn is None for target in all_targets(snapshot)),
        has_file=snapshot.submissions.has_monthly_file,
    )


def agencies_known(snapshot: Snapshot, viewer: Viewer) -> list[str]:
    """Every agency that a contract, a file, an open account or a name speaks of."""
    open_accounts = [one for one in _accounts(snapshot, viewer) if one.closed_at is None]
    standing = contracts(snapshot, viewer).contracts
    return _agencies(snapshot, open_accounts, standing, agency_names(snapshot.connection))


def _accounts(snapshot: Snapshot, viewer: Viewer) -> list[AccountSeen]:
    return viewer.redacted(stored_accounts.accounts(snapshot.access), unchanged)


def _agencies(
    snapshot: Snapshot, accounts: list[AccountSeen], standing: list[ContractResult], names: Collection[str]
) -> list[str]:
    by_contract = {one.agency for one in standing} | {one.succeeds for one in standing if one.succeeds}
    by_account = {agency for one in accounts for agency in one.agencies}
    return sorted(by_contract | by_account | set(names) | set(load_slices(snapshot.connection).agencies))


def _count(accounts: list[AccountSeen], role: Role) -> int:
    return sum(one.role is role for one in accounts)

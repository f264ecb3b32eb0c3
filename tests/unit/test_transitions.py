"""The table of steps: everything that a role may do in a state, and nothing else."""

import itertools

import pytest

from domain.contract_life.transitions import BOTH, TRANSITIONS, check_version, next_state
from domain.errors import ChangedMeanwhile, Refused

STATES = sorted({state for one in TRANSITIONS for state in (*one.before, one.after)})
STEPS = sorted({(one.thing, one.step) for one in TRANSITIONS})
ROLES = ("administrator", "auditor", "commissioner", "provider", "public")


def test_a_step_leads_from_a_state_to_one_other_at_most() -> None:
    leading = [(one.thing, one.step, state, role) for one in TRANSITIONS for state in one.before for role in one.roles]
    assert len(leading) == len(set(leading))


def test_only_the_two_parties_take_steps() -> None:
    assert all(one.roles and one.roles <= BOTH for one in TRANSITIONS)


def test_what_the_table_does_not_name_is_refused_and_what_it_names_is_not() -> None:
    for (thing, step), state, role in itertools.product(STEPS, STATES, ROLES):
        after = [
            one.after
            for one in TRANSITIONS
            if (one.thing, one.step) == (thing, step) and state in one.before and role in one.roles
        ]
        if after:
            assert [next_state(thing, step, state, role)] == after
        else:
            with pytest.raises(Refused) as refused:
                next_state(thing, step, state, role)
            assert refused.value.code in {"step-not-yours", "step-not-now"}


def test_a_step_of_nothing_is_nobodys() -> None:
    with pytest.raises(Refused) as refused:
        next_state("schedule", "eat", "none", "commissioner")
    assert refused.value.code == "step-not-yours"


def test_who_read_an_older_version_is_told_both() -> None:
    check_version("schedule", None, 3)
    check_version("schedule", 3, 3)
    with pytest.raises(ChangedMeanwhile) as refused:
        check_version("schedule", 2, 3)
    assert (refused.value.code, refused.value.seen, refused.value.newest) == ("changed-meanwhile", 2, 3)

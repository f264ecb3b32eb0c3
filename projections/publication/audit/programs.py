"""Linear programs over the tables that give every shown number, solved by HiGHS."""

from typing import TYPE_CHECKING, Final

import numpy as np

from ..suppression import UNDER
from .kinds import Whole

if TYPE_CHECKING:
    from highspy import Highs

MOST_SOLVED: Final = 2_000
"""Linear programs of one audit; where it takes more, less is shown."""
MOST_STEPS: Final = 100_000
MOST_NODES: Final = 1_000
"""Of one of them; not seconds, so that everybody is shown the same whatever the machine is doing."""
TRIES: Final = 6
"""Other corners that are looked at before whole numbers are asked of the solver, which takes forty times as long."""
_WEIGHT: Final = 10_000
_OPTIONS: Final = {
    "output_flag": False,
    "threads": 1,
    "simplex_iteration_limit": MOST_STEPS,
    "mip_max_nodes": MOST_NODES,
}
_ROOM: Final = 10 * UNDER
"""How many more than the largest shown number there may be of a kind."""


class Programs:
    """Linear programs over the tables that give every shown number, solved one after the other by HiGHS."""

    def __init__(self, equations: Whole, counts: Whole) -> None:
        self.equations, self.counts = equations, counts
        self.most = float(counts.max(initial=0) + _ROOM)
        self.solved = 0
        self.random = np.random.default_rng(0)
        self.found: list[Whole] = []
        self.solver = self._solver()

    def least(self, cost: Whole) -> Whole | None:
        """A table for which the cost is least, in whole numbers; None where none was found."""
        table = self._between(cost)
        if table is not None and not self._is_one(table):
            # The best lies between whole numbers. A model of its own, since HiGHS is at its best with a fresh one.
            table = self._solution(self._solver(whole=True), cost)
        return self._kept(table)

    def reaching(self, cost: Whole, bound: int) -> Whole | None:
        """A table for which the cost is at most a bound, in whole numbers; None where none was found."""
        table = self._between(cost)
        for _ in range(TRIES):
            if table is None or (self._is_one(table) and int(cost @ table) <= bound):
                return self._kept(table)
            # Another corner of the same face may lie at whole numbers.
            table = self._between(cost * _WEIGHT + self.random.integers(0, _WEIGHT // 100, len(cost)))
        return self.least(cost)

    def _between(self, cost: Whole) -> Whole | None:
        self.solved += 1
        return self._solution(self.solver, cost) if self.solved <= MOST_SOLVED else None

    def _kept(self, table: Whole | None) -> Whole | None:
        if table is None or not self._is_one(table):
            return None
        self.found.append(table)
        return table

    def _is_one(self, table: Whole) -> bool:
        return bool((table >= 0).all() and (self.equations @ table == self.counts).all())

    def _solution(self, solver: "Highs", cost: Whole) -> Whole | None:
        import highspy  # noqa: PLC0415

        columns = np.arange(len(cost), dtype=np.int32)
        solver.changeColsCost(len(cost), columns, cost.astype(np.float64))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        table: Whole = np.rint(np.array(solver.getSolution().col_value)).astype(np.int64)
        return table

    def _solver(self, *, whole: bool = False) -> "Highs":
        # Loading it takes as long as a small command; only who looks at what was published needs it.
        import highspy  # noqa: PLC0415

        solver, program = highspy.Highs(), highspy.HighsLp()
        for name, value in _OPTIONS.items():
            solver.setOptionValue(name, value)
        rows, columns = self.equations.shape
        program.num_row_, program.num_col_ = rows, columns
        program.col_cost_, program.col_lower_ = np.zeros(columns), np.zeros(columns)
        program.col_upper_ = np.full(columns, self.most)
        program.row_lower_ = program.row_upper_ = self.counts.astype(np.float64)
        row, column = np.nonzero(self.equations)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.searchsorted(row, np.arange(rows + 1)).astype(np.int32)
        program.a_matrix_.index_ = column.astype(np.int32)
        program.a_matrix_.value_ = np.ones(len(column))
        if whole:
            program.integrality_ = [highspy.HighsVarType.kInteger] * columns
        solver.passModel(program)
        return solver

"""Charts as shapes: pure functions from numbers to a `Drawing`, which `components/chart.html` writes as SVG.

Nothing here knows HTML, a colour or a request. A mark says what it *is* (`kind`: a target, a limit, a rise); the
stylesheet says how that looks. Every drawing tells its finding in a sentence, for those who do not see it.
"""

from .drawing import Block, Dot, Drawing, Path, RuledLine, Text
from .heat_map import HeatMapCell, HeatMapRow, heat_map
from .ranked import RankedLine, RankedRow, ranked
from .series import Band, ProcessPoint, TrendPoint, process_chart, sparkline, trend
from .shares import SharePart, ShareRow, interval_bar, shares
from .two_axes import Happening, KnownRow, SeenState, SpellBar, two_axes
from .waterfall import Move, waterfall

__all__ = [
    "Band",
    "Block",
    "Dot",
    "Drawing",
    "Happening",
    "HeatMapCell",
    "HeatMapRow",
    "KnownRow",
    "Move",
    "Path",
    "ProcessPoint",
    "RankedLine",
    "RankedRow",
    "RuledLine",
    "SeenState",
    "SharePart",
    "ShareRow",
    "SpellBar",
    "Text",
    "TrendPoint",
    "heat_map",
    "interval_bar",
    "process_chart",
    "ranked",
    "shares",
    "sparkline",
    "trend",
    "two_axes",
    "waterfall",
]

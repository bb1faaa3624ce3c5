"""strategies.json: the cases of each strategy are in a list of their own."""

from cases_accumulators import ACCUMULATORS
from cases_custom import CUSTOM
from cases_lists import LISTS
from cases_registers import REGISTERS
from cases_sets import SETS
from cases_values import VALUES
from scenario import run


def strategies_file():
    cases = [run(*row) for row in REGISTERS + ACCUMULATORS + SETS + VALUES + LISTS + CUSTOM]
    return {"description": "What mutations write on each replica, and what records resolve to after deliveries.",
            "cases": cases}

"""An attacker with pencil and patience learns no small number."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from insight.suppression import LEAST, Place, Table, hidden, with_totals

MOST = 14  # the attacker tries every cell up to here


def possible_values(table: Table, secret: frozenset[Place]) -> dict[Place, set[int]]:
    """Every value each hidden place can have, for somebody who knows the rule and all the rest.

    The attacker knows which numbers are small (1 to 4), except in a table that shows no number at
    all: that may be any handful. Shares no code with the product: every filling of the inner cells
    is tried, row by row.
    """
    height, width = table.height - 1, table.width - 1
    nothing_shown = len(secret) == table.height * table.width
    found: dict[Place, set[int]] = {place: set() for place in secret}

    def fits(place: Place, value: int) -> bool:
        true = table.at(place)
        if place not in secret:
            return value == true
        known_small = 0 < true < LEAST and not nothing_shown
        return 1 <= value < LEAST if known_small else value >= 0

    def choices(row: int) -> list[tuple[int, ...]]:
        spans = [[v for v in range(MOST) if fits((row, column), v)] for column in range(width)]
        return [one for one in product(*spans) if fits((row, width), sum(one))]

    for filling in product(*(choices(row) for row in range(height))):
        sums = [sum(column) for column in zip(*filling, strict=True)]
        if not all(fits((height, column), sums[column]) for column in range(width)):
            continue
        if not fits((height, width), sum(sums)):
            continue
        rows = [[*one, sum(one)] for one in filling] + [[*sums, sum(sums)]]
        for row, column in secret:
            found[row, column].add(rows[row][column])
    return found


def small(table: Table) -> set[Place]:
    return {place for place in table.places() if 0 < table.at(place) < LEAST}


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 2).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=3
        )
    )
)
def test_no_small_number_can_be_reckoned_from_the_rest(cells: list[list[int]]) -> None:
    table = with_totals(cells)
    secret = hidden(table)
    assert small(table) <= secret
    values = possible_values(table, secret)
    for place in small(table):
        assert len(values[place]) > 1, (cells, place)


def test_a_handful_in_all_shows_nothing() -> None:
    for cells in ([[1, 1], [1, 1]], [[4]], [[0, 1], [0, 0]]):
        table = with_totals(cells)
        assert hidden(table) == set(table.places())


def test_totals_do_not_give_a_cell_back() -> None:
    table = with_totals([[3, 20], [30, 40]])
    secret = hidden(table)
    assert (0, 0) in secret
    assert any(place in secret for place in [(0, 1), (0, 2)])
    assert any(place in secret for place in [(1, 0), (2, 0)])


def test_a_table_without_small_numbers_is_shown_whole() -> None:
    assert not hidden(with_totals([[5, 20], [0, 40]]))


def test_nothing_at_all_is_not_hidden_for_its_own_sake() -> None:
    assert (1, 1) not in hidden(with_totals([[9, 20], [30, 0]]))


def test_a_lonely_small_number_takes_its_whole_table_with_it() -> None:
    table = with_totals([[3]])
    assert hidden(table) == frozenset(table.places())


def test_much_is_still_shown() -> None:
    cells = [[40, 31, 22, 3], [55, 12, 9, 8], [60, 70, 80, 90], [15, 16, 2, 18]]
    table = with_totals(cells)
    assert len(hidden(table)) <= 6

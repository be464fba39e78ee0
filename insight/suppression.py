"""Which cells of a table must not be shown, so that no small number can be read or reckoned.

A number from 1 to 4 is hidden. Because rows and columns add up to totals, more must be hidden with
it until no hidden small number has only one possible value. The table with its totals is a network
in which rows and columns are places and every number a flow; a hidden number can be another number
exactly when it lies on a circle of hidden flows that could all be one more or one less. So for each
small number the cheapest such circle is hidden (after Gusfield, "A graph theoretic approach to
statistical data security", SIAM J. Comput. 17, 1988).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

LEAST: Final = 5
"""The smallest number, but for nothing at all, that is shown."""

Place = tuple[int, int]  # row, column; the last of each is the total


@dataclass(frozen=True)
class Table:
    """Numbers with the totals of rows, of columns, and of all, as last row and last column."""

    numbers: tuple[tuple[int, ...], ...]

    @property
    def height(self) -> int:
        return len(self.numbers)

    @property
    def width(self) -> int:
        return len(self.numbers[0])

    def at(self, place: Place) -> int:
        return self.numbers[place[0]][place[1]]

    def places(self) -> Iterator[Place]:
        return ((row, column) for row in range(self.height) for column in range(self.width))


def with_totals(cells: list[list[int]]) -> Table:
    """A table of counts, each row and column and the whole added up."""
    rows = [[*row, sum(row)] for row in cells]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    return Table(tuple(tuple(row) for row in rows))


def hidden(table: Table) -> frozenset[Place]:
    """The places not to show: every small number, and what would give one away.

    Of a handful in all nothing is shown: four hidden numbers that add up to a hidden four at most
    are four ones. So a table without any number may be any table of a handful, and some others.
    """
    if 0 < table.numbers[-1][-1] < LEAST:
        return frozenset(table.places())
    small = [place for place in table.places() if 0 < table.at(place) < LEAST]
    chosen = set(small)
    for place in small:
        chosen |= _cheapest_circle(table, place, chosen)
    return frozenset(chosen)


@dataclass(frozen=True)
class _Step:
    to: int
    place: Place


def _cheapest_circle(table: Table, small: Place, chosen: set[Place]) -> set[Place]:
    """What to hide so that one small number could also be another, giving away the least."""
    found = []
    for up in (True, False):
        tail, head = _ends(table, small)
        start, goal = (head, tail) if up else (tail, head)
        at_bound = table.at(small) == (LEAST - 1 if up else 1)
        if not at_bound and (path := _walk(table, start, goal, small, chosen)):
            found.append(path)
    return min(found)[1] if found else set(table.places())


def _walk(
    table: Table, start: int, goal: int, without: Place, chosen: set[Place]
) -> tuple[int, set[Place]] | None:
    """The cheapest way round from one place of the network to another, as (cost, numbers on it)."""
    waiting: list[tuple[int, int, tuple[Place, ...]]] = [(0, start, ())]
    done: set[int] = set()
    while waiting:
        cost, node, way = heappop(waiting)
        if node == goal:
            return cost, set(way)
        if node in done:
            continue
        done.add(node)
        for step in _steps(table, node, chosen):
            if step.place != without and step.to not in done:
                price = 0 if step.place in chosen else 1 + table.at(step.place)
                heappush(waiting, (cost + price, step.to, (*way, step.place)))
    return None


def _steps(table: Table, node: int, chosen: set[Place]) -> Iterator[_Step]:
    """Where one more, or one less, may go on from a place; never past what is possible."""
    for place in _touching(table, node):
        tail, head = _ends(table, place)
        least, most = _bounds(table, place, chosen)
        number = table.at(place)
        if node == tail and (most is None or number < most):
            yield _Step(head, place)
        if node == head and number > least:
            yield _Step(tail, place)


def _bounds(table: Table, place: Place, chosen: set[Place]) -> tuple[int, int | None]:
    """What anybody knows of a hidden number: a small one is 1 to 4, any other is not negative."""
    small = place in chosen and 0 < table.at(place) < LEAST
    return (1, LEAST - 1) if small else (0, None)


def _touching(table: Table, node: int) -> Iterator[Place]:
    if node < table.height:
        return ((node, column) for column in range(table.width))
    return ((row, node - table.height) for row in range(table.height))


def _ends(table: Table, place: Place) -> tuple[int, int]:
    """From where to where a number flows: rows come first among the nodes, then columns.

    A cell flows from its row to its column, a row's total from the column of totals to the row, a
    column's total from the column to the row of totals, the whole from there to the first again.
    """
    row, column = place
    row_node, column_node = row, table.height + column
    last_row, last_column = row == table.height - 1, column == table.width - 1
    return (row_node, column_node) if last_row == last_column else (column_node, row_node)

"""The list of breaks is sound, and says honestly which promises have none yet."""

from tests.mutants.catalogue import known_open, missing, mutants, wrong_with


def test_every_break_can_be_made_in_the_present_source() -> None:
    assert wrong_with(mutants()) == []


def test_every_statement_has_a_test_of_its_name_and_a_break_or_is_known_to_lack_it() -> None:
    assert {
        name: what for name, what in missing(mutants()).items() if name not in known_open()
    } == {}


def test_what_is_known_to_be_missing_only_shrinks() -> None:
    """Whoever fills a gap takes its line out of open.txt; it is never put back."""
    now = missing(mutants())
    assert {name: lack for name, lack in known_open().items() if now.get(name) != lack} == {}

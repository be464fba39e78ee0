"""The page on who sees what is the table the service goes by, in words a stranger can check."""

from helpline.access_page import PATH, page
from privacy.explained import JOBS, STANDINGS, unexplained
from privacy.policy import CAPACITIES, PARTS


def test_c3_the_access_page_is_what_the_tables_say_today() -> None:
    assert PATH.read_text() == page(), "run manage.py access_page"


def test_c3_every_word_of_the_policy_is_explained_and_no_other() -> None:
    assert unexplained() == []
    assert STANDINGS.keys() - CAPACITIES.keys() == set()
    assert JOBS.keys() - PARTS.keys() == set()

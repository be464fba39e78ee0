"""Words: spelled one way in five languages; in the index only as marks under a folder's key."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Team, User
from cases import services
from cases.models import Case
from intake.models import Message
from privacy import keys, retention, word_index
from privacy.access import acting
from privacy.classes import NARRATIVE
from privacy.models import Due, Folder, TextWords, WordsDue
from privacy.tasks import index_words
from privacy.words import words_of
from tests import people

SAME = {
    "accents": "école Ecole ÉCOLE e\u0301cole",
    "elision": "l'école d’école école",
    "apostrophes": "won't wont won’t",
    "width and capitals": "Ｖｉｄｅｏ VIDEO video",
    "Arabic vowel signs and stretching": "مَدْرَسَةٌ مدرسة مـــدرسة",
    "Arabic ta marbuta and ha": "صورة صوره",
    "Arabic alef": "أخي اخي",
    "Arabic alef maqsura and ya": "مستشفى مستشفي",
    "Arabic article": "المدرسة والمدرسة بالمدرسة للمدرسة مدرسة ٱلمدرسة",
    "Arabic and Persian letters": "کتاب كتاب",
    "Hindi nukta": "ज़िंदगी ज\u093cिंदगी जिंदगी",
    "Hindi composed nukta": "लड\u093cका ल\u095cका लडका",
    "Hindi nasals": "हिन्दी हिंदी हिँदी",
    "Hindi nasals before each kind of letter": "अङ्क अंक",
    "Hindi joiners": "क्\u200dया\u200cरी क्यारी",
    "Hindi -ye and -e": "फोटोये फोटोए",
    "romanised Hindi": "nahin nahi nahii",
    "romanised Hindi letters": "zindagi jindagi jindagee",
    "romanised v and w": "wideo video viideo",
    "ph and f": "photo foto",
    "digits": "2024 ٢٠٢٤ २०२४",
}


@pytest.mark.parametrize("spellings", SAME.values(), ids=SAME.keys())
def test_one_word_spelled_in_several_ways_is_one_word(spellings: str) -> None:
    assert len({words_of(one) for one in spellings.split()}) == 1
    assert len(words_of(spellings)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alam", "qalam"),
        ("ألم", "قلم"),
        ("آلامي", "أمي"),  # "my pains" does not become "my mother"
        ("الله", "له"),
        ("घर", "घड़ी"),
        ("brother", "mother"),
    ],
)
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert words_of(one)
    assert words_of(one) != words_of(other)


def test_words_that_are_in_every_story_are_left_out_in_each_language() -> None:
    for text in ("the and is", "le la et je", "मैं और है", "mein aur hai", "في من على"):
        assert words_of(text) == frozenset(), text


def test_what_a_young_person_may_mean_is_left_out_in_no_language() -> None:
    for word in ("no", "never", "home", "ill", "son", "AI", "mère", "maa", "माँ", "घर", "أمي", "لا"):
        assert len(words_of(word)) == 1, word


def test_addresses_and_long_numbers_are_no_words() -> None:
    said = "a.b@mail.example https://pictures.example/x +91 98123 45678 www.pictures.example"
    assert words_of(said) == {"91"}
    assert words_of("x" * 41) == frozenset()


def read_all() -> None:
    """What the sweep does a moment after something was written."""
    while index_words():
        pass


def entries(case: Case) -> list[TextWords]:
    """What the index holds of a case's folder."""
    with acting(part="forgetting"):
        return list(TextWords.objects.filter(folder=case.folder_id).order_by("subject"))


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    """Amina's case, one message and a summary, in the index."""
    made = people.case_of(amina, team=team, text="he has the video", summary="about a video")
    read_all()
    return made


def finds(user: User, words: str) -> bool:
    with acting(user=user):
        return bool(word_index.folders_with(words_of(words), user=user))


@pytest.mark.django_db
def test_e6_the_same_word_has_another_mark_in_every_folder(
    case: Case, amina: User, team: Team
) -> None:
    other = people.case_of(amina, team=team, text="he has the video", summary="about a video")
    read_all()
    first, second = ({m for e in entries(one) for m in e.words_hash or ()} for one in (case, other))
    assert first
    assert not first & second
    assert finds(amina, "video")


@pytest.mark.django_db
def test_how_many_words_a_text_has_is_told_in_eights_and_in_no_order(case: Case) -> None:
    for entry in entries(case):
        assert len(entry.words_hash or ()) == 8
        assert entry.words_hash == sorted(entry.words_hash or ())


@pytest.mark.django_db
def test_our_own_automatic_words_are_not_in_the_index(case: Case) -> None:
    with acting(part="intake"):
        message = Message.objects.get(folder=case.folder_id)
        message.pk, message.order, message.kind = None, 2, Message.Kind.AUTOMATIC
        message.wrapped_key, message.body = None, "you are not alone"
        message._state.adding = True
        message.save(force_insert=True)
    assert not WordsDue.objects.exists()


@pytest.mark.django_db
def test_what_is_changed_is_found_as_it_now_is(case: Case, amina: User) -> None:
    with acting(user=amina):
        services.update_case(case, changes={"summary": "about a photograph"}, by=amina)
    read_all()
    assert finds(amina, "photograph")
    assert finds(amina, "video")  # the message still says it
    assert not finds(amina, "about")


@pytest.mark.django_db
def test_f1_of_a_forgotten_folder_the_index_has_no_entry_and_its_marks_open_nothing(
    case: Case, amina: User
) -> None:
    assert finds(amina, "video")
    with acting(part="forgetting"):
        retention.set_forget_after(Folder.objects.get(pk=case.folder_id))
        retention.forget(Due.objects.get(folder=case.folder_id, data_class=NARRATIVE))
    assert entries(case) == []
    assert not finds(amina, "video")


@pytest.mark.django_db
def test_f1_marks_in_a_backup_find_nothing_once_the_key_is_destroyed(
    case: Case, amina: User
) -> None:
    kept = entries(case)
    with acting(part="forgetting"):
        keys.destroy(case.folder_id, NARRATIVE)
        assert TextWords.objects.filter(pk__in=[one.pk for one in kept]).count() == len(kept)
    assert not finds(amina, "video")


@pytest.mark.django_db
def test_a_hidden_folder_has_no_entry_until_it_is_shown_again(case: Case, amina: User) -> None:
    folder = Folder.objects.filter(pk=case.folder_id)
    for at, found in ((case.opened_at, False), (None, True)):
        with acting(part="filing"):
            folder.update(hidden_at=at)
            word_index.look_again(case.folder_id)
        read_all()
        assert bool(entries(case)) is found
        assert finds(amina, "video") is found


@pytest.mark.django_db
def test_index_words_reads_what_was_there_before_the_index_and_goes_on_where_it_stopped(
    case: Case, amina: User
) -> None:
    with acting(part="forgetting"):
        TextWords.objects.all().delete()
    assert not finds(amina, "video")
    with acting(part="indexing"):
        assert len(word_index.unread(Message)) == 1
    call_command("index_words", stdout=(told := StringIO()))
    assert "intake.message: 1" in told.getvalue()
    assert finds(amina, "video")
    call_command("index_words", stdout=(told := StringIO()))
    assert "intake.message: 0" in told.getvalue()


@pytest.mark.django_db
def test_c4_the_index_is_asked_only_where_the_story_may_be_read(case: Case, sofia: User) -> None:
    with acting(user=sofia):  # she knows of the case, by her duty, and may not read it
        assert Case.objects.visible_to(sofia).filter(pk=case.pk).exists()
        assert word_index.readable_folders(sofia) == set()

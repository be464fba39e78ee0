"""What the minimiser finds, case by case, and what it leaves alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.minimising import find
from tests.minimiser.generate import check_digit

pytestmark = pytest.mark.browser

BODY = "73412065891"
AADHAAR = BODY + check_digit(BODY)
WRONG = BODY + str((int(check_digit(BODY)) + 1) % 10)
Finds = Callable[[str], list[str]]

FOUND = {
    "call 98000 01234": "phone: 98000 01234",
    "call 9-8-0-0-0-0-1-2-3-4": "phone: 9-8-0-0-0-0-1-2-3-4",
    "फोन ९८००० ०१२३४": "phone: ९८००० ०१२३४",
    "رقمي ٠٥٠١٢٣٤٥٦٧": "phone: ٠٥٠١٢٣٤٥٦٧",
    "call 98\u200b000\u200d01234": "phone: 98\u200b000\u200d01234",
    "nau aath zero zero zero zero ek do teen char": "phone: "
    "nau aath zero zero zero zero ek do teen char",
    "it was +44 7700 900123": "phone: +44 7700 900123",
    "le 06 39 98 12 34": "phone: 06 39 98 12 34",
    "room 12 98000 01234": "phone: 98000 01234",
    f"it is {AADHAAR}": f"aadhaar: {AADHAAR}",
    f"it is {AADHAAR[:4]}-{AADHAAR[4:8]}-{AADHAAR[8:]}": f"aadhaar: {AADHAAR[:4]}-{AADHAAR[4:8]}-"
    f"{AADHAAR[8:]}",
    "moon99 at gmail dot com": "email: moon99 at gmail dot com",
    "Moon.99@example.org": "email: Moon.99@example.org",
    "see www.pics.example/a?b=1.": "url: www.pics.example/a?b=1",
    "t.me/moon99": "url: t.me/moon99",
    "instagram: moonchild": "handle: moonchild",
    "talk to @moon_99!": "handle: @moon_99",
    "mera naam Kavya Lama hai": "person: Kavya Lama",
    "मेरा नाम काव्या लामा है": "person: काव्या लामा",
    "اسمي ريم الفهد": "person: ريم الفهد",
    "je m'appelle Jeanne Perrin": "person: Jeanne Perrin",
    "Class 9B at Hillview School": "school: Hillview",
    "lycée Montaigne": "school: Montaigne",
    "مدرسة القدس": "school: القدس",
}
LEFT_ALONE = (
    f"order {WRONG}",
    f"it is {WRONG}",
    "at 16:30 on 12-05-2026, or 2026-05-12",
    "he wants ₹ 1,50,000 by 5.30",
    "my case is KA-7F3Q",
    "call 1098, 112 or 1930",
    "my marks were 78 82 91 65 70",
    "I got 78 82 91 65 70",
    "it was 78 82 91 65 70 this time",
    "order number 9800001234",
    "see cybercrime.gov.in",
    "My name is everywhere",
    "My name is not important",
    "mera naam kisi ko mat batana",
    "मेरा नाम किसी को मत बताना",
    "اسمي في كل مكان",
    "mon nom est partout",
    "Mother and Father were at School",
    "I was @home",
)


@pytest.fixture(scope="module")
def finds(browser: Browser) -> Finds:
    """What is found in one of the sentences above; all are looked over at once."""
    texts = [*FOUND, *LEFT_ALONE]
    found = dict(zip(texts, find(browser, texts), strict=True))
    return lambda text: [f"{one['kind']}: {one['text']}" for one in found[text]]


@pytest.mark.parametrize("text", FOUND)
def test_m1_what_identifies_somebody_is_found(finds: Finds, text: str) -> None:
    assert finds(text) == [FOUND[text]]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_m2_what_identifies_nobody_is_left_alone(finds: Finds, text: str) -> None:
    assert finds(text) == []

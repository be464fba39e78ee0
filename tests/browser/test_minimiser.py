"""The minimiser under a counsellor's hands: it warns, masks, moves, takes back, and never blocks.

On a page of its own with the product's template and scripts; `test_minimising_at_the_desk.py` does
the same at a running desk.
"""

from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Browser, Locator, expect

from tests.browser.minimising import Blank, blank_page

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="{language}" dir="{way}"><meta charset="utf-8"><title>.</title>
<link rel="stylesheet" href="/static/site.css">{scripts}
<form id="note" method="post" action="/note" novalidate>
<div class="field"><label for="body">New note</label>
<textarea id="body" name="body" dir="auto" data-minimise></textarea></div>
<button type="submit">Add note</button></form>
<form id="people" method="post" action="/people"><label for="name">Real name</label>
<input id="name" name="name" data-takes="person"><label for="school">School</label>
<input id="school" name="school" data-takes="school" data-held></form>
<form id="place" method="post" action="/place">
<input type="radio" name="place-kind" value="url" checked>
<input type="radio" name="place-kind" value="account">
<label for="locator">Address</label>
<input id="locator" name="place-locator" data-takes="url handle">
<select name="place-platform"><option value=""></option><option value="instagram">I</option>
</select>
</form>"""

NUMBER = "98000 01234"


def made(language: str = "en") -> str:
    with translation.override(language):
        scripts = render_to_string("_minimiser.html", {"home": "IN", "own": "Amina"})
    way = "rtl" if language == "ar" else "ltr"
    return PAGE.format(language=language, way=way, scripts=scripts)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Blank]:
    with blank_page(browser, made()) as blank:
        blank.page.set_default_timeout(5000)
        yield blank
        assert blank.told <= {"/note", "/people", "/place"}


def write(blank: Blank, words: str) -> Locator:
    """Type as a person does; answers the panel under the field."""
    blank.page.focus("#body")
    blank.page.keyboard.insert_text(words)
    return blank.page.locator(".minded")


def press(panel: Locator, verb: str) -> None:
    panel.get_by_role("button", name=verb).first.click()


def submit(blank: Blank) -> None:
    blank.page.get_by_role("button", name="Add note").click()


def posted(blank: Blank, many: int) -> list[str]:
    """Where something was posted to, once so many arrived."""
    for _turn in range(100):
        if len(blank.posted) >= many:
            break
        blank.page.wait_for_timeout(50)
    return [path for path, _body in blank.posted]


def text(blank: Blank) -> str:
    return blank.page.input_value("#body")


def test_a_page_that_is_only_read_loads_none_of_it(browser: Browser) -> None:
    loaded: list[str] = []
    with blank_page(browser, made()) as blank:
        blank.page.on("request", lambda request: loaded.append(request.url))
        blank.page.reload(wait_until="networkidle")
        assert [url for url in loaded if "libphonenumber" in url or "detect" in url] == []
        blank.page.focus("#body")
        blank.page.wait_for_timeout(200)
        assert not any("libphonenumber" in url for url in loaded)
        write(blank, "hello")
        expect(blank.page.locator("[role=status]")).to_have_count(1)
        assert any("libphonenumber" in url for url in loaded)


def test_m3_a_number_is_noticed_as_it_is_typed_told_politely_and_sent_nowhere(
    desk: Blank,
) -> None:
    panel = write(desk, f"call her on {NUMBER} please")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("phone number")
    expect(panel).to_contain_text(NUMBER)
    expect(desk.page.locator("[role=status]")).to_contain_text("phone number")
    expect(desk.page.locator("#body")).to_be_focused()
    assert desk.told == set()


def test_a_plain_sentence_is_left_alone(desk: Blank) -> None:
    panel = write(desk, "My name is everywhere and I am scared, since 12-05-2026 at 16:30")
    desk.page.wait_for_timeout(900)  # longer than the pause after which a text is looked over
    expect(panel).to_be_hidden()
    submit(desk)
    assert posted(desk, 1) == ["/note"]


def test_m3_masking_leaves_a_neutral_shape_and_ctrl_z_brings_it_back(desk: Blank) -> None:
    panel = write(desk, f"call her on {NUMBER} please")
    press(panel, "Mask")
    assert text(desk) == "call her on ••• ••• •••• please"
    expect(desk.page.locator("#body")).to_be_focused()
    desk.page.keyboard.press("Control+z")
    assert text(desk) == f"call her on {NUMBER} please"
    expect(panel).to_contain_text(NUMBER)


def test_undo_brings_back_each_of_several(desk: Blank) -> None:
    panel = write(desk, f"{NUMBER} or riya99@example.com, her name is Riya Rathi")
    press(panel, "Mask: phone number")
    press(panel, "Mask: e-mail address")
    press(panel, "Mask: name")
    assert text(desk) == "••• ••• •••• or •••@•••, her name is R. R."
    for said in ("Undo: name", "Undo: phone number", "Undo: e-mail address"):
        press(panel, said)
    assert text(desk) == f"{NUMBER} or riya99@example.com, her name is Riya Rathi"


def test_all_are_masked_by_one_press(desk: Blank) -> None:
    panel = write(desk, f"{NUMBER} or riya99@example.com")
    press(panel, "Mask all")
    assert text(desk) == "••• ••• •••• or •••@•••"
    expect(panel.get_by_role("button", name="Undo")).to_have_count(2)


def test_m3_a_name_moves_to_its_field_and_is_saved_with_the_note(desk: Blank) -> None:
    panel = write(desk, "her name is Riya Rathi and she is tired")
    press(panel, "Move to “Real name”")
    assert text(desk) == "her name is R. R. and she is tired"
    assert desk.page.input_value("#name") == "Riya Rathi"
    submit(desk)
    assert posted(desk, 2) == ["/people", "/note"]
    assert "name=Riya+Rathi" in desk.posted[0][1]
    assert "Riya" not in desk.posted[1][1]


def test_a_moved_name_comes_back_and_its_field_is_empty_again(desk: Blank) -> None:
    panel = write(desk, "her name is Riya Rathi")
    press(panel, "Move to “Real name”")
    press(panel, "Undo")
    assert (text(desk), desk.page.input_value("#name")) == ("her name is Riya Rathi", "")


def test_a_move_that_is_refused_is_said_and_the_note_is_saved_by_the_next_press(
    desk: Blank,
) -> None:
    panel = write(desk, "her name is Riya Rathi")
    press(panel, "Move to “Real name”")
    desk.refuses = True
    submit(desk)
    expect(panel).to_contain_text("What you moved was not saved")
    assert posted(desk, 1) == ["/people"]
    submit(desk)
    assert posted(desk, 2) == ["/people", "/note"]


def test_an_address_and_an_account_move_to_the_place_they_are_reported_in(desk: Blank) -> None:
    panel = write(desk, "it stands on https://pics.example/a/1 now")
    press(panel, "Move to “Address”")
    assert desk.page.input_value("#locator") == "https://pics.example/a/1"
    assert text(desk) == "it stands on •••://••• now"


def test_an_account_says_its_platform(desk: Blank) -> None:
    panel = write(desk, "his Instagram id is shadow_77")
    press(panel, "Move to “Address”")
    page = desk.page
    assert page.input_value("#locator") == "shadow_77"
    assert page.input_value("[name=place-platform]") == "instagram"
    assert page.is_checked("[name=place-kind][value=account]")


def test_what_is_known_already_is_only_masked(desk: Blank) -> None:
    panel = write(desk, "she is in class 8 at Sunrise Public School")
    expect(panel).to_contain_text("school")
    expect(panel.get_by_role("button", name="Move")).to_have_count(0)
    press(panel, "Mask")
    assert text(desk) == "she is in class 8 at ••• School"


def test_left_alone_once_it_is_not_asked_about_again(desk: Blank) -> None:
    panel = write(desk, f"call {NUMBER}")
    press(panel, "Leave it")
    expect(panel).to_be_hidden()
    desk.page.keyboard.insert_text(" today")
    submit(desk)
    assert posted(desk, 1) == ["/note"]


def test_m3_saving_asks_once_and_the_next_press_saves(desk: Blank) -> None:
    panel = write(desk, f"call {NUMBER}")
    submit(desk)
    expect(panel).to_contain_text("Press “Add note” again to keep it as it is.")
    assert desk.posted == []
    desk.page.wait_for_timeout(700)  # a double click is one press
    submit(desk)
    assert posted(desk, 1) == ["/note"]


def test_a_double_click_does_not_save_past_the_question(desk: Blank) -> None:
    panel = write(desk, f"call {NUMBER}")
    desk.page.get_by_role("button", name="Add note").dblclick()
    expect(panel).to_contain_text("again")
    assert desk.posted == []


def test_by_keyboard_one_masks_and_takes_back_without_leaving_the_list(desk: Blank) -> None:
    panel = write(desk, f"call {NUMBER}")
    expect(panel).to_be_visible()
    desk.page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Mask")).to_be_focused()
    desk.page.keyboard.press("Enter")
    assert text(desk) == "call ••• ••• ••••"
    expect(panel.get_by_role("button", name="Undo")).to_be_focused()
    desk.page.keyboard.press("Enter")
    assert text(desk) == f"call {NUMBER}"
    expect(panel.get_by_role("button", name="Mask")).to_be_focused()


def test_what_is_put_into_the_page_later_is_looked_over_too(desk: Blank) -> None:
    """As htmx does it: a part of the page is replaced by another."""
    write(desk, "hello")
    desk.page.evaluate("""() => { const form = document.getElementById("note");
        form.outerHTML = form.outerHTML.replace(/<p class="unseen".*?<\\/p>/, "")
            .replace(/<div class="minded"[^]*<\\/ul><\\/div>/, ""); }""")
    panel = write(desk, f"call {NUMBER}")
    expect(panel).to_contain_text(NUMBER)
    submit(desk)
    expect(panel).to_contain_text("again")
    assert desk.posted == []


def test_in_arabic_it_speaks_arabic_script_and_masks_by_letters(browser: Browser) -> None:
    with blank_page(browser, made("ar")) as blank:
        panel = write(blank, "اسمي مريم العطار ورقمي ٠٥٠١٢٣٤٥٦٧")
        expect(panel).to_contain_text("مريم العطار")
        expect(panel).to_contain_text("٠٥٠١٢٣٤٥٦٧")
        for _find in range(2):
            panel.locator("[data-do=mask]").first.click()
        assert text(blank) == "اسمي م. ا. ورقمي ••• ••• ••••"


def test_the_writers_own_name_may_be_given(desk: Blank) -> None:
    panel = write(desk, "Hello, my name is Amina and I am here for you.")
    desk.page.wait_for_timeout(900)  # longer than the pause after which a text is looked over
    expect(panel).to_be_hidden()


def test_without_it_the_form_saves(browser: Browser) -> None:
    """Its files cannot be had: nothing waits and nothing is lost."""
    with blank_page(browser, made()) as blank:
        blank.page.route("**/minimiser/page.js", lambda route: route.abort())
        blank.page.focus("#body")
        blank.page.keyboard.insert_text(f"call {NUMBER}")
        submit(blank)
        assert posted(blank, 1) == ["/note"]

"""Addresses of the desk and of cases."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cases.reporter import VERBS
from cases.revealing import REVEALABLE
from cases.steps import STEPS
from cases.views import calling, case, desk, glass, keeping, own, rights, search, typed, verbs
from privacy.models import Needed


class CardConverter(StringConverter):
    """The word of a card that can be saved."""

    regex = "|".join(STEPS)


class RevealableConverter(StringConverter):
    """The word of a field that can be revealed."""

    regex = "|".join(REVEALABLE)


class WriterConverter(StringConverter):
    """The word of something done about whoever writes."""

    regex = "|".join(VERBS)


class FilingConverter(StringConverter):
    """The word of a filing that needs a document number."""

    regex = "|".join(Needed.For.values)


register_converter(FilingConverter, "filing")
register_converter(WriterConverter, "writer")
register_converter(CardConverter, "card")
register_converter(RevealableConverter, "revealable")

app_name = "cases"
urlpatterns = [
    path("", desk.desk_page, name="desk"),
    path("live/", desk.desk_live, name="desk_live"),
    path("take/", desk.take_next, name="take_next"),
    path("search/", search.search_page, name="search"),
    path("called/<uuid:key>/answer/", desk.page_answer, name="page_answer"),
    path("cases/<uuid:key>/", case.case_detail, name="case_detail"),
    path("cases/<uuid:key>/looked/", case.case_looked, name="looked"),
    path("cases/<uuid:key>/live/", case.case_live, name="case_live"),
    path("cases/<uuid:key>/print/", case.case_print, name="case_print"),
    path("cases/<uuid:key>/reply/", verbs.reply, name="reply"),
    path("cases/<uuid:key>/call/", calling.call_them, name="call_them"),
    path("cases/<uuid:key>/draft/", verbs.draft, name="draft"),
    path("cases/<uuid:key>/typed/", typed.typed, name="typed"),
    path("cases/<uuid:key>/aside/", verbs.aside, name="aside"),
    path("cases/<uuid:key>/writer/<uuid:talk>/<writer:verb>/", verbs.writer, name="writer"),
    path("cases/<uuid:key>/copy/<uuid:talk>/", own.own_copy, name="own_copy"),
    path("cases/<uuid:key>/seen/<uuid:talk>/", own.own_seen, name="own_seen"),
    path("cases/<uuid:key>/hold/", keeping.hold_ask, name="hold_ask"),
    path("cases/<uuid:key>/hold/decide/", keeping.hold_decide, name="hold_decide"),
    path("cases/<uuid:key>/basis/", keeping.basis, name="basis"),
    path("cases/<uuid:key>/change/<card:card>/", verbs.change, name="change"),
    path("cases/<uuid:key>/tasks/<uuid:task>/done/", verbs.task_done, name="task_done"),
    path("cases/<uuid:key>/reveal/<revealable:what>/<uuid:row>/", verbs.reveal, name="reveal"),
    path("cases/<uuid:key>/consents/", verbs.consent, name="consent"),
    path(
        "cases/<uuid:key>/consents/<uuid:consent>/withdraw/",
        verbs.consent_withdraw,
        name="consent_withdraw",
    ),
    path("cases/<uuid:key>/hand-over/", verbs.hand_over, name="hand_over"),
    path("cases/<uuid:key>/close/", verbs.close, name="close"),
    path("cases/<uuid:key>/reopen/", verbs.reopen, name="reopen"),
    path("cases/<uuid:key>/assign/", verbs.assign, name="assign"),
    path("cases/<uuid:key>/cover/", verbs.cover, name="cover"),
    path("cases/<uuid:key>/consult/", rights.consult, name="consult"),
    path("cases/<uuid:key>/advise/<uuid:asked>/", rights.advise, name="advise"),
    path("cases/<uuid:key>/conflict/", rights.conflict, name="conflict"),
    path("cases/<uuid:key>/keep-out/", rights.keep_out, name="keep_out"),
    path("cases/<uuid:key>/let-in/", rights.let_in, name="let_in"),
    path("cases/<uuid:key>/document/<filing:filing>/", rights.document, name="document"),
    path(
        "cases/<uuid:key>/document/<filing:filing>/sent/",
        rights.document_sent,
        name="document_sent",
    ),
    path("glass/", glass.break_glass, name="glass"),
    path("glass/<uuid:key>/", glass.glass_why, name="glass_why"),
]

"""The report of an address to the foundation, before a counterpart that is strict."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from pytest_django import Settings

from accounts.models import User
from intake.models import OutboundMessage
from privacy.access import acting, revoke
from privacy.fields import unseal
from privacy.services import NotPossible
from reference.models import Clock
from takedowns import services
from takedowns.connectors import base
from takedowns.connectors.base import ConnectorError, Notice
from takedowns.connectors.iwf import IwfReport
from takedowns.models import ReportedContent, TakedownRequest
from tests.counterparts import World
from tests.takedowns.conftest import CANARY, LINK, fresh
from tests.takedowns.outbox import carry, lose_worker

State = TakedownRequest.State


def sent_by(tariq: User, report: TakedownRequest) -> OutboundMessage:
    with acting(user=tariq):
        services.send_request(fresh(report), by=tariq)
    return carry(report.pk)


def test_the_foundation_takes_every_field(iwf: World, report: TakedownRequest, tariq: User) -> None:
    assert sent_by(tariq, report).state == "accepted"
    (kept,) = iwf.iwf()["reports"]
    assert kept["fields"] == {
        "Reporting_Type": "R",
        "Live_Report": "T",
        "Media_Type_ID": 1,
        "Report_Channel_ID": 51,
        "Origin_ID": 5,
        "Submission_Type_ID": 1,
        "Reported_Category_ID": 2,
        "Reported_URL": LINK,
        "Reporter_Anonymous": "Y",
        "Reporter_First_Name": None,
        "Reporter_Last_Name": None,
        "Reporter_Email_ID": None,
        "Reporter_Country_ID": None,
        "Reporter_Description": None,
    }


def test_its_number_is_kept_sealed_and_the_clock_runs(
    iwf: World, report: TakedownRequest, tariq: User
) -> None:
    outbound = sent_by(tariq, report)
    (kept,) = iwf.iwf()["reports"]
    now = fresh(report)
    assert now.state == State.SENT
    with acting(part="takedowns"):
        assert unseal(now, "reference") == kept["id"]
        assert Clock.objects.get(subject_id=report.pk).rule.code == "IWF-RR"
    assert outbound.provider_ref == ""


def test_a_live_report_leaves_only_when_the_helpline_switched(
    iwf: World, report: TakedownRequest, tariq: User, settings: Settings
) -> None:
    iwf.configure(iwf_live=True)
    assert sent_by(tariq, report).state == "failed"  # a test report at a live door
    settings.IWF_LIVE = True
    assert sent_by(tariq, report).state == "accepted"
    assert iwf.iwf()["reports"][0]["fields"]["Live_Report"] == "L"


def test_named_is_only_the_helpline(
    iwf: World, report: TakedownRequest, amina: User, tariq: User, settings: Settings
) -> None:
    settings.IWF_REPORTER_FIRST_NAME = "Practice"
    settings.IWF_REPORTER_LAST_NAME = "Helpline"
    settings.IWF_REPORTER_EMAIL = "hello@helpline.example"
    settings.IWF_REPORTER_COUNTRY_ID = 99
    sent_by(tariq, report)
    fields = iwf.iwf()["reports"][0]["fields"]
    assert fields["Reporter_Anonymous"] == "N"
    assert fields["Reporter_Email_ID"] == "hello@helpline.example"
    assert fields["Reporter_Country_ID"] == 99
    assert not {"Amina", "Tariq"} & {str(value) for value in fields.values()}


def test_what_is_too_long_never_leaves(iwf: World, settings: Settings) -> None:
    connector = IwfReport()
    long_link = Notice("url", "https://example.org/" + "a" * 1000)
    assert connector.trouble(long_link) == "link_too_long"
    with pytest.raises(ConnectorError, match="link_too_long"):
        connector.send(long_link)
    settings.IWF_REPORTER_EMAIL = "a" * 101
    with pytest.raises(ConnectorError, match="reporter_too_long"):
        connector.send(Notice("url", LINK))
    assert iwf.iwf()["reports"] == []
    assert iwf.ledger()["Refusal"] == []


def test_a_wrong_sign_in_is_a_plain_no(
    iwf: World, report: TakedownRequest, tariq: User, settings: Settings
) -> None:
    settings.IWF_PASSWORD = "wrong"
    assert sent_by(tariq, report).state == "failed"
    assert (fresh(report).state, fresh(report).problem) == (State.FAILED, "http_401")


def test_after_a_plain_no_a_person_may_send_again(
    iwf: World, report: TakedownRequest, tariq: User, settings: Settings
) -> None:
    right = settings.IWF_PASSWORD
    settings.IWF_PASSWORD = "wrong"
    sent_by(tariq, report)
    settings.IWF_PASSWORD = right
    assert sent_by(tariq, report).state == "accepted"
    assert len(iwf.iwf()["reports"]) == 1


def test_nobody_there_means_it_was_not_sent(
    iwf: World, report: TakedownRequest, tariq: User, settings: Settings
) -> None:
    settings.IWF_REPORT_URL = "http://127.0.0.1:9/iwf/report"
    sent_by(tariq, report)
    assert (fresh(report).state, fresh(report).problem) == (State.FAILED, "not_reached")


def test_without_an_address_nothing_is_called(
    report: TakedownRequest, tariq: User, settings: Settings
) -> None:
    settings.IWF_REPORT_URL = ""
    sent_by(tariq, report)
    assert (fresh(report).state, fresh(report).problem) == (State.FAILED, "not_configured")


def test_taken_and_then_cut_off_is_unknown_and_never_sent_again(
    iwf: World, report: TakedownRequest, tariq: User
) -> None:
    iwf.misbehave("iwf", "accept-then-drop")
    assert sent_by(tariq, report).state == "unknown"
    assert fresh(report).state == State.UNKNOWN
    iwf.behave()
    with acting(user=tariq), pytest.raises(NotPossible):
        services.send_request(fresh(report), by=tariq)
    assert len(iwf.iwf()["reports"]) == 1


def test_a_person_asks_and_learns_that_it_arrived(
    iwf: World, report: TakedownRequest, tariq: User
) -> None:
    iwf.misbehave("iwf", "accept-then-drop")
    sent_by(tariq, report)
    with acting(user=tariq):
        services.mark_sent(fresh(report), reference="700001", by=tariq)
    assert fresh(report).state == State.SENT


def test_a_person_asks_and_learns_that_it_did_not(
    iwf: World, report: TakedownRequest, tariq: User
) -> None:
    iwf.misbehave("iwf", "accept-then-drop")
    sent_by(tariq, report)
    iwf.behave()
    with acting(user=tariq):
        services.mark_not_sent(fresh(report), by=tariq)
    assert sent_by(tariq, report).state == "accepted"


def test_killed_between_calling_and_the_end_is_unknown_and_not_resent(
    iwf: World, report: TakedownRequest, tariq: User
) -> None:
    with acting(user=tariq):
        services.send_request(report, by=tariq)
    lose_worker(report.pk)
    assert (fresh(report).state, fresh(report).problem) == (State.UNKNOWN, "worker_lost")
    with acting(user=tariq), pytest.raises(NotPossible):
        services.send_request(fresh(report), by=tariq)
    assert iwf.iwf()["reports"] == []


def test_killed_after_the_receipt_was_kept_it_is_known_and_not_resent(
    iwf: World, report: TakedownRequest, tariq: User
) -> None:
    with acting(user=tariq):
        services.send_request(report, by=tariq)
    lose_worker(report.pk, after_the_call=True)
    assert fresh(report).state == State.SENT
    assert len(iwf.iwf()["reports"]) == 1


def test_who_lost_the_case_meanwhile_sends_nothing(
    iwf: World, report: TakedownRequest, tariq: User
) -> None:
    with acting(user=tariq):
        services.send_request(report, by=tariq)
    with acting(part="takedowns"):
        revoke(report.folder_id, user=tariq, by=None)
    assert carry(report.pk).problem == "no_longer_allowed"
    assert fresh(report).state == State.FAILED
    assert iwf.iwf()["reports"] == []


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b'{"IWFReportService1.0": {}}', b"<p>"])
def test_an_answer_nobody_understands_leaves_it_open(settings: Settings, answer: bytes) -> None:
    with served(answer) as url:
        settings.IWF_REPORT_URL = url
        with pytest.raises(ConnectorError, match="odd_answer") as refusal:
            IwfReport().send(Notice("url", LINK))
    assert refusal.value.may_have_arrived


def test_ten_seconds_are_all_it_waits_however_slowly_the_other_side_drips(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "TOTAL_SECONDS", 1.0)
    with served(b"x" * 50, pause=0.2) as url:
        settings.IWF_REPORT_URL = url
        began = time.monotonic()
        with pytest.raises(ConnectorError, match="no_answer_in_time") as refusal:
            IwfReport().send(Notice("url", LINK))
    assert refusal.value.may_have_arrived
    assert time.monotonic() - began < 3


def test_no_word_of_it_gets_into_the_log(
    iwf: World, report: TakedownRequest, tariq: User, caplog: pytest.LogCaptureFixture
) -> None:
    iwf.misbehave("iwf", "accept-then-drop")
    outbound = sent_by(tariq, report)
    assert CANARY not in caplog.text
    assert CANARY not in str(outbound.__dict__)
    assert CANARY not in repr(Notice("url", LINK))


def test_a_forgotten_place_is_not_sent(
    iwf: World, place: ReportedContent, report: TakedownRequest, tariq: User
) -> None:
    with acting(user=tariq):
        services.send_request(report, by=tariq)
    with acting(part="takedowns"):
        ReportedContent.objects.filter(pk=place.pk).update(locator=None)
    assert carry(report.pk).state == "failed"
    assert iwf.iwf()["reports"] == []


@contextmanager
def served(answer: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that answers every POST with these bytes, if need be one by one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for byte in answer:
                    self.wfile.write(bytes([byte]))
                    time.sleep(pause)

        def log_message(self, *_args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()

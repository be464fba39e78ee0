"""Reports of errors, as Django's debug page and its mail to administrators show them: no values."""

from collections.abc import ItemsView
from typing import Any, Final

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

HIDDEN: Final = "•••"


class NoValues(SafeExceptionReporterFilter):
    """Names of variables and settings, and of none what it holds: one may be a key or a word."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_safe_settings(self) -> dict[str, Any]:
        return dict.fromkeys(super().get_safe_settings(), HIDDEN)

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST, HIDDEN) if request else {}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: Any
    ) -> ItemsView[str, Any]:
        return dict.fromkeys(tb_frame.f_locals, HIDDEN).items()


class Reporter(ExceptionReporter):
    """Where it happened and of what kind; what the exception itself says may quote a row."""

    def get_traceback_data(self) -> dict[str, Any]:
        told: dict[str, Any] = super().get_traceback_data()
        told |= {"request": None, "user_str": HIDDEN, "unicode_hint": "", "exception_notes": ""}
        told["exception_value"] = HIDDEN
        for frame in told.get("frames", ()):
            frame["exc_cause"] = type(frame["exc_cause"]).__name__ if frame["exc_cause"] else None
        return told

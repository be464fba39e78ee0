"""The doors that mail providers post at: proven, stored, answered."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from intake import services
from intake.channels import anymail
from intake.channels.anymail import Posted
from intake.channels.base import NotVerified, Unreadable
from privacy.middleware import works_without_key

View = Callable[[HttpRequest], HttpResponse]


def _door(provider: Posted) -> View:
    """The address for one provider: 403 without proof, 400 for what nobody posts; else stored."""

    @works_without_key
    @csrf_exempt  # a provider has no cookie of ours; its secret and signature are checked
    @login_not_required
    @require_http_methods(["POST", "HEAD"])  # HEAD: some look whether anybody is there
    def view(request: HttpRequest) -> HttpResponse:
        if request.method == "HEAD":
            return HttpResponse()
        try:
            arrived = provider.read(request)
        except NotVerified:
            return _refused(request)
        except Unreadable:
            return HttpResponse(status=400)
        for inbound in arrived:  # each is one INSERT, committed by itself
            services.receive(inbound)
        return HttpResponse()

    return view


def _refused(request: HttpRequest) -> HttpResponse:
    """403; or 401 to who has shown no secret yet: Amazon sends it only when it is asked for."""
    if "Authorization" in request.headers:
        return HttpResponse(status=403)
    return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})


sendgrid = _door(anymail.SENDGRID)
mailgun = _door(anymail.MAILGUN)
postmark = _door(anymail.POSTMARK)
ses = _door(anymail.SES)

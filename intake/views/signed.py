"""What every provider's door does first: prove who knocks. Nobody is signed in here."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from intake.channels.base import Channel, NotVerified, Unreadable, Webhook
from privacy.middleware import works_without_key

LARGEST: Final = 64 * 1024  # octets; a real webhook has a few thousand

P = ParamSpec("P")
Signed = Callable[Concatenate[Webhook, P], str]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed(
    channel: Channel, *, largest: int = LARGEST, content_type: str = "text/xml"
) -> Callable[[Signed[P]], View[P]]:
    """Run the view only for what the provider signed: that signature stands in for CSRF's token.

    403 without it, 413 for a body no provider sends (`largest` octets), 400 for one that cannot be
    read; nothing is stored then. The view returns what the provider wants to hear, such as TwiML.
    """

    def decorate(view: Signed[P]) -> View[P]:
        @works_without_key
        @csrf_exempt  # a provider has no cookie of ours; its signature is checked below
        @login_not_required
        @require_POST
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if len(request.body) > largest:
                return HttpResponse(status=413)
            hook = Webhook(
                path=request.get_full_path(),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=request.body,
            )
            try:
                channel.verify(hook)
                return HttpResponse(view(hook, *args, **kwargs), content_type=content_type)
            except NotVerified:
                return HttpResponse(status=403)
            except Unreadable:
                return HttpResponse(status=400)

        return guarded

    return decorate

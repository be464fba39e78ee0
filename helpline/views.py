"""The one page of the project itself: is it alive?"""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from privacy.middleware import works_without_key


@works_without_key
@login_not_required
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """200 if the database answers, else 503; tells a stranger nothing more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("unavailable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")

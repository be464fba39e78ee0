"""Wider sight over the API: reveal, cover, broken glass, consent, second opinion, conflict."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import fresh_factor, pages_of
from accounts.models import User
from cases import conflicts, consents, consulting, glass, lent, services
from cases.models import Case
from cases.revealing import REVEALABLE, revealable
from privacy import needed
from privacy import services as privacy
from privacy.access import require
from privacy.classes import NARRATIVE
from privacy.glass import REASONS, say_why
from privacy.minimise import minimised, minimised_all
from privacy.models import Consent, Folder, Glass, Needed, Reveal
from privacy.strict import StrictSerializer


class BreakSerializer(StrictSerializer):
    code = serializers.CharField(max_length=12)
    reason = serializers.ChoiceField(list(REASONS[Glass.Kind.LOOK]))


class CoverSerializer(StrictSerializer):
    reason = serializers.ChoiceField(list(REASONS[Glass.Kind.ACT]))


class OpenedSerializer(StrictSerializer):
    """A case that is open to the caller beyond their own work."""

    case = serializers.UUIDField()
    kind = serializers.CharField()
    until = serializers.DateTimeField()


class RevealSerializer(StrictSerializer):
    what = serializers.ChoiceField(list(REVEALABLE))
    row = serializers.UUIDField()
    purpose = serializers.ChoiceField(Reveal.Purpose.choices)
    words = serializers.CharField(max_length=300)


class RevealedSerializer(StrictSerializer):
    value = serializers.CharField()
    until = serializers.DateTimeField()


class ConsentSerializer(StrictSerializer):
    """One consent; irrevocable purposes need `told`."""

    id = serializers.UUIDField(read_only=True)
    purpose = serializers.ChoiceField(
        [one for one in Consent.Purpose.choices if one[0] != Consent.Purpose.REFERRAL]
    )
    given_by = serializers.ChoiceField([consents.CHILD, consents.GUARDIAN])
    how = serializers.ChoiceField(["message", "call", "in_person"])
    language = serializers.CharField(max_length=12)
    told = serializers.BooleanField(default=False)
    given_at = serializers.DateTimeField(read_only=True)
    withdrawn_at = serializers.DateTimeField(read_only=True)
    stopped = serializers.IntegerField(read_only=True)
    already_sent = serializers.IntegerField(read_only=True)


class AskSerializer(StrictSerializer):
    to = serializers.UUIDField()
    question = serializers.CharField(max_length=1000)
    summary = serializers.CharField(max_length=4000)
    with_talk = serializers.BooleanField(default=False)


class DocumentSerializer(StrictSerializer):
    needed_for = serializers.ChoiceField(Needed.For.choices)
    document = serializers.CharField(max_length=60)


class FilingSentSerializer(StrictSerializer):
    needed_for = serializers.ChoiceField(Needed.For.choices)


class LookSerializer(StrictSerializer):
    """Who opened what, when, what for."""

    who = serializers.CharField()
    what = serializers.CharField()
    why = serializers.CharField()
    at = serializers.DateTimeField()
    reviewed = serializers.BooleanField()


class WhySerializer(StrictSerializer):
    words = serializers.CharField(max_length=1000)


class OwedSerializer(StrictSerializer):
    """An opening for which the caller has not said why yet."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()


class RightsOfCase(viewsets.GenericViewSet[Case]):
    """What the API's cases can do besides: the verbs of wider sight, each by its service."""

    @extend_schema(request=BreakSerializer, responses=OpenedSerializer)
    @action(detail=False, methods=["post"], url_path="break-glass", url_name="break_glass")
    def break_glass(self, request: Request) -> Response:
        """Open one case by its code, to read, for an hour; whatever opens nothing is not there."""
        person = caller(request, "glass")
        _need_factor(request)
        case = glass.break_glass(by=person, **told(BreakSerializer, request))
        if case is None:
            raise Http404
        return _opened(case, person)

    @extend_schema(request=CoverSerializer, responses=OpenedSerializer)
    @action(detail=True, methods=["post"])
    def cover(self, request: Request, pk: UUID | None = None) -> Response:
        """Act in a case in danger for an hour; again renews."""
        person, case = caller(request), self.get_object()
        services.cover_danger(case, by=person, **told(CoverSerializer, request))
        return _opened(case, person)

    @extend_schema(request=RevealSerializer, responses=RevealedSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: UUID | None = None) -> Response:
        """One masked field for ten minutes; the second factor is fresh, or it is danger."""
        person, case, asked = caller(request), self.get_object(), told(RevealSerializer, request)
        if asked["purpose"] != Reveal.Purpose.DANGER:
            _need_factor(request)
        row, field = revealable(case, asked["what"], asked["row"], person)
        made = privacy.reveal(
            row, field=field, purpose=asked["purpose"], words=asked["words"], by=person
        )
        shown = {"value": getattr(minimised(row, person), field), "until": made.until}
        return Response(RevealedSerializer(shown).data)

    @extend_schema(responses=LookSerializer(many=True))
    @action(detail=True, methods=["get"])
    def looks(self, request: Request, pk: UUID | None = None) -> Response:
        """Who opened something masked, or the whole case."""
        found = lent.looks_of(self.get_object(), caller(request))
        return Response(LookSerializer(found, many=True).data)

    @extend_schema(responses=ConsentSerializer(many=True))
    @action(detail=True, methods=["get"])
    def consents(self, request: Request, pk: UUID | None = None) -> Response:
        """The ledger of a case."""
        person, case = caller(request), self.get_object()
        rows = Consent.objects.visible_to(person).filter(folder=case.folder_id)
        seen = minimised_all(rows.order_by("given_at"), person)
        return Response(ConsentSerializer(seen, many=True).data)

    @extend_schema(request=ConsentSerializer, responses={201: ConsentSerializer})
    @consents.mapping.post
    def record_consent(self, request: Request, pk: UUID | None = None) -> Response:
        """Write down what the young person agreed to."""
        person, asked = caller(request), told(ConsentSerializer, request)
        made = consents.record_consent(self.get_object(), by=person, **asked)
        shown = ConsentSerializer(minimised(made, person)).data
        return Response(shown, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ConsentSerializer)
    @action(
        detail=True,
        methods=["post"],
        url_path="consents/(?P<consent>[0-9a-f-]{36})/withdraw",
        url_name="consent_withdraw",
    )
    def withdraw_consent(
        self, request: Request, pk: UUID | None = None, consent: UUID | None = None
    ) -> Response:
        """Take a consent back; says what that stopped and what had left."""
        person, case = caller(request), self.get_object()
        rows = Consent.objects.visible_to(person).filter(folder=case.folder_id)
        row = consents.withdraw_consent(case, get_object_or_404(rows, pk=consent), by=person)
        return Response(ConsentSerializer(minimised(row, person)).data)

    @extend_schema(request=AskSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def consult(self, request: Request, pk: UUID | None = None) -> Response:
        """Ask a colleague for an hour."""
        person, case, asked = caller(request), self.get_object(), told(AskSerializer, request)
        require(person, case.folder_id, NARRATIVE)
        asked["to"] = User.objects.filter(pk=asked["to"]).first()
        if asked["to"] is None:
            raise Http404
        consulting.consult(case, by=person, **asked)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def conflict(self, request: Request, pk: UUID | None = None) -> Response:
        """ "I know this person": the case leaves the caller at once."""
        conflicts.declare(self.get_object(), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=DocumentSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def documents(self, request: Request, pk: UUID | None = None) -> Response:
        """Keep a document number for one filing that the person agreed to."""
        person, folder = caller(request), self._folder()
        needed.keep_for(folder, by=person, **told(DocumentSerializer, request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=FilingSentSerializer, responses={204: None})
    @action(detail=True, methods=["post"], url_path="documents/sent", url_name="documents_sent")
    def documents_sent(self, request: Request, pk: UUID | None = None) -> Response:
        """The filing was sent: what it alone needed is forgotten."""
        person, folder = caller(request), self._folder()
        needed.filing_sent(folder, by=person, **told(FilingSentSerializer, request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _folder(self) -> Folder:
        folder: Folder = get_object_or_404(Folder, pk=self.get_object().folder_id)
        return folder


class GlassViewSet(viewsets.GenericViewSet[Glass]):
    """What the caller owes words for: asked within a day."""

    queryset = Glass.objects.none()
    serializer_class = OwedSerializer
    lookup_value_regex = "[0-9a-f-]{36}"

    def list(self, request: Request) -> Response:
        """One's own openings that nobody explained yet."""
        found = [
            {"id": one.key, "kind": one.kind, "opened_at": one.opened_at, "due_at": one.due_at}
            for one in glass.owed(caller(request))
        ]
        return Response(OwedSerializer(found, many=True).data)

    @extend_schema(request=WhySerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def why(self, request: Request, pk: UUID | None = None) -> Response:
        """Say why, in at least 20 characters."""
        person = caller(request)
        opened = glass.find_owed(person, UUID(str(pk)))
        if opened is None:
            raise Http404
        say_why(opened, by=person, **told(WhySerializer, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def caller(request: Request, page: str = "desk") -> User:
    """Who calls, if their duties open the page; else 404."""
    user = request.user
    if not isinstance(user, User) or page not in pages_of(user):
        raise Http404
    return user


def told(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """What the caller sent, checked."""
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _need_factor(request: Request) -> None:
    """Refuse, saying so, unless the second factor was shown just now."""
    if not fresh_factor(request._request):
        raise PermissionDenied("show your second factor first", code="factor")


def _opened(case: Case, person: User) -> Response:
    running = glass.running(case, person)
    shown = {
        "case": case.pk,
        "kind": running.kind if running else "own",
        "until": running.until if running else None,
    }
    return Response(OpenedSerializer(shown).data)


router_entries: list[tuple[str, type]] = [("glass", GlassViewSet)]

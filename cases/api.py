"""Cases and conversations over the API: the same services, the same minimised fields."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import pages_of
from accounts.models import User
from cases import services
from cases.models import Case, CaseConversation, CaseHarm, ClosingReason, Note
from cases.rights_api import RightsOfCase
from cases.rights_api import router_entries as rights_entries
from cases.triage import parse_flags
from intake.models import Conversation, Message
from privacy import audit
from privacy.minimise import Minimised, minimised, minimised_all
from privacy.strict import StrictSerializer


class CaseSerializer(StrictSerializer):
    """A case in a list: nothing of anybody's story."""

    id = serializers.UUIDField(read_only=True)
    code = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(Case.Status.choices, read_only=True)
    risk = serializers.CharField(read_only=True)
    language = serializers.CharField(read_only=True)
    holder_id = serializers.UUIDField(read_only=True)
    opened_at = serializers.DateTimeField(read_only=True)
    closed_at = serializers.DateTimeField(read_only=True)
    closing_reason = serializers.CharField(read_only=True)
    age_band = serializers.CharField(read_only=True)
    gender = serializers.CharField(read_only=True)
    region = serializers.CharField(read_only=True)
    relation = serializers.CharField(read_only=True)
    adult_knows = serializers.CharField(read_only=True)
    guardian_safe = serializers.CharField(read_only=True)


class CaseDetailSerializer(CaseSerializer):
    """A case as this person may see it: what they may not read is absent, masks stay masks."""

    call_me = serializers.CharField(read_only=True)
    summary = serializers.CharField(read_only=True)
    safety_plan = serializers.CharField(read_only=True)
    flags = serializers.SerializerMethodField()
    name = serializers.CharField(read_only=True)
    school = serializers.CharField(read_only=True)
    safe_channel = serializers.CharField(read_only=True)
    do_not_contact = serializers.BooleanField(read_only=True)
    safe_from = serializers.TimeField(read_only=True)
    safe_until = serializers.TimeField(read_only=True)
    safe_words = serializers.CharField(read_only=True)
    harms = serializers.SerializerMethodField()
    conversations = serializers.SerializerMethodField()

    def get_flags(self, seen: Minimised) -> dict[str, str]:
        return parse_flags(seen.flags) if seen.may_read("flags") else {}

    def get_harms(self, seen: Minimised) -> list[str]:
        rows = CaseHarm.objects.visible_to(self.context["person"]).standing()
        return list(
            rows.filter(case=seen.pk).order_by("-primary", "code").values_list("code", flat=True)
        )

    def get_conversations(self, seen: Minimised) -> list[UUID]:
        rows = CaseConversation.objects.visible_to(self.context["person"]).standing()
        return list(rows.filter(case=seen.pk).values_list("conversation", flat=True))

    def to_representation(self, instance: Any) -> Any:
        shown = super().to_representation(instance)
        if not instance.may_read("flags"):
            del shown["flags"]
        return shown


class ChangesSerializer(StrictSerializer):
    """Facts that may be written; only those sent are changed."""

    language = serializers.CharField(max_length=12, required=False)
    age_band = serializers.CharField(max_length=10, required=False)
    gender = serializers.CharField(max_length=16, required=False)
    region = serializers.CharField(max_length=6, required=False, allow_blank=True)
    relation = serializers.CharField(max_length=16, required=False)
    adult_knows = serializers.CharField(max_length=8, required=False)
    guardian_safe = serializers.CharField(max_length=8, required=False)
    call_me = serializers.CharField(max_length=80, required=False, allow_blank=True)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    school = serializers.CharField(max_length=120, required=False, allow_blank=True)
    summary = serializers.CharField(required=False, allow_blank=True)
    safety_plan = serializers.CharField(required=False, allow_blank=True)
    safe_channel = serializers.CharField(max_length=10, required=False, allow_blank=True)
    do_not_contact = serializers.BooleanField(required=False)
    safe_from = serializers.TimeField(required=False, allow_null=True)
    safe_until = serializers.TimeField(required=False, allow_null=True)
    safe_words = serializers.CharField(max_length=300, required=False, allow_blank=True)


class NoteSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    body = serializers.CharField()
    author_id = serializers.UUIDField(read_only=True)
    at = serializers.DateTimeField(read_only=True)


class CaseHarmsSerializer(StrictSerializer):
    codes = serializers.ListField(child=serializers.CharField(max_length=40), max_length=30)
    primary = serializers.CharField(max_length=40, required=False, default="")


class CaseCloseSerializer(StrictSerializer):
    reason = serializers.ChoiceField(ClosingReason.choices)
    child_view = serializers.CharField(required=False, default="", allow_blank=True)


class AnswerSerializer(StrictSerializer):
    text = serializers.CharField()
    client_key = serializers.CharField(
        max_length=64, help_text="random, chosen by the caller: the same one twice is one message"
    )


class ConversationSerializer(StrictSerializer):
    """A conversation as this person may see it."""

    id = serializers.UUIDField(read_only=True)
    channel = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    language = serializers.CharField(read_only=True)
    risk = serializers.CharField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True)
    waiting_since = serializers.DateTimeField(read_only=True)
    last_inbound_at = serializers.DateTimeField(read_only=True)


class MessageSerializer(StrictSerializer):
    """One thing said, for who may read it."""

    id = serializers.UUIDField(read_only=True)
    direction = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    notice = serializers.CharField(read_only=True)
    body = serializers.CharField(read_only=True)
    author_id = serializers.UUIDField(read_only=True)
    at = serializers.DateTimeField(read_only=True)


class CaseViewSet(RightsOfCase):
    """Cases this person may know of, the most urgent first."""

    queryset = Case.objects.none()
    serializer_class = CaseSerializer
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> QuerySet[Case]:
        rows: QuerySet[Case] = Case.objects.visible_to(_person(self.request)).by_urgency()
        return rows.select_related("folder")

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        seen = minimised_all(page, _person(request))
        return self.get_paginated_response(CaseSerializer(seen, many=True).data)

    @extend_schema(responses=CaseDetailSerializer)
    def retrieve(self, request: Request, pk: UUID | None = None) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=ChangesSerializer, responses=CaseDetailSerializer)
    def partial_update(self, request: Request, pk: UUID | None = None) -> Response:
        """Change facts; one that this person may not write, or that does not exist, refuses all."""
        changes = _told(ChangesSerializer, request)
        return self._do(services.update_case, changes=changes)

    @extend_schema(responses=NoteSerializer(many=True))
    @action(detail=True, methods=["get"])
    def notes(self, request: Request, pk: UUID | None = None) -> Response:
        """What was noted."""
        rows = Note.objects.visible_to(_person(request)).filter(case=self.get_object())
        seen = minimised_all(rows.order_by("at"), _person(request))
        return Response(NoteSerializer(seen, many=True).data)

    @extend_schema(request=NoteSerializer, responses={201: NoteSerializer})
    @notes.mapping.post
    def add_note(self, request: Request, pk: UUID | None = None) -> Response:
        """Write a note."""
        told, person = _told(NoteSerializer, request), _person(request)
        note = services.add_note(self.get_object(), by=person, **told)
        shown = NoteSerializer(minimised(note, person)).data
        return Response(shown, status=status.HTTP_201_CREATED)

    @extend_schema(request=CaseHarmsSerializer, responses=CaseDetailSerializer)
    @action(detail=True, methods=["post"])
    def harms(self, request: Request, pk: UUID | None = None) -> Response:
        """Say which harms it is about."""
        return self._do(services.set_harms, **_told(CaseHarmsSerializer, request))

    @extend_schema(request=CaseCloseSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: UUID | None = None) -> Response:
        """End the work; afterwards nobody has the case."""
        services.close(
            self.get_object(), by=_person(request), **_told(CaseCloseSerializer, request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _do(self, verb: Callable[..., object], **told: Any) -> Response:
        verb(self.get_object(), by=_person(self.request), **told)
        return self._answer(self.get_object())

    def _answer(self, case: Case) -> Response:
        person = _person(self.request)
        context = {"person": person}
        seen = minimised(case, person)
        audit.note_viewed(case.folder_id)
        return Response(CaseDetailSerializer(seen, context=context).data)


class ConversationViewSet(viewsets.GenericViewSet[Conversation]):
    """Conversations this person may know of, the newest first."""

    queryset = Conversation.objects.none()
    serializer_class = ConversationSerializer
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> QuerySet[Conversation]:
        rows: QuerySet[Conversation] = Conversation.objects.visible_to(_person(self.request))
        return rows.order_by("-started_at", "pk")

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        seen = minimised_all(page, _person(request))
        return self.get_paginated_response(ConversationSerializer(seen, many=True).data)

    def retrieve(self, request: Request, pk: UUID | None = None) -> Response:
        seen = minimised(self.get_object(), _person(request))
        return Response(ConversationSerializer(seen).data)

    @extend_schema(responses=MessageSerializer(many=True))
    @action(detail=True, methods=["get"])
    def messages(self, request: Request, pk: UUID | None = None) -> Response:
        """What was said, page by page, as far as this person may read it."""
        person = _person(request)
        rows = Message.objects.visible_to(person).filter(conversation=self.get_object())
        page = self.paginate_queryset(rows.order_by("order")) or []
        seen = minimised_all(page, person)
        return self.get_paginated_response(MessageSerializer(seen, many=True).data)

    @extend_schema(request=AnswerSerializer, responses={201: MessageSerializer})
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: UUID | None = None) -> Response:
        """Answer the reporter on their channel."""
        person, conversation = _person(request), self.get_object()
        case = get_object_or_404(
            Case.objects.visible_to(person), folder=conversation.filed_to_id or None
        )
        message = services.reply(
            case, conversation=conversation, by=person, **_told(AnswerSerializer, request)
        )
        shown = MessageSerializer(minimised(message, person)).data
        return Response(shown, status=status.HTTP_201_CREATED)


def _person(request: Request) -> User:
    user = request.user
    if not isinstance(user, User) or "desk" not in pages_of(user):
        raise Http404
    return user


def _told(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """What the caller sent, checked; a field that is not for writing refuses all of it."""
    told = serializer(data=request.data)
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


router_entries: list[tuple[str, type]] = [
    ("cases", CaseViewSet),
    ("conversations", ConversationViewSet),
    *rights_entries,
]

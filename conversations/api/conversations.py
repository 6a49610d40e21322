"""``/api/v1/conversations/``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import failures, frames, public
from conversations.actions import actors, assignment, delivering, holding, participants, replying, scheduling, state
from conversations.actions.uploads import CannotAttach
from conversations.api import rows, schemas, templates
from conversations.api.base import Rows, whole_number, words
from conversations.api.beginnings import Beginnings
from conversations.models import Channel, Conversation, DeliveryState, Message, Participant
from conversations.recipients import BadRecipient, Recipients, typed
from customers.models import Identity
from helpdesk.accounts.models import Team, User
from helpdesk.events.models import Event
from helpdesk.ui.api_errors import Conflict, TooLate

Value = dict[str, Any]


class ConversationViewSet(Beginnings):
    """Conversations of the desks the caller works at."""

    serializer_class = schemas.NewMessage

    def get_queryset(self) -> QuerySet[Conversation]:
        """Filtered by ``state assignee team customer channel q``."""
        found = frames.conversations(Conversation.objects.visible_to(self.person))
        return found.filter(self._wanted()) if self.action == "list" else found

    def row(self, found: Conversation) -> Value:
        """See rows."""
        return rows.conversation(found)

    @extend_schema(request=schemas.NewMessage)
    @action(detail=True, methods=["get", "post"], url_path="messages")
    def messages(self, request: Request, **_: Any) -> Response:
        """The thread's messages, oldest first; POST writes one."""
        conversation = self.get_object()
        if request.method == "POST":
            return self._write(conversation, request)
        self.paginator.ordering = "id"  # type: ignore[union-attr]
        return self.page(frames.messages(Message.objects.filter(conversation=conversation)), rows.message)

    @action(detail=True, methods=["get"])
    def events(self, request: Request, **_: Any) -> Response:
        """What happened, in the log's order; ``?after=`` continues from a number."""
        after = whole_number(request.query_params, "after") or 0
        found = Event.objects.filter(conversation_id=self.get_object().pk, seq__gt=after)
        self.paginator.ordering = "seq"  # type: ignore[union-attr]
        return self.page(found, rows.event)

    @action(detail=True, methods=["get"])
    def handoff(self, request: Request, **_: Any) -> Response:
        """The newest brief; 404 where the tier-1 never handed off."""
        newest = self.get_object().handoffs.order_by("-pk").first()
        if newest is None:
            raise NotFound("This conversation was never handed off.")
        return Response(rows.handoff(newest))

    @extend_schema(request=schemas.Assignment)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, **_: Any) -> Response:
        """To a person, a team, both or nobody."""
        conversation = self.get_object()
        wish = _valid(schemas.Assignment, request)
        agent, team = conversation.assignee, conversation.team
        if "agent" in wish:
            agent = self._agent(wish["agent"], conversation)
        if "team" in wish:
            team = _known(_teams_of(conversation), wish["team"], "team")
        assignment.assign(conversation, to=agent, team=team, by=actors.agent(self.person))
        return self._again(conversation)

    @extend_schema(request=schemas.StateChange)
    @action(detail=True, methods=["post"])
    def state(self, request: Request, **_: Any) -> Response:
        """Open, snoozed, resolved or spam."""
        conversation = self.get_object()
        wish = _valid(schemas.StateChange, request)
        by = actors.agent(self.person)
        match wish["state"]:
            case "open":
                state.reopen(conversation, by=by)
            case "snoozed":
                state.snooze(conversation, until=wish["until"], by=by)
            case "resolved":
                state.resolve(conversation, by=by)
            case "spam":
                state.mark_spam(conversation, by=by)
        return self._again(conversation)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, **_: Any) -> Response:
        """The caller has seen everything."""
        conversation = self.get_object()
        state.mark_read(conversation, by=actors.agent(self.person))
        return self._again(conversation)

    @extend_schema(request=schemas.LettingIn)
    @action(detail=True, methods=["post"], url_path="let-in")
    def let_in(self, request: Request, **_: Any) -> Response:
        """Somebody who stands beside takes part from now on."""
        conversation = self.get_object()
        wanted = _valid(schemas.LettingIn, request)["participant"]
        found = _known(Participant.objects.filter(conversation=conversation), wanted, "participant")
        participants.let_in(conversation, found, by=actors.agent(self.person), user=self.person)
        return self._again(conversation)

    def _write(self, conversation: Conversation, request: Request) -> Response:
        wish = _valid(schemas.NewMessage, request)
        files = tuple(wish.get("attachments", ()))
        if wish["kind"] == "note":
            return self._note(conversation, wish, files)
        channel = _known(Channel.objects.filter(desk=conversation.desk_id), wish.get("channel"), "channel")
        template, values = templates.chosen(conversation, wish.get("template"), channel)
        outgoing = replying.Outgoing(
            wish.get("text", ""),
            template=template,
            values=values,
            channel=channel,
            identity=_known(
                Identity.objects.filter(customer=conversation.customer_id), wish.get("identity"), "identity"
            ),
            client_id=wish["client_id"],
            recipients=_recipients(wish),
            replaces=_known(conversation.messages.all(), wish.get("replaces"), "message", field="replaces"),
            attachments=files,
            undo=timedelta(seconds=wish["undo_seconds"]),
            send_at=wish.get("send_at"),
            sends_anyway=wish["sends_anyway"],
        )
        try:
            message = replying.reply(
                conversation,
                outgoing,
                by=actors.agent(self.person),
                user=self.person,
                expected_event=wish.get("expected_event"),
            )
        except replying.TooLong as error:
            raise ValidationError({"text": [str(error)]}) from error
        except CannotAttach as error:
            raise ValidationError({"attachments": [str(error)]}) from error
        except replying.BadTemplate as error:
            raise ValidationError({"template": error.errors}) from error
        except replying.CannotReplace as error:
            raise ValidationError({"replaces": [str(error)]}) from error
        except replying.CannotReach as error:
            raise ValidationError({"channel": [str(error)]}) from error
        except BadRecipient as error:
            raise ValidationError({error.field: [str(error)]}) from error
        except holding.BadTime as error:
            raise ValidationError({"send_at": [str(error)]}) from error
        except replying.Overtaken as error:
            raise Conflict(str(error), [rows.event(event) for event in error.events]) from error
        if wish["resolves"]:
            state.resolve(conversation, by=actors.agent(self.person))
        return Response(rows.message(frames.messages(Message.objects.filter(pk=message.pk)).get()), status=201)

    def _note(self, conversation: Conversation, wish: Value, files: tuple[int, ...]) -> Response:
        client_id = wish["client_id"]
        try:
            note = replying.add_note(
                conversation, wish.get("text", ""), by=self.person, client_id=client_id, attachments=files
            )
        except CannotAttach as error:
            raise ValidationError({"attachments": [str(error)]}) from error
        return Response(public.note(note), status=status.HTTP_201_CREATED)

    def _agent(self, agent_id: int | None, conversation: Conversation) -> User | None:
        agent: User | None = _known(User.objects.active(), agent_id, "agent")
        if agent and not Conversation.objects.visible_to(agent).filter(pk=conversation.pk).exists():
            raise ValidationError({"agent": [f"{agent.name} does not work at this desk."]})
        return agent

    def _again(self, conversation: Conversation) -> Response:
        return Response(self.row(frames.conversations(Conversation.objects.filter(pk=conversation.pk)).get()))

    def _wanted(self) -> Q:
        params, wanted = self.request.query_params, Q()
        if state_wanted := params.get("state"):
            if state_wanted not in Conversation.State.values:
                raise ValidationError({"state": [f"One of {', '.join(Conversation.State.values)}."]})
            wanted &= Q(state=state_wanted)
        for name in ("assignee", "team", "customer"):
            number = whole_number(params, name)
            if number is not None:
                wanted &= Q(**{f"{name}_id": number})
        if channel := words(params, "channel"):
            wanted &= _on_channel(channel)
        if said := words(params, "q"):
            wanted &= _saying(said)
        return wanted


class MessageViewSet(Rows):
    """``/api/v1/messages/``: single messages, to look up and to send again."""

    serializer_class = schemas.NewMessage

    def get_queryset(self) -> QuerySet[Message]:
        """Messages of visible conversations."""
        visible = Conversation.objects.visible_to(self.person)
        return frames.messages(Message.objects.filter(conversation__in=visible))

    def row(self, found: Message) -> Value:
        """See rows."""
        return rows.message(found)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, **_: Any) -> Response:
        """Send a failed message again."""
        message = self.get_object()
        failed = list(message.deliveries.filter(state=DeliveryState.FAILED).order_by("pk"))
        why = next(filter(None, map(failures.why_not_again, failed)), "Only a message that failed can be sent again.")
        if not [one for one in failed if delivering.retry(one.pk)]:
            raise ValidationError({"message": [why]})
        return Response(self.row(self.get_queryset().get(pk=message.pk)))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **_: Any) -> Response:
        """Take back a message that has not left; 409 (``has_left``) where it has."""
        return self._waiting(lambda message: scheduling.cancel(message, by=actors.agent(self.person)))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="send-now")
    def send_now(self, request: Request, **_: Any) -> Response:
        """Let a message that waits leave at once; 409 where it does not wait any more."""
        return self._waiting(lambda message: scheduling.send_now(message, by=actors.agent(self.person)))

    @extend_schema(request=schemas.NewTime)
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, **_: Any) -> Response:
        """Let a message that waits leave at another time; 409 where it does not wait any more."""
        wish = _valid(schemas.NewTime, request)
        by, anyway = actors.agent(self.person), wish["sends_anyway"]
        try:
            return self._waiting(
                lambda message: scheduling.reschedule(message, wish["send_at"], by=by, sends_anyway=anyway)
            )
        except holding.BadTime as error:
            raise ValidationError({"send_at": [str(error)]}) from error

    def _waiting(self, change: Callable[[Message], Message]) -> Response:
        message = self.get_object()
        try:
            change(message)
        except scheduling.HasLeft as error:
            raise TooLate(str(error)) from error
        return Response(self.row(self.get_queryset().get(pk=message.pk)))


def _valid(schema: Any, request: Request) -> Value:
    serializer = schema(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _recipients(wish: Value) -> Recipients | None:
    if not {"to", "cc", "bcc"} & set(wish):
        return None
    try:
        return Recipients(*(typed(field, wish.get(field, [])) for field in ("to", "cc", "bcc")))
    except BadRecipient as error:
        raise ValidationError({error.field: [str(error)]}) from error


def _known(rows_: Any, wanted: int | None, name: str, *, field: str = "") -> Any:
    if wanted is None:
        return None
    found = rows_.filter(pk=wanted).first()
    if found is None:
        raise ValidationError({field or name: ["There is no such " + name + " here."]})
    return found


def _teams_of(conversation: Conversation) -> QuerySet[Team]:
    """Behind a desk's wall only its own teams can be given anything."""
    return Team.objects.filter(desks=conversation.desk_id) if conversation.desk.is_restricted else Team.objects.all()


def _on_channel(channel: str) -> Q:
    if channel.isdecimal() and len(channel) < 19:
        return Q(pk__in=Message.objects.said().filter(channel_id=int(channel)).values("conversation"))
    return Q(channel_kinds__contains=[channel])


def _saying(said: str) -> Q:
    messages = Message.objects.said().filter(text__icontains=said).values("conversation")
    wanted = Q(subject__icontains=said) | Q(customer__name__icontains=said) | Q(pk__in=messages)
    return wanted | Q(number=int(said)) if said.isdecimal() and len(said) < 19 else wanted

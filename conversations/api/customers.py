"""``/api/v1/customers/``."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import channel_kinds, frames
from conversations.actions import actors, wishes
from conversations.actions.transactions import retried
from conversations.api import rows, schemas
from conversations.api.base import Rows, words
from customers.actions import consent, locks, proving
from customers.addresses import normalise_email, normalise_phone
from customers.assurance import Assurance
from customers.models import Consent, Customer, Identity


class CustomerViewSet(Rows):
    """Customers; ``?identity=<address>`` finds by address, ``?q=`` by name or address."""

    serializer_class = schemas.NewIdentity

    def get_queryset(self) -> QuerySet[Customer]:
        """Without those merged into another."""
        found = frames.customers(Customer.objects.current())
        if self.action != "list":
            return found
        params = self.request.query_params
        if address := words(params, "identity", 320):
            found = found.filter(pk__in=_owners(address))
        if said := words(params, "q"):
            by_address = Identity.objects.filter(address__icontains=said).values("customer")
            found = found.filter(Q(name__icontains=said) | Q(pk__in=by_address))
        return found

    def row(self, found: Customer) -> dict[str, Any]:
        """See rows."""
        return rows.customer(found)

    @extend_schema(request=schemas.NewIdentity)
    @action(detail=True, methods=["post"])
    def identities(self, request: Request, **_: Any) -> Response:
        """Add an address by hand: it counts as vouched until it proves itself."""
        customer = self.get_object()
        wish = schemas.NewIdentity(data=request.data)
        wish.is_valid(raise_exception=True)
        kind, written = wish.validated_data["kind"], wish.validated_data["address"]
        address = normalise_email(written) if kind == "email" else normalise_phone(written)
        if address is None:
            raise ValidationError({"address": ["This is not an address of that kind."]})
        _vouch(customer, kind, address, written, self.person)
        return Response(self.row(self.get_queryset().get(pk=customer.pk)), status=201)

    @extend_schema(request=schemas.NewConsent)
    @action(detail=True, methods=["get", "post"])
    def consents(self, request: Request, **_: Any) -> Response:
        """The ledger of what this person allows and forbids us, newest first; POST notes what an agent was told."""
        customer = self.get_object()
        if request.method == "GET":
            self.paginator.ordering = ("-said_at", "-id")  # type: ignore[union-attr]
            return self.page(Consent.objects.filter(identity__customer=customer), rows.consent)
        wish = schemas.NewConsent(data=request.data)
        wish.is_valid(raise_exception=True)
        told = wish.validated_data
        identity = Identity.objects.select_related("customer").filter(customer=customer, pk=told["identity"]).first()
        if identity is None or identity.kind not in channel_kinds.of(told["channel_kind"]).reaches:
            raise ValidationError({"identity": ["There is no such address here for that kind of channel."]})
        noted = wishes.note_by_hand(
            identity,
            consent.Wish(
                told["channel_kind"],
                "stop" if told["state"] == Consent.State.STOPPED else "start",
                source=Consent.Source.AGENT,
                scope=told["scope"],
                words=told["reason"],
            ),
            by=self.person,
        )
        return Response(rows.consent(noted) if noted else {}, status=201)


@retried
def _vouch(customer: Customer, kind: str, address: str, written: str, person: Any) -> None:
    locks.lock_addresses([(kind, address)])
    row = locks.lock_customers(customer.pk)[customer.pk]
    proving.vouch(row, kind, address, as_seen=written, by=actors.agent(person))


def _owners(address: str) -> Any:
    """Whom an address belongs to, in any spelling. Claims belong to nobody."""
    spellings = {address, address.lower(), normalise_email(address), normalise_phone(address)}
    if address[:1].isdecimal() or address.startswith(" "):  # a "+" arrives as a space from careless callers
        spellings.add(normalise_phone("+" + address.strip()))
    known = Identity.objects.filter(address__in=[one for one in spellings if one])
    return known.filter(assurance__gt=Assurance.CLAIMED).values("customer")

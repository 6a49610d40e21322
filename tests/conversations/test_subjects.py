"""The subject of a mail of ours comes from its recipient's own mails."""

import pytest

from conversations.actions import actors, replying
from customers.models import Identity
from tests import build

pytestmark = pytest.mark.django_db


def test_a_mail_carries_the_subject_of_its_recipient_alone() -> None:
    mail, ada = build.channel("email"), build.user("Ada")
    first = build.mail(mail, subject="My secret order").message
    other = first.conversation.customer.identities.create(kind="email", address="work@jo.example", assurance=50)

    def subject_to(identity: Identity | None) -> str:
        outgoing = replying.Outgoing("Hello", identity=identity)
        return replying.reply(first.conversation, outgoing, by=actors.agent(ada), user=ada).subject

    assert "secret" not in subject_to(other)
    assert subject_to(first.identity) == "Re: My secret order"

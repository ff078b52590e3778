import re

import pytest
from django.core import mail
from django.test import Client

from portal.notifications import relay
from submissions import services
from submissions.links import invitation_path
from tests.factories.submissions import TeamFactory, captain_of

pytestmark = pytest.mark.django_db


def test_somebody_without_an_account_registers_and_comes_back_to_the_invitation():
    team = TeamFactory()
    invitation = services.invite(team, actor=captain_of(team), email="zhao@example.com")
    url, client = invitation_path(invitation), Client()
    answers = {
        "full_name": "赵六",
        "email": "zhao@example.com",
        "password1": "sunflower-quay-77",
        "password2": "sunflower-quay-77",
        "accept_notice": "on",
    }

    client.post(f"/accounts/signup/?next={url}", {**answers, "next": url})
    relay.drain()
    confirm = re.search(r"/accounts/confirm-email/\S+", mail.outbox[-1].body).group()
    response = client.post(confirm)

    assert response["Location"] == url

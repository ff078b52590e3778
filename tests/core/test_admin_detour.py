import pytest
from django.contrib.contenttypes.models import ContentType

from submissions.models import Submission
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import OrganizerFactory, TopicFactory


@pytest.fixture
def stranger_client(client, db):
    """Runs another competition."""
    client.force_login(OrganizerFactory().user)
    return client


@pytest.mark.parametrize("exists", [True, False])
def test_the_administration_leads_nobody_to_what_is_not_theirs(stranger_client, exists):
    pk = SubmissionFactory().pk if exists else 99999
    kind = ContentType.objects.get_for_model(Submission)

    assert stranger_client.get(f"/admin/r/{kind.pk}/{pk}/").status_code == 404


def test_a_page_of_the_administration_leads_to_the_page_itself(client, db):
    topic = TopicFactory()
    client.force_login(OrganizerFactory(competition=topic.track.competition).user)
    page = client.get(f"/admin/tracks/topic/{topic.pk}/change/").content.decode()

    assert f'href="{topic.get_absolute_url()}"' in page

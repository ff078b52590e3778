"""The description of the API: what it says is what is sent, and the page that shows it asks nobody else."""

import re

import jsonschema
import pytest

from tests.factories.judging import AwardFactory
from tests.factories.tracks import TopicFactory

OPERATIONS = ["tracks", "topics", "results"]


@pytest.fixture
def schema(client, db):
    return client.get("/api/v1/schema/").json()


def counted_topic():
    return TopicFactory(track__competition__shows_entry_counts=True)


def described(schema, path, status):
    """The JSON schema of an answer, with the components it refers to."""
    content = schema["paths"][path]["get"]["responses"][status]["content"]["application/json"]["schema"]
    return {**content, "components": schema["components"]}


def test_it_is_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1.")


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_holds_each_list_and_each_row_alone(schema, name):
    assert {f"/api/v1/{name}/", f"/api/v1/{name}/{{id}}/"} <= set(schema["paths"])


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("suffix", ["", "{id}/"], ids=["list", "detail"])
@pytest.mark.parametrize("status", ["400", "404"])
def test_every_operation_says_what_its_errors_look_like(schema, name, suffix, status):
    assert described(schema, f"/api/v1/{name}/{suffix}", status)["$ref"] == "#/components/schemas/Error"


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("suffix", ["", "{id}/"], ids=["list", "detail"])
def test_what_is_sent_is_what_is_described(client, schema, name, suffix):
    sent = {"tracks": lambda: TopicFactory().track, "topics": TopicFactory, "results": AwardFactory}[name]()
    answer = client.get(f"/api/v1/{name}/{suffix.format(id=sent.pk)}").json()

    jsonschema.validate(answer, described(schema, f"/api/v1/{name}/{suffix}", "200"))


@pytest.mark.parametrize(("name", "component"), [("tracks", "Track"), ("topics", "Topic"), ("results", "Result")])
def test_no_field_is_sent_that_is_not_described(client, schema, name, component):
    sent = {"tracks": lambda: TopicFactory().track, "topics": counted_topic, "results": AwardFactory}[name]()

    answer = client.get(f"/api/v1/{name}/{sent.pk}/").json()

    assert list(answer) == list(schema["components"]["schemas"][component]["properties"])


@pytest.mark.parametrize("address", ["/api/v1/topics/?nothing=1", "/api/v1/topics/0/"])
def test_errors_are_what_is_described(client, schema, address):
    answer = client.get(address)

    jsonschema.validate(answer.json(), described(schema, "/api/v1/topics/{id}/", str(answer.status_code)))


def test_the_page_loads_from_here_alone(client, db):
    page = client.get("/api/v1/docs/").content.decode()

    assert [link for link in re.findall(r'(?:src|href)="([^"]+)"', page) if not link.startswith("/")] == []


def test_the_page_is_as_strict_as_every_other(client, db):
    policies = [client.get(address)["Content-Security-Policy"] for address in ("/api/v1/docs/", "/api/v1/topics/")]
    directives = [sorted(part.strip() for part in policy.split(";")) for policy in policies]

    assert directives[0] == directives[1]


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "奖项"), ("en", "award")])
def test_it_speaks_the_readers_language(client, db, language, said):
    schema = client.get("/api/v1/schema/", headers={"accept-language": language}).json()

    parameters = {each["name"]: each for each in schema["paths"]["/api/v1/results/"]["get"]["parameters"]}
    assert parameters["level"]["schema"]["title"].casefold() == said

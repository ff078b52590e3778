"""Programs that sign in with a token."""

from django.test import Client

from portal.accounts.services.tokens import issue_token

KEYS = (f"key-{number:012}" for number in range(10_000))


def issue(person, **facts):
    return issue_token(person, name="程序", purpose="统计", key=next(KEYS), **facts)


def bearer(secret):
    return Client(headers={"authorization": f"Bearer {secret}"})


def program(person, **facts):
    return bearer(issue(person, **facts).secret)

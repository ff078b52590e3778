"""Chromium against the real processes. Whatever the browser complains about fails the test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.browser.season import Season, fill
from tests.browser.site import Site, running_site

SCREENS = Path(settings.BASE_DIR) / "var" / "screens"
# A busy machine takes its time; what is waited for is the same.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def season(tmp_path_factory) -> Iterator[Season]:
    """A second portal, in the middle of its season: the first one stays as fresh as its first start left it."""
    with running_site(tmp_path_factory.mktemp("season")) as site:
        yield fill(site)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Chromium's sandbox refuses to work for root, which is who runs in a container.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        # Without one on this machine Playwright takes its own.
        program = Path(__file__).with_name("chromium.sh") if shutil.which("chromium") else None
        browser = playwright.chromium.launch(executable_path=program, args=[*arguments, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def browser_context_factory(chromium: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of one's own for each person: ``browser_context_factory()``, as often as needed."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def new_context(**options) -> BrowserContext:
        options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "base_url": site.url, **options}
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, **options)
        context.set_default_timeout(PATIENCE)
        watch(context, site, complaints)
        contexts.append(context)
        return context

    yield new_context
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(browser_context_factory) -> Page:
    return browser_context_factory().new_page()


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """``screenshot(page, "01-home")`` keeps what the person sees in var/screens/.

    What goes into a folder there, hundreds of them, is kept for whoever asks with SCREENS=all: drawing a whole page
    once more and packing it takes a third of a second of the processor.
    """

    def save(page: Page, name: str) -> Path:
        path = SCREENS / f"{name}.png"
        if "/" not in name or os.environ.get("SCREENS") == "all":
            page.screenshot(path=path, full_page=True)
        return path

    return save


def watch(context: BrowserContext, site: Site, complaints: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        # A page that answers 404 or 409 is logged as a failed load too; on_response tells which ones matter.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console at {message.page and message.page.url}: {message.text}")

    def on_response(response: Response) -> None:
        is_part_of_a_page = response.request.resource_type not in {"document", "fetch", "xhr"}
        if response.status >= 500 or (response.status >= 400 and is_part_of_a_page):
            complaints.append(f"{response.status} from {response.url}")

    def on_request(request: Request) -> None:
        # Chromium shows a PDF with pages of its own.
        if not request.url.startswith((site.url, "data:", "blob:", "chrome")):
            complaints.append(f"foreign address {request.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(f"script error: {error.error}"))
    context.on("response", on_response)
    context.on("request", on_request)

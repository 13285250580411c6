"""The review page in a real browser: Debian's chromium, a server of our own, projects of all kinds.

Where there is no chromium, or no Playwright, all of this is skipped with a reason.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="looking at the page needs Playwright: pip install -e '.[test]'")

from playwright.sync_api import Browser, expect, sync_playwright  # noqa: E402

from tests.interfaces.browser import projects  # noqa: E402
from tests.interfaces.browser.reviewer import Reviewer  # noqa: E402
from tests.interfaces.browser.service import Service, serving  # noqa: E402

expect.set_options(timeout=15_000)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SCREENSHOTS = Path(__file__).parents[3] / "build" / "screenshots"
Serve = Callable[[Path], Service]
Review = Callable[..., Reviewer]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for each module: while Playwright is at work no other test of this thread could have a loop."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium here: `make browser` installs it")
    flags = ["--disable-dev-shm-usage", "--force-color-profile=srgb"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`template(filling)` is a project file that is made once; tests get copies of it."""
    folder = tmp_path_factory.mktemp("templates")

    def get(*fillings: Any) -> Path:
        file = folder / ("-".join(fill.__name__ for fill in fillings) + ".retouch")
        return file if file.exists() else projects.made(file, *fillings)

    return get


@pytest.fixture
def serve(tmp_path: Path, template: Callable[..., Path]) -> Iterator[Callable[..., Service]]:
    """`serve(filling)`: a server of a copy of that project, for this test alone."""
    with ExitStack() as stack:

        def begin(*fillings: Any) -> Service:
            copy = shutil.copy(template(*fillings), tmp_path / "sheet.retouch")
            return stack.enter_context(serving(Path(copy)))

        yield begin


@pytest.fixture
def review(browser: Browser) -> Iterator[Review]:
    """`review(service)`: a person with a browser of their own; at the end nobody's browser may have complained."""
    everybody: list[Reviewer] = []

    def sit_down(service: Service, **options: Any) -> Reviewer:
        context = browser.new_context(**{"viewport": {"width": 1360, "height": 860}, "locale": "en-GB", **options})
        everybody.append(Reviewer.sit_down(service, context))
        return everybody[-1]

    yield sit_down
    for each in everybody:
        each.close()
    assert [complaint for each in everybody for complaint in each.complaints] == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which looks for what keeps people out."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("looking for barriers needs axe-playwright-python: pip install -e '.[test]'")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the views are kept for people to look at; not part of the repository."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS

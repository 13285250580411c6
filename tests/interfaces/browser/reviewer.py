"""A person before the page: opens it, finds versions, uses what is labelled; and what the browser complained of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from tests.interfaces.browser.service import Service

ACT = 'retouch-acts .bar [data-act="{}"]'


@dataclass
class Reviewer:
    """One browser with a page, and the server that it looks at."""

    service: Service
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    """Errors on the browser's console, uncaught ones and violations of the policy among them."""

    @classmethod
    def sit_down(cls, service: Service, context: BrowserContext) -> Reviewer:
        context.set_default_timeout(15_000)
        reviewer = cls(service, context, context.new_page())
        reviewer.page.on("console", reviewer._heard)
        reviewer.page.on("pageerror", lambda error: reviewer.complaints.append(f"uncaught: {error}"))
        return reviewer

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def open(self, path: str = "/", *, admitted: bool = True) -> Page:
        """Open a path of the server, with its token; waits until the history or the list is there."""
        first = f"{self.service.origin}{path.partition('?')[0]}?token={self.service.token}"
        if admitted:
            self.page.goto(first, wait_until="commit")
        self.page.goto(f"{self.service.origin}{path}")
        expect(self.page.locator("main")).to_be_visible()
        return self.page

    def document(self, name: str | None = None, **address: str) -> Page:
        """Open a document; `version` in the path, all else in the query."""
        version = address.pop("version", None)
        path = f"/d/{self.service.key(name)}" + (f"/v/{version}" if version else "")
        asked = "&".join(f"{key}={value}" for key, value in address.items())
        page = self.open(f"{path}?{asked}" if asked else path)
        expect(page.get_by_role("treeitem").first).to_be_attached()
        return page

    # what is on the page

    def line(self, version: str) -> Locator:
        """The line of a version in the history."""
        return self.page.locator(f'[role="treeitem"][data-version="{version}"]').last

    def choose(self, version: str) -> None:
        self.line(version).click()
        self.shows(version)

    def shows(self, version: str) -> None:
        """The address has this version, and the bar is that of this version."""
        expect(self.page).to_have_url(re.compile(f"/v/{version}"))
        expect(self.line(version)).to_have_attribute("aria-selected", "true")

    def act(self, name: str) -> Locator:
        """The button of an act on the shown version."""
        return self.page.locator(ACT.format(name))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def notice(self) -> Locator:
        """What was just done, or went wrong."""
        return self.page.locator("retouch-notice")

    def told(self, text: str | re.Pattern[str]) -> None:
        expect(self.notice).to_contain_text(text)

    def drawn(self) -> None:
        """Wait until the picture stands: a tile was drawn, so the thumbnail that stood there first is gone."""
        expect(self.page.locator("retouch-picture img.first, retouch-overlaid img.first")).to_have_count(0)

    def focused(self) -> str:
        """Role, name and act of what has the focus, however deep."""
        return str(self.page.evaluate(FOCUSED))

    def script(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def close(self) -> None:
        try:
            self.context.close()
        except Error as error:  # a test may have closed it already
            if "closed" not in str(error):
                raise


FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  if (!at) return '';
  const name = at.getAttribute('aria-label') ?? at.dataset.act ?? at.getAttribute('name') ?? at.textContent.trim();
  return [at.getAttribute('role') ?? at.localName, name].join(' ');
}"""

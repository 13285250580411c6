"""What a browser measures of the review page: when things are on the screen, and what a move of the slider costs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.review_server import Served

CHROMIUM = Path("/usr/bin/chromium")
WINDOW = (1400, 900)
_PATIENCE = 30.0
_FIND = """
window.found = (name) => {
  const walk = (root) => {
    for (const each of root.querySelectorAll('*')) {
      if (each.matches(name)) return each;
      const inside = each.shadowRoot && walk(each.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  return walk(document);
};
"""
"""An element of that name, wherever it lies in the shadows."""
_WATCH = """
window.times = {};
const mark = (name) => { window.times[name] ??= performance.now(); };
const look = () => {
  const picture = document.body && found('retouch-picture');
  const first = picture && picture.shadowRoot.querySelector('.first');
  if (first && first.complete && first.naturalWidth) mark('thumbnail');
  const viewer = picture && picture.stage && picture.stage.viewer;
  if (viewer && !window.hooked) {
    window.hooked = true;
    viewer.addOnceHandler('tile-drawn', () => requestAnimationFrame(() => mark('first tile')));
  }
  if (viewer && viewer.world.getItemCount() && viewer.getFullyLoaded()) mark('whole window');
  const tree = document.body && found('retouch-tree');
  const rows = tree ? tree.shadowRoot.querySelectorAll('[role=treeitem]') : [];
  if (rows.length > 1) {
    requestAnimationFrame(() => mark('tree'));
    if ([...rows].slice(0, 8).every((row) => { const i = row.querySelector('img'); return i && i.complete; }))
      mark('tree with thumbnails');
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
"""Notes, in ms since the navigation began, the frame in which each thing was seen."""
_MOVES = """
async ([moves, pointer]) => {
  const handle = found('retouch-overlaid').shadowRoot.querySelector('.handle');
  const place = handle.getBoundingClientRect();
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  await frame();
  for (let number = 0; number < moves; number += 1) {
    const began = performance.now();
    const clientX = place.x + number * 37 % 500 - 250;
    handle.dispatchEvent(new PointerEvent('pointermove', {
      pointerId: pointer, clientX, clientY: place.y, bubbles: true, composed: true,
    }));
    await frame();
    await frame();
    times.push(performance.now() - began);
  }
  return times;
}
"""
"""Each move of the slider begins with a frame and waits for two more: 33.3 ms where none is missed."""
_WARMING = 3
_MOUSE = 1
"""The pointer's number that browsers give to the mouse."""


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's chromium without a window, as the tests have it: software rendering."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--disable-dev-shm-usage"])
        yield opened
        opened.close()


@contextmanager
def admitted(opened: Browser, server: Served, script: str = "") -> Iterator[Page]:
    """A page of a browser that was never here before, let in, with nothing in its cache."""
    context = opened.new_context(viewport={"width": WINDOW[0], "height": WINDOW[1]})
    address = f"http://{server.host}:{server.port}"
    context.add_cookies([{"name": f"retouch-{server.port}", "value": server.token, "url": address}])
    context.add_init_script(_FIND + script)
    yield context.new_page()
    context.close()


def opening(opened: Browser, server: Served, path: str, wanted: tuple[str, ...]) -> dict[str, float]:
    """Open an address in a new browser; milliseconds until each thing `wanted` was on the screen."""
    with admitted(opened, server, f"(() => {{{_WATCH}}})();") as page:
        page.goto(f"http://{server.host}:{server.port}{path}")
        _until(page, f"{json.dumps(wanted)}.every((name) => name in window.times)")
        times: dict[str, float] = page.evaluate("window.times")
        return times


def slider(opened: Browser, server: Served, path: str, moves: int) -> dict[str, list[float]]:
    """Move the slider of a comparison, fitted to the window and at full size; milliseconds of each move."""
    found = {}
    with admitted(opened, server) as page:
        page.goto(f"http://{server.host}:{server.port}{path}")
        ready = "(v => v.world.getItemCount() === 2 && v.getFullyLoaded())(found('retouch-overlaid').stage.viewer)"
        _until(page, f"!!found('retouch-overlaid')?.stage?.viewer && {ready}")
        if page.evaluate("found('retouch-overlaid').stage.viewer.drawer.getType()") != "canvas":
            raise SystemExit("the comparison is not drawn on a canvas")
        for name in ("fitted", "100 %"):
            if name != "fitted":
                page.evaluate("found('retouch-overlaid').toggleFit()")
                page.wait_for_timeout(1000)
                _until(page, ready)
            found[name] = _moved(page, moves)
    return found


def _moved(page: Page, moves: int) -> list[float]:
    grip = "found('retouch-overlaid').shadowRoot.querySelector('.handle').getBoundingClientRect()"
    x, y = page.evaluate(f"(r => [r.x + r.width / 2, r.y + r.height / 2])({grip})")
    page.mouse.move(x, y)
    page.mouse.down()
    times: list[float] = page.evaluate(_MOVES, [moves + _WARMING, _MOUSE])
    page.mouse.up()
    return times[_WARMING:]


def _until(page: Page, condition: str) -> None:
    """Ask until it holds; the page's policy forbids what Playwright's own waiting does."""
    end = time.monotonic() + _PATIENCE
    while not page.evaluate(f"(() => {{ try {{ return {condition}; }} catch {{ return false; }} }})()"):
        if time.monotonic() > end:
            raise SystemExit(f"not within {_PATIENCE:.0f} s: {condition}")
        time.sleep(0.1)

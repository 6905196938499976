"""The module that pages write with, in the real browser: it reckons as the server does, and converges."""

import random
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from filiera.workshops.operations import apply, compose, length_after, stroke, transform

MODULES = files("filiera.workshops") / "static" / "workshops"
CHARACTERS = "ab è\n€🙂👩‍🔬🇮🇹é𝒳"

# Three pages and a server in one place; what happens is drawn from a seed, cuts and lost answers included.
CONVERGE = """
async ({ seeds, characters }) => {
  const { apply, meet } = await import("/operations.js");
  const { TextSession } = await import("/text_session.js");
  const wrong = [];
  for (const seed of seeds) {
    let state = seed * 2654435761 >>> 0;
    const random = () => { state = (state * 1664525 + 1013904223) >>> 0; return state / 4294967296; };
    const server = { text: "To begin with 🙂", done: [] };
    const after = (revision) => server.done.slice(revision).map((each) => ({ ...each }));
    const put = (message) => {
      if (!server.done.some((each) => each.client === message.client && each.number === message.number)) {
        let operation = message.operation;
        for (const earlier of server.done.slice(message.revision)) {
          [, operation] = meet(earlier.operation, operation, earlier.client <= message.client);
        }
        server.text = apply(server.text, operation);
        server.done.push({ ...message, operation, revision: server.done.length + 1 });
      }
      return after(message.revision);
    };
    let isCut = false;
    const calm = [];
    const pageOf = (client) => {
      const session = new TextSession({
        client, text: server.text, revision: server.done.length,
        send: async (message) => {
          if (isCut) throw new TypeError("no network");
          const answer = put(structuredClone(message));
          await Promise.resolve();
          if (random() < 0.25) throw new TypeError("the answer was lost");
          return answer;
        },
        pull: async (revision) => after(revision),
        kept: (record) => { session.record = record && structuredClone(record); },
      });
      session.flushLater = () => {};
      return session;
    };
    const pages = [pageOf("one"), pageOf("two"), pageOf("three")];
    const left = [];
    const typed = [];
    for (let step = 0; step < 60; step += 1) {
      const who = Math.floor(random() * 3);
      const page = pages[who];
      const points = [...page.text];
      const place = Math.floor(random() * (points.length + 1));
      const deed = random();
      if (deed < 0.35) {
        const mark = String.fromCodePoint(0x4e00 + step);
        typed.push(mark);
        const more = [...characters][Math.floor(random() * [...characters].length)];
        page.type([...points.slice(0, place), mark, more, ...points.slice(place)].join(""));
      } else if (deed < 0.5) {
        // Never a mark: who removes and types it anew would find it twice beside another who does the same.
        const isMark = points[place] >= "\\u4e00" && points[place] < "\\uac00";
        if (!isMark) page.type([...points.slice(0, place), ...points.slice(place + 1)].join(""));
      } else if (deed < 0.8) {
        await page.flush();
      } else if (deed < 0.9) {
        await page.catchUp();
      } else if (deed < 0.95) {
        isCut = !isCut;
      } else {
        // The page is closed; what it had not sent is sent by another, which knows the changes only.
        const send = async (message) => put(structuredClone(message));
        const pull = async (revision) => after(revision);
        if (page.record) left.push(new TextSession({ ...page.record, text: null, send, pull }));
        pages[who] = pageOf(`again-${step}`);
      }
    }
    isCut = false;
    for (const page of [...left, ...pages]) {
      page.flushLater = () => {};
      for (let round = 0; round < 20 && !page.isSaved; round += 1) await page.flush();
    }
    for (const page of pages) await page.catchUp();
    const marks = [...server.text].filter((each) => each >= "\\u4e00" && each < "\\uac00").sort().join("");
    const same = pages.every((page) => page.text === server.text);
    if (!same || marks !== typed.sort().join("")) wrong.push(seed);
  }
  return wrong;
}
"""

# Three begin in one empty field, each a letter at a time, with sending and hearing in any order between.
BEGIN = """
async ({ seeds, words }) => {
  const { apply, meet, movedPlace } = await import("/operations.js");
  const { TextSession } = await import("/text_session.js");
  const mixed = [];
  for (const seed of seeds) {
    let state = seed * 2654435761 >>> 0;
    const random = () => { state = (state * 1664525 + 1013904223) >>> 0; return state / 4294967296; };
    const server = { text: "", done: [] };
    const put = (message) => {
      let operation = message.operation;
      for (const earlier of server.done.slice(message.revision)) {
        [, operation] = meet(earlier.operation, operation, earlier.client <= message.client);
      }
      server.text = apply(server.text, operation);
      server.done.push({ ...message, operation, revision: server.done.length + 1 });
      return server.done.slice(message.revision);
    };
    const pages = words.map((own) => {
      const page = { own, written: 0, cursor: 0 };
      page.session = new TextSession({
        client: random().toString(36), text: "", revision: 0,
        send: async (message) => put(structuredClone(message)),
        pull: async (revision) => server.done.slice(revision),
        changed: (text, operation) => { page.cursor = movedPlace(page.cursor, operation); },
      });
      page.session.flushLater = () => {};
      return page;
    });
    while (pages.some((page) => page.written < page.own.length || !page.session.isSaved)) {
      const page = pages[Math.floor(random() * pages.length)];
      const { text } = page.session;
      if (random() < 0.5 && page.written < page.own.length) {
        page.session.type(text.slice(0, page.cursor) + page.own[page.written] + text.slice(page.cursor));
        page.cursor += 1;
        page.written += 1;
      } else if (random() < 0.5) {
        await page.session.flush();
      } else {
        await page.session.catchUp();
      }
    }
    for (const page of pages) await page.session.catchUp();
    const isOne = pages.every((page) => page.session.text === server.text);
    if (!isOne || !words.every((own) => server.text.includes(own))) mixed.push(server.text);
  }
  return mixed;
}
"""


@pytest.fixture
def modules(browser: Browser) -> Iterator[Page]:
    """A page that can import our modules from the disk, and nothing else."""
    page = browser.new_page()

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            route.fulfill(body=(MODULES / name).read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>Modules</title>", content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://modules.invalid/")
    yield page
    page.close()


def operation_on(text: str, draw: random.Random) -> list[int | str]:
    components: list[int | str] = []
    left = len(text)
    while left:
        if draw.random() < 0.4:
            components.append("".join(draw.choices(CHARACTERS, k=draw.randint(1, 3))))
        size = draw.randint(1, left)
        components.append(size if draw.random() < 0.6 else -size)
        left -= size
    components.append("".join(draw.choices(CHARACTERS, k=draw.randint(1, 3))))
    return compose(components, [length_after(components)])


def cases(count: int) -> list[dict[str, Any]]:
    draw = random.Random(20230922)
    found = []
    for _each in range(count):
        text = "".join(draw.choices(CHARACTERS, k=draw.randint(0, 12)))
        first, second = operation_on(text, draw), operation_on(text, draw)
        after = apply(text, first)
        then = operation_on(after, draw)
        found.append(
            {
                "text": text,
                "first": first,
                "second": second,
                "after": after,
                "then": then,
                "transformed": [list(each) for each in transform(first, second)],
                "composed": compose(first, then),
                "stroke": stroke(text, after),
            }
        )
    return found


def test_the_module_reckons_as_the_server_does(modules):
    wrong = modules.evaluate(
        """async (cases) => {
          const { apply, compose, difference, transform } = await import("/operations.js");
          const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
          return cases.filter((each) => !(
            apply(each.text, each.first) === each.after
            && same(transform(each.first, each.second), each.transformed)
            && same(compose(each.first, each.then), each.composed)
            && same(difference(each.text, each.after), each.stroke)
          ));
        }""",
        cases(600),
    )

    assert wrong == []


def test_who_begins_in_one_field_with_others_keeps_the_own_words_together(modules):
    words = ["Nine of ten members stay. ", "Each is called twice. ", "We look back in May. "]

    mixed = modules.evaluate(BEGIN, {"seeds": list(range(200)), "words": words})

    assert mixed == []


def test_pages_converge_whatever_is_cut_or_lost(modules):
    wrong = modules.evaluate(CONVERGE, {"seeds": list(range(1, 301)), "characters": CHARACTERS})

    assert wrong == []


def test_a_page_that_was_not_answered_asks_again(modules):
    shown = modules.evaluate(
        """async () => {
          const { TextSession } = await import("/text_session.js");
          let asked = 0;
          const told = { revision: 1, client: "other", number: 1, operation: ["So ", 5] };
          const shown = new Promise((resolve) => {
            const session = new TextSession({
              client: "own", text: "begun", revision: 0,
              pull: async () => {
                asked += 1;
                if (asked === 1) throw new TypeError("no network");
                return [told];
              },
              changed: resolve,
            });
            session.catchUp();
          });
          return [await shown, asked];
        }"""
    )

    assert shown == ["So begun", 2]


def test_a_page_whose_text_is_not_the_one_of_its_revision_says_so(modules):
    states = modules.evaluate(
        """async () => {
          const { TextSession } = await import("/text_session.js");
          const states = [];
          const session = new TextSession({
            client: "own", text: "older words", revision: 4,
            pull: async () => [{ revision: 5, client: "other", number: 1, operation: [3, " more"] }],
            stated: (state) => states.push(state),
          });
          await session.catchUp();
          session.type("older words, changed");
          return [states.at(-1), session.isSaved];
        }"""
    )

    assert states == ["refused", True]


def test_the_cursor_stays_among_its_words(modules):
    places = modules.evaluate(
        """async () => {
          const { movedPlace } = await import("/operations.js");
          return [
            movedPlace(3, ["🙂", 5]), movedPlace(3, [3, "x", 2]), movedPlace(3, [4, "x", 1]),
            movedPlace(3, [-2, 3]), movedPlace(3, [1, -4]), movedPlace(0, ["x", 5]),
          ];
        }"""
    )

    assert places == [4, 3, 3, 1, 1, 0]


def test_a_new_measure_is_written_in_at_once_also_without_a_certificate(browser):
    """The page comes by plain HTTP, as in a hall's own network."""
    card = '<li data-measure="{0}" id="measure-{0}"><textarea id="words-{0}"></textarea></li>'
    form = '<form method="post" action="/add" data-reload data-adds><button>Add</button></form>'
    head = '<!doctype html><title>Plan</title><div id="toasts"></div>'
    one = f'{head}<ol id="measures">{card.format(1)}</ol>{form}'
    two = f'<ol id="measures">{card.format(1)}{card.format(2)}</ol>'
    page = browser.new_page()

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            route.fulfill(body=(MODULES / name).read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body=two if name == "add" else one, content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://modules.invalid/")
    page.evaluate("async () => { window.htmx = { process() {} }; await import('/canvas.js'); }")
    page.get_by_role("button", name="Add").click()
    page.wait_for_function("document.activeElement.id === 'words-2'")
    page.close()

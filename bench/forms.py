"""The form engine: validating a record, loading a long form, a filtered list, convert and check, a first key.

Baselines of the same run: writing and reading the same record as JSON, and parsing the same XForm alone.
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from bench import hostile
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import fill
from surveyapp.forms.form import Form, load_form
from tests.browser.form_server import form_application
from tests.chromium import ARGUMENTS, executable

NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)
CITIZEN = Path(__file__).resolve().parent.parent / "questionnaires" / "jilin-2018" / "citizen.md"
_HEAD = "| survey |\n| | type | name | label | relevant | constraint | choice_filter |\n"
_TAIL = "| settings |\n| | form_title | form_id | version |\n| | Bench | bench | 1 |\n"


def long_form(questions: int) -> str:
    """A questionnaire in which each question but the first depends on the one before it."""
    rows = ["| | integer | q0 | 第 0 题 | | . >= 0 and . <= 100 | |"]
    for number in range(1, questions):
        rows.append(f"| | integer | q{number} | 第 {number} 题 | ${{q{number - 1}}} >= 0 | . <= 100 | |")
    return _HEAD + "\n".join(rows) + "\n" + _TAIL


def long_list(options: int) -> tuple[str, dict[str, bytes]]:
    """Two questions and a list beside them; the second chooses among `options`, filtered by the first to
    twenty of them."""
    rows = "| | text | city | City | | | |\n"
    rows += "| | select_one_from_file many.csv | place | Place | | | city = ${city} |\n"
    lines = [f"p{number},P{number},c{number // 20}" for number in range(options)]
    return _HEAD + rows + _TAIL, {"many.csv": ("name,label,city\n" + "\n".join(lines)).encode()}


def measure(say: Callable[[str], object]) -> None:
    """Print every figure with its aim."""
    text = long_form(40)
    form = load_form(convert_markdown(text).xform)
    answers = {f"q{number}": str(number) for number in range(40)}
    ours = fastest(lambda: fill(form, answers, now=NOW), 300)
    plain = fastest(lambda: json.loads(json.dumps(answers)), 300)
    say(f"validate 40 questions   {ours * 1e3:7.3f} ms (aim <= 0.5)  {ours / plain:6.1f} x JSON")
    xform = convert_markdown(long_form(500)).xform
    loading = fastest(lambda: load_form(xform), 3)
    parsing = fastest(lambda: etree.fromstring(xform.encode()), 3)
    say(f"load 500 questions      {loading * 1e3:7.1f} ms (aim <= 300)  {loading / parsing:6.1f} x its XML")
    say(f"filter 20,000 options   {filtered() * 1e6:7.1f} us (aim <= 20)")
    source = CITIZEN.read_text(encoding="utf-8")
    say(f"convert, check citizen  {fastest(lambda: convert_markdown(source), 5) * 1e3:7.1f} ms (aim <= 100)")
    key = first_key(load_form(convert_markdown(long_form(200)).xform))
    say(f"first key, 200 questions{key:7.1f} ms (aim <= 30)  CPU 4 x slower")
    hostile.measure(say)


def filtered() -> float:
    """Seconds to look the filtered options of a list of 20,000 up."""
    text, files = long_list(20_000)
    form = load_form(convert_markdown(text, files).xform, files)
    filling = fill(form, {"city": "c500", "place": "p10003"}, now=NOW)
    if len(filling.choices("place")) != 20 or filling.problems:
        raise AssertionError("the filter does not give what it should")
    return fastest(lambda: filling.choices("place"), 2_000)


def fastest(work: Callable[[], object], times: int) -> float:
    """The median of `times` runs in seconds, after one to warm up."""
    work()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def first_key(form: Form) -> float:
    """Milliseconds a page works after an answer changed, the median of 20."""
    with serving(form_application(form)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS])
        page = browser.new_page()
        page.goto(address)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        taken = [float(page.evaluate(_KEY, [f"q{number % 150}", str(number)])) for number in range(20)]
        browser.close()
    return statistics.median(taken)


_KEY = """([name, value]) => { const input = document.querySelector(`[name="${name}"]`);
  input.value = value;
  const begun = performance.now();
  input.form.dispatchEvent(new Event('change')); // what follows a change, without the pause after typing
  return performance.now() - begun; }"""


@contextmanager
def serving(application: Any) -> Any:
    """The application on a free port of the loopback."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()

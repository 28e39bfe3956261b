"""What one load does to another, and what must not differ: readers during changes and imports, terms, places in a list."""

import concurrent.futures
import html
import http.client
import re
import statistics
import subprocess
import time

from . import machine

READERS = 32
FAR = 10_000


class Line:
    """A connection that stays open; asks one page after the other."""

    def __init__(self, port, headers):
        self.connection, self.headers = http.client.HTTPConnection("127.0.0.1", port, timeout=120), headers

    def ask(self, path):
        """The page, and the milliseconds that it took."""
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        page = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise SystemExit(f"scripts/bench: {path} was answered {answer.status}")
        return page.decode("utf-8", "replace"), took


def far(port, headers):
    """Page 2 of the licenses and page 10,000, reached by following *next*: milliseconds of each, asked in turn."""
    line, path, second, place = Line(port, headers), "/licenses", None, 1
    while place < FAR:
        found = re.search(r'rel="next" href="([^"]+)"', line.ask(path)[0])
        if not found:
            break
        path, place = html.unescape(found[1]), place + 1
        second = second or path
    asked = {path: [], second: []}
    for _ in range(100):
        for one in asked:
            asked[one].append(line.ask(one)[1])
    near, last = statistics.median(asked[second]), statistics.median(asked[path])
    return {"page": place, "second": near, "far": last, "ratio": last / near}


def terms(port, headers, parts, path):
    """Milliseconds of each term by itself, the best of five: the middle, and the slowest beside it."""
    line = Line(port, headers)
    took = {part: min(line.ask(path(part))[1] for _ in range(5)) for part in parts}
    middle, slowest = statistics.median(took.values()), max(took, key=took.get)
    return {"median": middle, "slowest": took[slowest], "term": slowest, "ratio": took[slowest] / middle}


def changes(ports, headers, reading, writing, seconds):
    """Changes over 2 connections while 32 readers read; the readers before and meanwhile."""
    before = machine.load(ports, reading, headers, READERS, seconds)
    with concurrent.futures.ThreadPoolExecutor() as both:
        readers = both.submit(machine.load, ports, reading, headers, READERS, seconds + 1)
        time.sleep(0.5)
        written = machine.load(ports, writing, headers, 2, seconds)
        meanwhile = readers.result()
    return {"rate": written["rate"], "errors": written["errors"], "before": before["p99"], "meanwhile": meanwhile["p99"],
            "ratio": meanwhile["p99"] / before["p99"]}


def an_import(ports, headers, reading, command, environment):
    """Readers over 2 connections before an import and while it runs; the worst of its spans of five seconds."""
    before = statistics.median(machine.load(ports, reading, headers, 2, 5)["p99"] for _ in range(3))
    began, spans = time.monotonic(), []
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        spans.append(machine.load(ports, reading, headers, 2, 5)["p99"])
    if process.returncode:
        raise SystemExit("scripts/bench: the import beside readers failed")
    return {"seconds": time.monotonic() - began, "before": before, "meanwhile": statistics.median(spans),
            "worst": max(spans), "ratio": statistics.median(spans) / before}

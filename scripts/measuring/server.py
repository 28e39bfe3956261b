"""A server while it is asked, and the way into the console."""

import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.parse

PASSWORD = "bench-bench-bench-1"
PORTS = {"floor": 8111, "datasette": 8112, "reseat": 8110, "second": 8113}


def fetch(port, path, headers=None, body=None, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    return answer.status, answer.getheaders(), answer.read().decode("utf-8", "replace")


class Server:
    """A server while it is asked. `second`: another copy of it, that is asked with it."""

    def __init__(self, name, command, path, environment=None, second=None):
        self.name, self.port, self.second = name, PORTS[name], second
        self.ports = (self.port, second.port) if second else (self.port,)
        began = time.monotonic()
        self.process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        while time.monotonic() - began < 60:
            try:
                if fetch(self.port, path)[0] < 500:
                    break
            except OSError:
                time.sleep(0.01)
        else:
            sys.exit(f"scripts/bench: {name} did not start")
        self.start = time.monotonic() - began

    def stop(self):
        if self.second:
            self.second.stop()
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)


def sign_in():
    form = urllib.parse.urlencode({"name": "bench", "password": PASSWORD})
    status, headers, _ = fetch(PORTS["reseat"], "/sign-in", {"Content-Type": "application/x-www-form-urlencoded",
                                                              "Sec-Fetch-Site": "same-origin"}, form, "POST")
    if status != 303:
        sys.exit(f"scripts/bench: nobody was let in ({status})")
    cookies = "; ".join(value.split(";")[0] for name, value in headers if name.lower() == "set-cookie")
    return {"Cookie": cookies, "Accept-Encoding": "identity", "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded"}

"""What the machine says of a process and of itself, and a load that is bounded in time."""

import json
import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path


def own_memory(pid):
    """MiB that are the process's own: without pages of mapped files."""
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"^RssAnon:\s+(\d+)", status.read(), re.M)[1]) / 1024


class Watch(threading.Thread):
    """Notes the most memory that a process had."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.most, self.over = pid, 0.0, False
        self.start()

    def run(self):
        while not self.over:
            try:
                self.most = max(self.most, own_memory(self.pid))
            except (OSError, TypeError):
                return
            time.sleep(0.05)


def pace():
    """Milliseconds of a fixed piece of work: how quick the machine is just now."""
    best = 1e9
    for _ in range(5):
        began, x = time.perf_counter(), 0
        for n in range(200_000):
            x = (x * 1_103_515_245 + n) & 0xFFFFFFFF
        best = min(best, time.perf_counter() - began)
    return round(best * 1000, 1)


LUA = """
local requests, n, servers = {}, 0, 0
local ports = {PORTS}
function setup(thread)
  thread:set("place", servers)
  servers = servers % #ports + 1
  thread.addr = wrk.lookup("127.0.0.1", ports[servers])[1]
end
function init(args)
  local headers = {}
  for line in io.lines(args[2]) do local name, value = line:match("^([^:]+): (.*)$"); if name then headers[name] = value end end
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%S+)\\t([^\\t]+)\\t?(.*)$")
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
end
function request() n = n + 1; return requests[((n - 1) * #ports + place) % #requests + 1] end
function done(summary, latency)
  io.write(string.format('JSON{"requests":%d,"seconds":%.3f,"bytes":%d,"errors":%d,"p50":%.3f,"p99":%.3f}\\n', summary.requests,
    summary.duration / 1e6, summary.bytes, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""


def load(ports, requests, headers, connections, seconds):
    """Sends requests in turn over so many connections, to each copy of a server over its part of them: requests a second,
    milliseconds, bytes."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "load.lua").write_text(LUA.replace("{PORTS}", "{" + ", ".join(f'"{port}"' for port in ports) + "}"))
        (folder / "requests").write_text("".join("\t".join(one) + "\n" for one in requests))
        (folder / "headers").write_text("".join(f"{name}: {value}\n" for name, value in headers.items()))
        told = subprocess.run(
            ["wrk", f"-t{len(ports)}", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(folder / "load.lua"),
             f"http://127.0.0.1:{ports[0]}", "--", str(folder / "requests"), str(folder / "headers")],
            capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    found = json.loads(re.search(r"JSON(\{.*\})", told)[1])
    found["rate"] = found["requests"] / found["seconds"]
    return found

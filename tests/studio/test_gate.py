"""Who gets in: the browser that came by the printed address, and no page of another site."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from .conftest import RunningStudio, begin_gate, start_studio

pytestmark = pytest.mark.loopback


def test_the_token_works_once(tmp_path: Path):
    """Without the token the door is closed; with it a cookie is given that no other site's request carries; once."""
    running = start_studio(tmp_path / "projects", tmp_path / "clips")
    assert running.ask("GET", "/")[0] == 403
    assert running.ask("GET", "/api/home")[0] == 403
    assert running.ask("GET", "/?token=" + "x" * 43)[0] == 403
    status, _, headers = running.ask("GET", f"/?token={running.token}")
    assert status == 303
    assert headers["location"] == "/"
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(headers["set-cookie"].split("; "))
    assert running.ask("GET", f"/?token={running.token}")[0] == 403
    assert running.ask("GET", "/", Cookie=headers["set-cookie"].partition(";")[0])[0] == 200
    running.stop()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "localhost:1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Cookie": "audio-builder-studio=1"},
        {"Cookie": ";;;=\x7f"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/api/home"), ("POST", "/api/projects?name=a.md"), ("GET", "/page/main.js")],
)
def test_a_request_from_elsewhere_gets_nothing(studio: RunningStudio, method: str, path: str, headers: dict[str, str]):
    """Another host, another origin, another site, no cookie: refused, whatever is asked for, and nothing is made."""
    before = sorted(studio.projects.iterdir())
    status, content, _ = studio.ask(method, path, b"Some words." if method == "POST" else None, **headers)
    assert status in {403, 421}
    assert b"projects" not in content
    assert sorted(studio.projects.iterdir()) == before


def test_a_change_without_an_origin_is_refused(studio: RunningStudio):
    """A form of another site in an old browser says no origin: what changes something needs one."""
    assert studio.ask("POST", "/api/projects?name=a.md", b"Some words.", Origin="")[0] == 403
    assert studio.ask("GET", "/api/home", Origin="")[0] == 200


def test_ten_gigabytes_are_refused_by_their_length(studio: RunningStudio):
    """Nothing of it is read: the answer comes at once, and the next request is answered too."""
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=10)
    connection.putrequest("POST", "/api/projects?name=a.md", skip_host=True)
    for name, value in {
        "Host": f"127.0.0.1:{studio.port}",
        "Origin": f"http://127.0.0.1:{studio.port}",
        "Cookie": studio.cookie,
        "Content-Length": str(10 * 1024**3),
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    assert studio.ask("GET", "/api/home")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/page/../studio_app.py",
        "/page/%2e%2e/studio_app.py",
        "/page/words/../../gate.py",
        "/page/..%5cgate.py",
        "/page/",
        "/api/projects/..",
        "/api/projects/%2e%2e",
        "/api/projects/.queue.json",
        "/api/projects/the-slow-gate/episodes/..%2fscript.mp3",
        "/api/projects/the-slow-gate/episodes/%00.mp3",
        "/sound/clip/" + "g" * 64 + ".wav?db=0&ceiling=-1",
        "/sound/clip/" + "0" * 64 + ".wav?db=nan&ceiling=-1",
        "/sound/bell/..%2f..%2fetc.wav?rate=44100",
        "/docs",
    ],
)
def test_no_path_leads_out_of_the_page_and_its_projects(studio: RunningStudio, path: str):
    """Ways up, names of other files and numbers that are none: no file, no listing, no traceback."""
    status, content, _ = studio.ask("GET", path)
    assert status in {404, 422}
    assert b"Traceback" not in content
    assert b"import" not in content


def test_the_page_may_load_nothing_from_elsewhere(studio: RunningStudio):
    """The policy names this server alone, and allows no script that stands in the page."""
    policy = studio.ask("GET", "/")[2]["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_what_a_page_sends_is_checked(studio: RunningStudio):
    """A cue of no kind, a silence of a week, a voice that is a path, a body that is no JSON: refused in words."""
    name = begin_gate(studio)
    base = studio.json("GET", f"/api/projects/{name}")["version"]
    for cue in (
        {"t": "say", "text": "Words.", "role": "shout"},
        {"t": "rest", "s": 604800, "why": "mark"},
        {"t": "say", "text": "Words.", "role": "prose", "voice": "../../etc"},
        {"t": "nothing"},
    ):
        status, content, _ = studio.ask("PUT", f"/api/projects/{name}/script", {"base": base, "cues": [cue]})
        assert status == 404
        assert b"isn't understood" in content
    assert studio.ask("PUT", f"/api/projects/{name}/script", b"{")[0] == 404
    assert studio.json("GET", f"/api/projects/{name}")["version"] == base

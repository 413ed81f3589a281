"""Who may ask the studio for anything: a browser on this machine that came by the address that was printed.

The address has a token that works once. It is exchanged for a cookie that no other site's request carries. Host and
Origin are checked besides: a name that was made to point here, and a page of another site, get nothing.
"""

from __future__ import annotations

import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD"})

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}

_CLOSED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>The studio</title>
<h1>This door is closed</h1><p>Open the address that the command printed. It works once: if it was used already in
another browser, stop the command with Ctrl-C and start it again.</p></html>"""


class Gate:
    """An ASGI application that lets in only who may, and hands them on."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        """Guard an application."""
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._cookie_name = f"audio-builder-studio-{port}"
        self._session = secrets.token_urlsafe(32)
        self.token = secrets.token_urlsafe(32)
        """What the address has; empty once it was used."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        refusal = self._refusal(request)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        else:
            await refusal(scope, receive, _with_headers(send))

    def _refusal(self, request: Request) -> Response | None:
        """Return why a request goes no further; None where it does."""
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("This is not the name of this machine.\n", 421)
        origin = request.headers.get("origin")
        is_own = origin == f"http://{host}" if origin is not None else request.method in SAFE_METHODS
        if not is_own or request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return PlainTextResponse("Another site can't use this page.\n", 403)
        if self._has_session(request):
            return RedirectResponse(request.url.path, 303) if "token" in request.query_params else None
        given = request.query_params.get("token", "")
        if request.method == "GET" and self.token and hmac.compare_digest(given.encode(), self.token.encode()):
            self.token = ""
            return self._let_in(request)
        return HTMLResponse(_CLOSED, 403)

    def _let_in(self, request: Request) -> Response:
        response = RedirectResponse(request.url.path, 303)
        response.set_cookie(self._cookie_name, self._session, httponly=True, samesite="strict", path="/")
        return response

    def _has_session(self, request: Request) -> bool:
        try:
            cookies: SimpleCookie = SimpleCookie(request.headers.get("cookie", ""))
        except CookieError:
            return False
        found = cookies.get(self._cookie_name)
        return found is not None and hmac.compare_digest(found.value.encode(), self._session.encode())


def _with_headers(send: Send) -> Send:
    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            own = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", []), *own]}  # type: ignore[misc]
        await send(message)

    return sending  # type: ignore[return-value]

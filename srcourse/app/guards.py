"""What stands before every address: who may ask, and what every answer carries."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from srcourse.app.refused import Refused

_HEADERS = {
    # Pictures and videos that the page has in hand are blobs; all else is the server's own.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guards:
    """Refuses other sites' pages, adds the headers that keep a browser strict."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...] = ()) -> None:
        self.app = app
        self.hosts = {"localhost", *(host.lower() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            self._check(scope["method"], Headers(scope=scope))
        except Refused as refused:
            await problem(refused)(scope, receive, send_guarded)
        else:
            await self.app(scope, receive, send_guarded)

    def _check(self, method: str, headers: Headers) -> None:
        host = headers.get("host", "")
        # A page elsewhere can have its own name resolve to this machine (DNS rebinding), so names
        # must be known; a plain address cannot be rebound.
        name = _host_name(host)
        if name not in self.hosts and not _is_address(name):
            raise Refused(403, "this server does not go by the name in Host; see --allow-host")
        if method in ("GET", "HEAD", "OPTIONS"):
            return
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise Refused(403, "another site's page may not ask this server to work")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise Refused(403, "another site's page may not ask this server to work")


def problem(refused: Refused) -> JSONResponse:
    """The answer that tells why there is none."""
    headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
    return JSONResponse({"error": refused.sentence}, refused.status, headers)


def check_length(request: Request, most: int) -> None:
    """Before the body comes: is it JSON, and is it said to fit? Raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "the body must be JSON, and Content-Type application/json")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > most:
        raise Refused(413, f"the body is {int(length)} bytes; accepted are {most}")


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True

"""The page's files, at / and below /page."""

from pathlib import Path, PurePath
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "page"

# Told here: what a system's own table says of these differs.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
}


class Page(StaticFiles):
    """A folder whose files a browser keeps, but asks after each time: an update shows at once."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def index(self, request: Request) -> Response:
        """The page itself."""
        return await self.get_response("index.html", request.scope)

    def file_response(self, full_path: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        if kind := _TYPES.get(PurePath(full_path).suffix):
            response.headers["Content-Type"] = kind
        response.headers["Cache-Control"] = "no-cache"
        return response

"""The application's icons, drawn by Chromium from icon.svg: python -m tests.browser.app_icons"""

from tests.browser.jupyter import ROOT, chromium

PAGE = ROOT / "srcourse" / "app" / "page"
SIZES = (192, 512)


def draw(browser, size: int) -> bytes:
    """The icon as a PNG of `size` × `size` pixels."""
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(f"<style>* {{ margin: 0 }}</style>{(PAGE / 'icon.svg').read_text()}")
    page.eval_on_selector(
        "svg", f"s => {{ s.style = 'display: block; width: {size}px; height: {size}px' }}"
    )
    png = page.screenshot()
    page.close()
    return png


if __name__ == "__main__":
    with chromium() as browser:
        for size in SIZES:
            (PAGE / f"icon-{size}.png").write_bytes(draw(browser, size))

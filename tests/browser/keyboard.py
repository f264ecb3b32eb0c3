"""People who use pages by the keyboard alone, and what is looked at on their way."""

from playwright.sync_api import Browser, Page

from tests.web.browser import PASSWORD

from .conftest import Seen

SMALL = 360


def signed_in(browser: Browser, address: str, name: str, width: int) -> Seen:
    """Somebody with a window of their own."""
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    page.set_default_timeout(10_000)
    return signed_in_on(page, address, name)


def signed_in_on(page: Page, address: str, name: str) -> Seen:
    """Somebody who has signed in on a page that is open."""
    seen = Seen(page, address)
    seen.go("/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
    return seen


def press(page: Page, role: str, name: str) -> None:
    """Press something by the keyboard alone."""
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    target.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write_in(page: Page, label: str, text: str) -> None:
    """Write a text into a field, in place of what it has."""
    page.get_by_label(label, exact=True).focus()
    page.keyboard.press("Control+a")
    for line in text.split("\n"):
        page.keyboard.insert_text(line)


def looked_at(seen: Seen) -> None:
    """Nothing is wrong with the page: for axe, in its width, in the console."""
    assert (seen.violations(), seen.wider_than_the_window(), seen.complaints) == ([], False, [])


def looked_at_in(seen: Seen, *widths: int) -> None:
    """As `looked_at`, in windows of these widths; the window is as it was afterwards."""
    before = seen.page.viewport_size
    assert before
    for width in widths:
        seen.page.set_viewport_size({"width": width, "height": before["height"]})
        looked_at(seen)
    seen.page.set_viewport_size(before)

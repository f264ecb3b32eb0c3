"""What is worked out for command line, API and pages knows none of them."""

import subprocess
import sys


def test_answers_know_no_terminal_and_no_web_server() -> None:
    code = (
        "import sys, pkgutil, importlib, web.queries\n"
        "for found in pkgutil.iter_modules(web.queries.__path__, 'web.queries.'):\n"
        "    importlib.import_module(found.name)\n"
        "print([name for name in ('click', 'rich', 'flask', 'jinja2') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"

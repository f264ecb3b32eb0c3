"""The house as docs/design/0012 has it: the application knows no adapter, and adapters get redacted answers alone."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import web

HOME = Path(web.__file__).parent
ADAPTERS = ("api", "cli", "demo", "exports", "pages", "presenters")
RAW = {"engine", "figures", "members", "series", "standings", "triangle"}
"""What a snapshot answers to everybody alike, before anything is redacted."""


@pytest.mark.parametrize("room", ["queries", "commands"])
def test_the_application_knows_no_terminal_and_no_web_server(room: str) -> None:
    code = (
        f"import sys, pkgutil, importlib, web.{room} as room\n"
        "for module in pkgutil.walk_packages(room.__path__, room.__name__ + '.'):\n"
        "    importlib.import_module(module.name)\n"
        "print([name for name in ('click', 'rich', 'flask', 'jinja2') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


def test_no_adapter_asks_a_snapshot_itself() -> None:
    asked = [
        f"{path.relative_to(HOME)}:{call.lineno} {call.func.attr}"
        for path in modules(*ADAPTERS)
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in RAW
        and "snapshot" in ast.unparse(call.func.value).rpartition(".")[2]
    ]
    assert asked == []


def test_each_query_takes_the_viewer() -> None:
    without = [
        function.name
        for path in modules("queries")
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef)
        and not function.name.startswith("_")
        and function.returns is not None
        and ast.unparse(function.returns).endswith("Result")
        and [argument.arg for argument in function.args.args][:1] == ["snapshot"]
        and "viewer" not in [argument.arg for argument in function.args.args]
    ]
    assert without == []


def test_no_two_classes_have_one_name() -> None:
    names = Counter(
        node.name
        for room in ("domain", "projections", "web")
        for path in (HOME.parent / room).rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


def modules(*rooms: str) -> Iterator[Path]:
    return (path for room in rooms for path in sorted((HOME / room).rglob("*.py")))

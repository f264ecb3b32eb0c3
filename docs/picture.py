"""Draws the terminal picture of the README from the demonstration's real output: `python docs/picture.py`.

Run it after `make run`. It writes docs/pictures/why.svg, text and all, without any outside font.
"""

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
COMMAND = "explain --measure 4.0 --as-of 2017-07-31 --known-at 2017-08-15 --to-known-at 2017-10-20"
WIDTH = 156
TITLE = "A figure that fell from 24 to 22 of 438, and why, client by client"
FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="TITLE">
<style>
.{unique_id}-matrix {{ font: {char_height}px Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }}
{styles}
</style>
<defs>{lines}</defs>
<rect fill="#f8f8f8" stroke="#b1b4b6" x="1" y="1" width="100%" height="100%"/>
<g class="{unique_id}-matrix" transform="translate(16, 12)">{matrix}</g>
</svg>
""".replace("TITLE", TITLE)


def main() -> None:
    """Ask, and draw the answer."""
    recount = Path(sys.executable).parent / "recount"
    ran = subprocess.run([recount, *COMMAND.split()], capture_output=True, text=True, check=True)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False, markup=False)
    console.print(Text(f"$ recount {COMMAND}\n", style="bold #0b0c0c"))
    console.print(Text(ran.stdout.rstrip(), style="#0b0c0c"))
    picture = HERE / "pictures" / "why.svg"
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(console.export_svg(code_format=FRAME, unique_id="why"), encoding="utf-8")


if __name__ == "__main__":
    main()

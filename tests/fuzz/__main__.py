"""The long form: `python -m tests.fuzz SECONDS [READER...]` looks for bytes that break a reader, led by coverage.

It begins from the corpus, each reader in its turn. What breaks one is written into the corpus, from where the suite
reads it from then on; what it has learnt beside that goes with it.
"""

import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final

LONGEST: Final = 8192
"""Bytes of what it makes up."""
WATCHED: Final = ["web.files", "projections.claims", "tests.fuzz.readers"]
"""The packages whose lines lead it."""
SLOWEST: Final = 10
"""Seconds after which it counts as a hang."""


def main(arguments: list[str]) -> int:
    """Fuzz each reader for its part of the time, in a process of its own; the number of those that broke."""
    from .readers import READERS

    seconds, *kinds = arguments or ["900"]
    kinds = kinds or list(READERS)
    share = max(int(float(seconds) / len(kinds)), 1)
    broken = [
        kind
        for kind in kinds
        if subprocess.run([sys.executable, "-m", __package__, "--one", kind, str(share)], check=False).returncode
    ]
    print(f"{len(kinds)} readers, {share} seconds each; broken: {', '.join(broken) or 'none'}.")
    return len(broken)


def fuzz(kind: str, seconds: int) -> None:
    """Fuzz one reader in this process, which ends with it."""
    import atheris

    # Only what reads files is watched: to watch all that is imported takes minutes before anything begins.
    with atheris.instrument_imports(include=WATCHED):
        from .readers import CORPUS, case_of, read_any
    found = Path(tempfile.mkdtemp(prefix=f"fuzz-{kind}-"))
    seeds = found / "seeds"
    seeds.mkdir()
    for path in CORPUS.iterdir():
        its, data = case_of(path)
        if its == kind:
            (seeds / path.name).write_bytes(data)

    def one(data: bytes) -> None:
        try:
            read_any(kind, data)
        except BaseException:
            (CORPUS / f"{kind}--found-{sha256(data).hexdigest()[:12]}").write_bytes(data)
            raise

    words = Path(__file__).with_name("words.txt")
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}", f"-dict={words}"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={found}/", "-print_final_stats=1", str(seeds)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        fuzz(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1:]))

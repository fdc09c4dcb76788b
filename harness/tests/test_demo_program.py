"""`trueup demo` as its users meet it: figures, files, standard output, and the same again on a second run."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NEEDED = ("compared", "matched", "differences", "by_class", "difference_total", "known")


def test_exact_figures(demo: Any) -> None:
    assert {k: demo.summary[k] for k in NEEDED} == {
        "compared": 26560,
        "matched": 26220,
        "differences": 340,
        "by_class": {"amount": 340},
        "difference_total": {"USD": "11394.91"},
        "known": 0,
    }
    assert list(demo.summary["grains"]) == ["settlements"]
    assert {k: demo.summary["grains"]["settlements"][k] for k in NEEDED} == {
        "compared": 214,
        "matched": 189,
        "differences": 25,
        "by_class": {"amount": 25},
        "difference_total": {"USD": "11394.91"},
        "known": 0,
    }
    causes = {c["count"]: c["difference"]["USD"] for c in demo.summary["causes"]}
    assert causes == {312: "11383.76", 28: "11.15"}


def test_it_ends_with_0_and_prints_one_object_only(demo: Any) -> None:
    assert demo.ran.code == 0
    assert demo.ran.err == ""
    assert demo.ran.out == json.dumps(demo.summary, ensure_ascii=False, indent=1) + "\n"


def test_the_named_files_are_there(demo: Any) -> None:
    assert demo.summary["report"] == (demo.out / "index.html").as_posix()
    assert demo.summary["record"] == (demo.out / "record.json").as_posix()
    assert demo.summary["differences_csv"] == (demo.out / "differences.csv").as_posix()
    left = {p.name for p in demo.out.iterdir()}
    package = {".trueup", "manifest.json", "SHA256SUMS", "inputs"}
    assert left == package | {"index.html", "differences.xlsx", "statements.csv", "junit.xml", "summary.md", "record.json", "differences.csv", "differences_settlements.csv", "differences.parquet", "differences_settlements.parquet", "expected"}
    tables = {"payouts.csv", "lines.csv", "credits.csv", "transactions.csv"}
    assert {p.name for p in (demo.out / "expected").iterdir()} == tables
    assert [p.name for p in demo.out.parent.iterdir()] == ["out"], "nothing half-written lies beside it"


def test_the_differing_rows(demo: Any) -> None:
    rows = demo.rows("differences.csv")
    assert list(rows[0])[:4] == ["document", "line", "person", "plan"]
    assert len(rows) == 340
    assert {r["plan"] for r in rows} == {"CRITERIA"}
    assert len({(r["document"], r["line"], r["person"], r["plan"]) for r in rows}) == 340
    settlements = demo.rows("differences_settlements.csv")
    assert list(settlements[0])[:4] == ["person", "plan", "period_from", "period_to"]
    assert len(settlements) == 25


def test_a_cell_is_never_a_formula_for_a_spreadsheet(demo: Any) -> None:
    for name in ("differences.csv", "differences_settlements.csv"):
        for row in demo.rows(name):
            for column, cell in row.items():
                number = column in ("expected", "actual", "difference", "base")
                assert cell[:1] not in ("=", "+", "@", "\t", "\r"), (column, cell)
                assert cell[:1] != "-" or (number and cell.lstrip("-").replace(".", "").isdigit()), (column, cell)


def test_again_elsewhere_gives_the_same_record_and_rows(
    demo: Any, start: Callable[..., Any], tmp_path: Path
) -> None:
    # Another process, another folder of work, another order of hashes, another place: nothing of it may show.
    elsewhere = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Pacific/Apia"}
    process = start("demo", "--out", "again", cwd=tmp_path, env=elsewhere)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    for words in ("340 of 26,560 commission lines differ", "25 of 214 settlements differ", "11,394.91 USD", "312 credit note lines"):
        assert words in out
    assert "again/index.html" in out
    assert "\x1b" not in out, "no colours and no progress where nobody looks at a terminal"
    for name in ("differences.csv", "differences_settlements.csv", "expected/payouts.csv", "expected/credits.csv", "expected/lines.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (demo.out / name).read_bytes(), name
    first, second = (json.loads((f / "record.json").read_text("utf-8")) for f in (demo.out, tmp_path / "again"))
    assert first["content_sha256"] == second["content_sha256"]
    first.pop("circumstances")
    second.pop("circumstances")
    assert first == second


def test_the_record_names_no_folder_of_this_machine(demo: Any) -> None:
    text = (demo.out / "record.json").read_text("utf-8") + (demo.out / "index.html").read_text("utf-8")
    root = str(Path(__file__).parents[2])
    assert root not in text
    assert str(Path.home()) + "/" not in text
    record = json.loads((demo.out / "record.json").read_text("utf-8"))
    assert all(not Path(i["path"]).is_absolute() for i in record["inputs"])


def test_an_interrupted_run_leaves_the_old_result_whole(
    start: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "expected").mkdir(parents=True)
    for name in (".trueup", "index.html", "expected/lines.csv"):
        (out / name).write_text(f"an earlier {name}", "utf-8")
    before = kept(out)
    process = start("demo", "--out", out, cwd=tmp_path)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    text, err = process.communicate(timeout=60)
    assert (process.returncode, text) == (130, ""), err
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert kept(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]

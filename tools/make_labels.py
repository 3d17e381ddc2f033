"""Write the committed labels of the support corpus, without its texts.

python tools/make_labels.py FOLDER_WITH_support_train.jsonl
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "src" / "empathykit" / "corpora" / "labels"
FIELDS = ("id", "source", "source_id", "sha256", "label", "construct", "unsure")


def main() -> None:
    """Read each split and keep everything but the text."""
    for split in ("train", "dev"):
        name = f"support_{split}"
        with (
            (Path(sys.argv[1]) / f"{name}.jsonl").open(encoding="utf-8") as lines,
            (OUT / f"{name}.tsv").open("w", encoding="utf-8", newline="") as file,
        ):
            out = csv.writer(file, delimiter="\t", lineterminator="\n")
            out.writerow(FIELDS)
            for line in lines:
                row = json.loads(line)
                row["sha256"] = hashlib.sha256(row["text"].encode("utf-8")).hexdigest()
                row["unsure"] = int(row["unsure"])
                out.writerow([row[field] for field in FIELDS])


if __name__ == "__main__":
    main()

"""The model card that goes with every saved model."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import Any

_CARD = Template("""\
---
library_name: empathykit
pipeline_tag: text-classification
---
# Text classifier: $classes

A multinomial logistic regression on word n-grams and cues, fitted with empathykit
$version on $n_texts labelled texts. It runs offline; every label can be traced to
words.

| setting | value |
|---|---|
$settings

## Quality

$metrics

Figures come from whoever saved the model; they hold for texts like those measured on.

## Use

```python
from empathykit import load_model

model = load_model("path/of/this/folder")
model.predict(["your text"])
```
""")


def render_card(config: Mapping[str, Any]) -> str:
    """Return a plain model card for the configuration of a saved model."""
    settings = [f"| {k} | `{v}` |" for k, v in sorted(config["settings"].items())]
    metrics = [f"- {name}: {value}" for name, value in config["metrics"].items()]
    return _CARD.substitute(
        classes=", ".join(map(str, config["classes"])),
        version=config["versions"]["empathykit"],
        n_texts=f"{config['n_texts']:,}",
        settings="\n".join(settings),
        metrics="\n".join(metrics) or "Not measured.",
    )

"""Fixtures that several test files share."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from empathykit import EmpathyClassifier, load_model, save_model
from empathykit.cli import main

REPOSITORY = Path(__file__).parents[1]
_KINDS = {
    "empathy": [
        "That must have been so frustrating for you.",
        "I can see why you are upset about the delay.",
        "Anyone would be annoyed after waiting three weeks.",
        "It sounds exhausting to chase this every day.",
        "I completely understand your frustration.",
        "You have every right to be angry about this.",
    ],
    "sympathy": [
        "I'm so sorry to hear that.",
        "Oh no, that's terrible!",
        "I hope she recovers soon.",
        "What a shame, poor you.",
        "Please accept our condolences.",
        "Hang in there, it will get better.",
    ],
    "neutral": [
        "Your order ships on Monday.",
        "Please send me your order number.",
        "The refund takes five days.",
        "Could you restart the router?",
        "Thank you for your patience.",
        "We close at eight on Sunday.",
    ],
}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not host.startswith("127.") and host not in ("::1", "localhost"):
                raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def tiny_texts():
    return [text for texts in _KINDS.values() for text in texts]


@pytest.fixture(scope="session")
def tiny_labels():
    return [label for label, texts in _KINDS.items() for _ in texts]


@pytest.fixture(scope="session")
def tiny_model(tiny_texts, tiny_labels):
    """A fitted model; tests must not change it."""
    model = EmpathyClassifier(min_df=1, calibration_folds=3)
    return model.fit(tiny_texts, tiny_labels)


@pytest.fixture(scope="session")
def shipped_model():
    """The model inside the package; tests must not change it."""
    return load_model()


@pytest.fixture(scope="session")
def shared_corpora():
    """Folder of the public corpora, where there is one."""
    folder = Path(
        os.environ.get("EMPATHYKIT_CORPORA") or REPOSITORY.parent / "shared" / "corpora"
    )
    if not (folder / "support_train.jsonl").is_file():
        pytest.skip("the public corpora are not here; set EMPATHYKIT_CORPORA")
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tiny_model, tmp_path_factory):
    """The tiny model, saved."""
    return save_model(tiny_model, tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def cli(capsys):
    """Run a command and return exit code, standard output and standard error."""

    def call(*args):
        try:
            code = main(list(map(str, args)))
        except SystemExit as end:  # argparse leaves so
            code = end.code
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def write(tmp_path):
    """Write text or bytes to a named file and return its path."""

    def call(name, data):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return call

"""Measurements; each module writes one file in ``results``."""

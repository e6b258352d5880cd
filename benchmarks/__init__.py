"""Measures speed and memory: `python -m benchmarks [NAME] [--articles N]`. Method and results: docs/performance.md."""

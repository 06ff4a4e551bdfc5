"""Keep environments apart: no host, port or credential of one environment is written into code."""

__version__ = "0.1.0"

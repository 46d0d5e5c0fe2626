"""Schemes, risk, profiles."""

"""Reusable widgets that draw values."""

"""Prices, technical indicators and alerts: the backend of the stock-trading stack."""

"""Certificates and badges as documents."""

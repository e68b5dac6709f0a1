"""Printed tables and pictures made of runs."""

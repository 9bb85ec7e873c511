"""Runs the public conformance vectors of form engines; the vectors stay outside this tree."""

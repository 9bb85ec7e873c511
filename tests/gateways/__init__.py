"""Tests of the gateways; the world outside is stood in for on the loopback interface."""

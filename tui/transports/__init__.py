"""Byte sources over the network and over recordings, and the one place that runs them with clocks."""

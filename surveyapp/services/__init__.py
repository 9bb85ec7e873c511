"""What the platform does, one module per activity; transactions begin and end here."""

"""JavaRosa, the engine inside ODK Collect, as a second opinion on what a filled form says."""

"""Questions that pages ask; they only read. Every list is bounded and ordered by a key."""

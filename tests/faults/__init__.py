"""What must never be lost and never be doubled, tried while processes are killed."""

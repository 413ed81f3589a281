"""Many articles at once: planned, spread over workers by `concurrent.futures.Executor`, and put into place."""

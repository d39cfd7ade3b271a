"""The doors for browsers. None is built yet: the desk comes in an issue of its own."""

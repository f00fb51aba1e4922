"""The hub put together: settings, one API, the back office, chores."""

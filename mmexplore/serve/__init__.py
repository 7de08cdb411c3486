"""The server: how the dashboard is started, made ready for many visitors, and visited by itself."""

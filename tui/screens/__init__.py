"""The screens of the app: layout, keys and words. No network."""

"""Files and pipes of captures: opening, writing, listing. The forms themselves are known to `core.readers`."""

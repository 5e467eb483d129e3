"""Bytes of a file or pipe to capture records: own lines, other recorders' rows, HAR, logs of curl and ts. Sans-IO."""

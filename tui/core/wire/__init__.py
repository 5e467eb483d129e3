"""Bytes to frames to chunks: SSE and NDJSON decoding, WebSocket messages, dialects, proof of completion."""

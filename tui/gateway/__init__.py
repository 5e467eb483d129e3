"""The reference gateway: SSE, WebSocket and OpenAI-compatible routes over one generation log."""

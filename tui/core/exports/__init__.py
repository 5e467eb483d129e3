"""A run as text for other programs and people: HAR, SSE, Markdown, a card for a chat, a test. Sans-IO."""

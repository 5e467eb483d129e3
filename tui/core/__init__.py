"""The sans-IO core: bytes and times in, values out. No asyncio, clock, files, sockets or Textual."""

"""The step book: every sentence for people who write features, as text, as a page, and as a stub for editors."""

"""Reading what a target system gives: text exports through a mapping, and data folders.

A file is read as text and obeyed as the mapping says; nothing is guessed.
"""

"""An independent implementation of the Tabella protocol, written from specs/*.md alone.

Pure Python, not constant-time, for checking test vectors only: never give it a real secret.
"""

"""The one way in which anything here says no."""


class Refused(Exception):
    """Bad input; `code` is the stable code of specs/checks.md."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def require(condition: bool, code: str) -> None:
    if not condition:
        raise Refused(code)


def code_of(judge) -> str | None:
    """The code with which `judge()` refuses, None if it accepts."""
    try:
        judge()
    except Refused as refusal:
        return refusal.code
    return None

"""The grounding check: every figure of a reply is in a result that it rests on."""

from segue.assistant.grounding.check import position, problems

__all__ = ["position", "problems"]

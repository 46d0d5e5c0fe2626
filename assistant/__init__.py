"""Segue's conversation: session, agent, chat models, built-in language, grounding, front ends."""

"""The variables by which ``up`` speaks to the processes it starts. None is for operators to set."""

from __future__ import annotations

# The data directory, in every process of a stack: how what a killed `up` left behind is recognised.
STACK = "HELPDESK_STACK"
# The number of the inherited file descriptor that listens for the web.
LISTENING = "HELPDESK_LISTENING_DESCRIPTOR"
# Marks of single programs, taken out again before their program starts.
TAKES_SOCKET = "HELPDESK_TAKES_SOCKET"
BARE = "HELPDESK_BARE_ENVIRONMENT"

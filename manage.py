#!/usr/bin/env python
"""Onethread's command line. Every command takes --data-dir to find the stack it belongs to."""

import sys

from helpdesk.command_line import run

if __name__ == "__main__":
    run(sys.argv)

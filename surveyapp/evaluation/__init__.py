"""What is evaluated and how its field work runs: indicators, outcome codes, life-cycles, plans, scores.

Pure: no clock, no file, no random generator; they arrive as arguments.
"""

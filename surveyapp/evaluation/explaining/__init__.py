"""Why a score is what it is: methods against each other, units against each other, other choices.

Reads scores and computes beside them; nothing here changes one.
"""

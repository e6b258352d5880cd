"""placeholder"""

COEFFICIENTS = {}

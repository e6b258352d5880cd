"""placeholder"""
COEFFICIENTS = {}

"""The weights of the evidence of concepts. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs of WMT22, WMT23 and NTREX documents, their nearest rivals, and the sets of
calibration.py. Shares of the kinds of pairs: tools/calibrate_concepts.py. Cross-validated by story:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
across together         4754  0.9741     -1.4    1.1    7.0   12.5   14.4
across cut              1613  0.8524     -3.9   -1.9    2.8    8.9   12.4
across near             4451  0.9744    -11.4  -10.1   -6.0   -0.9    1.5
across far              3000  0.9973    -15.6  -14.3  -10.3   -5.9   -4.3

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
paraphrase together     5665  0.9831     -0.5    1.5    5.3    8.4    9.6
paraphrase cut          1894  0.8273     -3.2   -1.4    2.6    7.3    9.4
paraphrase near         4467  0.9949    -16.7  -15.2   -9.8   -3.0   -0.9
paraphrase far          3000  0.9997    -19.7  -17.6  -12.5   -6.6   -4.7
helsinki diff           9631  0.9990    -22.3  -17.6   -7.8   -3.1   -2.0
helsinki partial        4697  0.9142    -20.9  -14.5   -5.2    1.3    4.8
ecbplus diff            1846  0.9832    -18.8  -16.7  -10.3   -1.6    0.4
copies apart            2689  1.0000    -23.9  -17.3  -12.6   -6.3   -5.0
lookalikes near          448  0.9754    -21.9  -19.4  -12.6   -2.9    1.2
lookalikes far         13413  0.9998    -26.1  -20.9  -14.3   -7.0   -5.5
"""

ACROSS = {
    "one": -9.326,
    "concepts": 9.444,
    "concepts held": 2.105,
    "concepts in figures": 2.155,
    "few": 2.287,
    "short": -1.279,
    "short, concepts": 2.401,
    "figures differ": 8.933,
}

PARAPHRASE = {
    "one": -7.753,
    "concepts": 3.408,
    "concepts held": 1.885,
    "concepts in figures": 5.783,
    "few": 2.104,
    "short": -2.703,
    "short, concepts": 1.974,
    "figures differ": 13.849,
    "text": 0.198,
    "numbers differ": -3.058,
    "numbers differ much": 7.637,
    "names differ": -0.563,
    "names differ much": 2.388,
    "one source": -9.706,
}

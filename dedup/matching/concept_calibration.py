"""The weights of the evidence of concepts. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs of WMT22, WMT23 and NTREX documents, their nearest rivals, and the sets of
calibration.py. Shares of the kinds of pairs: tools/calibrate_concepts.py. Cross-validated by story:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
across together         4754  0.9750     -1.1    1.0    6.9   13.7   16.6
across cut              1613  0.8555     -3.5   -1.7    2.8    9.8   12.8
across near             4454  0.9737    -11.7  -10.3   -6.2   -1.1    1.9
across far              3000  0.9970    -16.1  -14.7  -10.6   -6.2   -4.2

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
paraphrase together     5665  0.9829     -0.6    1.4    5.5    9.0   10.3
paraphrase cut          1894  0.8120     -3.3   -1.5    2.5    7.7    9.7
paraphrase near         4467  0.9960    -16.3  -14.6   -9.4   -3.0   -1.0
paraphrase far          3000  0.9997    -19.2  -17.0  -11.9   -6.3   -4.4
helsinki diff           9631  0.9987    -23.3  -18.2   -7.6   -2.8   -1.6
helsinki partial        4697  0.9008    -21.5  -14.9   -4.9    1.8    5.1
ecbplus diff            1846  0.9886    -18.8  -16.1  -10.1   -1.5    0.1
copies apart            2689  1.0000    -24.9  -16.7  -12.3   -6.2   -4.9
lookalikes near          448  0.9754    -24.4  -20.9  -13.2   -2.9    1.8
lookalikes far         13413  0.9997    -27.0  -21.0  -13.9   -6.5   -5.3
"""

ACROSS = {
    "one": -9.447,
    "concepts": 9.887,
    "concepts held": 2.928,
    "concepts in figures": 1.375,
    "few": 2.435,
    "short": -1.991,
    "short, concepts": 4.556,
    "figures differ": 8.866,
}

PARAPHRASE = {
    "one": -7.630,
    "concepts": 3.488,
    "concepts held": 1.580,
    "concepts in figures": 7.042,
    "few": 2.114,
    "short": -2.892,
    "short, concepts": 2.795,
    "figures differ": 12.926,
    "text": 0.174,
    "numbers differ": 4.451,
    "names differ": 0.922,
    "one source": -9.333,
    "one source, facts differ": 2.790,
}

"""The weights of the evidence of concepts. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs of WMT22, WMT23 and NTREX documents, their nearest rivals, and the sets of
calibration.py. Shares of the kinds of pairs: tools/calibrate_concepts.py. Cross-validated by story:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
across together         4754  0.9750     -1.1    1.0    6.9   13.7   16.6
across cut              1613  0.8555     -3.5   -1.7    2.8    9.8   12.8
across near             4454  0.9737    -11.7  -10.3   -6.2   -1.1    1.9
across far              3000  0.9970    -16.1  -14.7  -10.6   -6.2   -4.2

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
paraphrase together     5665  0.9841     -0.6    1.4    5.5    8.9   10.2
paraphrase cut          1894  0.8126     -3.3   -1.5    2.5    7.7    9.6
paraphrase near         4467  0.9960    -16.2  -14.6   -9.4   -3.0   -0.9
paraphrase far          3000  0.9997    -19.2  -17.0  -12.0   -6.4   -4.5
helsinki diff           9631  0.9989    -23.7  -18.6   -7.7   -2.9   -1.6
helsinki partial        4697  0.9038    -21.9  -15.1   -5.1    1.8    4.9
ecbplus diff            1846  0.9886    -18.8  -16.1  -10.0   -1.5    0.2
copies apart            2689  1.0000    -24.9  -16.7  -12.3   -6.2   -4.9
lookalikes near          448  0.9777    -24.3  -20.7  -13.1   -2.9    1.8
lookalikes far         13413  0.9998    -27.1  -21.0  -13.9   -6.6   -5.3
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
    "one": -7.921,
    "concepts": 3.424,
    "concepts held": 1.620,
    "concepts in figures": 7.405,
    "few": 2.159,
    "short": -2.855,
    "short, concepts": 2.802,
    "figures differ": 12.826,
    "text": 0.162,
    "numbers differ": 4.387,
    "names differ": 0.884,
    "one source": -9.425,
    "one source, facts differ": 2.816,
}

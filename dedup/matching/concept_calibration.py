"""The weights of the evidence of concepts. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs of WMT22, WMT23 and NTREX documents, their nearest rivals, and the sets of
calibration.py. Shares of the kinds of pairs: tools/calibrate_concepts.py. Cross-validated by story:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
across together         4754  0.9750     -1.1    1.0    6.9   13.7   16.6
across cut              1613  0.8555     -3.5   -1.7    2.8    9.8   12.8
across near             4454  0.9737    -11.7  -10.3   -6.2   -1.1    1.9
across far              3000  0.9970    -16.1  -14.7  -10.6   -6.2   -4.2

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
paraphrase together     5665  0.9827     -0.6    1.4    5.5    9.0   10.2
paraphrase cut          1894  0.8141     -3.2   -1.5    2.5    7.8    9.8
paraphrase near         4467  0.9960    -16.2  -14.5   -9.4   -3.0   -1.0
paraphrase far          3000  0.9997    -19.1  -17.0  -11.9   -6.3   -4.4
helsinki diff           9631  0.9987    -23.2  -18.3   -7.6   -2.8   -1.6
helsinki partial        4697  0.8991    -21.5  -14.9   -4.9    1.9    5.2
ecbplus diff            1846  0.9886    -18.5  -16.1  -10.1   -1.5    0.1
copies apart            2689  1.0000    -24.7  -16.7  -12.3   -6.1   -4.9
lookalikes near          448  0.9754    -24.1  -20.7  -13.2   -3.0    1.8
lookalikes far         13413  0.9997    -26.8  -20.8  -13.8   -6.5   -5.3
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
    "one": -7.505,
    "concepts": 3.472,
    "concepts held": 1.582,
    "concepts in figures": 6.914,
    "few": 2.107,
    "short": -2.950,
    "short, concepts": 2.823,
    "figures differ": 12.918,
    "text": 0.191,
    "numbers differ": 4.168,
    "names differ": 0.813,
    "one source": -9.303,
    "one source, facts differ": 2.754,
}

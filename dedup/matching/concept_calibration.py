"""The weights of the evidence of concepts. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs of WMT22, WMT23 and NTREX documents, their nearest rivals, and the sets of
calibration.py. Shares of the kinds of pairs: tools/calibrate_concepts.py. Cross-validated by story:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
across together         4754  0.9750     -1.1    1.0    6.9   13.7   16.6
across cut              1613  0.8555     -3.5   -1.7    2.8    9.8   12.8
across near             4454  0.9737    -11.7  -10.3   -6.2   -1.1    1.9
across far              3000  0.9970    -16.1  -14.7  -10.6   -6.2   -4.2

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
paraphrase together     5665  0.9815     -0.5    1.3    5.5    8.9   10.1
paraphrase cut          1894  0.8194     -3.1   -1.7    2.5    7.7    9.7
paraphrase near         4467  0.9949    -16.2  -14.5   -9.4   -3.0   -0.9
paraphrase far          3000  0.9993    -19.1  -17.2  -12.1   -6.5   -4.7
helsinki diff           9631  0.9983    -23.7  -18.7   -7.5   -2.8   -1.6
helsinki partial        4697  0.9038    -21.9  -15.2   -5.1    1.7    4.7
ecbplus diff            1846  0.9897    -18.7  -16.4  -10.0   -1.3    0.0
copies apart            2689  1.0000    -24.3  -17.5  -12.5   -6.2   -4.8
lookalikes near          448  0.9777    -21.0  -19.7  -13.1   -2.6    1.3
lookalikes far         13413  0.9997    -26.8  -20.5  -13.5   -6.8   -5.6
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
    "one": -7.560,
    "concepts": 3.278,
    "concepts held": 1.788,
    "concepts in figures": 7.188,
    "few": 2.161,
    "short": -3.289,
    "short, concepts": 2.928,
    "figures differ": 12.634,
    "text": 0.202,
    "numbers differ": 3.709,
    "names differ": 1.036,
    "one source": -9.440,
    "one source, facts differ": 2.881,
}

"""The weights of the evidence of concepts. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs of WMT22, WMT23 and NTREX documents, their nearest rivals, and the sets of
calibration.py. Shares of the kinds of pairs: tools/calibrate_concepts.py. Cross-validated by story:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
across together         4754  0.9756     -1.2    1.1    7.1   13.8   16.8
across cut              1613  0.8506     -3.8   -1.8    2.8    9.3   12.3
across near             4452  0.9766    -11.6  -10.3   -6.1   -1.0    1.3
across far              3000  0.9970    -15.8  -14.3  -10.4   -5.9   -4.2

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
paraphrase together     5665  0.9836     -0.5    1.4    5.6    8.9   10.1
paraphrase cut          1894  0.8279     -3.0   -1.3    2.6    7.7    9.7
paraphrase near         4467  0.9951    -16.3  -14.8   -9.6   -2.8   -1.0
paraphrase far          3000  0.9997    -19.3  -17.2  -12.1   -6.3   -4.5
helsinki diff           9631  0.9994    -22.6  -17.9   -7.9   -3.1   -2.0
helsinki partial        4697  0.9180    -21.1  -14.7   -5.3    1.3    4.8
ecbplus diff            1846  0.9848    -18.5  -16.3  -10.0   -1.4    0.6
copies apart            2689  1.0000    -23.7  -16.8  -12.2   -6.0   -4.6
lookalikes near          448  0.9754    -21.9  -19.4  -12.6   -2.6    1.2
lookalikes far         13413  0.9998    -25.9  -20.6  -13.9   -6.7   -5.3
"""

ACROSS = {
    "one": -9.278,
    "concepts": 11.146,
    "concepts held": 2.491,
    "concepts in figures": 0.368,
    "few": 2.306,
    "short": -1.369,
    "short, concepts": 3.002,
    "figures differ": 8.934,
}

PARAPHRASE = {
    "one": -7.116,
    "concepts": 3.659,
    "concepts held": 1.420,
    "concepts in figures": 6.037,
    "few": 1.942,
    "short": -2.708,
    "short, concepts": 2.855,
    "figures differ": 13.745,
    "text": 0.204,
    "numbers differ": -2.995,
    "numbers differ much": 7.512,
    "names differ": -0.618,
    "names differ much": 2.798,
    "one source": -10.019,
}

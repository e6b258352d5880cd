"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+, Cybulska &
Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the project's own
copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py. Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9713     -2.9    0.8    6.1    8.0    8.1
helsinki diff           9631  0.9996    -15.5  -12.8   -4.4   -2.3   -1.7
helsinki partial        4697  0.9351    -14.6  -10.7   -3.0    0.5    2.1
ecbplus dup              117  0.9145     -2.2   -0.7    3.6    8.2    9.0
ecbplus diff            1846  0.9973    -14.9  -11.9   -7.1   -2.9   -1.5
excerpt together        1226  0.9976      1.5    3.9    9.4   12.1   12.8
excerpt of another      6779  0.9863    -11.5   -9.3   -4.6   -1.4    0.5
copies together          161  0.9130     -5.8   -1.4    6.4   11.7   13.3
copies apart            2689  1.0000    -20.0   -9.8   -7.7   -5.0   -4.1
lookalikes near          448  0.9263    -19.9  -16.9   -8.6    2.0    4.7
lookalikes far         13413  0.9992    -23.1  -16.1   -8.6   -5.2   -4.1
"""

COEFFICIENTS = {
    "one": -6.715,
    "words": 15.017,
    "short": 1.009,
    "short, not brief": -4.193,
    "brief": 1.386,
    "opening of a longer one": 12.703,
    "numbers differ": -2.059,
    "numbers differ much": 13.408,
    "names differ": 3.146,
    "names differ much": -0.087,
    "one source": -2.824,
    "one source, facts differ": 12.653,
}

"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+,
Cybulska & Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the
project's own copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py.
Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9713     -2.9    0.8    6.2    8.1    8.2
helsinki diff           9631  0.9996    -15.7  -12.9   -4.4   -2.4   -1.7
helsinki partial        4697  0.9353    -14.7  -10.8   -3.0    0.5    2.2
ecbplus dup              117  0.9145     -2.2   -0.7    3.6    8.1    8.9
ecbplus diff            1846  0.9973    -14.8  -11.8   -7.1   -2.9   -1.5
excerpt together        1226  0.9967      1.5    4.0    9.4   12.5   13.3
excerpt of another      6983  0.9880    -11.3   -9.3   -4.6   -1.4    0.2
copies together          161  0.9130     -5.8   -1.5    6.4   12.0   13.5
copies apart            2689  1.0000    -20.0   -9.9   -7.6   -5.0   -4.1
lookalikes near          448  0.9263    -19.9  -17.0   -8.5    2.1    4.8
lookalikes far         13413  0.9992    -23.0  -16.1   -8.6   -5.2   -4.1
"""

COEFFICIENTS = {
    "one": -6.617,
    "words": 14.830,
    "short": 0.987,
    "short, not brief": -4.186,
    "brief": 1.268,
    "opening of a longer one": 13.411,
    "numbers differ": -2.297,
    "numbers differ much": 13.566,
    "names differ": 3.139,
    "names differ much": -0.054,
    "one source": -2.768,
    "one source, facts differ": 12.618,
}

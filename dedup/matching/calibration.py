"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+,
Cybulska & Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the
project's own copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py.
Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9522     -3.0    0.3    4.8    8.0    8.0
helsinki diff           9631  1.0000    -14.9  -12.2   -5.1   -2.9   -2.2
helsinki partial        4697  0.9664    -14.0  -10.4   -3.9   -0.6    1.3
ecbplus dup              117  0.8803     -2.8   -1.1    2.9    7.9    8.0
ecbplus diff            1846  0.9978    -14.2  -12.0   -7.1   -3.0   -1.5
ecbplus partial          565  0.8867     -9.2   -7.3   -3.2    1.5    5.4
excerpt together        1226  0.9959      0.9    3.4    8.4   11.8   12.5
excerpt of another      6983  0.9904    -11.2   -9.4   -4.7   -1.4   -0.1
copies together          161  0.9068     -6.1   -2.4    5.6   10.6   12.0
copies apart            2689  1.0000    -17.7  -10.6   -7.4   -4.0   -2.8
lookalikes near          448  0.9576    -18.9  -16.3   -8.5   -0.6    1.4
lookalikes far         13413  0.9994    -21.5  -14.8   -9.2   -5.1   -3.7
lookalikes elsewhere     333  0.6877     -8.9   -7.7   -1.2    2.1    3.1
"""

COEFFICIENTS = {
    "one": -5.733,
    "words": 13.452,
    "short": 0.850,
    "short, not brief": -4.241,
    "brief": 0.364,
    "opening of a longer one": 13.253,
    "numbers differ": 9.857,
    "names differ": 3.659,
    "one source": -2.460,
    "one source, facts differ": 10.708,
}

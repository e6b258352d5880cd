"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+,
Cybulska & Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the
project's own copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py.
Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9713     -2.9    0.8    6.1    8.0    8.1
helsinki diff           9631  0.9997    -15.4  -12.8   -4.4   -2.4   -1.9
helsinki partial        4697  0.9389    -14.6  -10.8   -3.1    0.4    2.1
ecbplus dup              117  0.9231     -2.0   -0.7    3.5    8.2    8.9
ecbplus diff            1846  0.9973    -14.3  -11.8   -7.1   -2.9   -1.4
excerpt together        1226  0.9967      1.6    4.1    9.4   12.6   13.3
excerpt of another      6983  0.9875    -11.1   -9.2   -4.5   -1.4    0.2
copies together          161  0.9130     -5.8   -1.4    6.5   12.0   13.5
copies apart            2689  1.0000    -19.9   -9.8   -7.6   -5.0   -4.2
lookalikes near          448  0.9263    -19.9  -17.1   -8.4    2.1    4.8
lookalikes far         13413  0.9992    -22.7  -15.7   -8.5   -5.1   -4.1
"""

COEFFICIENTS = {
    "one": -6.481,
    "words": 14.796,
    "short": 0.796,
    "short, not brief": -4.078,
    "brief": 1.404,
    "opening of a longer one": 13.446,
    "numbers differ": 10.131,
    "names differ": 3.170,
    "one source": -2.872,
    "one source, facts differ": 12.136,
}

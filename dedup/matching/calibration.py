"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+,
Cybulska & Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the
project's own copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py.
Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9506     -3.2    0.3    5.1    8.0    8.0
helsinki diff           9631  1.0000    -15.5  -12.9   -5.2   -3.1   -2.5
helsinki partial        4697  0.9693    -14.6  -10.9   -4.0   -0.6    1.3
ecbplus dup              117  0.9060     -2.5   -0.9    3.2    8.0    8.2
ecbplus diff            1846  0.9978    -13.7  -11.4   -7.2   -3.2   -1.9
ecbplus partial          565  0.8796     -8.6   -6.9   -3.1    1.6    5.6
excerpt together        1226  0.9951      0.8    3.1    7.9   11.3   11.8
excerpt of another      6983  0.9916    -10.6   -8.8   -4.6   -1.8   -0.2
copies together          161  0.9130     -5.9   -2.0    5.7   10.9   12.0
copies apart            2689  1.0000    -19.2   -9.8   -7.8   -5.3   -4.5
lookalikes near          448  0.9263    -18.8  -16.2   -8.3    1.4    3.5
lookalikes far         13413  0.9995    -21.7  -15.1   -8.7   -5.4   -4.4
"""

COEFFICIENTS = {
    "one": -6.489,
    "words": 14.445,
    "short": 1.406,
    "short, not brief": -4.532,
    "brief": 0.723,
    "opening of a longer one": 11.996,
    "numbers differ": 8.888,
    "names differ": 2.923,
    "one source": -2.481,
    "one source, facts differ": 11.693,
}

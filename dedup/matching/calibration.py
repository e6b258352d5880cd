"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+, Cybulska &
Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the project's own
copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py. Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9713     -2.8    0.8    6.1    8.0    8.1
helsinki diff           9631  0.9996    -15.4  -12.6   -4.3   -2.3   -1.7
helsinki partial        4697  0.9346    -14.5  -10.6   -3.0    0.5    2.1
ecbplus dup              117  0.9145     -2.2   -0.7    3.6    8.2    8.9
ecbplus diff            1846  0.9973    -14.9  -11.9   -7.1   -2.9   -1.4
excerpt together        1226  0.9959      2.1    4.0    9.8   12.6   13.4
excerpt of another      6779  0.9903    -11.4   -9.2   -4.5   -1.5   -0.1
copies together          161  0.9130     -5.7   -1.4    6.4   12.2   13.7
copies apart            2689  1.0000    -20.0   -9.9   -7.6   -4.9   -4.0
lookalikes near          448  0.9263    -19.8  -16.8   -8.5    1.9    4.6
lookalikes far         13413  0.9992    -23.0  -16.1   -8.6   -5.2   -4.1
"""

COEFFICIENTS = {
    "one": -6.592,
    "words": 14.877,
    "short": 1.101,
    "short, not brief": -4.396,
    "brief": 1.266,
    "opening of a longer one": 13.515,
    "numbers differ": -2.105,
    "numbers differ much": 13.354,
    "names differ": 3.318,
    "names differ much": -0.185,
    "one source": -2.806,
    "one source, facts differ": 12.530,
}

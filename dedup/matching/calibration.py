"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+, Cybulska &
Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the project's own
copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py. Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9729     -2.2    1.1    5.5    8.0    8.0
helsinki diff           9631  0.9991    -14.0  -10.9   -4.0   -1.5   -0.7
helsinki partial        4697  0.9102    -13.1   -8.7   -2.6    0.8    2.6
ecbplus dup              117  0.9231     -1.6   -0.4    3.3    8.0    8.0
ecbplus diff            1846  0.9978    -12.4  -11.2   -7.4   -2.8   -1.2
excerpt together        1226  0.9878     -0.1    2.2    7.5   10.0   10.8
excerpt of another      4607  0.9696    -10.7   -9.2   -5.4   -0.7    1.8
copies together          161  0.9193     -6.1   -1.1    5.8   10.8   12.0
copies apart            2689  1.0000    -18.7  -10.4   -8.2   -6.1   -5.3
lookalikes near          448  0.9196    -16.7  -13.1   -8.3    2.1    6.7
lookalikes far         13413  0.9996    -20.8  -14.5   -8.8   -6.3   -4.9
"""

COEFFICIENTS = {
    "one": -4.619,
    "words": 13.024,
    "short": 3.054,
    "short, not brief": -7.458,
    "brief": -3.580,
    "opening of a longer one": 12.342,
    "numbers differ": -1.877,
    "numbers differ much": 7.671,
    "names differ": 2.165,
    "names differ much": 2.245,
    "one source": -2.326,
    "one source, facts differ": 8.859,
}

"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+, Cybulska &
Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the project's own
copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py. Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9681     -1.6    1.3    5.5    8.0    8.0
helsinki diff           9631  0.9862    -12.1   -9.6   -3.7   -0.8    0.2
helsinki partial        4697  0.8282    -11.2   -7.5   -1.9    1.6    3.3
ecbplus dup              117  0.9402     -1.6   -0.5    3.8    8.0    8.0
ecbplus diff            1846  0.9967    -13.4  -12.3   -8.1   -3.0   -1.2
excerpt together        1226  0.9869     -1.0    2.4    9.6   13.0   13.6
excerpt of another      4607  0.9807    -14.2  -12.6   -7.7   -1.7    1.6
copies together          140  0.9786     -1.3    1.5    6.9   11.6   12.5
copies apart            2416  1.0000    -15.3  -12.1   -9.3   -6.2   -4.9
lookalikes near          448  0.9375    -12.5  -11.0   -6.3    1.1    4.5
lookalikes far         13247  0.9998    -17.1  -14.4  -10.3   -7.1   -5.3
"""

COEFFICIENTS = {
    "one": -2.822,
    "words": 11.578,
    "short": -1.291,
    "brief": -3.965,
    "opening of a longer one": 19.402,
    "numbers differ": -0.413,
    "numbers differ much": 7.629,
    "names differ": 3.923,
    "names differ much": 3.551,
    "one source": -4.292,
}

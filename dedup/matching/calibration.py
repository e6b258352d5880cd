"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+, Cybulska &
Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the project's own
copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py. Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9681     -2.2    1.2    5.5    8.0    8.0
helsinki diff           9631  0.9988    -14.1  -11.0   -4.0   -1.4   -0.7
helsinki partial        4697  0.9055    -13.2   -8.7   -2.6    0.8    2.7
ecbplus dup              117  0.9231     -1.7   -0.3    3.3    8.0    8.0
ecbplus diff            1846  0.9978    -13.1  -11.8   -7.7   -2.8   -1.4
excerpt together        1226  1.0000      1.8    3.6    7.7    9.8   10.7
excerpt of another      6779  0.9639    -11.0   -9.8   -5.1   -0.5    2.5
copies together          161  0.9193     -6.9   -1.3    5.9   10.3   11.9
copies apart            2689  1.0000    -19.3  -11.0   -8.8   -6.2   -5.3
lookalikes near          448  0.9219    -17.0  -13.5   -8.5    1.7    6.9
lookalikes far         13413  0.9997    -21.6  -15.0   -9.2   -6.4   -4.9
"""

COEFFICIENTS = {
    "one": -4.126,
    "words": 12.721,
    "short": 2.195,
    "short, not brief": -6.914,
    "brief": -3.370,
    "opening of a longer one": 11.611,
    "numbers differ": -1.245,
    "numbers differ much": 7.459,
    "names differ": 2.911,
    "names differ much": 2.318,
    "one source": -2.497,
    "one source, facts differ": 9.004,
}

"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+,
Cybulska & Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the
project's own copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py.
Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9522     -3.0    0.3    4.9    8.0    8.0
helsinki diff           9631  1.0000    -14.9  -12.3   -5.0   -3.0   -2.4
helsinki partial        4697  0.9674    -14.0  -10.4   -3.8   -0.6    1.3
ecbplus dup              117  0.8889     -2.6   -1.1    3.0    8.0    8.0
ecbplus diff            1846  0.9978    -14.2  -11.7   -7.2   -3.2   -1.9
ecbplus partial          565  0.8832     -9.0   -7.2   -3.1    1.5    5.3
excerpt together        1226  0.9959      0.7    3.1    8.0   11.4   11.9
excerpt of another      6983  0.9914    -11.0   -9.3   -4.6   -1.7   -0.2
copies together          161  0.9068     -6.0   -2.4    5.5   10.5   11.7
copies apart            2689  1.0000    -18.0  -10.7   -8.0   -5.3   -4.4
lookalikes near          448  0.9598    -19.0  -16.3   -8.4   -0.5    1.3
lookalikes far         13413  0.9994    -21.7  -15.1   -9.6   -5.4   -4.5
lookalikes elsewhere     333  0.6817     -8.8   -7.6   -1.3    2.1    2.9
"""

COEFFICIENTS = {
    "one": -6.294,
    "words": 14.114,
    "short": 1.696,
    "short, not brief": -4.723,
    "brief": 0.354,
    "opening of a longer one": 12.173,
    "numbers differ": 9.940,
    "names differ": 3.066,
    "one source": -2.380,
    "one source, facts differ": 10.973,
}

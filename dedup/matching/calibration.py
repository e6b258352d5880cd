"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+,
Cybulska & Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the
project's own copies and look-alikes. Shares of the kinds of pairs, ridge and folds: tools/calibrate.py.
Cross-validated by event:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9522     -3.0    0.3    4.8    8.0    8.0
helsinki diff           9631  1.0000    -15.0  -12.2   -5.2   -3.0   -2.3
helsinki partial        4697  0.9666    -14.1  -10.3   -3.9   -0.6    1.3
ecbplus dup              117  0.8803     -2.7   -1.0    2.9    7.9    8.0
ecbplus diff            1846  0.9973    -14.1  -11.9   -7.1   -2.9   -1.3
ecbplus partial          565  0.8867     -9.2   -7.3   -3.1    1.6    5.6
excerpt together        1226  0.9959      0.8    3.3    8.3   11.6   12.2
excerpt of another      6983  0.9897    -11.0   -9.2   -4.7   -1.4    0.0
copies together          161  0.9130     -6.0   -2.7    5.5   10.6   11.6
copies apart            2689  1.0000    -17.8  -10.6   -7.4   -3.9   -2.6
lookalikes near          448  0.9531    -18.7  -16.2   -8.5   -0.4    1.5
lookalikes far         13413  0.9994    -21.5  -14.7   -9.2   -5.1   -3.7
lookalikes elsewhere     333  0.6697     -8.7   -7.5   -1.1    2.2    3.2
"""

COEFFICIENTS = {
    "one": -5.753,
    "words": 13.473,
    "short": 0.936,
    "short, not brief": -4.254,
    "brief": 0.406,
    "opening of a longer one": 12.853,
    "numbers differ": 9.562,
    "names differ": 3.768,
    "one source": -2.495,
    "one source, facts differ": 10.691,
}

"""The weights of the evidence. Written by `make calibrate`; do not edit.

Logistic regression on labelled pairs: helsinki (asprout/ArticleComparisons 60fad0f) and ecbplus (ECB+,
Cybulska & Vossen 2014) with silver labels of shared sentences, excerpts cut from their articles, and the
project's own copies, look-alikes and forms. Shares of the kinds of pairs, ridge, folds: tools/calibrate.py.
Cross-validated by event and by family:

pairs                 number   right   log-odds at 1, 5, 50, 95, 99 %
helsinki dup             627  0.9601     -2.1    0.3    4.9    8.0    8.0
helsinki diff           9631  1.0000    -20.4  -16.3   -6.8   -3.3   -2.4
helsinki partial        4697  0.9806    -19.0  -12.7   -5.4   -1.4    0.9
ecbplus dup              117  0.8205     -2.7   -1.6    2.3    7.1    8.0
ecbplus diff            1846  0.9984    -13.7  -10.9   -6.7   -3.1   -1.9
ecbplus partial          565  0.9062     -8.6   -7.1   -3.3    0.8    4.9
ecbplus same event      8662  0.9991    -13.4  -10.7   -6.6   -3.1   -2.0
excerpt together        1226  0.9902      0.1    2.4    6.8    9.6   10.9
excerpt of another      6983  0.9961    -10.8   -8.6   -4.7   -2.4   -1.1
copies together          161  0.9130     -6.7   -1.2    4.5    8.6    9.6
copies apart            2689  1.0000    -20.4  -13.7   -8.5   -4.7   -3.8
lookalikes near          448  0.9978    -30.0  -20.5   -8.9   -2.7   -0.8
lookalikes far         13413  0.9999    -23.8  -19.9   -9.7   -6.2   -5.1
lookalikes elsewhere     333  0.9399    -19.8  -12.1   -3.8    0.1    1.6
forms one outlet         420  0.9929    -28.0  -23.8  -15.9   -3.1   -0.9
forms elsewhere         2100  0.8424    -16.9  -13.1   -5.0    2.2    4.1
forms together           252  1.0000      3.2    5.2    7.0    8.0    8.0
"""

COEFFICIENTS = {
    "one": -4.383,
    "words": 11.452,
    "short": 1.697,
    "short, not brief": -6.545,
    "brief": -0.641,
    "opening of a longer one": 9.898,
    "names differ": 1.630,
    "numbers differ": 6.022,
    "figures mostly differ": 0.975,
    "reworded, a form": 17.091,
    "reworded, another day": 3.755,
    "reworded, one source": 3.941,
    "one source, facts differ": 9.113,
}

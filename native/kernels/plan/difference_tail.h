#pragma once

namespace scoring_bias {

/// P(xi > z), -1 <= z <= 1, for xi = p - q with shares (p, q, the rest) of Dirichlet's law with these
/// parameters, at least 0 and not all of them 0: what anomalies flagged by the candidate alone, by the
/// baseline alone, and alike say of xi.
///
/// It is the law of (1 - z) G_up - (1 + z) G_down - z G_rest > 0 with gamma variates, by the saddlepoint
/// formula of Lugannani and Rice (Advances in Applied Probability 12, 1980): the relative error of either
/// tail is 6 % at most, where there is one sample of each of two kinds, and below 1 % from some ten on.
double DifferenceTail(double up, double down, double rest, double z);

}  // namespace scoring_bias

#pragma once

#include "kernels/special/gamma.h"

namespace scoring_bias {

/// The regularised incomplete gamma functions P(a, x) and Q(a, x), a > 0, x >= 0: series below, continued
/// fraction above x = a + 1 (Abramowitz and Stegun 1964, eqs. 6.5.29 and 6.5.31), from a = 500 on quadrature
/// of the density. Q next to P = 1 - Q keeps its relative error while a is not tiny (a >= 0.05 tested). Cost:
/// 0.1 to 4 us.
Tails GammaTails(double x, double a);

/// The distribution function of chi-square with `df` degrees of freedom, and its complement.
Tails ChiSquareTails(double x, double df);

}  // namespace scoring_bias

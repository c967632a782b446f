#pragma once

#include "kernels/special/gamma.h"

namespace scoring_bias {

/// A point of the unit interval and its complement y = 1 - x. Near 1 only y says where the point is.
struct UnitPoint {
  double x, y;
};

/// The regularised incomplete beta function I_x(a, b), the distribution function of Beta(a, b), and its
/// complement I_y(b, a). Requires a, b in [1e-10, 2^53] and 0 <= x <= 1, and gives NaN for all else; with the
/// UnitPoint form x + y = 1 and the smaller of the two is taken as exact.
///
/// The tail away from the mean is computed and the other is its complement. Below kLargeParameters: the power
/// series for b x small, else the continued fraction of Didonato and Morris (1992, ACM TOMS 708, eq. 9). From
/// there on: 32-point quadrature of the density, at a cost that does not depend on the parameters.
/// Ranges tested: a, b from 0.05 to 2^31. Cost: 0.2 to 5 us; longer when a parameter below 0.01 meets an
/// argument next to 1, and bounded by about a millisecond for all arguments.
Tails BetaTails(double x, double a, double b);
Tails BetaTails(UnitPoint point, double a, double b);

/// The inverse: the point where I_x(a, b) = p (`BetaQuantile`) or I_y(b, a) = q (`BetaQuantileUpper`).
/// Requires a, b in [1e-10, 2^53] and a probability in [0, 1]. Newton's method on log I as a function of
/// log(x / y), which is concave (the logit of a beta variate has a log-concave density), so that it converges
/// from anywhere. Both members of the result have a small relative error, amplified by 1 / a (of x) or 1 / b
/// (of y) when a parameter is below 1, as the problem's condition demands. Cost: 3 to 6 evaluations of
/// BetaTails.
UnitPoint BetaQuantile(double p, double a, double b);
UnitPoint BetaQuantileUpper(double q, double a, double b);

}  // namespace scoring_bias

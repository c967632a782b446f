#include "kernels/special/student.h"

#include <cmath>

#include "kernels/base/constants.h"
#include "kernels/special/beta.h"
#include "kernels/special/elementary.h"
#include "kernels/special/normal.h"

namespace scoring_bias {

double StudentTQuantile(double p, double df) {
  if (!(df >= 1e-9 && p >= 0 && p <= 1)) return kNan;
  if (df > 0x1p53) return NormalQuantile(p);  // Equal to 1e-13.
  if (p == 0.5) return 0;
  if (p == 0 || p == 1) return p == 0 ? -kInfinity : kInfinity;
  const double outer = p < 0.5 ? p : 1 - p;
  const double a = 0.5 * df;
  // Far out the leading term of the incomplete beta function is exact, and its argument need not be a double.
  const double log_point = (portable::Log(2 * outer) + portable::Log(a) + LogBeta(a, 0.5)) / a;
  if (log_point < -40) return std::copysign(std::sqrt(df) * portable::Exp(-0.5 * log_point), p - 0.5);
  // Whichever of the two probabilities is the smaller one is exact.
  const UnitPoint point =
      outer < 0.25 ? BetaQuantile(2 * outer, a, 0.5) : BetaQuantileUpper(std::abs(2 * p - 1), a, 0.5);
  const double t = std::sqrt(df) * std::sqrt(point.y / point.x);
  return std::copysign(t, p - 0.5);
}

}  // namespace scoring_bias

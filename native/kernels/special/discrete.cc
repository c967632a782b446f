#include "kernels/special/discrete.h"

#include <cmath>

#include "kernels/base/constants.h"
#include "kernels/special/beta.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

double LogOf(double probability, double complement) {
  return complement < 0.5 ? portable::Log1p(-complement) : portable::Log(probability);
}

}  // namespace

double LogBinomialPmf(std::int64_t k, std::int64_t n, double p, double q) {
  if (!(n >= 0 && p >= 0 && q >= 0)) return kNan;
  if (k < 0 || k > n) return -kInfinity;
  const auto trials = static_cast<double>(n), good = static_cast<double>(k), bad = static_cast<double>(n - k);
  if (k == 0) return n == 0 ? 0 : trials * LogOf(q, p);
  if (k == n) return trials * LogOf(p, q);
  if (p == 0 || q == 0) return -kInfinity;
  // k - n p = k q - (n - k) p, from whichever of p and q is the smaller, hence the exact one.
  const double excess = p <= q ? std::fma(-trials, p, good) : std::fma(trials, q, -bad);
  return StirlingError(trials) - StirlingError(good) - StirlingError(bad) -
         Deviance(good, trials * p, excess) - Deviance(bad, trials * q, -excess) +
         0.5 * portable::Log(trials / (kTwoPi * good * bad));
}

double BinomialPmf(std::int64_t k, std::int64_t n, double p, double q) {
  return portable::Exp(LogBinomialPmf(k, n, p, q));
}

double BinomialPmf(std::int64_t k, std::int64_t n, double p) { return BinomialPmf(k, n, p, 1 - p); }

Tails BinomialTails(std::int64_t k, std::int64_t n, double p) {
  if (!(n >= 0 && p >= 0 && p <= 1)) return {kNan, kNan};
  if (k < 0) return {0, 1};
  if (k >= n) return {1, 0};
  return BetaTails(UnitPoint{1 - p, p}, static_cast<double>(n - k), static_cast<double>(k) + 1);
}

}  // namespace scoring_bias

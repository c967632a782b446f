#include "kernels/special/discrete.h"

#include <cmath>
#include <limits>

#include "kernels/special/beta.h"

namespace scoring_bias {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTwoPi = 6.2831853071795864769;

double LogOf(double probability, double complement) {
  return complement < 0.5 ? std::log1p(-complement) : std::log(probability);
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
         0.5 * std::log(trials / (kTwoPi * good * bad));
}

double BinomialPmf(std::int64_t k, std::int64_t n, double p, double q) {
  return std::exp(LogBinomialPmf(k, n, p, q));
}

double BinomialPmf(std::int64_t k, std::int64_t n, double p) { return BinomialPmf(k, n, p, 1 - p); }

Tails BinomialTails(std::int64_t k, std::int64_t n, double p) {
  if (!(n >= 0 && p >= 0 && p <= 1)) return {kNan, kNan};
  if (k < 0) return {0, 1};
  if (k >= n) return {1, 0};
  return BetaTails(UnitPoint{1 - p, p}, static_cast<double>(n - k), static_cast<double>(k) + 1);
}

double HypergeometricPmf(std::int64_t k, std::int64_t good, std::int64_t bad, std::int64_t draws) {
  if (good < 0 || bad < 0 || draws < 0 || draws > good + bad) return kNan;
  if (k < 0 || k > good || k > draws || draws - k > bad) return 0;
  if (draws == 0 || draws == good + bad) return 1;
  // Any p will do; this one puts all three probabilities near their modes.
  const auto total = static_cast<double>(good + bad);
  const double p = static_cast<double>(draws) / total;
  const double q = static_cast<double>(good + bad - draws) / total;
  return std::exp(LogBinomialPmf(k, good, p, q) + LogBinomialPmf(draws - k, bad, p, q) -
                  LogBinomialPmf(draws, good + bad, p, q));
}

}  // namespace scoring_bias

#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/base/constants.h"
#include "kernels/special/discrete.h"

namespace scoring_bias {

/// The probability that `draws` of `good + bad` objects, taken without replacement, hold k good ones; 0 where
/// that cannot be. As a ratio of three binomial probabilities (Loader 2000). Requires non-negative counts and
/// draws <= good + bad.
inline double HypergeometricPmf(std::int64_t k, std::int64_t good, std::int64_t bad, std::int64_t draws) {
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

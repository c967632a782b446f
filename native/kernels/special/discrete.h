#pragma once

#include <cstdint>

#include "kernels/special/gamma.h"

namespace scoring_bias {

/// The binomial probability of k successes in n trials, 0 <= n, 0 <= p <= 1; 0 for k outside 0..n. By the
/// saddle-point form of Loader (2000), which keeps its relative error at any n; `q` is 1 - p where the caller
/// knows it better than the subtraction would. Cost: about 100 ns.
double BinomialPmf(std::int64_t k, std::int64_t n, double p);
double BinomialPmf(std::int64_t k, std::int64_t n, double p, double q);
double LogBinomialPmf(std::int64_t k, std::int64_t n, double p, double q);

/// P(X <= k) and P(X > k) for X ~ Bin(n, p), by the incomplete beta function.
Tails BinomialTails(std::int64_t k, std::int64_t n, double p);

}  // namespace scoring_bias

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/random/binomial.h"

namespace scoring_bias {

/// Multinomial variates: how `n` draws fall into cells of given weights (>= 0, at least one positive, any
/// scale), by conditional binomials, the cells from the first to the last. Each conditional probability is a
/// weight over the sum from it on, accumulated from the far end, so that a tail of tiny cells keeps its
/// relative accuracy. Preparing allocates 8 bytes a cell; a variate costs at most one binomial a cell.
class MultinomialSampler {
 public:
  explicit MultinomialSampler(std::span<const double> weights) : conditional_(weights.size()) {
    double sum = 0;
    for (std::size_t i = weights.size(); i-- > 0;) {
      sum += weights[i];
      conditional_[i] = sum > 0 ? weights[i] / sum : 0;
    }
  }

  /// counts.size() must be the number of weights; its sum will be n.
  template <UniformSource Rng>
  void operator()(Rng& rng, std::int64_t n, std::span<std::int64_t> counts) const {
    for (std::size_t i = 0; i < conditional_.size(); ++i) {
      counts[i] = BinomialVariate(rng, n, conditional_[i]);
      n -= counts[i];
    }
  }

 private:
  std::vector<double> conditional_;
};

}  // namespace scoring_bias

#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/random/beta.h"
#include "kernels/random/philox.h"

namespace scoring_bias {

/// Step 1 of the tree engine (bootstrap_tree.h): one detector's order statistics in a resample.
///
/// Draws the points n U_(r + 1), U_(1) < ... < U_(n) ordered uniforms, for ascending ranks r: partial sums of
/// gamma variates over their total (Devroye, Non-Uniform Random Variate Generation, 1986, theorem V.2.2).
class OrderStatistics {
 public:
  /// Ascending ranks from the top (0: the largest), below n. Throws std::bad_alloc.
  OrderStatistics(std::span<const std::size_t> ranks, std::size_t n) : n_(static_cast<double>(n)) {
    std::size_t before = 0;
    for (const std::size_t rank : ranks) {
      gaps_.emplace_back(static_cast<double>(rank + 1 - before));
      before = rank + 1;
    }
    gaps_.emplace_back(static_cast<double>(n + 1 - before));
  }

  /// One point for each rank, ascending, in (0, n).
  void operator()(Philox& random, std::span<double> points) const {
    double sum = 0;
    for (std::size_t j = 0; j < points.size(); ++j) points[j] = sum += gaps_[j](random);
    const double scale = n_ / (sum + gaps_.back()(random));
    // Below n: rounding could otherwise put the last point into a cell that does not exist.
    const double end = std::nextafter(n_, 0.0);
    for (double& point : points) point = std::min(point * scale, end);
  }

 private:
  double n_;
  std::vector<GammaSampler> gaps_;
};

}  // namespace scoring_bias

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"

namespace scoring_bias {

/// A sample sorted from the largest score down: `values[j]` is the score of sample `order[j]`. Excluded
/// samples are left out and listed in `excluded`. 12 bytes a sample.
struct RankedScores {
  std::vector<double> values;
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> excluded;

  /// How many of the values are strictly above the threshold; O(log n).
  std::size_t CountAbove(double threshold) const;

  /// The value at a place counted from the largest.
  double At(TopRank rank) const;
};

/// Ranks the scores whose byte in `excluded` (empty: none) is 0. The array number goes into the status.
/// Errors: kNotANumber (also at excluded positions), kOutOfMemory.
Status RankScores(const ScoreSpan& scores, std::span<const std::uint8_t> excluded, std::size_t array,
                  int threads, RankedScores& ranked);

/// One detector's samples, ranked: normal scores, then each class's.
struct RankedDetector {
  RankedScores normal;
  std::vector<RankedScores> classes;
};

/// Checks the input and ranks all of its samples. Errors: those of CheckInput and
/// RankScores; kOutOfRange where normals are counted alone.
Status RankInput(const BootstrapInput& input, int threads, std::vector<RankedDetector>& detectors);

}  // namespace scoring_bias

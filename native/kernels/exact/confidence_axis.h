#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/bootstrap/confidence_index.h"
#include "kernels/exact/confidence_counts.h"

namespace scoring_bias {

/// Where in its gap a true threshold lies: a distribution function on [0, 1].
using PlaceLaw = double (*)(double place);

/// Beta(2, 2): near the middle rather than at an end.
inline double MiddlePlace(double place) { return place * place * (3 - 2 * place); }

/// The thresholds of one detector, put together where no set's number of anomalies above them changes: steps,
/// from the largest threshold down.
struct ConfidenceAxis {
  /// What one number of normals above the threshold allows: steps first, first + 1, ... with these weights.
  struct Gap {
    std::size_t first;
    std::vector<double> weights;
  };
  std::vector<Gap> gaps;  // [place in the law of A]; each begins where the last ended
  std::vector<std::vector<std::uint32_t>> counts;  // [set][step]: its anomalies above

  std::size_t n_steps() const { return counts[0].size(); }
};

/// The axis of the sets with these numbers. Time and memory: a sort of the breaks of each gap, which are as
/// many as anomalies lie in it. Throws std::bad_alloc.
ConfidenceAxis MakeAxis(const ConfidenceDetector& detector, const CountLaw& law,
                        std::span<const std::size_t> sets, PlaceLaw place);

/// How many steps that axis has at most, and how many entries its weights; without building it.
std::size_t AxisSteps(const ConfidenceDetector& detector, const CountLaw& law,
                      std::span<const std::size_t> sets);

}  // namespace scoring_bias

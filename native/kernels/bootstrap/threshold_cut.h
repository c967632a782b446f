#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/random/variates.h"

namespace scoring_bias {

/// Where a true threshold lies among a detector's normal scores: `above` of them are above it, and the
/// anomalies in the gap below these are parted at `place`, in (0, 1).
struct ThresholdCut {
  std::size_t above = 0;
  double place = 0;
};

/// How many of the anomalies are above the threshold; the normal scores descend. Of the g anomalies in the
/// gap these are floor(place (g + 1)).
inline std::size_t FlaggedAbove(const std::vector<double>& normal, const RankedScores& anomalies,
                                ThresholdCut cut) {
  const std::size_t least = cut.above == 0 ? 0 : anomalies.CountAbove(normal[cut.above - 1]);
  const std::size_t most =
      cut.above == normal.size() ? anomalies.values.size() : anomalies.CountAbove(normal[cut.above]);
  const auto inside = static_cast<double>(most - least + 1);
  return std::min(most, least + static_cast<std::size_t>(cut.place * inside));
}

/// The place of a threshold in its gap, Beta(2, 2): the median of three uniforms.
template <UniformSource Rng>
double PlaceVariate(Rng& random) {
  const double a = random.NextUniform(), b = random.NextUniform(), c = random.NextUniform();
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

}  // namespace scoring_bias

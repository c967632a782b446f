#include "kernels/exact/confidence_axis.h"

#include <algorithm>

namespace scoring_bias {
namespace {

// A place in the gap from which one more anomaly of a set is above.
struct Break {
  double place;
  std::size_t set;

  bool operator<(const Break& other) const { return place < other.place; }
};

}  // namespace

ConfidenceAxis MakeAxis(const ConfidenceDetector& detector, const CountLaw& law,
                        std::span<const std::size_t> sets, PlaceLaw place) {
  ConfidenceAxis axis;
  axis.counts.resize(sets.size());
  std::vector<Break> breaks;
  for (std::size_t i = 0; i < law.size(); ++i) {
    const std::size_t above = detector.Reached(law.first + i);
    breaks.clear();
    for (std::size_t k = 0; k < sets.size(); ++k) {
      const auto [least, most] = detector.GapOf(sets[k], above);
      if (i == 0) axis.counts[k].push_back(static_cast<std::uint32_t>(least));
      const auto parts = static_cast<double>(most - least + 1);
      for (std::size_t j = 1; j <= most - least; ++j) breaks.push_back({static_cast<double>(j) / parts, k});
    }
    std::sort(breaks.begin(), breaks.end());
    ConfidenceAxis::Gap gap{axis.n_steps() - 1, {}};
    double before = 0;
    for (std::size_t b = 0; b < breaks.size();) {
      const double here = breaks[b].place, upto = place(here);
      gap.weights.push_back(upto - before);
      before = upto;
      for (auto& counts : axis.counts) counts.push_back(counts.back());
      for (; b < breaks.size() && breaks[b].place == here; ++b) ++axis.counts[breaks[b].set].back();
    }
    gap.weights.push_back(1 - before);
    axis.gaps.push_back(std::move(gap));
  }
  return axis;
}

std::size_t AxisSteps(const ConfidenceDetector& detector, const CountLaw& law,
                      std::span<const std::size_t> sets) {
  std::size_t steps = 1;
  for (const std::size_t k : sets) {
    const std::size_t first = detector.GapOf(k, detector.Reached(law.first)).least;
    steps += detector.GapOf(k, detector.Reached(law.first + law.size() - 1)).most - first;
  }
  return steps;
}

}  // namespace scoring_bias

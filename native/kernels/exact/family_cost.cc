#include "kernels/exact/family_cost.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace scoring_bias {

double FamilyCost(const FamilyInput& input, std::span<const Side> sides) {
  constexpr double kCorner = 420, kFrequency = 40, kFrequencies = 40, kProduct = 17;
  constexpr double kPairedCells = 3500, kIndependentCells = 60;
  std::array<double, 2> edges{}, within{};
  for (std::size_t d = 0; d < 2; ++d) {
    const auto last = static_cast<std::int32_t>(sides[d].edges.size());
    edges[d] = last;
    within[d] =
        static_cast<double>(std::count_if(sides[d].anomalous.begin(), sides[d].anomalous.end(),
                                          [&](std::int32_t cell) { return cell > 0 && cell <= last; }));
  }
  const double corners = edges[0] * edges[1] + 1, span = within[0] + within[1];
  const auto n = static_cast<double>(sides[0].anomalous.size());
  const double classes = input.n_classes < 2 ? 0 : static_cast<double>(input.n_classes);
  double cost = 0;
  if (classes > 0) {
    const double own = std::min(edges[0], within[0] / classes) * std::min(edges[1], within[1] / classes) + 1;
    const double each = input.design == Design::kPaired
                            ? kPairedCells
                            : kIndependentCells * (9 * std::sqrt(n / classes) + 30);
    cost = classes * (corners * kProduct + own * each);
  }
  if (input.design == Design::kIndependent) return cost;
  const double components = 8 * std::min(corners, span);
  const double frequencies = std::max(kFrequencies, 3 * span / std::sqrt(n));
  return cost + corners * kCorner + kFrequency * components * frequencies;
}

}  // namespace scoring_bias

#include "kernels/exact/family_cost.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/special/elementary.h"

namespace scoring_bias {

namespace {

// One side of the grid of thresholds: its edges, and the anomalies of each class that lie between them.
struct SideOfGrid {
  double edges, anomalies;

  SideOfGrid(const Side& side, double classes) : edges(static_cast<double>(side.edges.size())) {
    const auto last = static_cast<std::int32_t>(side.edges.size());
    const auto within = std::count_if(side.anomalous.begin(), side.anomalous.end(),
                                      [&](std::int32_t cell) { return cell > 0 && cell <= last; });
    anomalies = static_cast<double>(within) / classes;
  }
  double own_cells() const { return std::min(edges, anomalies); }
};

}  // namespace

double FamilyQuestions(std::size_t n_classes) { return 4 + 1.2 * static_cast<double>(n_classes); }

double FamilyCost(const FamilyInput& input, std::span<const Side> sides) {
  constexpr double kCorner = 220, kComponent = 900;
  const bool paired = input.design == Design::kPaired, several = input.n_classes > 1;
  const double classes = several ? static_cast<double>(input.n_classes) : 1;
  const SideOfGrid first(sides[0], classes), second(sides[1], classes);
  const double corners = first.edges * second.edges + 1;
  const double span = classes * (first.anomalies + second.anomalies);
  const double mixture = paired ? kComponent * 8 * std::min(corners, span) : 0;
  const double cost = mixture + (paired ? kCorner * corners : 0);
  if (!several) return cost;
  const double n = static_cast<double>(sides[0].anomalous.size()) / classes;
  const double questions = FamilyQuestions(input.n_classes);
  const double changes = std::clamp(classes * second.anomalies / std::max(second.edges, 1.0), 1.0, classes);
  const double joint =
      corners * (20 + 2.5 * classes + questions * (1 + changes * portable::Log(classes) / std::numbers::ln2));
  const double of_pair = paired ? 200 + 10 * questions + 25 * span / classes / std::sqrt(n)
                                : questions * (10 + 0.8 * std::sqrt(n));
  return cost + mixture + joint + classes * (first.own_cells() * second.own_cells() + 1) * of_pair;
}

}  // namespace scoring_bias

#include "kernels/exact/class_grid.h"

#include <cmath>

#include "kernels/special/discrete.h"

namespace scoring_bias {

ClassAxis AxisOf(const Side& side, std::span<const std::int32_t> classes, std::int32_t wanted) {
  const std::size_t edges = side.edges.size();
  Counts begin(edges + 2);
  ClassAxis axis;
  for (std::size_t i = 0; i < side.anomalous.size(); ++i) {
    if (!classes.empty() && classes[i] != wanted) continue;
    ++begin[static_cast<std::size_t>(side.anomalous[i])];
    ++axis.n;
  }
  axis.cell_of.assign(edges + 1, 0);
  axis.flagged = {begin[0]};
  axis.share.assign(edges, 0.0);
  for (std::size_t cell = 1; cell <= edges; ++cell) {
    if (begin[cell] > 0) axis.flagged.push_back(axis.flagged.back() + begin[cell]);
    axis.cell_of[cell] = static_cast<std::int32_t>(axis.flagged.size()) - 1;
    axis.share[cell - 1] = begin[cell] / static_cast<double>(axis.n);
  }
  return axis;
}

std::vector<double> DensityOf(const Side& side, std::size_t index) {
  const auto n = static_cast<std::int64_t>(side.normal.size());
  const auto size = static_cast<double>(n);
  std::vector<double> density;
  for (const std::int64_t edge : side.edges) {
    density.push_back(size * BinomialPmf(static_cast<std::int64_t>(index), n - 1,
                                         static_cast<double>(edge) / size,
                                         static_cast<double>(n - edge) / size));
  }
  return density;
}

std::vector<double> InfluenceOf(const Side& side, const ClassAxis& axis, std::span<const double> density) {
  const std::size_t edges = side.edges.size();
  const auto n = static_cast<double>(side.normal.size());
  // A sample before an edge makes the threshold less likely to pass it.
  std::vector<double> influence(edges + 1);
  double mean = 0, beyond = 0;
  for (std::size_t e = 0; e < edges; ++e) {
    mean += axis.share[e] * density[e] * static_cast<double>(side.edges[e]) / n;
  }
  influence[edges] = mean;
  for (std::size_t e = edges; e-- > 0;) influence[e] = mean - (beyond += axis.share[e] * density[e]);
  return influence;
}

double Acceleration::value() const {
  return squares_ > 0 ? cubes_ / (6 * squares_ * std::sqrt(squares_)) : 0;
}

}  // namespace scoring_bias

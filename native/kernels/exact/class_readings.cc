#include "kernels/exact/class_readings.h"

#include <algorithm>
#include <cmath>

#include "kernels/exact/ideal_bootstrap.h"

namespace scoring_bias {
namespace {

// Pairs of a class's cells below this are left out: as many as there are, less than 1e-10 of all together.
constexpr double kNegligiblePair = 1e-14;

}  // namespace

Counts BothOf(std::span<const Side> sides, const ClassAxis& first, const ClassAxis& second,
              std::span<const std::int32_t> classes, std::int32_t wanted) {
  const std::size_t rows = first.size(), columns = second.size();
  Counts both(rows * columns);
  const auto place = [](const Side& side, const ClassAxis& axis, std::size_t i) {
    const auto cell = static_cast<std::size_t>(side.anomalous[i]);
    return cell < axis.cell_of.size() ? static_cast<std::size_t>(axis.cell_of[cell]) : axis.size();
  };
  for (std::size_t i = 0; i < sides[0].anomalous.size(); ++i) {
    if (!classes.empty() && classes[i] != wanted) continue;
    const std::size_t row = place(sides[0], first, i), column = place(sides[1], second, i);
    if (row < rows && column < columns) ++both[row * columns + column];
  }
  for (std::size_t row = 0; row < rows; ++row) {
    std::int32_t sum = 0;
    for (std::size_t column = 0; column < columns; ++column) {
      sum += both[row * columns + column];
      both[row * columns + column] = sum + (row > 0 ? both[(row - 1) * columns + column] : 0);
    }
  }
  return both;
}

double PairedAcceleration(std::span<const Side> sides, const Densities& densities, const ClassAxis& first,
                          const ClassAxis& second, std::int32_t both) {
  Acceleration acceleration;
  const auto by_first = InfluenceOf(sides[0], first, densities[0]);
  const auto by_second = InfluenceOf(sides[1], second, densities[1]);
  const auto n0 = static_cast<double>(sides[0].normal.size()), n = static_cast<double>(first.n);
  for (std::size_t i = 0; i < sides[0].normal.size(); ++i) {
    acceleration.Add(by_second[static_cast<std::size_t>(sides[1].normal[i])] -
                         by_first[static_cast<std::size_t>(sides[0].normal[i])],
                     1, n0);
  }
  const double gained = second.flagged[At(second, sides[1].at_sample)] - both;
  const double lost = first.flagged[At(first, sides[0].at_sample)] - both, xi = (gained - lost) / n;
  acceleration.Add(1 - xi, gained, n);
  acceleration.Add(-1 - xi, lost, n);
  acceleration.Add(-xi, n - gained - lost, n);
  return acceleration.value();
}

double IndependentAcceleration(std::span<const Side> sides, const Densities& densities,
                               std::span<const ClassAxis* const> axes) {
  Acceleration acceleration;
  for (std::size_t d = 0; d < 2; ++d) {
    const double sign = d == 0 ? -1 : 1;
    const auto by_cell = InfluenceOf(sides[d], *axes[d], densities[d]);
    for (const std::int32_t cell : sides[d].normal) {
      acceleration.Add(sign * by_cell[static_cast<std::size_t>(cell)], 1,
                       static_cast<double>(sides[d].normal.size()));
    }
    const auto n = static_cast<double>(axes[d]->n);
    const double flagged = axes[d]->flagged[At(*axes[d], sides[d].at_sample)], recall = flagged / n;
    acceleration.Add(sign * (1 - recall), flagged, n);
    acceleration.Add(sign * -recall, n - flagged, n);
  }
  return acceleration.value();
}

std::vector<double> ProbabilitiesOf(const PairedCells& grid, const ClassAxis& first,
                                    const ClassAxis& second) {
  const std::size_t columns = second.size();
  std::vector<double> probabilities(first.size() * columns);
  for (std::size_t i = 0; i < grid.cells.size(); ++i) {
    const auto [row, column] = grid.places[i];
    probabilities[At(first, row) * columns + At(second, column)] += grid.cells[i].probability;
  }
  for (double& probability : probabilities) {
    if (std::abs(probability) < kNegligiblePair) probability = 0;
  }
  return probabilities;
}

std::vector<DifferenceCell> CellsOfClass(std::span<const double> probabilities, const ClassAxis& first,
                                         const ClassAxis& second, std::span<const std::int32_t> both) {
  const std::size_t columns = second.size();
  std::vector<DifferenceCell> cells;
  for (std::size_t i = 0; i < both.size(); ++i) {
    if (probabilities[i] == 0) continue;
    cells.push_back(
        {second.flagged[i % columns] - both[i], first.flagged[i / columns] - both[i], probabilities[i]});
  }
  return cells;
}

std::array<double, 2> RecallMoments(std::span<const double> law) {
  const auto n = static_cast<double>(law.size() - 1);
  double mean = 0, variance = 0, j = 0;
  for (const double p : law) mean += p * j++;
  j = 0;
  for (const double p : law) {
    variance += p * (j - mean) * (j - mean);
    ++j;
  }
  return {mean / n, variance / (n * n)};
}

std::vector<double> CellProbabilities(const Side& side) {
  std::vector<double> probabilities;
  double before = 0;
  for (const double below : side.below) {
    probabilities.push_back(below - before);
    before = below;
  }
  probabilities.push_back(1 - before);
  return probabilities;
}

std::vector<double> AxisProbabilities(const ClassAxis& axis, std::span<const double> probabilities) {
  std::vector<double> weights(axis.size());
  for (std::size_t cell = 0; cell < probabilities.size(); ++cell) {
    weights[static_cast<std::size_t>(axis.cell_of[cell])] += probabilities[cell];
  }
  return weights;
}

void RecallLaw(const ClassAxis& axis, std::span<const double> weights, std::span<double> law) {
  std::fill(law.begin(), law.end(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0) AddBinomial(axis.flagged[i], axis.n, weights[i], law);
  }
}

std::size_t ProductsThatCount(double weight, std::span<const double> weights, std::size_t cells,
                              std::vector<double>& products) {
  const double least = 1e-11 / static_cast<double>(cells);
  const auto counts = [&](std::size_t i) { return weight * weights[i] >= least; };
  std::size_t first = 0, end = weights.size();
  while (first < end && !counts(first)) ++first;
  while (end > first && !counts(end - 1)) --end;
  products.clear();
  for (std::size_t i = first; i < end; ++i) products.push_back(weight * weights[i]);
  return first;
}

std::vector<double> ProductsOf(std::span<const double> first, std::span<const double> second) {
  std::vector<double> products;
  for (const double row : first) {
    for (const double column : second) {
      products.push_back(row * column < kNegligiblePair ? 0 : row * column);
    }
  }
  return products;
}

}  // namespace scoring_bias

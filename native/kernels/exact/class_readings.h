#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/exact/class_grid.h"
#include "kernels/exact/difference_groups.h"
#include "kernels/exact/paired_cells.h"

namespace scoring_bias {

// What BiasFamily reads of one set of anomalies.

/// The cell of the axis that a cell of the side lies in.
inline std::size_t At(const ClassAxis& axis, std::int32_t cell) {
  return static_cast<std::size_t>(axis.cell_of[static_cast<std::size_t>(cell)]);
}

/// At the samples' own threshold.
inline double RecallOf(const ClassAxis& axis, const Side& side) {
  return axis.flagged[At(axis, side.at_sample)] / static_cast<double>(axis.n);
}

/// [row * columns + column]: the anomalies of a class that either side's thresholds flag.
Counts BothOf(std::span<const Side> sides, const ClassAxis& first, const ClassAxis& second,
              std::span<const std::int32_t> classes, std::int32_t wanted);

/// Both detectors' densities of the threshold at their edges.
using Densities = std::array<std::vector<double>, 2>;

/// Of BCa intervals; `both` anomalies are flagged by either detector at the samples' thresholds.
double PairedAcceleration(std::span<const Side> sides, const Densities& densities, const ClassAxis& first,
                          const ClassAxis& second, std::int32_t both);
double IndependentAcceleration(std::span<const Side> sides, const Densities& densities,
                               std::span<const ClassAxis* const> axes);

/// [row * columns + column] of a class's own grid: the probability of its cells, of those of all anomalies';
/// 0 where that is negligible.
std::vector<double> ProbabilitiesOf(const PairedCells& grid, const ClassAxis& first, const ClassAxis& second);

/// The cells of that grid that have a probability.
std::vector<DifferenceCell> CellsOfClass(std::span<const double> probabilities, const ClassAxis& first,
                                         const ClassAxis& second, std::span<const std::int32_t> both);

/// Mean and variance of a recall from the law of the number flagged.
std::array<double, 2> RecallMoments(std::span<const double> law);

/// [cell of the side]
std::vector<double> CellProbabilities(const Side& side);

/// [cell of the axis], of those of its side.
std::vector<double> AxisProbabilities(const ClassAxis& axis, std::span<const double> probabilities);

/// Writes to law[j] the probability that j anomalies of a resample are flagged; `weights` are the axis's.
void RecallLaw(const ClassAxis& axis, std::span<const double> weights, std::span<double> law);

/// Of the products of one weight and each of some, those between the first and the last that count where
/// there are `cells` in all: what is left out of all is below 1e-11. Writes them; returns the place of the
/// first.
std::size_t ProductsThatCount(double weight, std::span<const double> weights, std::size_t cells,
                              std::vector<double>& products);

/// [row * columns + column]: the product of both axes' probabilities; 0 where that is negligible.
std::vector<double> ProductsOf(std::span<const double> first, std::span<const double> second);

}  // namespace scoring_bias

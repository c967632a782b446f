#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace scoring_bias {

/// One member of a mixture: `gained` of n anomalies are flagged by the second detector alone and `lost` by
/// the first alone, with this probability. The probabilities may carry rounding errors, and then be negative.
struct DifferenceCell {
  std::int32_t gained, lost;
  double probability;
};

/// A law U - V with its weight in the mixture: n times the probabilities of U and V in sum and in difference,
/// which between cells need not be whole.
struct DifferenceComponent {
  double sum, difference, weight;
};

/// Fewer components with the mixture's law: more than eight cells of one difference whose sums lie within a
/// fifth of each other, and of the rest, are put on eight Chebyshev nodes of that stretch, between which the
/// law of a cell is smooth. Requires at least one cell. Throws std::bad_alloc.
std::vector<DifferenceComponent> GroupCells(std::span<const DifferenceCell> cells, std::int32_t n);

}  // namespace scoring_bias

#pragma once

#include <span>

#include "kernels/exact/bias_family.h"

namespace scoring_bias {

/// Nanoseconds on one thread beside the sorts, fitted once: a corner of the grid of thresholds; components of
/// the mixture of all anomalies, and their frequencies; and, for several classes, what their tables take at
/// each pair of cells and the products at each pair of thresholds, for about twenty bounds.
double FamilyCost(const FamilyInput& input, std::span<const Side> sides);

}  // namespace scoring_bias

#pragma once

#include <span>

#include "kernels/exact/bias_family.h"

namespace scoring_bias {

/// Nanoseconds on one thread beside the sorts, fitted once to 48 answers of 1,000 + 200 to 1,000,000 +
/// 100,000 samples and one to 30 classes: 0.5 to 3 times those of more than 10 ms. Paired, a corner of the
/// grid of thresholds and a component of the mixture of each set; for several classes the joint cells, of
/// which each question multiplies anew what changes from one to the next, and what the tables of each class
/// take at each pair of its cells.
double FamilyCost(const FamilyInput& input, std::span<const Side> sides);

/// How many questions an answer asks of the joint law, about.
double FamilyQuestions(std::size_t n_classes);

}  // namespace scoring_bias

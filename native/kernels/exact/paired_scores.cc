#include "kernels/exact/paired_scores.h"

#include "kernels/sort/sort.h"

namespace scoring_bias {

Status CheckScores(const PairedScores& scores, Design design, ThresholdDefinition definition, double fpr) {
  const auto arrays = scores.arrays();
  for (std::size_t array = 0; array < arrays.size(); ++array) {
    const std::size_t n = SizeOf(*arrays[array]);
    if (n == 0) return {StatusCode::kEmptySample, array};
    if (n > kMaxSortLength) return {StatusCode::kOutOfRange, array};
    if (design == Design::kPaired && array >= 2 && n != SizeOf(*arrays[array - 2])) {
      return {StatusCode::kLengthMismatch, array, n};
    }
  }
  if (!(fpr > 0 && fpr < 1)) return {StatusCode::kOutOfRange, 4};
  if (definition.rule == ThresholdRule::kLinear) return {StatusCode::kOutOfRange, 5};
  return {};
}

}  // namespace scoring_bias

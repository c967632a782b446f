#include "kernels/observe.h"

#include "kernels/shape.h"

namespace scoring_bias {
namespace {

double FractionAbove(const RankedScores& scores, double threshold) {
  return static_cast<double>(scores.CountAbove(threshold)) / static_cast<double>(scores.values.size());
}

}  // namespace

Status Observe(const BootstrapInput& input, std::span<const RankedDetector> detectors,
               std::span<double> thresholds, std::span<double> fpr, std::span<double> tpr) {
  const std::size_t n_detectors = input.n_detectors(), n_classes = input.n_classes(),
                    n_fprs = input.fprs.size();
  if (!HasShape(thresholds, {n_fprs, n_detectors}) || !HasShape(fpr, {n_fprs, n_detectors}) ||
      !HasShape(tpr, {n_fprs, n_classes, n_detectors})) {
    return {StatusCode::kLengthMismatch};
  }
  for (std::size_t d = 0; d < n_detectors; ++d) {
    const RankedScores& normal = detectors[d].normal;
    for (std::size_t f = 0; f < n_fprs; ++f) {
      const TopRank rank = ThresholdRank(input.definition, input.fprs[f], normal.values.size());
      const double threshold = normal.At(rank);
      thresholds[f * n_detectors + d] = threshold;
      fpr[f * n_detectors + d] = FractionAbove(normal, threshold);
      for (std::size_t k = 0; k < n_classes; ++k) {
        tpr[(f * n_classes + k) * n_detectors + d] = FractionAbove(detectors[d].classes[k], threshold);
      }
    }
  }
  return {};
}

}  // namespace scoring_bias

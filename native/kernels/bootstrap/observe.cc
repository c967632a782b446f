#include "kernels/bootstrap/observe.h"

#include <cmath>
#include <new>
#include <vector>

#include "kernels/base/shape.h"
#include "kernels/bootstrap/contrast_variance.h"

namespace scoring_bias {
namespace {

double FractionAbove(const RankedScores& scores, double threshold) {
  return static_cast<double>(scores.CountAbove(threshold)) / static_cast<double>(scores.values.size());
}

double FractionAbove(const ScoreSpan& normal, std::size_t n, const ScoreWindow& window, double threshold) {
  const bool within = window.first == 0 || threshold < window.values.front();
  const std::size_t above = within ? window.CountAbove(threshold) : CountAbove(normal, threshold);
  return static_cast<double>(above) / static_cast<double>(n);
}

bool HasShapes(const BootstrapInput& input, std::span<const double> thresholds, std::span<const double> fpr,
               std::span<const double> tpr) {
  const std::size_t n_detectors = input.n_detectors(), n_fprs = input.fprs.size();
  return HasShape(thresholds, {n_fprs, n_detectors}) && HasShape(fpr, {n_fprs, n_detectors}) &&
         HasShape(tpr, {n_fprs, input.n_classes(), n_detectors});
}

}  // namespace

Status Observe(const BootstrapInput& input, std::span<const RankedDetector> detectors,
               std::span<double> thresholds, std::span<double> fpr, std::span<double> tpr) {
  const std::size_t n_detectors = input.n_detectors(), n_classes = input.n_classes(),
                    n_fprs = input.fprs.size();
  if (!HasShapes(input, thresholds, fpr, tpr)) return {StatusCode::kLengthMismatch};
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

Status Observe(const BootstrapInput& input, const TreeIndex& index, std::span<double> thresholds,
               std::span<double> fpr, std::span<double> tpr) {
  if (!HasShapes(input, thresholds, fpr, tpr)) return {StatusCode::kLengthMismatch};
  const std::size_t n_detectors = input.n_detectors(), n_classes = input.n_classes();
  for (std::size_t f = 0; f < input.fprs.size(); ++f) {
    for (std::size_t d = 0; d < n_detectors; ++d) {
      const double threshold = index.Threshold(d, f);
      thresholds[f * n_detectors + d] = threshold;
      fpr[f * n_detectors + d] =
          FractionAbove(input.detectors[d].normal, input.n_normal(d), index.detectors[d].normal, threshold);
      for (std::size_t k = 0; k < n_classes; ++k) {
        tpr[(f * n_classes + k) * n_detectors + d] = static_cast<double>(index.Flagged(d, f, k)) /
                                                     static_cast<double>(index.detectors[d].n_anomalous[k]);
      }
    }
  }
  return {};
}

Status ObserveStandardErrors(const BootstrapInput& input, const TreeIndex& index,
                             std::span<const double> contrast, std::span<double> standard_errors) {
  const std::size_t n_detectors = input.n_detectors(), n_classes = input.n_classes();
  if (contrast.size() != n_detectors || !HasShape(standard_errors, {input.fprs.size(), n_classes})) {
    return {StatusCode::kLengthMismatch};
  }
  try {
    std::vector<std::size_t> positions(n_detectors), flagged(n_detectors);
    std::vector<double> tpr(n_detectors);
    for (std::size_t f = 0; f < input.fprs.size(); ++f) {
      for (std::size_t k = 0; k < n_classes; ++k) {
        for (std::size_t d = 0; d < n_detectors; ++d) {
          positions[d] = index.ThresholdPosition(d, f);
          flagged[d] = index.Flagged(d, f, k);
          tpr[d] = static_cast<double>(flagged[d]) / static_cast<double>(index.detectors[d].n_anomalous[k]);
        }
        const double both = index.paired
                                ? static_cast<double>(index.classes[k].Count(flagged[0], flagged[1])) /
                                      static_cast<double>(index.detectors[0].n_anomalous[k])
                                : 0;
        double variance = 0;  // The index reaches as far as slopes are read around the sample's thresholds.
        ContrastVariance(index, contrast, {input.fprs[f], k, positions, tpr, both}, variance);
        standard_errors[f * n_classes + k] = std::sqrt(variance);
      }
    }
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

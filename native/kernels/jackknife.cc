#include "kernels/jackknife.h"

#include <cmath>
#include <new>
#include <vector>

#include "kernels/shape.h"

namespace scoring_bias {
namespace {

// Sums of the influence values over the groups of samples seen so far.
class Moments {
 public:
  explicit Moments(std::span<const double> contrast) {
    for (const double weight : contrast) rounding_ += 1e-14 * std::abs(weight);
  }

  // Adds a group, given for each of its samples the contrast without it.
  void Add(std::span<const double> left_out) {
    const auto n = static_cast<double>(left_out.size());
    double mean = 0;  // of the differences to the first: exactly 0 when all are equal
    for (const double xi : left_out) mean += (xi - left_out[0]) / n;
    for (const double xi : left_out) {
      const double influence = (n - 1) / n * (mean - (xi - left_out[0]));
      if (std::abs(influence) < rounding_) continue;
      squares_ += influence * influence;
      cubes_ += influence * influence * influence;
    }
  }

  double Acceleration() const { return squares_ > 0 ? cubes_ / (6 * squares_ * std::sqrt(squares_)) : 0; }

 private:
  double rounding_ = 0;  // Fractions are of order 1: smaller influences are what rounding left of 0.
  double squares_ = 0;
  double cubes_ = 0;
};

// One detector's thresholds when a normal sample is left out, by where that sample stands among the sorted
// scores.
struct LeftOutThresholds {
  std::size_t index;  // of the upper neighbour among the n0 - 1 that are left
  double below;       // the sample stands below both neighbours
  double between;     // the sample stands between them
  double above;       // the sample stands above both

  LeftOutThresholds(const BootstrapInput& input, double fpr, const std::vector<double>& values) {
    const TopRank rank = ThresholdRank(input.definition, fpr, values.size() - 1);
    index = rank.index;
    const auto reading = [&](std::size_t upper, std::size_t lower) {
      return rank.weight > 0 ? Interpolate(values[upper], values[lower], rank.weight) : values[upper];
    };
    below = reading(index, index + 1);
    between = rank.weight > 0 ? reading(index, index + 2) : below;
    above = reading(index + 1, index + 2);
  }
};

double Tpr(const RankedScores& scores, double threshold) {
  return static_cast<double>(scores.CountAbove(threshold)) / static_cast<double>(scores.values.size());
}

// Adds to left_out[i] what the detector contributes to the contrast when normal sample i is left out, less
// what it contributes for most of them, which is returned: leaving out a sample below the threshold's
// neighbours.
double LeaveOutNormals(const BootstrapInput& input, const RankedDetector& detector, double fpr, std::size_t k,
                       double weight, std::span<double> left_out) {
  const LeftOutThresholds thresholds(input, fpr, detector.normal.values);
  const RankedScores& anomalies = detector.classes[k];
  const double below = weight * Tpr(anomalies, thresholds.below);
  const double between = weight * Tpr(anomalies, thresholds.between);
  const double above = weight * Tpr(anomalies, thresholds.above);
  const std::vector<std::uint32_t>& order = detector.normal.order;
  for (std::size_t j = 0; j <= thresholds.index; ++j) left_out[order[j]] += above - below;
  left_out[order[thresholds.index + 1]] += between - below;
  return below;
}

// Adds to left_out[i] what the detector contributes to the contrast when anomaly i of the class is left out.
void LeaveOutAnomalies(const RankedScores& anomalies, double threshold, double weight,
                       std::span<double> left_out) {
  const std::size_t flagged = anomalies.CountAbove(threshold), tested = anomalies.values.size();
  const double unchanged = weight * static_cast<double>(flagged) / static_cast<double>(tested);
  for (const std::uint32_t i : anomalies.excluded) left_out[i] += unchanged;
  for (std::size_t j = 0; j < tested; ++j) {
    const std::size_t left = flagged - (j < flagged ? 1 : 0);
    left_out[anomalies.order[j]] +=
        tested == 1 ? unchanged : weight * static_cast<double>(left) / static_cast<double>(tested - 1);
  }
}

double Acceleration(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                    std::span<const double> contrast, double fpr, std::size_t k,
                    std::vector<double>& left_out) {
  Moments moments(contrast);
  const std::size_t n_detectors = detectors.size();
  // Detectors that share their samples form one group; otherwise each is a group of its own.
  const std::size_t together = input.design == Design::kPaired ? n_detectors : 1;
  for (std::size_t begin = 0; begin < n_detectors; begin += together) {
    const RankedDetector& first = detectors[begin];
    const std::size_t n0 = first.normal.order.size();
    if (n0 > 1) {
      left_out.assign(n0, 0.0);
      double common = 0;
      for (std::size_t d = begin; d < begin + together; ++d) {
        common += LeaveOutNormals(input, detectors[d], fpr, k, contrast[d], left_out);
      }
      for (double& xi : left_out) xi += common;
      moments.Add(left_out);
    }
    left_out.assign(first.classes[k].order.size() + first.classes[k].excluded.size(), 0.0);
    for (std::size_t d = begin; d < begin + together; ++d) {
      const RankedScores& normal = detectors[d].normal;
      const double threshold = normal.At(ThresholdRank(input.definition, fpr, normal.values.size()));
      LeaveOutAnomalies(detectors[d].classes[k], threshold, contrast[d], left_out);
    }
    moments.Add(left_out);
  }
  return moments.Acceleration();
}

}  // namespace

Status JackknifeAcceleration(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                             std::span<const double> contrast, std::span<double> acceleration) {
  const std::size_t n_classes = input.n_classes(), n_fprs = input.fprs.size();
  if (contrast.size() != detectors.size() || !HasShape(acceleration, {n_fprs, n_classes})) {
    return {StatusCode::kLengthMismatch};
  }
  try {
    std::vector<double> left_out;
    for (std::size_t f = 0; f < n_fprs; ++f) {
      for (std::size_t k = 0; k < n_classes; ++k) {
        acceleration[f * n_classes + k] =
            Acceleration(input, detectors, contrast, input.fprs[f], k, left_out);
      }
    }
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

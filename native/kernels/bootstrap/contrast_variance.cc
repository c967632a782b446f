#include "kernels/bootstrap/contrast_variance.h"

#include <algorithm>

namespace scoring_bias {
namespace {

bool RocSlope(const TreeDetector& detector, std::size_t k, std::size_t position, double& slope) {
  const std::size_t n = detector.n_normal, reach = SlopeReach(position, n);
  const std::size_t upper = position > reach ? position - reach : 0;
  const std::size_t lower = std::min(position + reach, n - 1);
  if (upper < detector.normal.first || lower >= detector.normal.last()) return false;
  if (upper == lower) {
    slope = 0;
    return true;
  }
  const auto anomalies = static_cast<double>(detector.FlaggedAt(k, lower) - detector.FlaggedAt(k, upper));
  const double fraction = anomalies / static_cast<double>(detector.n_anomalous[k]);
  slope = fraction * static_cast<double>(n) / static_cast<double>(lower - upper);
  return true;
}

}  // namespace

bool ContrastVariance(const TreeIndex& index, std::span<const double> weights, const ContrastReading& reading,
                      double& variance) {
  const double q = reading.fpr;
  double sum = 0, slopes[2] = {0, 0};
  for (std::size_t d = 0; d < index.detectors.size(); ++d) {
    const TreeDetector& detector = index.detectors[d];
    double slope = 0;
    if (!RocSlope(detector, reading.k, reading.positions[d], slope)) return false;
    const double p = reading.tpr[d], n1 = static_cast<double>(detector.n_anomalous[reading.k]);
    sum += weights[d] * weights[d] *
           (p * (1 - p) / n1 + slope * slope * q * (1 - q) / static_cast<double>(detector.n_normal));
    if (d < 2) slopes[d] = slope;
  }
  if (index.paired) {
    const double n0 = static_cast<double>(index.detectors[0].n_normal);
    const double n1 = static_cast<double>(index.detectors[0].n_anomalous[reading.k]);
    if (!index.normal.HoldsA(reading.positions[0]) || !index.normal.HoldsB(reading.positions[1]))
      return false;
    const double q_both =
        static_cast<double>(index.normal.Count(reading.positions[0], reading.positions[1])) / n0;
    sum += 2 * weights[0] * weights[1] *
           ((reading.both - reading.tpr[0] * reading.tpr[1]) / n1 +
            slopes[0] * slopes[1] * (q_both - q * q) / n0);
  }
  variance = std::max(0.0, sum);
  return true;
}

}  // namespace scoring_bias

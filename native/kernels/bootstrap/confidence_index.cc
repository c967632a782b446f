#include "kernels/bootstrap/confidence_index.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <vector>

#include "kernels/bootstrap/tie_order.h"

namespace scoring_bias {
namespace {

// The true FPR that the threshold of a rule stands for.
double TargetOf(ThresholdDefinition definition, double fpr, std::size_t n) {
  if (definition.rule != ThresholdRule::kCertified) return fpr;
  const auto kept = static_cast<double>(ThresholdRank(definition, fpr, n).index);
  return (kept + 1) / (static_cast<double>(n) + 1);
}

// The positions next to which Bin(n, q) normals end, but for a probability of 1e-30 for each target: by
// Bernstein's inequality no count is further than 2L/3 + sqrt(2 L V) from its mean with L = 70.
PositionRange StretchOf(const std::vector<double>& targets, std::size_t n) {
  constexpr double kLogTail = 70;
  PositionRange stretch{n, 0};
  for (const double q : targets) {
    const double mean = q * static_cast<double>(n), variance = mean * (1 - q);
    const double far = kLogTail * 2 / 3 + std::sqrt(2 * kLogTail * variance) + 3;
    stretch.first = std::min(stretch.first, mean > far ? static_cast<std::size_t>(mean - far) : 0);
    stretch.last = std::max(stretch.last, std::min(n, static_cast<std::size_t>(mean + far)));
  }
  if (targets.empty()) return {0, n};
  return stretch;
}

// The window of the anomalies in the gaps between the normals of a window, open at an end where the window
// is.
Status SelectClass(const ScoreSpan& scores, const ConfidenceDetector& detector, std::size_t array,
                   int threads, ScoreWindow& window) {
  const ScoreWindow& normal = detector.normal;
  const std::size_t n = SizeOf(scores);
  std::size_t above_top = 0, above_bottom = 0;
  std::visit(
      [&](auto values) {
        for (const auto value : values) {
          above_top += static_cast<double>(value) > normal.values.front() ? 1 : 0;
          above_bottom += static_cast<double>(value) > normal.values.back() ? 1 : 0;
        }
      },
      scores);
  std::size_t first = normal.first == 0 ? 0 : above_top;
  std::size_t last = normal.last() == detector.n_normal ? n : above_bottom;
  if (first >= last) {  // No window is empty.
    first = std::min(first, n - 1);
    last = first + 1;
  }
  return SelectPositions(scores, first, last, array, threads, window);
}

Status BuildDetector(const BootstrapInput& input, std::size_t d, int threads, ConfidenceIndex& index) {
  const DetectorScores& scores = input.detectors[d];
  ConfidenceDetector detector;
  detector.n_normal = input.n_normal(d);
  for (const double fpr : input.fprs) {
    detector.targets.push_back(TargetOf(input.definition, fpr, detector.n_normal));
  }
  const auto [first, last] = StretchOf(detector.targets, detector.n_normal);
  if (last > SizeOf(scores.normal)) return {StatusCode::kOutOfRange, input.ArrayNumber(d, 0)};
  const auto select = input.design == Design::kPaired ? SelectWithTies : SelectPositions;
  Status status = select(scores.normal, first, last, input.ArrayNumber(d, 0), threads, detector.normal);
  if (!status.ok()) return status;
  detector.classes.resize(input.n_classes());
  for (std::size_t k = 0; k < input.n_classes(); ++k) {
    status =
        SelectClass(scores.classes[k], detector, input.ArrayNumber(d, k + 1), threads, detector.classes[k]);
    if (!status.ok()) return status;
    detector.n_anomalous.push_back(SizeOf(scores.classes[k]));
    detector.flagged.push_back(CountFlagged(detector.normal, detector.classes[k]));
  }
  index.detectors.push_back(std::move(detector));
  return {};
}

void OrderAllTies(const std::vector<DetectorScores>& scores, std::vector<ConfidenceDetector>& detectors) {
  ConfidenceDetector &a = detectors[0], &b = detectors[1];
  OrderTies(scores[0].normal, a.normal, scores[1].normal, b.normal);
  for (std::size_t k = 0; k < a.classes.size(); ++k) {
    OrderTies(scores[0].classes[k], a.classes[k], scores[1].classes[k], b.classes[k]);
  }
}

}  // namespace

std::size_t ConfidenceDetector::Reached(std::size_t above) const {
  const std::size_t least = normal.first == 0 ? 0 : normal.first + 1;
  const std::size_t most = normal.last() == n_normal ? n_normal : normal.last() - 1;
  return std::clamp(above, least, most);
}

ConfidenceDetector::Gap ConfidenceDetector::GapOf(std::size_t k, std::size_t above) const {
  const std::size_t least = above == 0 ? 0 : flagged[k][above - 1 - normal.first];
  const std::size_t most = above == n_normal ? n_anomalous[k] : flagged[k][above - normal.first];
  return {least, most};
}

double ConfidenceIndex::Both(double a, double b) const {
  const auto n = static_cast<double>(detectors[0].n_normal);
  const double x = a * n, y = b * n;
  const auto i = static_cast<std::size_t>(x), j = static_cast<std::size_t>(y);
  const double s = x - static_cast<double>(i), t = y - static_cast<double>(j);
  const auto count = [&](std::size_t p, std::size_t q) {
    const std::size_t last = detectors[0].n_normal;
    if (p >= last) return static_cast<double>(std::min(q, last));
    if (q >= last) return static_cast<double>(p);
    return static_cast<double>(normal.Count(p, q));
  };
  const double upper = (1 - t) * count(i, j) + t * count(i, j + 1);
  const double lower = (1 - t) * count(i + 1, j) + t * count(i + 1, j + 1);
  const double checkerboard = ((1 - s) * upper + s * lower) / n;
  const auto trust = [n](double q) { return std::sqrt(n * q * (1 - q) / (n * q * (1 - q) + 1)); };
  return a * b + trust(a) * trust(b) * (checkerboard - a * b);
}

std::size_t ConfidenceIndex::Flagged(std::size_t k, std::size_t x, std::size_t y) const {
  const std::size_t n = detectors[0].n_anomalous[k];
  if (x == 0 || y == 0) return 0;
  if (x == n) return y;
  return y == n ? x : classes[k].Count(x, y);
}

Status ConfidenceIndex::Build(const BootstrapInput& input, int threads, ConfidenceIndex& index) {
  try {
    index = {};
    for (std::size_t d = 0; d < input.n_detectors(); ++d) {
      if (const Status status = BuildDetector(input, d, threads, index); !status.ok()) return status;
    }
    index.paired = input.design == Design::kPaired;
    if (index.paired) {
      OrderAllTies(input.detectors, index.detectors);
      BuildDominance(input, index.detectors, index.normal, index.classes);
    }
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

#include "kernels/bootstrap/tree_index.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

// The variance of the position of the order statistic of this rank in a resample of n.
double PositionVariance(std::size_t rank, std::size_t n) {
  const double k = static_cast<double>(rank) + 1, total = static_cast<double>(n);
  return std::max(1.0, k * (total - k) / total);
}

// A distance beyond which that position lies with a probability below `tail`: with L = -log(tail) and V the
// variance, s = L + sqrt(2 L V). Chernoff's bound on the binomial count of draws below position k + s is
// exp(-(s - k log(1 + s / k))) or less, and that is below exp(-L).
std::size_t PositionReach(std::size_t rank, std::size_t n, double tail) {
  const double log_tail = -portable::Log(tail);
  return static_cast<std::size_t>(log_tail + std::sqrt(2 * log_tail * PositionVariance(rank, n))) + 1;
}

PositionRange StretchOf(const ThresholdPlan& plan, std::size_t n, double tail) {
  if (tail == TreeIndex::kReachesAll || plan.ranks().empty()) return {0, n};
  PositionRange stretch{n, 0};
  for (const std::size_t rank : plan.ranks()) {
    const std::size_t far = PositionReach(rank, n, tail) + SlopeReach(rank, n) + 3;
    stretch.first = std::min(stretch.first, rank > far ? rank - far : 0);
    stretch.last = std::max(stretch.last, std::min(n, rank + far));
  }
  return stretch;
}

Status BuildDetector(const BootstrapInput& input, std::size_t d, double tail, int threads, TreeIndex& index) {
  const DetectorScores& scores = input.detectors[d];
  const std::size_t n = input.n_normal(d);
  TreeDetector detector{n, {}, ThresholdPlan(input.definition, input.fprs, n), {}, {}, {}};
  const auto [first, last] = StretchOf(detector.plan, n, tail);
  if (last > SizeOf(scores.normal)) return {StatusCode::kOutOfRange, input.ArrayNumber(d, 0)};
  Status status =
      SelectPositions(scores.normal, first, last, input.ArrayNumber(d, 0), threads, detector.normal);
  if (!status.ok()) return status;
  const double top = detector.normal.values.front(), bottom = detector.normal.values.back();
  detector.classes.resize(input.n_classes());
  for (std::size_t k = 0; k < input.n_classes(); ++k) {
    status = SelectValues(scores.classes[k], top, bottom, input.ArrayNumber(d, k + 1), threads,
                          detector.classes[k]);
    if (!status.ok()) return status;
    detector.n_anomalous.push_back(SizeOf(scores.classes[k]));
    detector.flagged.push_back(CountFlagged(detector.normal, detector.classes[k]));
  }
  index.detectors.push_back(std::move(detector));
  return {};
}

}  // namespace

std::size_t SlopeReach(std::size_t rank, std::size_t n) {
  return static_cast<std::size_t>(3 * std::sqrt(PositionVariance(rank, n))) + 1;
}

bool TreeCanDo(const BootstrapInput& input) {
  if (input.design == Design::kPaired && input.n_detectors() > 2) return false;
  for (const DetectorScores& detector : input.detectors) {
    for (const auto& mask : detector.excluded) {
      if (!mask.empty()) return false;
    }
  }
  return true;
}

std::size_t TreeIndex::ThresholdPosition(std::size_t d, std::size_t f) const {
  const ThresholdPlan& plan = detectors[d].plan;
  return plan.ranks()[plan.PlaceOf(f)];
}

double TreeIndex::Threshold(std::size_t d, std::size_t f) const {
  const TreeDetector& detector = detectors[d];
  const std::size_t position = ThresholdPosition(d, f);
  const double upper = detector.normal.values[position - detector.normal.first];
  return detector.plan.IsInterpolated(f)
             ? detector.plan.Between(f, upper, detector.normal.values[position + 1 - detector.normal.first])
             : upper;
}

std::size_t TreeIndex::Flagged(std::size_t d, std::size_t f, std::size_t k) const {
  return detectors[d].plan.IsInterpolated(f) ? detectors[d].classes[k].CountAbove(Threshold(d, f))
                                             : detectors[d].FlaggedAt(k, ThresholdPosition(d, f));
}

Status TreeIndex::Build(const BootstrapInput& input, double tail, int threads, TreeIndex& index) {
  try {
    index = {};
    for (std::size_t d = 0; d < input.n_detectors(); ++d) {
      if (const Status status = BuildDetector(input, d, tail, threads, index); !status.ok()) return status;
    }
    index.paired = input.design == Design::kPaired && input.n_detectors() == 2;
    if (index.paired) BuildDominance(input, index.detectors, index.normal, index.classes);
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

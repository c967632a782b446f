#include "kernels/bootstrap/jackknife.h"

#include <array>
#include <cmath>
#include <new>
#include <vector>

#include "kernels/base/shape.h"

namespace scoring_bias {
namespace {

// The contrast without any one of `count` samples.
struct Counted {
  double xi, count;
};

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
    for (const double xi : left_out) AddInfluence((n - 1) / n * (mean - (xi - left_out[0])), 1);
  }

  // Adds a group whose samples give few different contrasts.
  void Add(std::span<const Counted> left_out) {
    double n = 0, mean = 0;
    for (const Counted& value : left_out) n += value.count;
    for (const Counted& value : left_out) mean += value.count / n * (value.xi - left_out[0].xi);
    for (const Counted& value : left_out) {
      AddInfluence((n - 1) / n * (mean - (value.xi - left_out[0].xi)), value.count);
    }
  }

  double Acceleration() const { return squares_ > 0 ? cubes_ / (6 * squares_ * std::sqrt(squares_)) : 0; }

 private:
  void AddInfluence(double influence, double count) {
    if (std::abs(influence) < rounding_) return;
    squares_ += count * influence * influence;
    cubes_ += count * influence * influence * influence;
  }

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
      moments.Add(std::span<const double>(left_out));
    }
    left_out.assign(first.classes[k].order.size() + first.classes[k].excluded.size(), 0.0);
    for (std::size_t d = begin; d < begin + together; ++d) {
      const RankedScores& normal = detectors[d].normal;
      const double threshold = normal.At(ThresholdRank(input.definition, fpr, normal.values.size()));
      LeaveOutAnomalies(detectors[d].classes[k], threshold, contrast[d], left_out);
    }
    moments.Add(std::span<const double>(left_out));
  }
  return moments.Acceleration();
}

// The samples of one detector by what leaving one of them out does: those before position ends[0], those from
// there to ends[1], ... and the detector's share of the contrast without one of them.
struct Strips {
  std::array<std::size_t, 3> ends{};
  std::array<double, 3> xi{};
  std::size_t size = 0;

  void Add(std::size_t end, double share) {
    ends[size] = end;
    xi[size++] = share;
  }
};

Strips NormalStrips(const BootstrapInput& input, const TreeDetector& detector, double fpr, std::size_t k,
                    double weight) {
  const TopRank rank = ThresholdRank(input.definition, fpr, detector.n_normal - 1);
  const auto share = [&](std::size_t upper, std::size_t lower) {
    const auto value = [&](std::size_t position) {
      return detector.normal.values[position - detector.normal.first];
    };
    const std::size_t flagged =
        rank.weight > 0 ? detector.classes[k].CountAbove(Interpolate(value(upper), value(lower), rank.weight))
                        : detector.FlaggedAt(k, upper);
    return weight * static_cast<double>(flagged) / static_cast<double>(detector.n_anomalous[k]);
  };
  const std::size_t i = rank.index;
  Strips strips;
  strips.Add(i + 1, share(i + 1, i + 2));
  strips.Add(i + 2, rank.weight > 0 ? share(i, i + 2) : share(i, i + 1));
  if (i + 2 < detector.n_normal) strips.Add(detector.n_normal, share(i, i + 1));
  return strips;
}

Strips AnomalyStrips(std::size_t flagged, std::size_t n, double weight) {
  const auto all = static_cast<double>(flagged), left = static_cast<double>(n) - 1;
  Strips strips;
  strips.Add(flagged, weight * (n == 1 ? all : (all - 1) / left));
  strips.Add(n, weight * (n == 1 ? all : all / left));
  return strips;
}

std::vector<Counted> CountStrips(const Strips& strips) {
  std::vector<Counted> cells;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < strips.size; begin = strips.ends[i++]) {
    if (strips.ends[i] > begin) cells.push_back({strips.xi[i], static_cast<double>(strips.ends[i] - begin)});
  }
  return cells;
}

std::vector<Counted> CountStrips(const Strips& a, const Strips& b, std::size_t n,
                                 const DominanceCounts& counts) {
  const auto before = [&](std::size_t x, std::size_t y) {
    return x == 0 || y == 0 ? 0 : x == n ? y : y == n ? x : counts.Count(x, y);
  };
  std::vector<Counted> cells;
  for (std::size_t i = 0; i < a.size; ++i) {
    const std::size_t x0 = i == 0 ? 0 : a.ends[i - 1], x1 = a.ends[i];
    for (std::size_t j = 0; j < b.size; ++j) {
      const std::size_t y0 = j == 0 ? 0 : b.ends[j - 1], y1 = b.ends[j];
      const std::size_t count = before(x1, y1) - before(x0, y1) - before(x1, y0) + before(x0, y0);
      if (count > 0) cells.push_back({a.xi[i] + b.xi[j], static_cast<double>(count)});
    }
  }
  return cells;
}

double Acceleration(const BootstrapInput& input, const TreeIndex& index, std::span<const double> contrast,
                    std::size_t f, std::size_t k) {
  Moments moments(contrast);
  std::vector<Strips> normal, anomalies;
  for (std::size_t d = 0; d < index.detectors.size(); ++d) {
    const TreeDetector& detector = index.detectors[d];
    if (detector.n_normal > 1) {
      normal.push_back(NormalStrips(input, detector, input.fprs[f], k, contrast[d]));
    }
    anomalies.push_back(AnomalyStrips(index.Flagged(d, f, k), detector.n_anomalous[k], contrast[d]));
  }
  if (index.paired) {
    const TreeDetector& first = index.detectors[0];
    if (!normal.empty())
      moments.Add(std::span<const Counted>(CountStrips(normal[0], normal[1], first.n_normal, index.normal)));
    moments.Add(std::span<const Counted>(
        CountStrips(anomalies[0], anomalies[1], first.n_anomalous[k], index.classes[k])));
  } else {
    for (const Strips& strips : normal) moments.Add(std::span<const Counted>(CountStrips(strips)));
    for (const Strips& strips : anomalies) moments.Add(std::span<const Counted>(CountStrips(strips)));
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

Status JackknifeAcceleration(const BootstrapInput& input, const TreeIndex& index,
                             std::span<const double> contrast, std::span<double> acceleration) {
  const std::size_t n_classes = input.n_classes(), n_fprs = input.fprs.size();
  if (contrast.size() != index.detectors.size() || !HasShape(acceleration, {n_fprs, n_classes})) {
    return {StatusCode::kLengthMismatch};
  }
  try {
    for (std::size_t f = 0; f < n_fprs; ++f) {
      for (std::size_t k = 0; k < n_classes; ++k) {
        acceleration[f * n_classes + k] = Acceleration(input, index, contrast, f, k);
      }
    }
    return {};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

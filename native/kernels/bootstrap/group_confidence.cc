#include "kernels/bootstrap/group_confidence.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "kernels/base/shape.h"
#include "kernels/bootstrap/draw_blocks.h"
#include "kernels/bootstrap/threshold_cut.h"
#include "kernels/random/exponential.h"
#include "kernels/random/philox.h"
#include "kernels/random/streams.h"
#include "kernels/special/elementary.h"
#include "kernels/special/gamma.h"

namespace scoring_bias {
namespace {

// Thresholds lie within so many standard deviations but for a share of 1e-11; beyond them draws only take
// longer.
constexpr double kReach = 7;
// From so many groups on the power is 1 but for 0.1 %.
constexpr std::size_t kManyGroups = 1000;
// Fewer groups that differ than these are judged by the sign test.
constexpr std::size_t kFewGroups = 10;

// So many samples of one group.
struct Share {
  std::uint32_t group;
  double samples;
};
using Shares = std::vector<Share>;

// The groups of some samples, in order of their numbers, as long as a scratch of one place a group, all 0.
template <typename Samples>
Shares SharesOf(const Samples& samples, std::span<const std::uint32_t> group_of,
                std::vector<double>& counts) {
  std::vector<std::uint32_t> met;
  for (const std::uint32_t i : samples) {
    const std::uint32_t group = group_of[i];
    if (counts[group] == 0) met.push_back(group);
    counts[group] += 1;
  }
  std::sort(met.begin(), met.end());
  Shares shares;
  shares.reserve(met.size());
  for (const std::uint32_t group : met) {
    shares.push_back({group, counts[group]});
    counts[group] = 0;
  }
  return shares;
}

Shares SharesOfAll(std::span<const std::uint32_t> group_of, std::vector<double>& counts) {
  std::vector<std::uint32_t> all(group_of.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint32_t>(i);
  return SharesOf(all, group_of, counts);
}

// The variance, over its square, of Exp(1) to the power `power`, over its mean.
double VarianceOfPower(double power) {
  return portable::Exp(LogGamma(1 + 2 * power) - 2 * LogGamma(1 + power)) - 1;
}

// The power of the weights of a set: 1 where every group has one sample.
double PowerOf(const Shares& sizes) {
  const std::size_t n = sizes.size();
  const bool single =
      std::all_of(sizes.begin(), sizes.end(), [](const Share& share) { return share.samples == 1; });
  if (single || n >= kManyGroups) return 1;
  // One group says nothing of the spread between groups; it is answered as three.
  const double groups = std::max<double>(3, static_cast<double>(n));
  const double wanted = (groups + 1) / (groups - 1);
  double low = 1, high = 1;
  while (VarianceOfPower(high) < wanted) high *= 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (VarianceOfPower(middle) < wanted ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// A set of samples, the normals or a class, by groups.
struct GroupedSet {
  std::span<const std::uint32_t> group_of;
  Shares sizes;
  double power = 1, mean = 1;  // of the weights

  GroupedSet(std::span<const std::uint32_t> groups, std::vector<double>& counts)
      : group_of(groups), sizes(SharesOfAll(groups, counts)), power(PowerOf(sizes)) {
    mean = portable::Exp(LogGamma(1 + power));
  }
};

// A detector's samples of a set from the largest score down; those of the head are summed by groups.
struct Ordered {
  const std::vector<std::uint32_t>* order = nullptr;
  std::size_t head = 0;
  Shares head_shares;

  Ordered(const std::vector<std::uint32_t>& samples, std::size_t length,
          std::span<const std::uint32_t> group_of, std::vector<double>& counts)
      : order(&samples),
        head(length),
        head_shares(SharesOf(std::span(samples).first(length), group_of, counts)) {}
};

double WeightOf(const Shares& shares, const std::vector<double>& weights) {
  double sum = 0;
  for (const Share& share : shares) sum += share.samples * weights[share.group];
  return sum;
}

// One detector, prepared.
struct GroupedDetector {
  const RankedDetector* ranked = nullptr;
  Ordered normal;
  double rest = 1;  // what the sample below all normals weighs on average
  std::vector<Ordered> classes;
};

// Sum over groups of (samples among the first - share * all)^2.
double SpreadOf(const Shares& first, const Shares& all, double share) {
  double sum = 0;
  auto next = first.begin();
  for (const Share& own : all) {
    const bool met = next != first.end() && next->group == own.group;
    const double difference = (met ? next->samples : 0) - share * own.samples;
    if (met) ++next;
    sum += difference * difference;
  }
  return sum;
}

std::size_t FlaggedAt(const RankedDetector& detector, std::size_t k, std::size_t above) {
  return above == 0 ? 0 : detector.classes[k].CountAbove(detector.normal.values[above - 1]);
}

GroupedDetector Prepare(const RankedDetector& ranked, const GroupedSet& normals,
                        const std::vector<GroupedSet>& classes, double fpr, std::vector<double>& counts) {
  const auto n = static_cast<double>(ranked.normal.values.size());
  const auto tolerated = static_cast<std::size_t>(std::max(1.0, std::floor(fpr * n)));
  const Shares top = SharesOf(std::span(ranked.normal.order).first(tolerated), normals.group_of, counts);
  const double share = static_cast<double>(tolerated) / n, independent = n * share * (1 - share);
  const double spread = std::max(independent, SpreadOf(top, normals.sizes, share));
  const double reach = kReach * std::sqrt(spread * VarianceOfPower(normals.power));
  const auto head = static_cast<std::size_t>(std::max(0.0, std::floor(fpr * n - reach)));
  GroupedDetector detector{&ranked,
                           Ordered(ranked.normal.order, head, normals.group_of, counts),
                           independent > 0 ? std::max(1.0, spread / independent) : 1,
                           {}};
  for (std::size_t k = 0; k < classes.size(); ++k) {
    detector.classes.emplace_back(ranked.classes[k].order, FlaggedAt(ranked, k, head), classes[k].group_of,
                                  counts);
  }
  return detector;
}

// What a sample weighs, on average, that one more is added to class k for: its design effect.
double ExtraOf(std::span<const RankedDetector> detectors, std::size_t k, const GroupedSet& set,
               std::size_t n_baselines, double fpr) {
  const std::size_t n = set.group_of.size();
  std::vector<double> difference(n);
  for (std::size_t d = 0; d < detectors.size(); ++d) {
    const double runs = static_cast<double>(d < n_baselines ? n_baselines : detectors.size() - n_baselines);
    const std::vector<double>& normal = detectors[d].normal.values;
    const auto above = static_cast<std::size_t>(fpr * static_cast<double>(normal.size()));
    const RankedScores& scores = detectors[d].classes[k];
    const std::size_t flagged = scores.CountAbove(normal[std::min(above, normal.size() - 1)]);
    for (std::size_t j = 0; j < flagged; ++j)
      difference[scores.order[j]] += (d < n_baselines ? -1 : 1) / runs;
  }
  double mean = 0, squares = 0;
  for (const double x : difference) {
    mean += x / static_cast<double>(n);
    squares += x * x;
  }
  if (squares == 0) return 1;
  std::vector<double> net(set.sizes.back().group + 1);
  for (std::size_t i = 0; i < n; ++i) net[set.group_of[i]] += difference[i];
  std::size_t differ = 0;
  double between = 0, centred = 0;
  for (const Share& share : set.sizes) {
    const double x = net[share.group], around = x - mean * share.samples;
    if (x != 0) ++differ;
    between += x * x;
    centred += around * around;
  }
  const double within = squares - static_cast<double>(n) * mean * mean;
  const bool few = differ < kFewGroups || !(within > 1e-9 * squares);
  return std::max(1.0, few ? between / squares : centred / within);
}

class GroupDraws {
 public:
  static constexpr std::size_t kDrawsPerBlock = 8;

  // Scratch of one thread, allocated before it starts.
  struct Scratch {
    std::vector<double> drawn, weights;  // [group]
    std::vector<ThresholdCut> cuts;      // [d]
  };

  GroupDraws(const BootstrapInput& input, std::span<const RankedDetector> detectors,
             const SampleGroups& groups, std::size_t n_baselines, const ReplicateRange& range,
             const GroupOutputs& outputs)
      : fpr_(input.fprs[0]),
        n_groups_(groups.count),
        n_baselines_(n_baselines),
        range_(range),
        outputs_(outputs),
        counts_(groups.count),
        normals_(groups.normal, counts_) {
    for (std::size_t k = 0; k < groups.classes.size(); ++k) {
      classes_.emplace_back(groups.classes[k], counts_);
      extra_.push_back(ExtraOf(detectors, k, classes_.back(), n_baselines, fpr_));
    }
    for (const RankedDetector& ranked : detectors) {
      detectors_.push_back(Prepare(ranked, normals_, classes_, fpr_, counts_));
    }
  }

  Scratch MakeScratch() const {
    return {std::vector<double>(n_groups_), std::vector<double>(n_groups_),
            std::vector<ThresholdCut>(detectors_.size())};
  }

  // Draws number b of the range.
  bool Draw(std::size_t b, Scratch& scratch) const {
    DrawThresholds(b, scratch);
    for (std::size_t k = 0; k < classes_.size(); ++k) DrawClass(b, k, scratch);
    return true;
  }

 private:
  Philox Generator(std::size_t stream, std::size_t b) const {
    return {range_.seed, kGroupConfidenceStreams + static_cast<std::uint32_t>(stream),
            range_.first + static_cast<std::uint32_t>(b)};
  }

  bool IsCandidate(std::size_t d) const { return d >= n_baselines_; }

  // The weights of the groups of a set.
  static const std::vector<double>& Weigh(const GroupedSet& set, Scratch& scratch) {
    if (set.power == 1) return scratch.drawn;
    for (const Share& share : set.sizes) {
      const double log = portable::Log(scratch.drawn[share.group]);
      scratch.weights[share.group] = portable::Exp(std::max(-700.0, set.power * log)) / set.mean;
    }
    return scratch.weights;
  }

  void DrawThresholds(std::size_t b, Scratch& scratch) const {
    Philox random = Generator(0, b);
    const double places[2] = {PlaceVariate(random), PlaceVariate(random)};
    const double rest = ExponentialVariate(random);
    ExponentialVariates(random, scratch.drawn);
    const std::vector<double>& weights = Weigh(normals_, scratch);
    const double all = WeightOf(normals_.sizes, weights);
    for (std::size_t d = 0; d < detectors_.size(); ++d) {
      const GroupedDetector& detector = detectors_[d];
      const double target = fpr_ * (all + detector.rest * rest);
      const std::vector<std::uint32_t>& order = *detector.normal.order;
      std::size_t above = detector.normal.head;
      double share = WeightOf(detector.normal.head_shares, weights);
      if (share >= target) share = static_cast<double>(above = 0);
      for (; above < order.size(); ++above) {
        share += weights[normals_.group_of[order[above]]];
        if (share >= target) break;
      }
      scratch.cuts[d] = {above, places[IsCandidate(d) ? 1 : 0]};
      if (outputs_.thresholds.empty()) continue;
      const std::vector<double>& values = detector.ranked->normal.values;
      outputs_.thresholds[b * detectors_.size() + d] = values[std::min(above, values.size() - 1)];
    }
  }

  void DrawClass(std::size_t b, std::size_t k, Scratch& scratch) const {
    if (outputs_.tpr.empty()) return;
    Philox random = Generator(k + 1, b);
    const bool for_candidate = random.NextUniform() < 0.5;
    const double extra = extra_[k] * ExponentialVariate(random);
    const GroupedSet& set = classes_[k];
    const std::vector<double>& weights = Weigh(set, scratch);
    const double all = extra + WeightOf(set.sizes, weights);
    for (std::size_t d = 0; d < detectors_.size(); ++d) {
      const RankedDetector& ranked = *detectors_[d].ranked;
      const Ordered& anomalies = detectors_[d].classes[k];
      const std::size_t flagged = FlaggedAbove(ranked.normal.values, ranked.classes[k], scratch.cuts[d]);
      const bool past_head = flagged >= anomalies.head;
      double above = IsCandidate(d) == for_candidate ? extra : 0;
      if (past_head) above += WeightOf(anomalies.head_shares, weights);
      for (std::size_t j = past_head ? anomalies.head : 0; j < flagged; ++j) {
        above += weights[set.group_of[(*anomalies.order)[j]]];
      }
      outputs_.tpr[(b * classes_.size() + k) * detectors_.size() + d] = std::min(1.0, above / all);
    }
  }

  const double fpr_;
  const std::size_t n_groups_, n_baselines_;
  const ReplicateRange range_;
  const GroupOutputs outputs_;
  std::vector<double> counts_;  // scratch of the preparation
  const GroupedSet normals_;
  std::vector<GroupedSet> classes_;
  std::vector<double> extra_;  // [class]
  std::vector<GroupedDetector> detectors_;
};

Status Check(const BootstrapInput& input, const SampleGroups& groups, std::size_t n_baselines,
             const ReplicateRange& range, const GroupOutputs& outputs) {
  const std::size_t n_detectors = input.n_detectors(), n_classes = input.n_classes();
  for (const DetectorScores& detector : input.detectors) {
    for (const auto& mask : detector.excluded) {
      if (!mask.empty()) return {StatusCode::kOutOfRange};
    }
  }
  if (input.design != Design::kPaired || n_baselines == 0 || n_baselines >= n_detectors ||
      input.fprs.size() != 1 || n_classes + 1 > kStreamsPerEngine ||
      std::uint64_t{range.first} + range.count > std::uint64_t{1} << 32) {
    return {StatusCode::kOutOfRange};
  }
  const auto fits = [&](std::span<const std::uint32_t> group_of, const ScoreSpan& scores) {
    return group_of.size() == SizeOf(scores);
  };
  const auto known = [&](std::span<const std::uint32_t> group_of) {
    return std::all_of(group_of.begin(), group_of.end(),
                       [&](std::uint32_t group) { return group < groups.count; });
  };
  const DetectorScores& first = input.detectors[0];
  bool right_size =
      groups.classes.size() == n_classes && fits(groups.normal, first.normal) &&
      (outputs.thresholds.empty() || HasShape(outputs.thresholds, {range.count, n_detectors})) &&
      (outputs.tpr.empty() || HasShape(outputs.tpr, {range.count, n_classes, n_detectors}));
  for (std::size_t k = 0; right_size && k < n_classes; ++k) {
    right_size = fits(groups.classes[k], first.classes[k]);
  }
  if (!right_size) return {StatusCode::kLengthMismatch};
  if (!known(groups.normal) || !std::all_of(groups.classes.begin(), groups.classes.end(), known)) {
    return {StatusCode::kOutOfRange};
  }
  return {};
}

}  // namespace

Status GroupConfidence(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                       const SampleGroups& groups, std::size_t n_baselines, const ReplicateRange& range,
                       const GroupOutputs& outputs, const JobControl& control) {
  if (const Status status = Check(input, groups, n_baselines, range, outputs); !status.ok()) return status;
  try {
    const GroupDraws draws(input, detectors, groups, n_baselines, range, outputs);
    return DrawInBlocks(draws, range, {GroupDraws::kDrawsPerBlock, GroupDraws::kDrawsPerBlock}, control);
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

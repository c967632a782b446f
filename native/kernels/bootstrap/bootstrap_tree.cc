#include "kernels/bootstrap/bootstrap_tree.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>
#include <numeric>
#include <vector>

#include "kernels/base/parallel.h"
#include "kernels/base/shape.h"
#include "kernels/bootstrap/contrast_variance.h"
#include "kernels/bootstrap/descent.h"
#include "kernels/bootstrap/order_statistics.h"
#include "kernels/random/binomial.h"
#include "kernels/random/philox.h"
#include "kernels/random/streams.h"

namespace scoring_bias {
namespace {

class TreeBootstrap {
 public:
  // Replicates that a thread takes at a time: some forty microseconds of work.
  static constexpr std::size_t kReplicatesPerBlock = 32;
  // Replicates for each thread, below which starting one costs more than it saves.
  static constexpr std::size_t kReplicatesPerThread = 256;

  // Scratch of one thread, allocated before it starts.
  struct Scratch {
    std::vector<double> points, at_rank;
    std::vector<Descent> descent;                     // one when paired
    std::vector<std::vector<std::size_t>> positions;  // [d]: of each rank
    std::vector<std::vector<double>> thresholds;      // [d][f]
    std::vector<std::vector<std::size_t>> flagged;    // [d][target by ascending FPR]: anomalies of the sample
    std::vector<std::vector<Draws>> drawn;            // the same: anomalies of the resample
    std::vector<Draws> both;                          // flagged by both of two paired detectors
    std::vector<std::size_t> above;                   // of the strips before, flagged by the second detector
    std::vector<std::size_t> threshold_positions;     // [d], of one target
    std::vector<double> tpr;                          // [d], of one target
  };

  TreeBootstrap(const BootstrapInput& input, const TreeIndex& index, const ReplicateRange& range,
                const TreeOutputs& outputs)
      : input_(input), index_(index), range_(range), outputs_(outputs), by_fpr_(input.fprs.size()) {
    for (const TreeDetector& detector : index.detectors) {
      order_statistics_.emplace_back(detector.plan.ranks(), detector.n_normal);
    }
    std::iota(by_fpr_.begin(), by_fpr_.end(), std::size_t{0});
    std::sort(by_fpr_.begin(), by_fpr_.end(), [&](auto a, auto b) { return input.fprs[a] < input.fprs[b]; });
  }

  Scratch MakeScratch() const {
    const std::size_t n_detectors = index_.detectors.size(), n_fprs = input_.fprs.size();
    std::size_t n_ranks = 0;
    Scratch scratch;
    for (const TreeDetector& detector : index_.detectors) {
      n_ranks = std::max(n_ranks, detector.plan.ranks().size());
      scratch.positions.emplace_back(detector.plan.ranks().size());
      scratch.thresholds.emplace_back(n_fprs);
      scratch.flagged.emplace_back(n_fprs);
      scratch.drawn.emplace_back(n_fprs);
    }
    scratch.points.resize(n_ranks);
    scratch.at_rank.resize(n_ranks);
    if (index_.paired) {
      const TreeDetector& first = index_.detectors[0];
      scratch.descent.emplace_back(index_.normal, first.n_normal, first.plan.ranks());
    }
    scratch.both.resize(n_fprs);
    scratch.above.resize(n_fprs);
    scratch.threshold_positions.resize(n_detectors);
    scratch.tpr.resize(n_detectors);
    return scratch;
  }

  // Draws replicate number b of the range and writes what is wanted. False when it leaves the index.
  bool Replicate(std::size_t b, Scratch& scratch) const {
    const std::size_t n_detectors = index_.detectors.size(), n_classes = input_.n_classes();
    const std::size_t streams_a_detector = index_.paired ? 0 : n_classes + 1;
    if (index_.table.empty()) {
      for (std::size_t d = 0; d < (index_.paired ? 1 : n_detectors); ++d) {
        Philox random = Generator(d * streams_a_detector, b);
        if (!DrawPositions(random, d, scratch)) return false;
      }
      for (std::size_t d = 0; d < n_detectors; ++d) ReadThresholds(b, d, scratch);
    } else {
      const auto positions = index_.table(Philox::FirstBlock(range_.seed, StreamOf(0), NumberOf(b)));
      for (std::size_t d = 0; d < n_detectors; ++d) scratch.positions[d][0] = positions[d];
    }
    if (outputs_.tpr.empty() && outputs_.standard_errors.empty()) return true;
    for (std::size_t k = 0; k < n_classes; ++k) {
      for (std::size_t d = 0; d < n_detectors; ++d) CountFlagged(k, d, scratch);
      if (index_.paired) {
        Philox random = Generator(k + 1, b);
        DrawBoth(random, k, scratch);
      } else {
        for (std::size_t d = 0; d < n_detectors; ++d) {
          Philox random = Generator(d * streams_a_detector + k + 1, b);
          DrawFlagged(random, index_.detectors[d].n_anomalous[k], scratch.flagged[d], scratch.drawn[d]);
        }
      }
      if (!Write(b, k, scratch)) return false;
    }
    return true;
  }

 private:
  std::uint32_t StreamOf(std::size_t set) const {
    return (index_.table.empty() ? kTreeBootstrapStreams : kTableBootstrapStreams) +
           static_cast<std::uint32_t>(set);
  }
  std::uint32_t NumberOf(std::size_t b) const { return range_.first + static_cast<std::uint32_t>(b); }

  Philox Generator(std::size_t set, std::size_t b) const { return {range_.seed, StreamOf(set), NumberOf(b)}; }

  // The positions of the order statistics of detector d, and of the second detector when the two are paired.
  bool DrawPositions(Philox& random, std::size_t d, Scratch& scratch) const {
    const TreeDetector& detector = index_.detectors[d];
    const std::span<const std::size_t> ranks = detector.plan.ranks();
    const std::span<double> points = std::span(scratch.points).first(ranks.size());
    order_statistics_[d](random, points);
    for (std::size_t j = 0; j < ranks.size(); ++j) {
      const auto position = static_cast<std::size_t>(points[j]);
      if (position < detector.normal.first || position >= detector.normal.last()) return false;
      scratch.positions[d][j] = position;
    }
    return !index_.paired || scratch.descent[0](random, points, scratch.positions[1]);
  }

  void ReadThresholds(std::size_t b, std::size_t d, Scratch& scratch) const {
    const TreeDetector& detector = index_.detectors[d];
    const std::vector<std::size_t>& positions = scratch.positions[d];
    for (std::size_t j = 0; j < positions.size(); ++j) {
      scratch.at_rank[j] = detector.normal.values[positions[j] - detector.normal.first];
    }
    for (std::size_t f = 0; f < input_.fprs.size(); ++f) {
      const double threshold = detector.plan.Threshold(f, scratch.at_rank);
      scratch.thresholds[d][f] = threshold;
      if (outputs_.thresholds.empty()) continue;
      outputs_.thresholds[(b * input_.fprs.size() + f) * index_.detectors.size() + d] = threshold;
    }
  }

  void CountFlagged(std::size_t k, std::size_t d, Scratch& scratch) const {
    const TreeDetector& detector = index_.detectors[d];
    for (std::size_t t = 0; t < by_fpr_.size(); ++t) {
      const std::size_t f = by_fpr_[t];
      scratch.flagged[d][t] = detector.plan.IsInterpolated(f)
                                  ? detector.classes[k].CountAbove(scratch.thresholds[d][f])
                                  : detector.FlaggedAt(k, scratch.positions[d][detector.plan.PlaceOf(f)]);
    }
  }

  // How many of n draws from n anomalies are above each threshold, the thresholds descending.
  static void DrawFlagged(Philox& random, std::size_t n, std::span<const std::size_t> flagged,
                          std::span<Draws> drawn) {
    auto left = static_cast<Draws>(n);
    std::size_t before = 0;
    for (std::size_t t = 0; t < flagged.size(); ++t) {
      const double p = before == n ? 0 : Ratio(flagged[t] - before, n - before);
      left -= BinomialVariate(random, left, p);
      drawn[t] = static_cast<Draws>(n) - left;
      before = flagged[t];
    }
  }

  // The same for two paired detectors, and how many are above both thresholds of a target: the first
  // detector's thresholds cut the anomalies into strips, the second's cut each strip.
  void DrawBoth(Philox& random, std::size_t k, Scratch& scratch) const {
    const std::size_t n = index_.detectors[0].n_anomalous[k], n_targets = by_fpr_.size();
    const DominanceCounts& counts = index_.classes[k];
    const std::vector<std::size_t>&first = scratch.flagged[0], &second = scratch.flagged[1];
    DrawFlagged(random, n, first, scratch.drawn[0]);
    std::fill(scratch.drawn[1].begin(), scratch.drawn[1].end(), Draws{0});
    std::fill(scratch.both.begin(), scratch.both.end(), Draws{0});
    std::fill(scratch.above.begin(), scratch.above.end(), std::size_t{0});
    for (std::size_t strip = 0; strip <= n_targets; ++strip) {
      const std::size_t begin = strip == 0 ? 0 : first[strip - 1],
                        end = strip == n_targets ? n : first[strip];
      Draws left = (strip == n_targets ? static_cast<Draws>(n) : scratch.drawn[0][strip]) -
                   (strip == 0 ? 0 : scratch.drawn[0][strip - 1]);
      const Draws drawn = left;
      std::size_t cut = 0;  // the strip's samples above the second detector's threshold before
      for (std::size_t t = 0; t < n_targets; ++t) {
        const std::size_t up_to = end == n ? second[t] : counts.Count(end, second[t]);
        const std::size_t here = up_to - scratch.above[t];
        scratch.above[t] = up_to;
        if (left > 0) left -= BinomialVariate(random, left, Ratio(here - cut, end - begin - cut));
        cut = here;
        scratch.drawn[1][t] += drawn - left;
        if (t >= strip) scratch.both[t] += drawn - left;
      }
    }
  }

  static double Ratio(std::size_t part, std::size_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  }

  // Writes the TPRs of class k and their contrast's standard errors. False when the latter leave the index.
  bool Write(std::size_t b, std::size_t k, Scratch& scratch) const {
    const std::size_t n_detectors = index_.detectors.size(), n_classes = input_.n_classes();
    for (std::size_t t = 0; t < by_fpr_.size(); ++t) {
      const std::size_t f = by_fpr_[t], row = (b * by_fpr_.size() + f) * n_classes + k;
      for (std::size_t d = 0; d < n_detectors; ++d) {
        const double n = static_cast<double>(index_.detectors[d].n_anomalous[k]);
        scratch.tpr[d] = static_cast<double>(scratch.drawn[d][t]) / n;
        if (!outputs_.tpr.empty()) outputs_.tpr[row * n_detectors + d] = scratch.tpr[d];
        scratch.threshold_positions[d] = scratch.positions[d][index_.detectors[d].plan.PlaceOf(f)];
      }
      if (outputs_.standard_errors.empty()) continue;
      const double n = static_cast<double>(index_.detectors[0].n_anomalous[k]);
      const ContrastReading reading{input_.fprs[f], k, scratch.threshold_positions, scratch.tpr,
                                    static_cast<double>(scratch.both[t]) / n};
      double variance = 0;
      if (!ContrastVariance(index_, outputs_.contrast, reading, variance)) return false;
      outputs_.standard_errors[row] = std::sqrt(variance);
    }
    return true;
  }

  const BootstrapInput& input_;
  const TreeIndex& index_;
  const ReplicateRange range_;
  const TreeOutputs& outputs_;
  std::vector<OrderStatistics> order_statistics_;  // [d]
  std::vector<std::size_t> by_fpr_;  // targets by ascending FPR: thresholds from the largest down
};

enum class Outcome { kDone, kAborted, kLeftTheIndex };

Outcome DrawAll(const BootstrapInput& input, const TreeIndex& index, const ReplicateRange& range,
                const TreeOutputs& outputs, const JobControl& control) {
  const TreeBootstrap bootstrap(input, index, range, outputs);
  ThreadTeam team(ThreadCount(range.threads, range.count, TreeBootstrap::kReplicatesPerThread));
  std::vector<TreeBootstrap::Scratch> scratch;
  for (int member = 0; member < team.size(); ++member) scratch.push_back(bootstrap.MakeScratch());
  std::atomic<Outcome> outcome{Outcome::kDone};
  std::atomic<std::int32_t> advanced{0};
  ForEachBlock(team, range.count, TreeBootstrap::kReplicatesPerBlock,
               [&](std::size_t begin, std::size_t end, int member) {
                 for (std::size_t b = begin; b < end; ++b) {
                   if (outcome.load(std::memory_order_relaxed) != Outcome::kDone) return;
                   if (control.aborted()) {
                     outcome = Outcome::kAborted;
                   } else if (!bootstrap.Replicate(b, scratch[static_cast<std::size_t>(member)])) {
                     outcome = Outcome::kLeftTheIndex;
                   }
                 }
                 const auto done = static_cast<std::int32_t>(end - begin);
                 control.Advance(done);
                 advanced.fetch_add(done, std::memory_order_relaxed);
               });
  if (outcome == Outcome::kLeftTheIndex) control.Advance(-advanced.load());
  return outcome;
}

Status CheckOutputs(const BootstrapInput& input, const ReplicateRange& range, const TreeOutputs& outputs) {
  const std::size_t n_detectors = input.n_detectors(), n_classes = input.n_classes(),
                    n_fprs = input.fprs.size();
  const bool fits =
      (outputs.thresholds.empty() || HasShape(outputs.thresholds, {range.count, n_fprs, n_detectors})) &&
      (outputs.tpr.empty() || HasShape(outputs.tpr, {range.count, n_fprs, n_classes, n_detectors})) &&
      (outputs.standard_errors.empty() ||
       (HasShape(outputs.standard_errors, {range.count, n_fprs, n_classes}) &&
        outputs.contrast.size() == n_detectors));
  return {fits ? StatusCode::kOk : StatusCode::kLengthMismatch};
}

}  // namespace

Status BootstrapTree(const BootstrapInput& input, const TreeIndex& index, const ReplicateRange& range,
                     const TreeOutputs& outputs, const JobControl& control) {
  if (!TreeCanDo(input)) return {StatusCode::kOutOfRange};
  if (!index.table.empty() && !(outputs.thresholds.empty() && outputs.standard_errors.empty())) {
    return {StatusCode::kOutOfRange};
  }
  if (input.n_detectors() * (input.n_classes() + 1) > kStreamsPerEngine) return {StatusCode::kOutOfRange};
  if (std::uint64_t{range.first} + range.count > std::uint64_t{1} << 32) return {StatusCode::kOutOfRange};
  if (const Status status = CheckOutputs(input, range, outputs); !status.ok()) return status;
  try {
    Outcome outcome = DrawAll(input, index, range, outputs, control);
    if (outcome == Outcome::kLeftTheIndex) {
      TreeIndex everything;
      const Status status = TreeIndex::Build(input, TreeIndex::kReachesAll, range.threads, everything);
      if (!status.ok()) return status;
      outcome = DrawAll(input, everything, range, outputs, control);
    }
    return {outcome == Outcome::kAborted ? StatusCode::kAborted : StatusCode::kOk};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

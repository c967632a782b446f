#include "kernels/bootstrap/bootstrap_direct.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <numeric>
#include <vector>

#include "kernels/base/parallel.h"
#include "kernels/base/shape.h"
#include "kernels/bootstrap/threshold_plan.h"
#include "kernels/random/philox.h"
#include "kernels/random/streams.h"

namespace scoring_bias {
namespace {

// Indices drawn between two looks at the abort flag: well below a millisecond.
constexpr std::size_t kDrawsPerPoll = std::size_t{1} << 16;

// How often each sample was drawn.
using Counts = std::span<std::uint32_t>;

// Reads the values of a resample at ascending ranks from the top, sample i having been drawn counts[i] times.
void ReadRanks(const RankedScores& scores, Counts counts, std::span<const std::size_t> ranks,
               std::span<double> at_rank) {
  std::uint64_t drawn = 0;
  std::size_t j = 0;
  for (std::size_t r = 0; r < ranks.size(); ++r) {
    while (drawn <= ranks[r]) drawn += counts[scores.order[j++]];
    at_rank[r] = scores.values[j - 1];
  }
}

class DirectBootstrap {
 public:
  // Replicates that a thread takes at a time: enough to make the taking free, few enough to share evenly.
  static constexpr std::size_t kReplicatesPerBlock = 8;

  // Scratch of one thread, allocated before it starts.
  struct Scratch {
    std::vector<std::uint32_t> counts;
    std::vector<double> at_rank;
    std::vector<double> thresholds;  // [d][f]
  };

  DirectBootstrap(const BootstrapInput& input, const ReplicateRange& range,
                  std::span<const RankedDetector> detectors, std::span<double> thresholds,
                  std::span<double> tpr, const JobControl& control)
      : input_(input),
        range_(range),
        detectors_(detectors),
        thresholds_(thresholds),
        tpr_(tpr),
        control_(control) {
    for (const DetectorScores& detector : input.detectors) {
      plans_.emplace_back(input.definition, input.fprs, SizeOf(detector.normal));
    }
    targets_.resize(input.fprs.size());
    std::iota(targets_.begin(), targets_.end(), std::size_t{0});
    std::sort(targets_.begin(), targets_.end(),
              [&](auto a, auto b) { return input.fprs[a] < input.fprs[b]; });
  }

  Scratch MakeScratch() const {
    std::size_t largest = 0, ranks = 0;
    for (const DetectorScores& detector : input_.detectors) {
      largest = std::max(largest, SizeOf(detector.normal));
      for (const ScoreSpan& scores : detector.classes) largest = std::max(largest, SizeOf(scores));
    }
    for (const ThresholdPlan& plan : plans_) ranks = std::max(ranks, plan.ranks().size());
    return {std::vector<std::uint32_t>(largest), std::vector<double>(ranks),
            std::vector<double>(input_.n_detectors() * input_.fprs.size())};
  }

  // Draws replicate number b of the range and writes its thresholds and TPRs. False when aborted.
  bool Replicate(std::size_t b, Scratch& scratch) const {
    const std::size_t n_detectors = input_.n_detectors();
    if (input_.design == Design::kPaired) return Replicate(b, 0, n_detectors, 0, scratch);
    for (std::size_t d = 0; d < n_detectors; ++d) {
      if (!Replicate(b, d, d + 1, d * (input_.n_classes() + 1), scratch)) return false;
    }
    return true;
  }

 private:
  // The detectors from `begin` to `end` share their draws, which come from the streams beginning at `stream`.
  bool Replicate(std::size_t b, std::size_t begin, std::size_t end, std::size_t stream,
                 Scratch& scratch) const {
    const std::size_t n_detectors = input_.n_detectors(), n_classes = input_.n_classes(),
                      n_fprs = input_.fprs.size();
    const auto thresholds_of = [&](std::size_t d) {
      return std::span(scratch.thresholds).subspan(d * n_fprs, n_fprs);
    };
    Philox normals = Generator(stream, b);
    const Counts normal_counts = Counts(scratch.counts).first(SizeOf(input_.detectors[begin].normal));
    if (!Draw(normals, normal_counts)) return false;
    for (std::size_t d = begin; d < end; ++d) {
      const ThresholdPlan& plan = plans_[d];
      const std::span<double> at_rank = std::span(scratch.at_rank).first(plan.ranks().size());
      ReadRanks(detectors_[d].normal, normal_counts, plan.ranks(), at_rank);
      for (std::size_t f = 0; f < n_fprs; ++f) thresholds_of(d)[f] = plan.Threshold(f, at_rank);
      if (thresholds_.empty()) continue;
      for (std::size_t f = 0; f < n_fprs; ++f) {
        thresholds_[(b * n_fprs + f) * n_detectors + d] = thresholds_of(d)[f];
      }
    }
    if (tpr_.empty()) return true;
    for (std::size_t k = 0; k < n_classes; ++k) {
      Philox random = Generator(stream + 1 + k, b);
      const Counts counts = Counts(scratch.counts).first(SizeOf(input_.detectors[begin].classes[k]));
      do {
        if (!Draw(random, counts)) return false;
      } while (!EveryDetectorTestedSome(begin, end, k, counts));
      for (std::size_t d = begin; d < end; ++d) {
        double* const tpr = &tpr_[(b * n_fprs * n_classes + k) * n_detectors + d];
        ReadTpr(detectors_[d].classes[k], counts, thresholds_of(d), tpr, n_classes * n_detectors);
      }
    }
    return true;
  }

  Philox Generator(std::size_t stream, std::size_t b) const {
    return {range_.seed, kDirectBootstrapStreams + static_cast<std::uint32_t>(stream),
            range_.first + static_cast<std::uint32_t>(b)};
  }

  // Draws as many of counts.size() samples with replacement. False when aborted.
  bool Draw(Philox& random, Counts counts) const {
    std::fill(counts.begin(), counts.end(), 0u);
    const auto n = static_cast<std::uint32_t>(counts.size());
    for (std::size_t begin = 0; begin < n; begin += kDrawsPerPoll) {
      if (control_.aborted()) return false;
      const std::size_t end = std::min<std::size_t>(begin + kDrawsPerPoll, n);
      for (std::size_t i = begin; i < end; ++i) ++counts[random.NextBelow(n)];
    }
    return true;
  }

  static std::uint64_t Tested(const RankedScores& scores, Counts counts) {
    std::uint64_t tested = counts.size();
    for (const std::uint32_t i : scores.excluded) tested -= counts[i];
    return tested;
  }

  bool EveryDetectorTestedSome(std::size_t begin, std::size_t end, std::size_t k, Counts counts) const {
    for (std::size_t d = begin; d < end; ++d) {
      if (Tested(detectors_[d].classes[k], counts) == 0) return false;
    }
    return true;
  }

  // The TPR at each threshold, written to tpr[f * stride].
  void ReadTpr(const RankedScores& scores, Counts counts, std::span<const double> thresholds, double* tpr,
               std::size_t stride) const {
    const auto tested = static_cast<double>(Tested(scores, counts));
    std::uint64_t flagged = 0;
    std::size_t j = 0;
    for (const std::size_t f : targets_) {
      const std::size_t above = scores.CountAbove(thresholds[f]);
      for (; j < above; ++j) flagged += counts[scores.order[j]];
      tpr[f * stride] = static_cast<double>(flagged) / tested;
    }
  }

  const BootstrapInput& input_;
  const ReplicateRange range_;
  const std::span<const RankedDetector> detectors_;
  const std::span<double> thresholds_;
  const std::span<double> tpr_;
  const JobControl& control_;
  std::vector<ThresholdPlan> plans_;
  std::vector<std::size_t> targets_;  // by ascending FPR, so by thresholds from the largest down
};

}  // namespace

Status BootstrapDirect(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                       const ReplicateRange& range, std::span<double> thresholds, std::span<double> tpr,
                       const JobControl& control) {
  const std::size_t n_detectors = input.n_detectors(), n_classes = input.n_classes(),
                    n_fprs = input.fprs.size();
  if (n_detectors * (n_classes + 1) > kStreamsPerEngine) return {StatusCode::kOutOfRange};
  if (std::uint64_t{range.first} + range.count > std::uint64_t{1} << 32) return {StatusCode::kOutOfRange};
  if ((!thresholds.empty() && !HasShape(thresholds, {range.count, n_fprs, n_detectors})) ||
      (!tpr.empty() && !HasShape(tpr, {range.count, n_fprs, n_classes, n_detectors}))) {
    return {StatusCode::kLengthMismatch};
  }
  try {
    const DirectBootstrap bootstrap(input, range, detectors, thresholds, tpr, control);
    ThreadTeam team(ThreadCount(range.threads, range.count, DirectBootstrap::kReplicatesPerBlock));
    std::vector<DirectBootstrap::Scratch> scratch(static_cast<std::size_t>(team.size()));
    for (DirectBootstrap::Scratch& mine : scratch) mine = bootstrap.MakeScratch();
    std::atomic<bool> aborted{control.aborted()};
    ForEachBlock(team, range.count, DirectBootstrap::kReplicatesPerBlock,
                 [&](std::size_t begin, std::size_t end, int member) {
                   for (std::size_t b = begin; b < end; ++b) {
                     if (aborted.load(std::memory_order_relaxed)) return;
                     if (!bootstrap.Replicate(b, scratch[static_cast<std::size_t>(member)])) aborted = true;
                   }
                   control.Advance(static_cast<std::int32_t>(end - begin));
                 });
    return {aborted ? StatusCode::kAborted : StatusCode::kOk};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

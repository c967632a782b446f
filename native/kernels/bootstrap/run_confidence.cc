#include "kernels/bootstrap/run_confidence.h"

#include <algorithm>
#include <cstdint>
#include <new>
#include <vector>

#include "kernels/base/shape.h"
#include "kernels/bootstrap/draw_blocks.h"
#include "kernels/bootstrap/threshold_cut.h"
#include "kernels/random/philox.h"
#include "kernels/random/streams.h"

namespace scoring_bias {
namespace {

constexpr std::size_t kDrawsPerBlock = 8;

// The samples of a class that a detector flags, and what they weigh.
struct Flagged {
  std::size_t detector = 0;
  std::span<const std::uint32_t> samples;
  double weight = 0;
};

// Scratch of one thread, allocated before it starts.
struct Scratch {
  std::vector<double> weights;
  std::vector<ThresholdCut> cuts;  // [d]
  std::vector<Flagged> flagged;    // [d], in any order
};

// Weighs all sets of samples, each in its order. Additions of one set wait for each other, those of several
// do not: sample by sample, the longest sets first.
void WeighFlagged(std::vector<Flagged>& flagged, const std::vector<double>& weights) {
  std::sort(flagged.begin(), flagged.end(),
            [](const Flagged& a, const Flagged& b) { return a.samples.size() > b.samples.size(); });
  std::size_t i = 0;
  for (std::size_t n_sets = flagged.size(); n_sets > 0; --n_sets) {
    for (; i < flagged[n_sets - 1].samples.size(); ++i) {
      for (std::size_t set = 0; set < n_sets; ++set) flagged[set].weight += weights[flagged[set].samples[i]];
    }
  }
}

class RunDraws {
 public:
  RunDraws(const BootstrapInput& input, const ReplicateRange& range,
           std::span<const RankedDetector> detectors, std::span<double> tpr, const JobControl& control)
      : input_(input), range_(range), detectors_(detectors), tpr_(tpr), control_(control) {}

  Scratch MakeScratch() const {
    std::size_t largest = SizeOf(input_.detectors[0].normal);
    for (const ScoreSpan& scores : input_.detectors[0].classes) largest = std::max(largest, SizeOf(scores));
    return {std::vector<double>(largest), std::vector<ThresholdCut>(detectors_.size()),
            std::vector<Flagged>(detectors_.size())};
  }

  // Draws number b of the range. False when aborted.
  bool Draw(std::size_t b, Scratch& scratch) const {
    if (control_.aborted()) return false;
    DrawThresholds(b, scratch);
    for (std::size_t k = 0; k < input_.n_classes(); ++k) {
      if (control_.aborted()) return false;
      DrawClass(b, k, scratch);
    }
    return true;
  }

 private:
  Philox Generator(std::size_t stream, std::size_t b) const {
    return {range_.seed, kRunConfidenceStreams + static_cast<std::uint32_t>(stream),
            range_.first + static_cast<std::uint32_t>(b)};
  }

  // Weighs so many samples; returns their sum.
  static double Weigh(Philox& random, std::size_t n, std::vector<double>& weights) {
    ExponentialVariates(random, std::span(weights).first(n));
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += weights[i];
    return sum;
  }

  bool IsCandidate(std::size_t d) const { return d >= detectors_.size() / 2; }

  void DrawThresholds(std::size_t b, Scratch& scratch) const {
    Philox random = Generator(0, b);
    const double places[2] = {PlaceVariate(random), PlaceVariate(random)};
    const double rest = ExponentialVariate(random);
    const std::size_t n = SizeOf(input_.detectors[0].normal);
    const double target = input_.fprs[0] * (rest + Weigh(random, n, scratch.weights));
    for (std::size_t d = 0; d < detectors_.size(); ++d) {
      const std::vector<std::uint32_t>& order = detectors_[d].normal.order;
      std::size_t above = 0;
      for (double share = 0; above < n; ++above) {
        share += scratch.weights[order[above]];
        if (share >= target) break;
      }
      scratch.cuts[d] = {above, places[IsCandidate(d) ? 1 : 0]};
    }
  }

  void DrawClass(std::size_t b, std::size_t k, Scratch& scratch) const {
    Philox random = Generator(k + 1, b);
    const bool for_candidate = random.NextUniform() < 0.5;
    const double extra = ExponentialVariate(random);
    const double all = extra + Weigh(random, SizeOf(input_.detectors[0].classes[k]), scratch.weights);
    for (std::size_t d = 0; d < detectors_.size(); ++d) {
      const RankedScores& anomalies = detectors_[d].classes[k];
      const std::size_t n = FlaggedAbove(detectors_[d].normal.values, anomalies, scratch.cuts[d]);
      scratch.flagged[d] = {d, std::span(anomalies.order).first(n), 0};
    }
    WeighFlagged(scratch.flagged, scratch.weights);
    for (const auto& [d, samples, weight] : scratch.flagged) {
      const double above = (IsCandidate(d) == for_candidate ? extra : 0) + weight;
      double excluded = 0;
      for (const std::uint32_t i : detectors_[d].classes[k].excluded) excluded += scratch.weights[i];
      tpr_[(b * input_.n_classes() + k) * detectors_.size() + d] = std::min(1.0, above / (all - excluded));
    }
  }

  const BootstrapInput& input_;
  const ReplicateRange range_;
  const std::span<const RankedDetector> detectors_;
  const std::span<double> tpr_;
  const JobControl& control_;
};

}  // namespace

Status RunConfidence(const BootstrapInput& input, std::span<const RankedDetector> detectors,
                     const ReplicateRange& range, std::span<double> tpr, const JobControl& control) {
  const std::size_t n_classes = input.n_classes();
  if (input.design != Design::kPaired || detectors.size() % 2 != 0 || input.fprs.size() != 1 ||
      n_classes + 1 > kStreamsPerEngine ||
      std::uint64_t{range.first} + range.count > std::uint64_t{1} << 32) {
    return {StatusCode::kOutOfRange};
  }
  if (!HasShape(tpr, {range.count, n_classes, detectors.size()})) return {StatusCode::kLengthMismatch};
  try {
    const RunDraws draws(input, range, detectors, tpr, control);
    return DrawInBlocks(draws, range, {kDrawsPerBlock, kDrawsPerBlock}, control);
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

#include "kernels/bootstrap/run_confidence.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <numeric>
#include <vector>

#include "kernels/base/shape.h"
#include "kernels/bootstrap/draw_blocks.h"
#include "kernels/bootstrap/threshold_cut.h"
#include "kernels/random/exponential.h"
#include "kernels/random/philox.h"
#include "kernels/random/streams.h"

namespace scoring_bias {
namespace {

// The samples of a class that a detector flags, or all of them as of one detector more, and what they weigh.
struct Flagged {
  std::size_t detector = 0;
  std::span<const std::uint32_t> samples;
  double weight = 0;
};

// Adds what the samples weigh that so many sets have at places from `begin` on; the last set is the shortest.
// Returns where that ends.
template <std::size_t kSets>
std::size_t WeighTogether(Flagged* sets, std::size_t begin, const std::vector<double>& weights) {
  std::array<const std::uint32_t*, kSets> samples;
  std::array<double, kSets> sums;
  for (std::size_t set = 0; set < kSets; ++set) {
    samples[set] = sets[set].samples.data();
    sums[set] = sets[set].weight;
  }
  const std::size_t end = sets[kSets - 1].samples.size();
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t set = 0; set < kSets; ++set) sums[set] += weights[samples[set][i]];
  }
  for (std::size_t set = 0; set < kSets; ++set) sets[set].weight = sums[set];
  return end;
}

// Weighs all sets of samples, each in its order. Additions of one set wait for each other, those of several
// do not: four at a time, sets of like sizes together.
void WeighFlagged(std::vector<Flagged>& flagged, const std::vector<double>& weights) {
  std::sort(flagged.begin(), flagged.end(),
            [](const Flagged& a, const Flagged& b) { return a.samples.size() > b.samples.size(); });
  for (std::size_t first = 0; first < flagged.size(); first += 4) {
    Flagged* const sets = &flagged[first];
    const std::size_t n_sets = flagged.size() - first;
    std::size_t done = 0;
    if (n_sets > 3) done = WeighTogether<4>(sets, done, weights);
    if (n_sets > 2) done = WeighTogether<3>(sets, done, weights);
    if (n_sets > 1) done = WeighTogether<2>(sets, done, weights);
    WeighTogether<1>(sets, done, weights);
  }
}

class RunDraws {
 public:
  static constexpr std::size_t kDrawsPerBlock = 8;

  // Scratch of one thread, allocated before it starts.
  struct Scratch {
    std::vector<double> weights;
    std::vector<ThresholdCut> cuts;  // [d]
    std::vector<Flagged> flagged;    // [d], and all, in any order
  };

  RunDraws(const BootstrapInput& input, const ReplicateRange& range,
           std::span<const RankedDetector> detectors, std::span<double> tpr, const JobControl& control)
      : input_(input), range_(range), detectors_(detectors), tpr_(tpr), control_(control) {
    std::size_t largest = SizeOf(input_.detectors[0].normal);
    for (const ScoreSpan& scores : input_.detectors[0].classes) largest = std::max(largest, SizeOf(scores));
    by_place_.resize(largest);
    std::iota(by_place_.begin(), by_place_.end(), 0);
  }

  Scratch MakeScratch() const {
    return {std::vector<double>(by_place_.size()), std::vector<ThresholdCut>(detectors_.size()),
            std::vector<Flagged>(detectors_.size() + 1)};
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

  bool IsCandidate(std::size_t d) const { return d >= detectors_.size() / 2; }

  void DrawThresholds(std::size_t b, Scratch& scratch) const {
    Philox random = Generator(0, b);
    const double places[2] = {PlaceVariate(random), PlaceVariate(random)};
    const double rest = ExponentialVariate(random);
    const std::size_t n = SizeOf(input_.detectors[0].normal);
    const std::span<double> weights = std::span(scratch.weights).first(n);
    ExponentialVariates(random, weights);
    const double target = input_.fprs[0] * (rest + std::accumulate(weights.begin(), weights.end(), 0.0));
    for (std::size_t d = 0; d < detectors_.size(); ++d) {
      const std::vector<std::uint32_t>& order = detectors_[d].normal.order;
      std::size_t above = 0;
      for (double share = 0; above < n; ++above) {
        share += weights[order[above]];
        if (share >= target) break;
      }
      scratch.cuts[d] = {above, places[IsCandidate(d) ? 1 : 0]};
    }
  }

  void DrawClass(std::size_t b, std::size_t k, Scratch& scratch) const {
    Philox random = Generator(k + 1, b);
    const bool for_candidate = random.NextUniform() < 0.5;
    const double extra = ExponentialVariate(random);
    const std::size_t n_all = SizeOf(input_.detectors[0].classes[k]);
    ExponentialVariates(random, std::span(scratch.weights).first(n_all));
    const std::size_t whole = detectors_.size();
    scratch.flagged[whole] = {whole, std::span(by_place_).first(n_all), 0};
    for (std::size_t d = 0; d < detectors_.size(); ++d) {
      const RankedScores& anomalies = detectors_[d].classes[k];
      const std::size_t n = FlaggedAbove(detectors_[d].normal.values, anomalies, scratch.cuts[d]);
      scratch.flagged[d] = {d, std::span(anomalies.order).first(n), 0};
    }
    WeighFlagged(scratch.flagged, scratch.weights);
    const auto is_whole = [&](const Flagged& one) { return one.detector == whole; };
    const double all = extra + std::find_if(scratch.flagged.begin(), scratch.flagged.end(), is_whole)->weight;
    for (const auto& [d, samples, weight] : scratch.flagged) {
      if (d == whole) continue;
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
  std::vector<std::uint32_t> by_place_;  // 0, 1, ...
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
    return DrawInBlocks(draws, range, {RunDraws::kDrawsPerBlock, RunDraws::kDrawsPerBlock}, control);
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

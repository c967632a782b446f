#include "kernels/bootstrap_tree.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>
#include <numeric>
#include <vector>

#include "kernels/beta.h"
#include "kernels/binomial.h"
#include "kernels/contrast_variance.h"
#include "kernels/parallel.h"
#include "kernels/philox.h"
#include "kernels/shape.h"
#include "kernels/streams.h"

namespace scoring_bias {
namespace {

// Replicates that a thread takes at a time: some ten microseconds of work.
constexpr std::size_t kReplicatesPerBlock = 32;
// Replicates for each thread, below which starting one costs more than it saves.
constexpr std::size_t kReplicatesPerThread = 256;
// Pivots before the descent reaches further at each, which bounds their number: well above the usual six.
// Then at most 32 doublings lead to bisection, and 32 bisections to a single position.
constexpr int kFreePivots = 12;
constexpr std::size_t kDeepest = kFreePivots + 2 * 32 + 2;
// How far beyond the wanted draw a pivot is put, in standard deviations of its position: as measured.
constexpr double kSafety = 0.25;

using Draws = std::int64_t;

// Draws the points n U_(r + 1), U_(1) < ... < U_(n) ordered uniforms, for ascending ranks r: partial sums of
// gamma variates over their total (Devroye, Non-Uniform Random Variate Generation, 1986, theorem V.2.2).
class OrderStatistics {
 public:
  OrderStatistics(std::span<const std::size_t> ranks, std::size_t n) : n_(static_cast<double>(n)) {
    std::size_t before = 0;
    for (const std::size_t rank : ranks) {
      gaps_.emplace_back(static_cast<double>(rank + 1 - before));
      before = rank + 1;
    }
    gaps_.emplace_back(static_cast<double>(n + 1 - before));
  }

  void operator()(Philox& random, std::span<double> points) const {
    double sum = 0;
    for (std::size_t j = 0; j < points.size(); ++j) points[j] = sum += gaps_[j](random);
    const double scale = n_ / (sum + gaps_.back()(random));
    // Below n: rounding could otherwise put the last point into a cell that does not exist.
    const double end = std::nextafter(n_, 0.0);
    for (double& point : points) point = std::min(point * scale, end);
  }

 private:
  double n_;
  std::vector<GammaSampler> gaps_;
};

// The first detector's positions cut at the cells of its order statistics, and the draws in each segment.
// Segments of even number lie between cells and may be empty, those of odd number are cells.
struct Segments {
  std::vector<std::size_t> ends;  // segment s is [ends[s - 1], ends[s]), the first from 0
  std::vector<Draws> draws;
};

double Fraction(double part, double whole) { return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 1; }

// Where the other draws of a resample of n fall, given the points of the order statistics of `ranks`: those
// between two points are uniform there.
void DrawSegments(Philox& random, std::span<const std::size_t> ranks, std::span<const double> points,
                  std::size_t n, Segments& segments) {
  segments.ends.clear();
  segments.draws.clear();
  double from = 0;            // the point before
  std::size_t next_rank = 0;  // the first rank after it
  const auto cell_end = [&] { return segments.ends.empty() ? std::size_t{0} : segments.ends.back(); };
  // Of `free` draws uniform on [from, to), those in the rest of the cell at `from` are taken out and counted.
  const auto finish_cell = [&](Draws free, double to) {
    if (segments.ends.empty()) return free;
    const double rest = static_cast<double>(cell_end()) - from;
    const Draws in_cell = BinomialVariate(random, free, Fraction(rest, to - from));
    segments.draws.back() += in_cell;
    from = static_cast<double>(cell_end());
    return free - in_cell;
  };
  for (std::size_t j = 0; j < ranks.size(); ++j) {
    const auto cell = static_cast<std::size_t>(points[j]);
    auto free = static_cast<Draws>(ranks[j] - next_rank);
    if (!segments.ends.empty() && cell + 1 == cell_end()) {
      segments.draws.back() += free + 1;
    } else {
      free = finish_cell(free, points[j]);
      const bool adjacent = cell == cell_end();
      const double in_cell = points[j] - static_cast<double>(cell);
      const Draws on = adjacent ? free : BinomialVariate(random, free, Fraction(in_cell, points[j] - from));
      segments.ends.push_back(cell);
      segments.draws.push_back(free - on);
      segments.ends.push_back(cell + 1);
      segments.draws.push_back(on + 1);
    }
    from = points[j];
    next_rank = ranks[j] + 1;
  }
  const auto free = static_cast<Draws>(n - next_rank);
  if (cell_end() == n) {
    segments.draws.back() += free;
  } else {
    const Draws after = finish_cell(free, static_cast<double>(n));
    segments.ends.push_back(n);
    segments.draws.push_back(after);
  }
}

// Finds the second detector's order statistics in a resample of which the draws of each segment of the first
// detector's positions are known. The stretches of the second detector's positions that are still to be
// searched, disjoint, lie on a stack with the first of them on top.
class Descent {
 public:
  Descent(const DominanceCounts& counts, std::size_t n, std::size_t n_ranks)
      : counts_(counts), n_(n), width_(2 * n_ranks + 1), stack_(kDeepest), parts_(kDeepest * width_) {}

  // Writes the position of each rank. False when the index does not reach far enough.
  bool operator()(Philox& random, std::span<const std::size_t> ranks, const Segments& segments,
                  std::span<std::size_t> positions) {
    const std::size_t n_segments = segments.ends.size();
    for (std::size_t s = 1; s < n_segments; s += 2) {
      if (!counts_.HoldsA(segments.ends[s - 1]) || !counts_.HoldsA(segments.ends[s])) return false;
    }
    depth_ = 1;
    stack_[0] = {0, n_, static_cast<Draws>(n_), 0};
    std::size_t begin = 0;
    for (std::size_t s = 0; s < n_segments; ++s) {
      parts_[s] = {0, segments.ends[s] - begin, segments.draws[s]};
      begin = segments.ends[s];
    }
    Draws before = 0;  // draws on the positions before the top of the stack
    const auto drop_if_before = [&](Draws rank) {
      const bool drop = rank - before >= stack_[depth_ - 1].draws;
      if (drop) before += stack_[--depth_].draws;
      return drop;
    };
    for (std::size_t j = 0; j < ranks.size(); ++j) {
      const auto rank = static_cast<Draws>(ranks[j]);
      while (drop_if_before(rank)) continue;
      while (stack_[depth_ - 1].size() > 1) {
        const std::size_t pivot = Pivot(stack_[depth_ - 1], rank - before);
        if (!counts_.HoldsB(pivot)) return false;
        Split(random, pivot, segments);
        drop_if_before(rank);
      }
      positions[j] = stack_[depth_ - 1].begin;
    }
    return true;
  }

 private:
  // A stretch [begin, end) of positions, the draws on it, and how many splits it took.
  struct Stretch {
    std::size_t begin, end;
    Draws draws;
    int splits;
    std::size_t size() const { return end - begin; }
  };

  // What a segment has in a stretch, and how many samples it has before it. Only kept up while there are
  // draws.
  struct Part {
    std::size_t before, samples;
    Draws draws;
  };

  // Where to split the stretch when its draw number `target` is wanted: somewhat beyond where that is
  // expected, seen from the end that is nearer, so that it is likely to be caught between that end and the
  // pivot. Should it escape many times, the reach doubles, and ends in bisection.
  static std::size_t Pivot(const Stretch& stretch, Draws target) {
    const std::size_t size = stretch.size();
    const double draws = static_cast<double>(stretch.draws), from_front = static_cast<double>(target) + 0.5;
    const bool front = 2 * from_front < draws;
    const double near = front ? from_front : draws - from_front;
    const double reach = (near + kSafety * std::sqrt(near)) * static_cast<double>(size) / draws;
    const double stretched =
        stretch.splits <= kFreePivots ? reach : std::ldexp(reach, stretch.splits - kFreePivots);
    const std::size_t half = (size + 1) / 2;
    const std::size_t distance = std::clamp<std::size_t>(static_cast<std::size_t>(stretched + 0.5), 1, half);
    return front ? stretch.begin + std::min(distance, size - 1) : stretch.end - std::min(distance, size - 1);
  }

  // Splits the top of the stack at a position inside: what is before comes on top of what is after.
  void Split(Philox& random, std::size_t pivot, const Segments& segments) {
    Part* const after = &parts_[(depth_ - 1) * width_];
    Part* const before = after + width_;
    Draws total = 0;
    std::size_t begin = 0;  // of the segment, among the first detector's positions
    std::size_t below = 0;  // samples before `begin` and `pivot`
    bool known = true;      // whether `below` is up to date
    for (std::size_t s = 0; s < segments.ends.size(); begin = segments.ends[s], ++s) {
      before[s].draws = 0;
      if (after[s].draws == 0) {
        known = false;
        continue;
      }
      const std::size_t end = segments.ends[s];
      if (!known) below = counts_.Count(begin, pivot);
      const std::size_t up_to = end == n_    ? pivot
                                : s % 2 == 1 ? below + (counts_.Before(begin, pivot) ? 1 : 0)
                                             : counts_.Count(end, pivot);
      const std::size_t samples = up_to - below - after[s].before;
      const double p = static_cast<double>(samples) / static_cast<double>(after[s].samples);
      const Draws draws = BinomialVariate(random, after[s].draws, p);
      before[s] = {after[s].before, samples, draws};
      after[s] = {after[s].before + samples, after[s].samples - samples, after[s].draws - draws};
      total += draws;
      below = up_to;
      known = true;
    }
    Stretch& top = stack_[depth_ - 1];
    stack_[depth_] = {top.begin, pivot, total, top.splits + 1};
    top = {pivot, top.end, top.draws - total, top.splits + 1};
    ++depth_;
  }

  const DominanceCounts& counts_;
  std::size_t n_, width_;
  std::size_t depth_ = 0;
  std::vector<Stretch> stack_;
  std::vector<Part> parts_;  // [depth][segment]
};

// Scratch of one thread, allocated before it starts.
struct Scratch {
  std::vector<double> points, at_rank;
  Segments segments;
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

class TreeBootstrap {
 public:
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
    scratch.segments.ends.reserve(2 * n_ranks + 1);
    scratch.segments.draws.reserve(2 * n_ranks + 1);
    if (index_.paired) scratch.descent.emplace_back(index_.normal, index_.detectors[0].n_normal, n_ranks);
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
    for (std::size_t d = 0; d < (index_.paired ? 1 : n_detectors); ++d) {
      Philox random = Generator(d * streams_a_detector, b);
      if (!DrawPositions(random, d, scratch)) return false;
    }
    for (std::size_t d = 0; d < n_detectors; ++d) ReadThresholds(b, d, scratch);
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
  Philox Generator(std::size_t stream, std::size_t b) const {
    return {range_.seed, kTreeBootstrapStreams + static_cast<std::uint32_t>(stream),
            range_.first + static_cast<std::uint32_t>(b)};
  }

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
    if (!index_.paired) return true;
    DrawSegments(random, ranks, points, detector.n_normal, scratch.segments);
    return scratch.descent[0](random, ranks, scratch.segments, scratch.positions[1]);
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
  ThreadTeam team(ThreadCount(range.threads, range.count, kReplicatesPerThread));
  std::vector<Scratch> scratch;
  for (int member = 0; member < team.size(); ++member) scratch.push_back(bootstrap.MakeScratch());
  std::atomic<Outcome> outcome{Outcome::kDone};
  std::atomic<std::int32_t> advanced{0};
  ForEachBlock(team, range.count, kReplicatesPerBlock, [&](std::size_t begin, std::size_t end, int member) {
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

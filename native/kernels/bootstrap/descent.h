#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/bootstrap/dominance_counts.h"
#include "kernels/bootstrap/resample_segments.h"
#include "kernels/random/binomial.h"
#include "kernels/random/philox.h"

namespace scoring_bias {

// Step 3 of the tree engine (bootstrap_tree.h).

/// Finds the second detector's order statistics in a resample of which the draws of each segment of the first
/// detector's positions are known. The stretches of the second detector's positions that are still to be
/// searched, disjoint, lie on a stack with the first of them on top.
class Descent {
 public:
  /// `n` samples in either order; up to `n_ranks` ranks at a time. Borrows the counts. Throws std::bad_alloc;
  /// nothing allocates later.
  Descent(const DominanceCounts& counts, std::size_t n, std::size_t n_ranks)
      : counts_(counts), n_(n), width_(2 * n_ranks + 1), stack_(kDeepest), parts_(kDeepest * width_) {}

  /// Writes the position of each of the ascending ranks. False when the counts do not reach far enough.
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
  // Pivots before the descent reaches further at each, which bounds their number: well above the usual six.
  // Then at most 32 doublings lead to bisection, and 32 bisections to a single position.
  static constexpr int kFreePivots = 12;
  static constexpr std::size_t kDeepest = kFreePivots + 2 * 32 + 2;
  // Samples that are looked through rather than counted by the table, as measured.
  static constexpr std::size_t kLookThrough = 192;
  // How far beyond the wanted draw a pivot is put, in standard deviations of its position: as measured.
  static constexpr double kSafety = 0.25;

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
    Stretch& top = stack_[depth_ - 1];
    Part* const after = &parts_[(depth_ - 1) * width_];
    Part* const before = after + width_;
    CountSamples(top, pivot, segments, after, before);
    Draws total = 0;
    for (std::size_t s = 0; s < segments.ends.size(); ++s) {
      before[s].draws = 0;
      if (after[s].draws == 0) continue;
      const double p = static_cast<double>(before[s].samples) / static_cast<double>(after[s].samples);
      before[s].draws = BinomialVariate(random, after[s].draws, p);
      before[s].before = after[s].before;
      after[s].before += before[s].samples;
      after[s].samples -= before[s].samples;
      after[s].draws -= before[s].draws;
      total += before[s].draws;
    }
    stack_[depth_] = {top.begin, pivot, total, top.splits + 1};
    top = {pivot, top.end, top.draws - total, top.splits + 1};
    ++depth_;
  }

  // Writes how many samples of each segment that has draws are in the stretch before the pivot.
  void CountSamples(const Stretch& stretch, std::size_t pivot, const Segments& segments, const Part* parts,
                    Part* before) const {
    const bool by_front = pivot - stretch.begin <= stretch.end - pivot;
    const std::size_t from = by_front ? stretch.begin : pivot, to = by_front ? pivot : stretch.end;
    const bool looks_through = to - from <= kLookThrough && counts_.HoldsB(from) && counts_.HoldsB(to);
    std::size_t begin = 0;  // of the segment, among the first detector's positions
    std::size_t below = 0;  // samples before `begin` and `pivot`
    bool known = true;      // whether `below` is up to date
    for (std::size_t s = 0; s < segments.ends.size(); begin = segments.ends[s], ++s) {
      if (parts[s].draws == 0) {
        known = false;
        continue;
      }
      const std::size_t end = segments.ends[s];
      if (looks_through) {
        const std::size_t here = counts_.Between({from, to}, {begin, end}, n_);
        before[s].samples = by_front ? here : parts[s].samples - here;
        continue;
      }
      if (!known) below = counts_.Count(begin, pivot);
      const std::size_t up_to = end == n_    ? pivot
                                : s % 2 == 1 ? below + (counts_.Before(begin, pivot) ? 1 : 0)
                                             : counts_.Count(end, pivot);
      before[s].samples = up_to - below - parts[s].before;
      below = up_to;
      known = true;
    }
  }

  const DominanceCounts& counts_;
  std::size_t n_, width_;
  std::size_t depth_ = 0;
  std::vector<Stretch> stack_;
  std::vector<Part> parts_;  // [depth][segment]
};

}  // namespace scoring_bias

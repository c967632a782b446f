#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/bootstrap/dominance_counts.h"
#include "kernels/random/near_order_statistic.h"
#include "kernels/random/philox.h"

namespace scoring_bias {

/// A number of draws of a resample.
using Draws = std::int64_t;

/// Steps 2 and 3 of the tree engine (bootstrap_tree.h): finds the second detector's order statistics in a
/// resample of which those of the first are known.
///
/// The other draws are uniform on the intervals between the points of these, each a number of the first
/// detector's samples, and a part of one at either end where it shares a point's cell. The stretches of the
/// second detector's positions that are still to be searched, disjoint, lie on a stack with the first of them
/// on top. The last of the order statistics is drawn at once when it is one of few draws at an end of its
/// stretch: nobody asks for the rest of that stretch.
class Descent {
 public:
  /// `n` samples in either order, and the ascending ranks from the top of either detector. Borrows the counts
  /// and the ranks. Throws std::bad_alloc; nothing allocates later.
  Descent(const DominanceCounts& counts, std::size_t n, std::span<const std::size_t> ranks);

  /// Given the first detector's points of all ranks (order_statistics.h), writes the position of each rank in
  /// the second's order. False when the counts do not reach far enough.
  bool operator()(Philox& random, std::span<const double> points, std::span<std::size_t> positions);

 private:
  // Pivots before the descent reaches further at each, which bounds their number: well above the usual six.
  // Then at most 32 doublings lead to bisection, and 32 bisections to a single position.
  static constexpr int kFreePivots = 12;
  static constexpr std::size_t kDeepest = kFreePivots + 2 * 32 + 2;

  // A stretch [begin, end) of positions, the draws on it, and how many splits it took.
  struct Stretch {
    std::size_t begin, end;
    Draws draws;
    int splits;
    std::size_t size() const { return end - begin; }
  };

  // What an interval has in a stretch, and how many samples it has before it; samples are whole ones, and
  // only kept up while there are draws.
  struct Part {
    std::size_t before, samples;
    Draws draws;
  };

  // What is looked for at once: the draw with this number from the end of the stretch that is nearer.
  struct Wanted {
    bool front;
    double number;         // from 1
    double fewest;         // draws of an interval
    std::size_t distance;  // positions that hold it
  };
  enum class Found { kYes, kNot, kLeftTheIndex };

  // descent.cc
  void SetIntervals(std::span<const double> points);
  static std::size_t Pivot(const Stretch& stretch, Draws target);
  void Split(Philox& random, std::size_t pivot);
  void CountSamples(std::size_t pivot);
  void CountByTable(std::size_t pivot);
  double Weight(std::size_t interval, const Part* parts, const std::uint8_t* here) const;

  // near_draw.cc
  Found DrawAtOnce(Philox& random, Draws target, std::size_t& position);
  Found MakeLines(Wanted& wanted);
  bool Locate(const Wanted& wanted, double expected, std::size_t& position, std::size_t& hit);
  std::size_t IntervalOf(std::size_t position) const;

  std::size_t intervals() const { return ranks_.size() + 1; }
  Stretch& top() { return stack_[depth_ - 1]; }
  // Of the stretch on top, and of the next one, where Split puts what is before the pivot.
  Part* top_parts() { return &parts_[(depth_ - 1) * intervals()]; }
  Part* next_parts() { return &parts_[depth_ * intervals()]; }
  std::uint8_t* top_cells() { return &cells_here_[(depth_ - 1) * intervals()]; }
  std::uint8_t* next_cells() { return &cells_here_[depth_ * intervals()]; }

  const DominanceCounts& counts_;
  std::size_t n_;
  std::span<const std::size_t> ranks_;
  std::vector<std::size_t> cells_;    // [rank]: where the first detector's points are
  std::vector<double> left_, right_;  // [interval]: its parts of the cells at its ends
  std::size_t depth_ = 0;
  std::vector<Stretch> stack_;
  std::vector<Part> parts_;                      // [depth][interval]
  std::vector<std::uint8_t> cells_here_;         // [depth][rank]: whether the stretch has the cell's sample
  std::vector<NearOrderStatistic::Line> lines_;  // [interval]
  std::vector<double> densities_;                // [interval]: draws for each sample of a line
};

}  // namespace scoring_bias

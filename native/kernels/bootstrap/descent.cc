#include "kernels/bootstrap/descent.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/random/binomial.h"

namespace scoring_bias {
namespace {

// Samples that are looked through rather than counted by the table, as measured.
constexpr std::size_t kLookThrough = 192;

}  // namespace

Descent::Descent(const DominanceCounts& counts, std::size_t n, std::span<const std::size_t> ranks)
    : counts_(counts),
      n_(n),
      ranks_(ranks),
      cells_(ranks.size()),
      left_(intervals()),
      right_(intervals()),
      stack_(kDeepest),
      parts_(kDeepest * intervals()),
      cells_here_(kDeepest * intervals()),
      lines_(intervals()),
      densities_(intervals()) {}

bool Descent::operator()(Philox& random, std::span<const double> points, std::span<std::size_t> positions) {
  SetIntervals(points);
  for (const std::size_t cell : cells_) {
    if (!counts_.HoldsA(cell) || !counts_.HoldsA(cell + 1)) return false;
  }
  Draws before = 0;  // draws on the positions before the top of the stack
  const auto drop_if_before = [&](Draws rank) {
    const bool drop = rank - before >= top().draws;
    if (drop) before += stack_[--depth_].draws;
    return drop;
  };
  for (std::size_t j = 0; j < ranks_.size(); ++j) {
    const auto rank = static_cast<Draws>(ranks_[j]);
    while (drop_if_before(rank)) continue;
    while (top().size() > 1) {
      if (j + 1 == ranks_.size()) {
        const Found found = DrawAtOnce(random, rank - before, positions[j]);
        if (found != Found::kNot) return found == Found::kYes;
      }
      const std::size_t pivot = Pivot(top(), rank - before);
      if (!counts_.HoldsB(pivot)) return false;
      Split(random, pivot);
      drop_if_before(rank);
    }
    positions[j] = top().begin;
  }
  return true;
}

// All positions on the stack: of each interval its whole samples, its parts of cells and the draws.
void Descent::SetIntervals(std::span<const double> points) {
  // An interval of no width, which only rounding makes, still says where its draws are.
  const auto positive = [](double width) { return std::max(width, std::numeric_limits<double>::min()); };
  depth_ = 1;
  stack_[0] = {0, n_, static_cast<Draws>(n_), 0};
  std::size_t begin = 0, rank = 0;  // the first whole sample and the first rank of the interval
  double from = 0;
  for (std::size_t s = 0; s < intervals(); ++s) {
    const bool last = s == ranks_.size();
    const double to = last ? static_cast<double>(n_) : points[s];
    const std::size_t cell = last ? n_ : static_cast<std::size_t>(to), end_rank = last ? n_ : ranks_[s];
    left_[s] = s == 0 ? 0 : positive(std::min(static_cast<double>(begin), to) - from);
    right_[s] = last || cell < begin ? 0 : positive(to - static_cast<double>(cell));
    parts_[s] = {0, std::max(cell, begin) - begin, static_cast<Draws>(end_rank - rank)};
    if (last) break;
    cells_[s] = cell;
    cells_here_[s] = 1;
    begin = cell + 1;
    rank = end_rank + 1;
    from = to;
  }
}

// Where to split the stretch when its draw number `target` is wanted: where that is expected. Should it
// escape many times beyond, seen from the end that is nearer, the reach doubles, and ends in bisection.
std::size_t Descent::Pivot(const Stretch& stretch, Draws target) {
  const std::size_t size = stretch.size();
  const double draws = static_cast<double>(stretch.draws), from_front = static_cast<double>(target) + 0.5;
  const bool front = 2 * from_front < draws;
  const double near = front ? from_front : draws - from_front;
  const double reach = near * static_cast<double>(size) / draws;
  const double stretched =
      stretch.splits <= kFreePivots ? reach : std::ldexp(reach, stretch.splits - kFreePivots);
  const std::size_t half = (size + 1) / 2;
  const std::size_t distance = std::clamp<std::size_t>(static_cast<std::size_t>(stretched + 0.5), 1, half);
  return front ? stretch.begin + std::min(distance, size - 1) : stretch.end - std::min(distance, size - 1);
}

// Splits the top of the stack at a position inside: what is before comes on top of what is after.
void Descent::Split(Philox& random, std::size_t pivot) {
  Stretch& stretch = top();
  Part *const after = top_parts(), *const before = next_parts();
  std::uint8_t *const cells_after = top_cells(), *const cells_before = next_cells();
  CountSamples(pivot);
  Draws total = 0;
  for (std::size_t j = 0; j < cells_.size(); ++j) {
    cells_before[j] = cells_after[j] & static_cast<std::uint8_t>(counts_.Before(cells_[j], pivot));
    total += cells_before[j];
  }
  for (std::size_t s = 0; s < intervals(); ++s) {
    before[s].draws = 0;
    if (after[s].draws == 0) continue;
    const double p = Weight(s, before, cells_before) / Weight(s, after, cells_after);
    before[s].draws = BinomialVariate(random, after[s].draws, p);
    before[s].before = after[s].before;
    after[s].before += before[s].samples;
    after[s].samples -= before[s].samples;
    after[s].draws -= before[s].draws;
    total += before[s].draws;
  }
  for (std::size_t j = 0; j < cells_.size(); ++j) cells_after[j] ^= cells_before[j];
  stack_[depth_] = {stretch.begin, pivot, total, stretch.splits + 1};
  stretch = {pivot, stretch.end, stretch.draws - total, stretch.splits + 1};
  ++depth_;
}

// The samples of an interval in a stretch, parts of cells among them.
double Descent::Weight(std::size_t interval, const Part* parts, const std::uint8_t* here) const {
  double weight = static_cast<double>(parts[interval].samples);
  if (interval > 0 && here[interval - 1] != 0) weight += left_[interval];
  if (interval < cells_.size() && here[interval] != 0) weight += right_[interval];
  return weight;
}

// Writes how many whole samples of each interval that has draws are in the stretch on top before the pivot.
void Descent::CountSamples(std::size_t pivot) {
  const Stretch& stretch = top();
  const bool by_front = pivot - stretch.begin <= stretch.end - pivot;
  const std::size_t from = by_front ? stretch.begin : pivot, to = by_front ? pivot : stretch.end;
  if (to - from > kLookThrough || !counts_.HoldsB(from) || !counts_.HoldsB(to)) return CountByTable(pivot);
  const Part* const parts = top_parts();
  Part* const before = next_parts();
  std::size_t begin = 0;
  for (std::size_t s = 0; s < intervals(); ++s) {
    const std::size_t end = s == cells_.size() ? n_ : cells_[s];
    if (parts[s].draws > 0) {
      const std::size_t here = begin < end ? counts_.Between({from, to}, {begin, end}, n_) : 0;
      before[s].samples = by_front ? here : parts[s].samples - here;
    }
    begin = end + 1;
  }
}

void Descent::CountByTable(std::size_t pivot) {
  const Part* const parts = top_parts();
  Part* const before = next_parts();
  std::size_t begin = 0;  // of the interval's whole samples, among the first detector's positions
  std::size_t below = 0;  // samples before `begin` and `pivot`
  bool known = true;      // whether `below` is up to date
  for (std::size_t s = 0; s < intervals(); ++s) {
    const bool last = s == cells_.size();
    const std::size_t end = last ? n_ : cells_[s];
    if (end < begin) {  // The cell of the point before: there are no whole samples.
      before[s].samples = 0;
      continue;
    }
    const bool counts = parts[s].draws > 0;
    if (counts && !known) below = counts_.Count(begin, pivot);
    known = counts;
    if (counts) {
      const std::size_t up_to = last ? pivot : counts_.Count(end, pivot);
      before[s].samples = up_to - below - parts[s].before;
      below = up_to + (!last && counts_.Before(end, pivot) ? 1 : 0);
    }
    begin = end + 1;
  }
}

}  // namespace scoring_bias

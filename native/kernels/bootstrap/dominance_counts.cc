#include "kernels/bootstrap/dominance_counts.h"

#include <algorithm>

namespace scoring_bias {
namespace {

std::size_t CountBothPrecede(const ScoreSpan& a, const ScoreWindow& window_a, const ScoreSpan& b,
                             const ScoreWindow& window_b) {
  if (window_a.first == 0 || window_b.first == 0) return 0;
  return std::visit(
      [&](auto scores_a, auto scores_b) {
        const double top_a = window_a.top, top_b = window_b.top;
        const std::uint32_t number_a = window_a.top_number, number_b = window_b.top_number;
        std::size_t count = 0;
        const auto n = static_cast<std::uint32_t>(scores_a.size());
        constexpr std::uint32_t kBlock = 1u << 16;
        for (std::uint32_t begin = 0; begin < n;) {
          const std::uint32_t end = n - begin < kBlock ? n : begin + kBlock;
          std::uint32_t in_block = 0;
          for (std::uint32_t i = begin; i < end; ++i) {
            const auto x = static_cast<double>(scores_a[i]), y = static_cast<double>(scores_b[i]);
            const bool precedes_a = (x > top_a) | ((x == top_a) & (i < number_a));
            const bool precedes_b = (y > top_b) | ((y == top_b) & (i < number_b));
            in_block += static_cast<std::uint32_t>(precedes_a & precedes_b);
          }
          count += in_block;
          begin = end;
        }
        return count;
      },
      a, b);
}

// For each sample of `window` its place in `other`, whose scores are `scores`; -1 before that window. Of a
// length that is at least as large.
std::vector<std::int32_t> PlacesIn(const ScoreSpan& scores, const ScoreWindow& other,
                                   const ScoreWindow& window, std::size_t length) {
  std::vector<std::int32_t> place_of(SizeOf(scores), DominanceCounts::kAfter);
  for (std::size_t q = 0; q < other.size(); ++q) place_of[other.order[q]] = static_cast<std::int32_t>(q);
  std::vector<std::int32_t> places(length, DominanceCounts::kAfter);
  std::visit(
      [&](auto values) {
        for (std::size_t p = 0; p < window.size(); ++p) {
          const std::uint32_t number = window.order[p];
          const bool before = other.Precedes(static_cast<double>(values[number]), number);
          places[p] = before ? -1 : place_of[number];
        }
      },
      scores);
  return places;
}

int ShiftFor(int shift, std::size_t rows, std::size_t columns) {
  // The table is to hold no more entries than the windows have positions.
  while (((rows >> shift) + 1) * ((columns >> shift) + 1) > rows + columns + 64) ++shift;
  return shift;
}

}  // namespace

void DominanceCounts::Build(const ScoreSpan& a, const ScoreWindow& window_a, const ScoreSpan& b,
                            const ScoreWindow& window_b) {
  first_a_ = window_a.first;
  first_b_ = window_b.first;
  size_a_ = window_a.size();
  size_b_ = window_b.size();
  place_b_ = PlacesIn(b, window_b, window_a, size_a_ + kBlock);
  place_a_ = PlacesIn(a, window_a, window_b, size_b_ + kBlock);
  shift_ = ShiftFor(kSmallestShift, window_a.size(), window_b.size());
  const std::size_t rows = (window_a.size() >> shift_) + 1;
  columns_ = (window_b.size() >> shift_) + 1;
  table_.assign(rows * columns_, 0);
  // The entry of row r and column c first takes what lies between the corners (r - 1, c - 1) and (r, c): the
  // samples before both windows at (0, 0), those before one of them along an edge.
  const auto entry = [&](std::int32_t p, std::int32_t q) -> std::uint32_t* {
    const std::size_t row = p < 0 ? 0 : (static_cast<std::size_t>(p) >> shift_) + 1;
    const std::size_t column = q < 0 ? 0 : (static_cast<std::size_t>(q) >> shift_) + 1;
    return row < rows && column < columns_ ? &table_[row * columns_ + column] : nullptr;
  };
  const auto add = [&](std::int32_t p, std::int32_t q) {
    if (std::uint32_t* const count = entry(p, q)) ++*count;
  };
  table_[0] = static_cast<std::uint32_t>(CountBothPrecede(a, window_a, b, window_b));
  for (std::size_t p = 0; p < size_a_; ++p) add(static_cast<std::int32_t>(p), place_b_[p]);
  for (std::size_t q = 0; q < size_b_; ++q) {
    if (place_a_[q] < 0) add(-1, static_cast<std::int32_t>(q));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 1; column < columns_; ++column) {
      table_[row * columns_ + column] += table_[row * columns_ + column - 1];
    }
    if (row == 0) continue;
    for (std::size_t column = 0; column < columns_; ++column) {
      table_[row * columns_ + column] += table_[(row - 1) * columns_ + column];
    }
  }
}

}  // namespace scoring_bias

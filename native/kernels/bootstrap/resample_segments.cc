#include "kernels/bootstrap/resample_segments.h"

#include <algorithm>
#include <cmath>

#include "kernels/random/binomial.h"

namespace scoring_bias {
namespace {

double Fraction(double part, double whole) { return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 1; }

}  // namespace

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

}  // namespace scoring_bias

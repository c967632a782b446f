#include "kernels/random/near_order_statistic.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/random/philox.h"
#include "kernels/special/special.h"
#include "kernels/testing/check.h"
#include "kernels/testing/chi_square.h"

namespace scoring_bias {
namespace {

using Line = NearOrderStatistic::Line;

double FewestFor(double t) { return std::ceil(2 * NearOrderStatistic::Reach(t)); }

// No place is taken with a probability above 1, whatever the points before it.
void AcceptanceIsAProbability() {
  for (const double t : {1.0, 2.0, 5.0, 40.0, 300.0, 5000.0}) {
    const double fewest = FewestFor(t);
    CHECK(NearOrderStatistic::Covers(t, fewest));
    for (const double more : {1.0, 1.7, 30.0}) {
      const NearOrderStatistic statistic(t, fewest);
      std::array<Line, 2> lines{{{fewest, 0, 0}, {more * fewest, 0, 0}}};
      double largest = -1e300;
      for (int i = 0; i <= 40; ++i) {
        for (int k = 0; k <= 40; ++k) {
          lines[0].share = 0.5 * i / 40;
          lines[1].share = 0.5 * k / 40 / more;
          for (const double part : {0.0, 0.1, 0.3, 0.5, 0.7, 1.0}) {
            lines[0].before = static_cast<std::int64_t>(part * (t - 1));
            lines[1].before = static_cast<std::int64_t>(t) - 1 - lines[0].before;
            const double expected = lines[0].expected() + lines[1].expected();
            for (const std::size_t hit : {std::size_t{0}, std::size_t{1}}) {
              largest = std::max(largest, statistic.LogAcceptance(expected, lines, hit));
            }
          }
        }
      }
      CHECK(largest <= 0);
      CHECK(largest > -0.7);  // nor is it far from 1
    }
  }
}

// Two sets of points on lines of unit cells that take turns in an order; each cell belongs to one of them.
struct Turns {
  std::array<double, 2> points, cells;
  std::size_t period;  // every so many cells one of the first line

  std::size_t LineOf(std::size_t position) const { return position % period == 0 ? 0 : 1; }
};

// The probability that the t-th point is before each position, from the binomial counts of both sets.
std::vector<double> LawOf(const Turns& turns, std::int64_t t, std::size_t positions) {
  std::vector<double> law;
  std::array<double, 2> before{};
  const auto pmf = [&](std::size_t line, std::int64_t k) {
    return BinomialPmf(k, static_cast<std::int64_t>(turns.points[line]), before[line] / turns.cells[line]);
  };
  for (std::size_t position = 0; position < positions; ++position) {
    double fewer = 0, others = 0;  // others: the second set's points are at most t - 1 - j
    for (std::int64_t j = t - 1; j >= 0; --j) {
      others += pmf(1, t - 1 - j);
      fewer += pmf(0, j) * others;
    }
    law.push_back(1 - fewer);
    before[turns.LineOf(position)] += 1;
  }
  return law;
}

// The position of the t-th point, found by looking through all of them.
std::size_t Draw(Philox& random, const NearOrderStatistic& statistic, const Turns& turns) {
  while (true) {
    const double expected = statistic.Propose(random);
    std::array<double, 2> before{};
    double sum = 0;
    for (std::size_t position = 0;; ++position) {
      const std::size_t hit = turns.LineOf(position);
      const double density = turns.points[hit] / turns.cells[hit];
      if (sum + density <= expected) {
        sum += density;
        before[hit] += 1;
        continue;
      }
      before[hit] += (expected - sum) / density;
      std::array<Line, 2> lines;
      for (std::size_t i = 0; i < 2; ++i) lines[i] = {turns.points[i], before[i] / turns.cells[i], 0};
      if (statistic.Accept(random, expected, lines, hit)) return position;
      break;
    }
  }
}

void PositionsHaveTheirLaw() {
  for (const auto& [t, more, density] :
       {std::array{1.0, 1.0, 1.0}, {2.0, 3.0, 0.4}, {12.0, 1.0, 1.0}, {60.0, 1.3, 1.7}, {300.0, 40.0, 1.0}}) {
    const double fewest = FewestFor(t);
    const Turns turns{
        {fewest, std::round(more * fewest)}, {std::round(fewest / density), std::round(more * fewest)}, 3};
    const NearOrderStatistic statistic(t, fewest);
    Philox random(11, 0, static_cast<std::uint32_t>(t));
    const int draws = check::kWatched ? 20000 : 400000;
    std::vector<double> counts;
    for (int i = 0; i < draws; ++i) {
      const std::size_t position = Draw(random, statistic, turns);
      if (position >= counts.size()) counts.resize(position + 1);
      ++counts[position];
    }
    const std::vector<double> law = LawOf(turns, static_cast<std::int64_t>(t), counts.size() + 1);
    double statistic_sum = 0, expected = 0, observed = 0;
    int cells = 0;
    for (std::size_t position = 0; position < counts.size(); ++position) {
      expected += draws * (law[position + 1] - law[position]);
      observed += counts[position];
      const double left = draws * (1 - law[position + 1]);
      if (expected < 20 || left < 20) continue;
      statistic_sum += (observed - expected) * (observed - expected) / expected;
      expected = observed = 0;
      ++cells;
    }
    const Tails tails = ChiSquareTails(statistic_sum, cells);
    CHECK(cells > 3);
    CHECK(tails.upper > 1e-5);
    CHECK(tails.lower > 1e-5);
  }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::AcceptanceIsAProbability();
  scoring_bias::PositionsHaveTheirLaw();
  return scoring_bias::check::Finish();
}

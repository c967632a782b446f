#include <algorithm>

#include "kernels/base/constants.h"
#include "kernels/bootstrap/descent.h"

namespace scoring_bias {

// Draws the position of draw number `target` of the stretch on top by NearOrderStatistic, where it can: the
// intervals are its lines, all of which have many more draws, and no draw on a cell is near.
Descent::Found Descent::DrawAtOnce(Philox& random, Draws target, std::size_t& position) {
  const Stretch& stretch = top();
  const bool front = 2 * target < stretch.draws;
  const auto number = static_cast<double>(front ? target + 1 : stretch.draws - target);
  Wanted wanted{front, number, static_cast<double>(stretch.draws), stretch.size()};
  if (!NearOrderStatistic::Covers(number, wanted.fewest)) return Found::kNot;
  if (const Found able = MakeLines(wanted); able != Found::kYes) return able;
  const NearOrderStatistic statistic(number, wanted.fewest);
  while (true) {
    const double expected = statistic.Propose(random);
    std::size_t hit;
    if (!Locate(wanted, expected, position, hit)) return Found::kLeftTheIndex;
    if (statistic.Accept(random, expected, lines_, hit)) return Found::kYes;
  }
}

// Intervals with many draws become lines; of other draws there must be none within reach.
Descent::Found Descent::MakeLines(Wanted& wanted) {
  const Stretch& stretch = top();
  const Part* const parts = top_parts();
  const std::uint8_t* const here = top_cells();
  const double reach = NearOrderStatistic::Reach(wanted.number);
  double sparsest = kInfinity;
  std::size_t others = cells_.size();  // samples that are on no line
  for (std::size_t s = 0; s < intervals(); ++s) {
    const auto draws = static_cast<double>(parts[s].draws);
    lines_[s] = {};
    densities_[s] = 0;
    if (draws >= 2 * reach) {
      lines_[s].points = draws;
      densities_[s] = draws / Weight(s, parts, here);
      sparsest = std::min(sparsest, densities_[s]);
      wanted.fewest = std::min(wanted.fewest, draws);
    } else if (draws > 0) {
      return Found::kNot;
    } else {
      others += (s == cells_.size() ? n_ : cells_[s]) - (s == 0 ? 0 : cells_[s - 1]);
    }
  }
  if (std::none_of(here, here + cells_.size(), [](std::uint8_t cell) { return cell != 0; }))
    return Found::kYes;
  const double distance = reach / sparsest + static_cast<double>(others) + 1;
  if (!(distance < static_cast<double>(stretch.size()))) return Found::kNot;
  wanted.distance = static_cast<std::size_t>(distance);
  const std::size_t from = wanted.front ? stretch.begin : stretch.end - wanted.distance;
  const std::size_t to = from + wanted.distance;
  if (!counts_.HoldsB(from) || !counts_.HoldsB(to)) return Found::kLeftTheIndex;
  for (std::size_t j = 0; j < cells_.size(); ++j) {
    if (here[j] != 0 && counts_.Before(cells_[j], to) && !counts_.Before(cells_[j], from)) return Found::kNot;
  }
  return Found::kYes;
}

// The position up to which so many draws are expected from the end of the stretch on top, the line that it is
// on, and the shares of all lines up to there. False when the counts do not reach it.
bool Descent::Locate(const Wanted& wanted, double expected, std::size_t& position, std::size_t& hit) {
  const Stretch& stretch = top();
  const Part* const parts = top_parts();
  const double guess = expected * static_cast<double>(stretch.size()) / static_cast<double>(stretch.draws);
  const std::size_t distance = std::min(static_cast<std::size_t>(guess), wanted.distance - 1);
  // The first position that is not yet counted, or where the back is nearer, the last that is.
  std::size_t at = wanted.front ? stretch.begin + distance : stretch.end - distance;
  if (!counts_.HoldsB(at)) return false;
  CountByTable(at);
  double sum = 0;
  for (std::size_t s = 0; s < intervals(); ++s) {
    if (lines_[s].points == 0) continue;
    const std::size_t before = next_parts()[s].samples;
    lines_[s].share = static_cast<double>(wanted.front ? before : parts[s].samples - before);
    sum += densities_[s] * lines_[s].share;
  }
  while (true) {
    const bool back = sum > expected;
    position = back == wanted.front ? at - 1 : at;
    if (!counts_.HoldsB(position) || !counts_.HoldsB(position + 1)) return false;
    hit = IntervalOf(position);
    if (!back && sum + densities_[hit] > expected) break;
    lines_[hit].share += back ? -1 : 1;
    sum += back ? -densities_[hit] : densities_[hit];
    at = back == wanted.front ? at - 1 : at + 1;
  }
  lines_[hit].share += (expected - sum) / densities_[hit];
  for (std::size_t s = 0; s < intervals(); ++s) {
    if (lines_[s].points > 0) lines_[s].share *= densities_[s] / lines_[s].points;
  }
  return true;
}

// The interval that has the sample at a position of the second detector.
std::size_t Descent::IntervalOf(std::size_t position) const {
  std::size_t s = 0;
  while (s < cells_.size() && !counts_.BeforeInA(position, cells_[s])) ++s;
  return s;
}

}  // namespace scoring_bias

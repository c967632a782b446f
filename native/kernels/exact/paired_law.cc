#include "kernels/exact/paired_law.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <new>
#include <vector>

#include "kernels/base/parallel.h"
#include "kernels/bootstrap/score_window.h"
#include "kernels/exact/difference_mixture.h"
#include "kernels/exact/joint_thresholds.h"
#include "kernels/exact/paired_cells.h"
#include "kernels/special/beta.h"

namespace scoring_bias {
namespace {

// Cells below this are rounding errors of their four corners.
constexpr double kNoise = 1e-17;
constexpr std::size_t kRowsAtOnce = 64;

struct Reach {
  std::int64_t first, last;
};

Reach ReachOf(std::size_t index, std::size_t n) {
  const auto size = static_cast<double>(n), above = static_cast<double>(index) + 1;
  const double below = size - static_cast<double>(index);
  return {static_cast<std::int64_t>(std::floor(size * BetaQuantile(kNegligible, above, below).x)),
          static_cast<std::int64_t>(std::ceil(size * BetaQuantileUpper(kNegligible, above, below).x))};
}

/// The cells of samples in their order: 0 above `top`, else `below`.
Counts OnEitherSide(const ScoreSpan& scores, bool with_top, double top, std::int32_t below) {
  Counts cells(SizeOf(scores));
  std::visit(
      [&](auto values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          const auto score = static_cast<double>(values[i]);
          cells[i] = score > top || (with_top && score == top) ? 0 : below;
        }
      },
      scores);
  return cells;
}

}  // namespace

Status SideOf(const SideScores& scores, std::size_t index, int threads, const JointThresholds& law,
              Side& side) {
  const Reach reach = ReachOf(index, SizeOf(scores.normal));
  ScoreWindow normal, anomalous;
  Status status = SelectPositions(scores.normal, static_cast<std::size_t>(reach.first),
                                  static_cast<std::size_t>(reach.last), scores.normal_array, threads, normal);
  if (!status.ok()) return status;
  // An anomaly is flagged by thresholds at the position of the first normal below it, and by later ones.
  const double top = normal.values.front(), bottom = normal.values.back();
  status = SelectValues(scores.anomalous, top, bottom, scores.anomalous_array, threads, anomalous);
  if (!status.ok()) return status;
  Counts flagged_from;  // [place in the window]
  std::size_t place = 0;
  for (const double score : anomalous.values) {
    while (normal.values[place] >= score) ++place;
    const auto begins = static_cast<std::int64_t>(normal.first + place);
    if (side.edges.empty() || side.edges.back() != begins) side.edges.push_back(begins);
    flagged_from.push_back(static_cast<std::int32_t>(side.edges.size()));
  }
  const auto edges = static_cast<std::int32_t>(side.edges.size());
  for (const std::int64_t edge : side.edges) side.below.push_back(law.Below(edge));
  side.anomalous = OnEitherSide(scores.anomalous, false, top, edges + 1);
  for (std::size_t j = 0; j < anomalous.size(); ++j) side.anomalous[anomalous.order[j]] = flagged_from[j];
  // Where all positions in reach are tied with `top`, there is no edge and one cell.
  side.normal = OnEitherSide(scores.normal, true, top, edges);
  std::int32_t passed = 0;
  for (std::size_t j = 0; j < normal.size(); ++j) {
    const auto position = static_cast<std::int64_t>(normal.first + j);
    while (passed < edges && side.edges[static_cast<std::size_t>(passed)] <= position) ++passed;
    side.normal[normal.order[j]] = passed;
    if (static_cast<std::size_t>(position) == index) side.at_sample = passed;
  }
  side.threshold = normal.values[index - normal.first];
  // Of scores tied with the window's first, some may come before it.
  side.alarms = side.threshold < top ? normal.CountAbove(side.threshold) : CountAbove(scores.normal, top);
  return {};
}

namespace {

/// The second side's cells of samples in the first `rows` cells of the first side: those of cell i are
/// columns[start[i]], ..., columns[start[i + 1] - 1].
struct ByRow {
  std::vector<std::size_t> start;
  Counts columns;

  ByRow(const Counts& first, const Counts& second, std::size_t rows) : start(rows + 1) {
    const auto end = static_cast<std::int32_t>(rows);
    for (const std::int32_t row : first) {
      if (row < end) ++start[static_cast<std::size_t>(row) + 1];
    }
    for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
    columns.resize(start.back());
    auto place = start;
    for (std::size_t k = 0; k < first.size(); ++k) {
      if (first[k] < end) columns[place[static_cast<std::size_t>(first[k])]++] = second[k];
    }
  }
};

/// Samples in a growing number of the first side's cells, by their cell on the second.
class Running {
 public:
  Running(const Counts& first, const Counts& second, std::size_t rows, std::size_t columns)
      : samples_(first, second, rows), columns_(columns) {}

  /// Takes the samples of one more cell of the first side, of `rows`, and writes to sums[j] how many of all
  /// taken are in the second side's cells 0, ..., j.
  void Next(std::span<std::int32_t> sums) {
    for (std::size_t at = samples_.start[row_]; at < samples_.start[row_ + 1]; ++at) {
      ++columns_[static_cast<std::size_t>(samples_.columns[at])];
    }
    ++row_;
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] = sum += columns_[j];
  }

 private:
  ByRow samples_;
  Counts columns_;
  std::size_t row_ = 0;
};

/// [cell] of a side: the anomalies that its thresholds flag.
Counts FlaggedOf(const Side& side) {
  Counts flagged(side.edges.size() + 2);
  for (const std::int32_t cell : side.anomalous) ++flagged[static_cast<std::size_t>(cell)];
  for (std::size_t i = 1; i < flagged.size(); ++i) flagged[i] += flagged[i - 1];
  return flagged;
}

}  // namespace

bool CellsOf(const Side& first, const Side& second, const JointThresholds& law, ThreadTeam& team,
             const JobControl& control, PairedCells& found) {
  const std::size_t rows = first.edges.size(), columns = second.edges.size(), width = columns + 1;
  const Counts flagged_first = FlaggedOf(first), flagged_second = FlaggedOf(second);
  Running normals(first.normal, second.normal, rows, columns + 1);
  Running anomalies(first.anomalous, second.anomalous, rows + 1, columns + 2);
  Counts within(kRowsAtOnce * width), both(width);
  // P(X < edge i, Y < edge j) of one row after another; the last column is the margin, the last row as well.
  std::vector<double> corners((kRowsAtOnce + 1) * width);
  for (std::size_t begin = 0; begin <= rows; begin += kRowsAtOnce) {
    const std::size_t end = std::min(begin + kRowsAtOnce, rows + 1);
    for (std::size_t i = begin; i < std::min(end, rows); ++i) {
      normals.Next(std::span(within).subspan((i - begin) * width, width));
    }
    ForEachBlock(team, end - begin, 1, [&](std::size_t row, std::size_t, int) {
      if (control.aborted()) return;
      const std::size_t i = begin + row;
      const auto out = std::span(corners).subspan((row + 1) * width, width);
      for (std::size_t j = 0; j < columns; ++j) {
        out[j] = i == rows ? second.below[j]
                           : law.Both(first.edges[i], second.edges[j], within[row * width + j],
                                      first.below[i], second.below[j]);
      }
      out[columns] = i == rows ? 1 : first.below[i];
    });
    if (control.aborted()) return false;
    for (std::size_t i = begin; i < end; ++i) {
      anomalies.Next(both);
      const double* above = &corners[(i - begin) * width];
      const double* here = above + width;
      double left = 0;
      for (std::size_t j = 0; j <= columns; ++j) {
        // In this order equal corners cancel to exactly 0.
        const double strip = here[j] - above[j], probability = strip - left;
        left = strip;
        if (!(std::abs(probability) > kNoise)) continue;
        found.cells.push_back({flagged_second[j] - both[j], flagged_first[i] - both[j], probability});
        found.places.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(j)});
      }
    }
    std::copy_n(corners.end() - static_cast<std::ptrdiff_t>(width), width, corners.begin());
  }
  return true;
}

PairedMoments MomentsOf(std::span<const DifferenceCell> cells, double n) {
  double mean = 0, between = 0, within = 0;
  for (const auto& [gained, lost, probability] : cells) mean += probability * (gained - lost);
  for (const auto& [gained, lost, probability] : cells) {
    const double difference = gained - lost;
    between += probability * (difference - mean) * (difference - mean);
    within += probability * (gained + lost - difference * difference / n);
  }
  return {mean / n, std::sqrt(std::max(0.0, between + within)) / n};
}

Status PairedLaw(const PairedScores& scores, ThresholdDefinition definition, double fpr, int threads,
                 const JobControl& control, std::span<double> law, PairedMoments& moments) try {
  if (const Status status = CheckScores(scores, Design::kPaired, definition, fpr); !status.ok())
    return status;
  const std::size_t n0 = SizeOf(scores.first_normal), n1 = SizeOf(scores.first_anomalous);
  if (law.size() != 2 * n1 + 1) return {StatusCode::kLengthMismatch, 6};
  const TopRank rank = ThresholdRank(definition, fpr, n0);
  const JointThresholds thresholds(static_cast<std::int64_t>(n0), static_cast<std::int64_t>(rank.index));
  const std::array<SideScores, 2> arrays = {SideScores{scores.first_normal, scores.first_anomalous, 0, 1},
                                            SideScores{scores.second_normal, scores.second_anomalous, 2, 3}};
  std::array<Side, 2> sides;
  for (std::size_t d = 0; d < sides.size(); ++d) {
    if (control.aborted()) return {StatusCode::kAborted};
    const Status status = SideOf(arrays[d], rank.index, threads, thresholds, sides[d]);
    if (!status.ok()) return status;
  }
  const auto& [first, second] = sides;
  PairedCells grid;
  ThreadTeam team(ThreadCount(threads, first.edges.size() * second.edges.size(), 4096));
  if (!CellsOf(first, second, thresholds, team, control, grid)) return {StatusCode::kAborted};
  moments = MomentsOf(grid.cells, static_cast<double>(n1));
  return DifferenceMixture(grid.cells, n1, threads, control, law);
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

double PairedQuantile(std::span<const double> law, double p) {
  constexpr double kError = 1e-9;
  std::size_t j = 0;
  for (double sum = law[0]; sum < p - kError && j + 1 < law.size(); sum += law[j]) ++j;
  const auto n = static_cast<double>(law.size() / 2);
  return (static_cast<double>(j) - n) / n;
}

SignProbabilities PairedSigns(std::span<const double> law) {
  const std::size_t middle = law.size() / 2;
  SignProbabilities signs;
  for (std::size_t j = 0; j <= middle; ++j) signs.at_most_zero += law[j];
  for (std::size_t j = law.size(); j-- > middle;) signs.at_least_zero += law[j];
  return signs;
}

}  // namespace scoring_bias

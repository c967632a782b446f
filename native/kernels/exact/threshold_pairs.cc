#include "kernels/exact/threshold_pairs.h"

#include <algorithm>
#include <new>

#include "kernels/base/parallel.h"
#include "kernels/exact/joint_thresholds.h"

namespace scoring_bias {
namespace {

// Below this many cells for each thread, waking threads costs more than it saves.
constexpr std::size_t kGrain = 4096;

/// The positions from which a threshold flags other anomalies than before, and how likely it lies before.
struct Edges {
  std::vector<std::size_t> at;
  std::vector<double> below;

  Edges(const TreeDetector& detector, const JointThresholds& law) {
    for (std::size_t place = 1; place < detector.normal.size(); ++place) {
      const bool changes = std::any_of(detector.flagged.begin(), detector.flagged.end(),
                                       [&](const auto& own) { return own[place] != own[place - 1]; });
      if (!changes) continue;
      const std::size_t position = detector.normal.first + place;
      const double probability = law.Below(static_cast<std::int64_t>(position));
      if (!(probability > kNegligible && probability < 1 - kNegligible)) continue;
      at.push_back(position);
      below.push_back(probability);
    }
  }

  /// One in each cell; `threshold` is one where there is no edge.
  std::vector<std::size_t> Positions(std::size_t threshold) const {
    std::vector<std::size_t> positions{at.empty() ? threshold : at[0] - 1};
    positions.insert(positions.end(), at.begin(), at.end());
    return positions;
  }
};

/// [row][column]: P(X < edge of the row, Y < edge of the column); the last of either are the margins.
struct Corners {
  std::size_t width;
  std::vector<double> values;

  std::span<double> Row(std::size_t row) { return std::span(values).subspan(row * width, width); }
};

void FillRow(const TreeIndex& index, const JointThresholds& law, const std::array<Edges, 2>& edges,
             std::size_t row, std::span<double> corners) {
  const auto& [first, second] = edges;
  const bool last = row == first.at.size();
  corners.back() = last ? 1 : first.below[row];
  for (std::size_t column = 0; column < second.at.size(); ++column) {
    const std::size_t y = second.at[column];
    corners[column] = last ? second.below[column]
                           : law.Both(static_cast<std::int64_t>(first.at[row]), static_cast<std::int64_t>(y),
                                      static_cast<std::int64_t>(index.normal.Count(first.at[row], y)),
                                      first.below[row], second.below[column]);
  }
}

/// Scratch of one thread, taken before it starts.
struct Scratch {
  std::vector<double> weights;
  std::vector<std::uint32_t> numbers;
};

/// Prepares the draws of a row's columns, and returns the row's probability.
double PrepareRow(std::span<const double> above, std::span<const double> here, std::span<AliasEntry> columns,
                  Scratch& scratch) {
  double left = 0, total = 0;
  for (std::size_t column = 0; column < here.size(); ++column) {
    const double strip = here[column] - (above.empty() ? 0 : above[column]);
    scratch.weights[column] = std::max(0.0, strip - left);
    total += scratch.weights[column];
    left = strip;
  }
  // A row without a probability is never drawn.
  if (total > 0) MakeAlias(scratch.weights, columns, scratch.numbers);
  return total;
}

}  // namespace

bool TableCanDo(const BootstrapInput& input) {
  return input.design == Design::kPaired && input.n_detectors() == 2 && input.fprs.size() == 1 &&
         input.definition.rule != ThresholdRule::kLinear && TreeCanDo(input);
}

Status MakeThresholdTable(const BootstrapInput& input, const TreeIndex& index, int threads,
                          const JobControl& control, ThresholdTable& table) try {
  if (!TableCanDo(input)) return {StatusCode::kOutOfRange};
  const std::size_t rank = index.ThresholdPosition(0, 0);
  const JointThresholds law(static_cast<std::int64_t>(input.n_normal(0)), static_cast<std::int64_t>(rank));
  const std::array<Edges, 2> edges = {Edges(index.detectors[0], law), Edges(index.detectors[1], law)};
  const std::size_t rows = edges[0].at.size() + 1, width = edges[1].at.size() + 1;
  Corners corners{width, std::vector<double>(rows * width)};
  table.positions = {edges[0].Positions(rank), edges[1].Positions(rank)};
  table.columns.resize(rows * width);
  ThreadTeam team(ThreadCount(threads, rows * width, kGrain));
  std::vector<Scratch> scratch(static_cast<std::size_t>(team.size()),
                               {std::vector<double>(width), std::vector<std::uint32_t>(width)});
  std::vector<double> probabilities(rows);
  std::vector<std::uint32_t> numbers(rows);
  ForEachBlock(team, rows, 1, [&](std::size_t row, std::size_t, int) {
    if (!control.aborted()) FillRow(index, law, edges, row, corners.Row(row));
  });
  if (control.aborted()) return {StatusCode::kAborted};
  ForEachBlock(team, rows, 1, [&](std::size_t row, std::size_t, int member) {
    const std::span<const double> above = row == 0 ? std::span<const double>() : corners.Row(row - 1);
    probabilities[row] =
        PrepareRow(above, corners.Row(row), std::span(table.columns).subspan(row * width, width),
                   scratch[static_cast<std::size_t>(member)]);
  });
  table.rows.resize(rows);
  MakeAlias(probabilities, table.rows, numbers);
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

}  // namespace scoring_bias

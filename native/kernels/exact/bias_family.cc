#include "kernels/exact/bias_family.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <new>

#include "kernels/exact/difference_mixture.h"
#include "kernels/exact/ideal_bootstrap.h"
#include "kernels/sort/sort.h"

namespace scoring_bias {
namespace {

constexpr std::size_t kReadings = 5;
constexpr std::size_t kBlocks = 16;
// Pairs of a class's cells below this are left out: as many as there are, less than 1e-10 of all together.
constexpr double kNegligible = 1e-14;

bool IsPaired(const FamilyInput& input) { return input.design == Design::kPaired; }

std::size_t SetsOf(const FamilyInput& input) { return input.n_classes < 2 ? 1 : input.n_classes + 1; }

std::span<const std::int32_t> ClassesOf(const FamilyInput& input, std::size_t detector) {
  return detector == 0 || IsPaired(input) ? input.first_classes : input.second_classes;
}

Status Check(const FamilyInput& input, const FamilyOutputs& outputs) {
  const PairedScores& scores = input.scores;
  const std::array<const ScoreSpan*, 4> arrays = {&scores.first_normal, &scores.first_anomalous,
                                                  &scores.second_normal, &scores.second_anomalous};
  for (std::size_t array = 0; array < arrays.size(); ++array) {
    const std::size_t n = SizeOf(*arrays[array]);
    if (n == 0) return {StatusCode::kEmptySample, array};
    if (n > kMaxSortLength) return {StatusCode::kOutOfRange, array};
    if (IsPaired(input) && array >= 2 && n != SizeOf(*arrays[array - 2])) {
      return {StatusCode::kLengthMismatch, array, n};
    }
  }
  if (!(input.fpr > 0 && input.fpr < 1)) return {StatusCode::kOutOfRange, 4};
  if (input.definition.rule == ThresholdRule::kLinear) return {StatusCode::kOutOfRange, 5};
  const std::size_t sets = SetsOf(input);
  const bool shapes = outputs.laws.size() == (IsPaired(input) ? sets : 2 * sets) &&
                      outputs.readings.size() == kReadings * sets && outputs.observed.size() == 4 &&
                      outputs.cost.size() == 1;
  if (!shapes) return {StatusCode::kLengthMismatch, 6};
  for (std::size_t detector = 0; sets > 1 && detector < 2; ++detector) {
    const auto classes = ClassesOf(input, detector);
    if (classes.size() != SizeOf(*arrays[2 * detector + 1])) return {StatusCode::kLengthMismatch, 6};
    for (const std::int32_t k : classes) {
      if (k < 0 || static_cast<std::size_t>(k) >= input.n_classes) return {StatusCode::kOutOfRange, 6};
    }
  }
  return {};
}

/// Nanoseconds on one thread beside the sorts, fitted once: a corner of the grid of thresholds; components of
/// the mixture of all anomalies, and their frequencies; and, for several classes, what their tables take at
/// each pair of cells and the products at each pair of thresholds, for about twenty bounds.
double FamilyCost(const FamilyInput& input, std::span<const Side> sides) {
  constexpr double kCorner = 420, kFrequency = 40, kFrequencies = 40, kProduct = 17;
  constexpr double kPairedCells = 3500, kIndependentCells = 60;
  std::array<double, 2> edges{}, within{};
  for (std::size_t d = 0; d < 2; ++d) {
    const auto last = static_cast<std::int32_t>(sides[d].edges.size());
    edges[d] = last;
    within[d] =
        static_cast<double>(std::count_if(sides[d].anomalous.begin(), sides[d].anomalous.end(),
                                          [&](std::int32_t cell) { return cell > 0 && cell <= last; }));
  }
  const double corners = edges[0] * edges[1] + 1, span = within[0] + within[1];
  const auto n = static_cast<double>(sides[0].anomalous.size());
  const double classes = input.n_classes < 2 ? 0 : static_cast<double>(input.n_classes);
  double cost = 0;
  if (classes > 0) {
    const double own = std::min(edges[0], within[0] / classes) * std::min(edges[1], within[1] / classes) + 1;
    const double each =
        IsPaired(input) ? kPairedCells : kIndependentCells * (9 * std::sqrt(n / classes) + 30);
    cost = classes * (corners * kProduct + own * each);
  }
  if (!IsPaired(input)) return cost;
  const double components = 8 * std::min(corners, span);
  const double frequencies = std::max(kFrequencies, 3 * span / std::sqrt(n));
  return cost + corners * kCorner + kFrequency * components * frequencies;
}

/// [row * columns + column]: the anomalies of a class that either side's thresholds flag.
Counts BothOf(std::span<const Side> sides, const ClassAxis& first, const ClassAxis& second,
              std::span<const std::int32_t> classes, std::int32_t wanted) {
  const std::size_t rows = first.size(), columns = second.size();
  Counts both(rows * columns);
  const auto place = [](const Side& side, const ClassAxis& axis, std::size_t i) {
    const auto cell = static_cast<std::size_t>(side.anomalous[i]);
    return cell < axis.cell_of.size() ? static_cast<std::size_t>(axis.cell_of[cell]) : axis.size();
  };
  for (std::size_t i = 0; i < sides[0].anomalous.size(); ++i) {
    if (!classes.empty() && classes[i] != wanted) continue;
    const std::size_t row = place(sides[0], first, i), column = place(sides[1], second, i);
    if (row < rows && column < columns) ++both[row * columns + column];
  }
  for (std::size_t row = 0; row < rows; ++row) {
    std::int32_t sum = 0;
    for (std::size_t column = 0; column < columns; ++column) {
      sum += both[row * columns + column];
      both[row * columns + column] = sum + (row > 0 ? both[(row - 1) * columns + column] : 0);
    }
  }
  return both;
}

std::size_t At(const ClassAxis& axis, std::int32_t cell) {
  return static_cast<std::size_t>(axis.cell_of[static_cast<std::size_t>(cell)]);
}

double RecallOf(const ClassAxis& axis, const Side& side) {
  return axis.flagged[At(axis, side.at_sample)] / static_cast<double>(axis.n);
}

/// Both detectors' densities of the threshold at their edges.
using Densities = std::array<std::vector<double>, 2>;

double PairedAcceleration(std::span<const Side> sides, const Densities& densities, const ClassAxis& first,
                          const ClassAxis& second, std::int32_t both) {
  Acceleration acceleration;
  const auto by_first = InfluenceOf(sides[0], first, densities[0]);
  const auto by_second = InfluenceOf(sides[1], second, densities[1]);
  const auto n0 = static_cast<double>(sides[0].normal.size()), n = static_cast<double>(first.n);
  for (std::size_t i = 0; i < sides[0].normal.size(); ++i) {
    acceleration.Add(by_second[static_cast<std::size_t>(sides[1].normal[i])] -
                         by_first[static_cast<std::size_t>(sides[0].normal[i])],
                     1, n0);
  }
  const double gained = second.flagged[At(second, sides[1].at_sample)] - both;
  const double lost = first.flagged[At(first, sides[0].at_sample)] - both, xi = (gained - lost) / n;
  acceleration.Add(1 - xi, gained, n);
  acceleration.Add(-1 - xi, lost, n);
  acceleration.Add(-xi, n - gained - lost, n);
  return acceleration.value();
}

double IndependentAcceleration(std::span<const Side> sides, const Densities& densities,
                               std::span<const ClassAxis* const> axes) {
  Acceleration acceleration;
  for (std::size_t d = 0; d < 2; ++d) {
    const double sign = d == 0 ? -1 : 1;
    const auto by_cell = InfluenceOf(sides[d], *axes[d], densities[d]);
    for (const std::int32_t cell : sides[d].normal) {
      acceleration.Add(sign * by_cell[static_cast<std::size_t>(cell)], 1,
                       static_cast<double>(sides[d].normal.size()));
    }
    const auto n = static_cast<double>(axes[d]->n);
    const double flagged = axes[d]->flagged[At(*axes[d], sides[d].at_sample)], recall = flagged / n;
    acceleration.Add(sign * (1 - recall), flagged, n);
    acceleration.Add(sign * -recall, n - flagged, n);
  }
  return acceleration.value();
}

/// [row * columns + column] of a class's own grid: the probability of its cells, of those of all anomalies';
/// 0 where that is negligible.
std::vector<double> ProbabilitiesOf(const PairedCells& grid, const ClassAxis& first,
                                    const ClassAxis& second) {
  const std::size_t columns = second.size();
  std::vector<double> probabilities(first.size() * columns);
  for (std::size_t i = 0; i < grid.cells.size(); ++i) {
    const auto [row, column] = grid.places[i];
    probabilities[At(first, row) * columns + At(second, column)] += grid.cells[i].probability;
  }
  for (double& probability : probabilities) {
    if (std::abs(probability) < kNegligible) probability = 0;
  }
  return probabilities;
}

std::vector<DifferenceCell> CellsOfClass(std::span<const double> probabilities, const ClassAxis& first,
                                         const ClassAxis& second, std::span<const std::int32_t> both) {
  const std::size_t columns = second.size();
  std::vector<DifferenceCell> cells;
  for (std::size_t i = 0; i < both.size(); ++i) {
    if (probabilities[i] == 0) continue;
    cells.push_back(
        {second.flagged[i % columns] - both[i], first.flagged[i / columns] - both[i], probabilities[i]});
  }
  return cells;
}

void WriteReadings(const FamilyOutputs& outputs, std::size_t set,
                   const std::array<double, kReadings>& values) {
  std::copy(values.begin(), values.end(),
            outputs.readings.begin() + static_cast<std::ptrdiff_t>(set * kReadings));
}

/// Mean and variance of a recall from the law of the number flagged.
std::array<double, 2> RecallMoments(std::span<const double> law) {
  const auto n = static_cast<double>(law.size() - 1);
  double mean = 0, variance = 0, j = 0;
  for (const double p : law) mean += p * j++;
  j = 0;
  for (const double p : law) {
    variance += p * (j - mean) * (j - mean);
    ++j;
  }
  return {mean / n, variance / (n * n)};
}

/// [cell of the side]
std::vector<double> CellProbabilities(const Side& side) {
  std::vector<double> probabilities;
  double before = 0;
  for (const double below : side.below) {
    probabilities.push_back(below - before);
    before = below;
  }
  probabilities.push_back(1 - before);
  return probabilities;
}

void RecallLaw(const ClassAxis& axis, std::span<const double> probabilities, std::span<double> law) {
  std::vector<double> weights(axis.size());
  for (std::size_t cell = 0; cell < probabilities.size(); ++cell) {
    weights[static_cast<std::size_t>(axis.cell_of[cell])] += probabilities[cell];
  }
  std::fill(law.begin(), law.end(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0) AddBinomial(axis.flagged[i], axis.n, weights[i], law);
  }
}

}  // namespace

Status BiasFamily::Build(const FamilyInput& input, const FamilyOutputs& outputs, int threads,
                         const JobControl& control) try {
  if (const Status status = Check(input, outputs); !status.ok()) return status;
  const PairedScores& scores = input.scores;
  const std::array<const ScoreSpan*, 4> arrays = {&scores.first_normal, &scores.first_anomalous,
                                                  &scores.second_normal, &scores.second_anomalous};
  std::vector<Side> sides(2);
  std::array<std::size_t, 2> index{};
  for (std::size_t d = 0; d < 2; ++d) {
    if (control.aborted()) return {StatusCode::kAborted};
    const std::size_t n0 = SizeOf(*arrays[2 * d]);
    index[d] = ThresholdRank(input.definition, input.fpr, n0).index;
    const JointThresholds law(static_cast<std::int64_t>(n0), static_cast<std::int64_t>(index[d]));
    const Status status =
        SideOf({*arrays[2 * d], *arrays[2 * d + 1], 2 * d, 2 * d + 1}, index[d], threads, law, sides[d]);
    if (!status.ok()) return status;
    outputs.observed[d] = sides[d].threshold;
    outputs.observed[2 + d] = static_cast<double>(sides[d].alarms) / static_cast<double>(n0);
  }
  outputs.cost[0] = FamilyCost(input, sides);
  if (outputs.cost[0] > input.budget) return {};
  classes_.clear();
  if (!IsPaired(input)) return BuildIndependent(input, sides, index, outputs, control);
  ThreadTeam team(ThreadCount(threads, sides[0].edges.size() * sides[1].edges.size(), 4096));
  return BuildPaired(input, sides, index[0], outputs, team, control);
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

Status BiasFamily::BuildPaired(const FamilyInput& input, std::span<const Side> sides, std::size_t index,
                               const FamilyOutputs& outputs, ThreadTeam& team, const JobControl& control) {
  const JointThresholds law(static_cast<std::int64_t>(sides[0].normal.size()),
                            static_cast<std::int64_t>(index));
  PairedCells grid;
  if (!CellsOf(sides[0], sides[1], law, team, control, grid)) return {StatusCode::kAborted};
  control.Advance(1);
  const Densities densities = {DensityOf(sides[0], index), DensityOf(sides[1], index)};
  for (std::size_t set = 0; set < SetsOf(input); ++set) {
    const auto classes = set == 0 ? std::span<const std::int32_t>() : input.first_classes;
    const auto wanted = static_cast<std::int32_t>(set) - 1;
    ClassAxis first = AxisOf(sides[0], classes, wanted), second = AxisOf(sides[1], classes, wanted);
    const Counts both = BothOf(sides, first, second, classes, wanted);
    std::vector<double> probabilities;
    std::vector<DifferenceCell> own;
    if (set > 0) {
      probabilities = ProbabilitiesOf(grid, first, second);
      own = CellsOfClass(probabilities, first, second, both);
    }
    const std::span<const DifferenceCell> cells = set == 0 ? grid.cells : own;
    const auto n = static_cast<std::size_t>(first.n);
    const Status status = DifferenceMixture(cells, n, team.size(), control, outputs.laws[set]);
    if (!status.ok()) return status;
    const PairedMoments moments = MomentsOf(cells, static_cast<double>(n));
    const std::int32_t shared =
        both[At(first, sides[0].at_sample) * second.size() + At(second, sides[1].at_sample)];
    WriteReadings(
        outputs, set,
        {moments.mean, moments.standard_error, PairedAcceleration(sides, densities, first, second, shared),
         RecallOf(first, sides[0]), RecallOf(second, sides[1])});
    if (set > 0) {
      classes_.push_back({std::move(first), std::move(second), both, std::move(probabilities), {}});
    }
    if (control.aborted()) return {StatusCode::kAborted};
    control.Advance(1);
  }
  if (classes_.empty()) return {};
  joint_ = ColumnsOfClasses();
  std::vector<double> probabilities;
  for (std::size_t i = 0; i < grid.cells.size();) {
    const auto [row, first] = grid.places[i];
    probabilities.clear();
    for (; i < grid.cells.size() && grid.places[i].row == row; ++i) {
      // Columns that have none lie between some that do.
      probabilities.resize(static_cast<std::size_t>(grid.places[i].column - first) + 1);
      probabilities.back() = grid.cells[i].probability;
    }
    AddRow(row, first, probabilities);
  }
  return {};
}

JointCells BiasFamily::ColumnsOfClasses() const {
  return {classes_.size(), classes_[0].second.cell_of.size(), [&](std::size_t k, std::size_t column) {
            const Counts& cells = classes_[k].second.cell_of;
            return cells[column] != cells[column - 1];
          }};
}

void BiasFamily::AddRow(std::int32_t row, std::int32_t first_column, std::span<const double> probabilities) {
  const auto number = [&](std::size_t k, std::int32_t column) {
    const Class& own = classes_[k];
    return static_cast<std::uint32_t>(At(own.first, row) * own.second.size() + At(own.second, column));
  };
  std::vector<std::uint32_t> numbers;
  for (std::size_t k = 0; k < classes_.size(); ++k) numbers.push_back(number(k, first_column));
  joint_.BeginRow(static_cast<std::size_t>(first_column), numbers);
  std::int32_t column = first_column;
  for (const double probability : probabilities) {
    if (column > first_column) {
      for (const std::uint32_t k : joint_.ChangesAt(static_cast<std::size_t>(column))) {
        joint_.Change(number(k, column));
      }
    }
    joint_.Add(probability);
    ++column;
  }
}

Status BiasFamily::BuildIndependent(const FamilyInput& input, std::span<const Side> sides,
                                    std::span<const std::size_t> index, const FamilyOutputs& outputs,
                                    const JobControl& control) {
  const std::array<std::vector<double>, 2> probabilities = {CellProbabilities(sides[0]),
                                                            CellProbabilities(sides[1])};
  const Densities densities = {DensityOf(sides[0], index[0]), DensityOf(sides[1], index[1])};
  control.Advance(1);
  for (std::size_t set = 0; set < SetsOf(input); ++set) {
    std::array<ClassAxis, 2> axes;
    std::array<std::array<double, 2>, 2> moments{};
    for (std::size_t d = 0; d < 2; ++d) {
      if (control.aborted()) return {StatusCode::kAborted};
      axes[d] = AxisOf(sides[d], set == 0 ? std::span<const std::int32_t>() : ClassesOf(input, d),
                       static_cast<std::int32_t>(set) - 1);
      const std::span<double> law = outputs.laws[2 * set + d];
      if (law.size() != static_cast<std::size_t>(axes[d].n) + 1) return {StatusCode::kLengthMismatch, 6};
      RecallLaw(axes[d], probabilities[d], law);
      moments[d] = RecallMoments(law);
    }
    const std::array<const ClassAxis*, 2> both = {&axes[0], &axes[1]};
    WriteReadings(outputs, set,
                  {moments[1][0] - moments[0][0], std::sqrt(moments[0][1] + moments[1][1]),
                   IndependentAcceleration(sides, densities, both), RecallOf(axes[0], sides[0]),
                   RecallOf(axes[1], sides[1])});
    if (set > 0) {
      classes_.push_back({std::move(axes[0]), std::move(axes[1]), {}, {}, {}});
    }
    control.Advance(1);
  }
  if (classes_.empty()) return {};
  joint_ = ColumnsOfClasses();
  std::vector<double> scaled(probabilities[1].size());
  for (std::size_t row = 0; row < probabilities[0].size(); ++row) {
    for (std::size_t i = 0; i < scaled.size(); ++i) scaled[i] = probabilities[0][row] * probabilities[1][i];
    AddRow(static_cast<std::int32_t>(row), 0, scaled);
  }
  return {};
}

void BiasFamily::MakeTable(Class& own, ThreadTeam& team, const JobControl& control) {
  if (own.both.empty()) {
    own.table = IndependentTable(own.first, own.second);
  } else {
    own.table = PairedTable(own.first, own.second, own.both, own.probabilities, team, control);
  }
  // One that was not finished must not be used.
  if (control.aborted()) own.table.reset();
}

Status BiasFamily::Outside(std::span<const double> bounds, int threads, const JobControl& control,
                           double& probability) try {
  if (bounds.size() != 2 * classes_.size()) return {StatusCode::kLengthMismatch, 0};
  ThreadTeam team(ThreadCount(threads, joint_.n_cells() * classes_.size(), 1 << 16));
  std::vector<std::vector<double>> tables;
  std::vector<std::span<const double>> inside(classes_.size());
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    if (control.aborted()) return {StatusCode::kAborted};
    if (std::isinf(bounds[2 * k]) && std::isinf(bounds[2 * k + 1])) continue;
    Class& own = classes_[k];
    if (!own.table) MakeTable(own, team, control);
    if (!own.table) return {StatusCode::kAborted};
    const bool paired = std::holds_alternative<PairedTable>(*own.table);
    const auto most = static_cast<double>(paired ? own.first.n : own.first.n * own.second.n);
    const auto numerator = [&](double bound) {
      return static_cast<std::int64_t>(std::clamp(bound, -most, most));
    };
    // Bounds beyond all values leave none out: so do the outermost ones.
    const Numerators numerators{numerator(bounds[2 * k]), numerator(bounds[2 * k + 1])};
    auto& values = tables.emplace_back(own.first.size() * own.second.size());
    std::visit([&](const auto& table) { table.Inside(numerators, team, values); }, *own.table);
    inside[k] = values;
  }
  std::array<double, kBlocks> sums{};
  std::atomic<bool> out_of_memory{false};
  ForEachBlock(team, kBlocks, 1, [&](std::size_t block, std::size_t, int) {
    const auto [begin, end] = ShareOf(joint_.n_rows(), static_cast<int>(block), kBlocks);
    try {
      sums[block] = joint_.Outside(inside, begin, end, control).outside;
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
  });
  if (out_of_memory) return {StatusCode::kOutOfMemory};
  if (control.aborted()) return {StatusCode::kAborted};
  probability = 0;
  for (const double sum : sums) probability += sum;
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

}  // namespace scoring_bias

#include "kernels/exact/bias_family.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <new>

#include "kernels/exact/class_readings.h"
#include "kernels/exact/difference_mixture.h"
#include "kernels/exact/family_cost.h"

namespace scoring_bias {
namespace {

constexpr std::size_t kReadings = 6;
constexpr std::size_t kShares = 16;

bool IsPaired(const FamilyInput& input) { return input.design == Design::kPaired; }

std::size_t SetsOf(const FamilyInput& input) { return input.n_classes < 2 ? 1 : input.n_classes + 1; }

std::span<const std::int32_t> ClassesOf(const FamilyInput& input, std::size_t detector) {
  return detector == 0 || IsPaired(input) ? input.first_classes : input.second_classes;
}

Status Check(const FamilyInput& input, const FamilyOutputs& outputs) {
  const Status status = CheckScores(input.scores, input.design, input.definition, input.fpr);
  if (!status.ok()) return status;
  const std::size_t sets = SetsOf(input);
  const bool shapes = outputs.laws.size() == (IsPaired(input) ? sets : 2 * sets) &&
                      outputs.readings.size() == kReadings * sets && outputs.observed.size() == 4 &&
                      outputs.cost.size() == 1;
  if (!shapes) return {StatusCode::kLengthMismatch, 6};
  for (std::size_t detector = 0; sets > 1 && detector < 2; ++detector) {
    const auto classes = ClassesOf(input, detector);
    if (classes.size() != SizeOf(*input.scores.arrays()[2 * detector + 1])) {
      return {StatusCode::kLengthMismatch, 6};
    }
    for (const std::int32_t k : classes) {
      if (k < 0 || static_cast<std::size_t>(k) >= input.n_classes) return {StatusCode::kOutOfRange, 6};
    }
  }
  return {};
}

/// What both detectors flag of a set at the samples' own thresholds.
struct SetFlags {
  std::array<double, 2> size{}, flagged{};
  double both = 0;  // of paired samples

  double deciding(Design design) const {
    if (design == Design::kPaired) return (flagged[0] - both) + (flagged[1] - both);
    return std::min(flagged[0], size[0] - flagged[0]) + std::min(flagged[1], size[1] - flagged[1]);
  }
};

/// [set]
std::vector<SetFlags> FlagsOf(const FamilyInput& input, std::span<const Side> sides) {
  std::vector<SetFlags> flags(SetsOf(input));
  const auto flagged = [&](std::size_t d, std::size_t i) {
    return sides[d].anomalous[i] <= sides[d].at_sample;
  };
  const auto add = [&](std::size_t set, std::size_t d, std::size_t i) {
    SetFlags& own = flags[set];
    ++own.size[d];
    if (!flagged(d, i)) return;
    ++own.flagged[d];
    if (d == 0 && IsPaired(input) && flagged(1, i)) ++own.both;
  };
  for (std::size_t d = 0; d < 2; ++d) {
    const auto classes = ClassesOf(input, d);
    for (std::size_t i = 0; i < sides[d].anomalous.size(); ++i) {
      add(0, d, i);
      if (flags.size() > 1) add(static_cast<std::size_t>(classes[i]) + 1, d, i);
    }
  }
  return flags;
}

/// Of a law: mean, standard deviation, acceleration.
using LawReadings = std::array<double, 3>;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr LawReadings kNoLaw = {kNone, kNone, kNone};

void WriteReadings(std::span<double> own, const LawReadings& law, const SetFlags& flags, Design design) {
  std::copy(law.begin(), law.end(), own.begin());
  for (std::size_t d = 0; d < 2; ++d) own[3 + d] = flags.flagged[d] / flags.size[d];
  own[5] = flags.deciding(design);
}

}  // namespace

Status BiasFamily::Build(const FamilyInput& input, const FamilyOutputs& outputs, int threads,
                         const JobControl& control) try {
  if (const Status status = Check(input, outputs); !status.ok()) return status;
  const auto arrays = input.scores.arrays();
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
  const std::vector<SetFlags> flags = FlagsOf(input, sides);
  for (std::size_t set = 0; set < flags.size(); ++set) {
    const SetFlags& own_flags = flags[set];
    LawReadings readings = kNoLaw;
    Class own;
    if (own_flags.deciding(input.design) >= input.fewest) {
      const auto classes = set == 0 ? std::span<const std::int32_t>() : input.first_classes;
      const auto wanted = static_cast<std::int32_t>(set) - 1;
      own = {AxisOf(sides[0], classes, wanted), AxisOf(sides[1], classes, wanted), {}, {}, {}};
      std::vector<DifferenceCell> own_cells;
      if (set > 0) {
        own.both = BothOf(sides, own.first, own.second, classes, wanted);
        own.probabilities = ProbabilitiesOf(grid, own.first, own.second);
        own_cells = CellsOfClass(own.probabilities, own.first, own.second, own.both);
      }
      const std::span<const DifferenceCell> cells = set == 0 ? grid.cells : own_cells;
      const auto n = static_cast<std::size_t>(own.first.n);
      const Status status = DifferenceMixture(cells, n, team.size(), control, outputs.laws[set]);
      if (!status.ok()) return status;
      const PairedMoments moments = MomentsOf(cells, static_cast<double>(n));
      const auto both = static_cast<std::int32_t>(own_flags.both);
      readings = {moments.mean, moments.standard_error,
                  PairedAcceleration(sides, densities, own.first, own.second, both)};
    }
    WriteReadings(outputs.readings.subspan(set * kReadings, kReadings), readings, own_flags, input.design);
    if (set > 0) classes_.push_back(std::move(own));
    if (control.aborted()) return {StatusCode::kAborted};
    control.Advance(1);
  }
  if (ColumnsOfClasses(sides)) AddCells(grid);
  return {};
}

void BiasFamily::AddCells(const PairedCells& grid) {
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
}

bool BiasFamily::ColumnsOfClasses(std::span<const Side> sides) {
  const auto has_law = [](const Class& own) { return own.has_law(); };
  if (std::none_of(classes_.begin(), classes_.end(), has_law)) return false;
  joint_ = JointCells(classes_.size(), sides[1].edges.size() + 1, [&](std::size_t k, std::size_t column) {
    const Counts& cells = classes_[k].second.cell_of;
    return classes_[k].has_law() && cells[column] != cells[column - 1];
  });
  return true;
}

void BiasFamily::AddRow(std::int32_t row, std::int32_t first_column, std::span<const double> probabilities) {
  const auto number = [&](std::size_t k, std::int32_t column) {
    const Class& own = classes_[k];
    return static_cast<std::uint32_t>(At(own.first, row) * own.second.size() + At(own.second, column));
  };
  std::vector<std::uint32_t> numbers;
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    numbers.push_back(classes_[k].has_law() ? number(k, first_column) : 0);
  }
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
  const std::vector<SetFlags> flags = FlagsOf(input, sides);
  for (std::size_t set = 0; set < flags.size(); ++set) {
    const bool has_law = flags[set].deciding(input.design) >= input.fewest;
    LawReadings readings = kNoLaw;
    Class own;
    std::array<ClassAxis*, 2> axes = {&own.first, &own.second};
    std::array<std::array<double, 2>, 2> moments{};
    std::array<std::vector<double>, 2> weights;
    for (std::size_t d = 0; has_law && d < 2; ++d) {
      if (control.aborted()) return {StatusCode::kAborted};
      *axes[d] = AxisOf(sides[d], set == 0 ? std::span<const std::int32_t>() : ClassesOf(input, d),
                        static_cast<std::int32_t>(set) - 1);
      const std::span<double> law = outputs.laws[2 * set + d];
      if (law.size() != static_cast<std::size_t>(axes[d]->n) + 1) return {StatusCode::kLengthMismatch, 6};
      weights[d] = AxisProbabilities(*axes[d], probabilities[d]);
      RecallLaw(*axes[d], weights[d], law);
      moments[d] = RecallMoments(law);
    }
    if (has_law) {
      const std::array<const ClassAxis*, 2> both = {axes[0], axes[1]};
      readings = {moments[1][0] - moments[0][0], std::sqrt(moments[0][1] + moments[1][1]),
                  IndependentAcceleration(sides, densities, both)};
      if (set > 0) own.probabilities = ProductsOf(weights[0], weights[1]);
    }
    WriteReadings(outputs.readings.subspan(set * kReadings, kReadings), readings, flags[set], input.design);
    if (set > 0) classes_.push_back(std::move(own));
    control.Advance(1);
  }
  if (!ColumnsOfClasses(sides)) return {};
  std::vector<double> scaled;
  const std::size_t cells = probabilities[0].size() * probabilities[1].size();
  for (std::size_t row = 0; row < probabilities[0].size(); ++row) {
    const std::size_t first = ProductsThatCount(probabilities[0][row], probabilities[1], cells, scaled);
    if (!scaled.empty()) AddRow(static_cast<std::int32_t>(row), static_cast<std::int32_t>(first), scaled);
  }
  return {};
}

void BiasFamily::MakeTable(Class& own, ThreadTeam& team, const JobControl& control) {
  if (own.both.empty()) {
    own.table = IndependentTable(own.first, own.second, own.probabilities);
  } else {
    own.table = PairedTable(own.first, own.second, own.both, own.probabilities, team, control);
  }
  // One that was not finished must not be used.
  if (control.aborted()) own.table.reset();
}

Status BiasFamily::Outside(std::span<const double> bounds, int threads, const JobControl& control,
                           std::span<double> probabilities) try {
  const std::size_t width = 2 * classes_.size();
  if (bounds.size() != width * probabilities.size()) return {StatusCode::kLengthMismatch, 0};
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (!std::isinf(bounds[i]) && !classes_[i % width / 2].has_law()) return {StatusCode::kOutOfRange, 0};
  }
  ThreadTeam team(ThreadCount(threads, joint_.n_cells() * classes_.size(), 1 << 16));
  std::size_t entries = 0;
  for (const Class& own : classes_) entries += own.probabilities.size();
  const std::size_t most = JointCells::LanesAtOnce(entries);
  while (!probabilities.empty()) {
    const std::size_t questions = std::min(probabilities.size(), most);
    const Status status =
        OutsideOf(bounds.first(width * questions), team, control, probabilities.first(questions));
    if (!status.ok()) return status;
    bounds = bounds.subspan(width * questions);
    probabilities = probabilities.subspan(questions);
  }
  return {};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

Status BiasFamily::OutsideOf(std::span<const double> bounds, ThreadTeam& team, const JobControl& control,
                             std::span<double> probabilities) {
  const std::size_t lanes = JointCells::LanesFor(probabilities.size());
  std::vector<std::vector<double>> tables(classes_.size());
  std::vector<std::span<const double>> inside(classes_.size());
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    if (!InsideOf(classes_[k], bounds.subspan(2 * k), lanes, team, control, tables[k])) {
      return {StatusCode::kAborted};
    }
    inside[k] = tables[k];
  }
  std::array<JointCells::Share, kShares> sums{};
  std::atomic<bool> out_of_memory{false};
  ForEachBlock(team, kShares, 1, [&](std::size_t block, std::size_t, int) {
    const auto [begin, end] = ShareOf(joint_.n_rows(), static_cast<int>(block), kShares);
    try {
      sums[block] = joint_.Outside(inside, lanes, begin, end, control);
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
  });
  if (out_of_memory) return {StatusCode::kOutOfMemory};
  if (control.aborted()) return {StatusCode::kAborted};
  for (std::size_t lane = 0; lane < probabilities.size(); ++lane) {
    probabilities[lane] = 0;
    for (const JointCells::Share& sum : sums) probabilities[lane] += sum.outside[lane];
  }
  return {};
}

bool BiasFamily::InsideOf(Class& own, std::span<const double> bounds, std::size_t lanes, ThreadTeam& team,
                          const JobControl& control, std::vector<double>& inside) {
  const auto most = static_cast<double>(own.both.empty() ? own.first.n * own.second.n : own.first.n);
  // Bounds beyond all values leave none out: so do the outermost ones.
  const auto numerator = [&](double bound) {
    return static_cast<std::int64_t>(std::clamp(bound, -most, most));
  };
  std::array<std::optional<Numerators>, JointCells::kMostLanes> asked;
  bool any = false;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const std::size_t at = lane * 2 * classes_.size();
    if (at >= bounds.size() || (std::isinf(bounds[at]) && std::isinf(bounds[at + 1]))) continue;
    asked[lane] = {numerator(bounds[at]), numerator(bounds[at + 1])};
    any = true;
  }
  if (control.aborted()) return false;
  if (!any) return true;
  if (!own.table) MakeTable(own, team, control);
  if (!own.table) return false;
  inside.resize(own.first.size() * own.second.size() * lanes);
  const LaneBounds used = std::span(asked).first(lanes);
  std::visit([&](const auto& table) { table.Inside(used, team, inside); }, *own.table);
  return true;
}

}  // namespace scoring_bias

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/exact/class_grid.h"
#include "kernels/exact/class_tables.h"
#include "kernels/exact/joint_cells.h"
#include "kernels/exact/paired_cells.h"

namespace scoring_bias {

/// Two detectors' scores, paired or of samples of their own, and the class of each anomaly.
struct FamilyInput {
  PairedScores scores;
  Design design = Design::kPaired;
  ThresholdDefinition definition;
  double fpr = 0;
  /// [anomaly]: numbers below n_classes; empty with fewer than two classes. Paired, the first are of both.
  std::span<const std::int32_t> first_classes, second_classes;
  std::size_t n_classes = 0;
  /// Nanoseconds that one thread may take by the estimate of `FamilyCost`.
  double budget = 0;
  /// Sets of which fewer samples decide have no law: paired, those that one detector alone flags; else of
  /// each detector the rarer of flagged and missed.
  double fewest = 0;
};

/// Where the laws go. Sets are all anomalies, then each class, where there are at least two.
struct FamilyOutputs {
  /// Paired: [set], of 2 n + 1 values, law[n + d] the probability that n xi* = d. Independent: [2 set +
  /// detector], of n + 1 values, the law of the number of anomalies flagged.
  std::vector<std::span<double>> laws;
  /// [set][6]: mean and standard deviation of xi* and the acceleration of BCa intervals, NaN without a law,
  /// both TPRs, and the number of samples that decide.
  std::span<double> readings;
  /// Thresholds of both detectors, and the fractions of the normals strictly above them.
  std::span<double> observed;
  /// The estimated cost in nanoseconds; where it exceeds the budget nothing else is written.
  std::span<double> cost;
};

/// The laws of xi* = TPR(second) - TPR(first) on all anomalies and on each class, and their joint law over
/// the classes, in closed form: what the bootstrap approaches that reads both thresholds anew and resamples
/// every class by itself. docs/exact-law.md derives it.
///
/// Given both thresholds the classes are independent, so with p(x, y) the probability of a pair of thresholds
///
///   P(xi*_k outside its bounds for some k) = 1 - sum over x, y of p(x, y) prod_k P_k(inside | x, y).
///
/// The laws of a class depend on the thresholds by the class's own anomalies only, so P_k has a grid of its
/// own, which is coarser.
///
/// Absolute error of all probabilities below 1e-9. Equal bits for any number of threads. Polls `control`,
/// and counts the pairs of thresholds as one piece of work, and every set.
class BiasFamily {
 public:
  /// Errors: those of PairedLaw with its numbers of arrays, but for kLengthMismatch of samples that are not
  /// paired in the independent design; kLengthMismatch with array 6 where the outputs have another shape.
  Status Build(const FamilyInput& input, const FamilyOutputs& outputs, int threads,
               const JobControl& control);

  /// For each of some questions, one for each entry of `probabilities`. `bounds`: [question][class][2],
  /// numerators of xi over n, or over n n' in the independent design, both within, and infinite where there
  /// are none. An answer does not depend on the other questions. Requires a family that was built of at least
  /// two classes. Cost: for each class a short sum at each pair of its cells, and a product at each pair of
  /// thresholds, of which twelve questions at once cost some three times one. Errors: kLengthMismatch;
  /// kOutOfRange where a class without a law has bounds; kOutOfMemory; kAborted. One call at a time.
  Status Outside(std::span<const double> bounds, int threads, const JobControl& control,
                 std::span<double> probabilities);

  std::size_t n_classes() const { return classes_.size(); }

 private:
  using Table = std::variant<PairedTable, IndependentTable>;

  struct Class {
    ClassAxis first, second;
    // For each pair of its cells the anomalies that both detectors flag, of paired ones, and the probability.
    Counts both;
    std::vector<double> probabilities;
    std::optional<Table> table;  // made when bounds first ask for it

    bool has_law() const { return !probabilities.empty(); }
  };

  Status BuildPaired(const FamilyInput& input, std::span<const Side> sides, std::size_t index,
                     const FamilyOutputs& outputs, ThreadTeam& team, const JobControl& control);
  Status BuildIndependent(const FamilyInput& input, std::span<const Side> sides,
                          std::span<const std::size_t> index, const FamilyOutputs& outputs,
                          const JobControl& control);
  /// Makes the columns of the joint cells; false where no class has a law.
  bool ColumnsOfClasses(std::span<const Side> sides);
  void AddCells(const PairedCells& grid);
  /// Some questions at once.
  Status OutsideOf(std::span<const double> bounds, ThreadTeam& team, const JobControl& control,
                   std::span<double> probabilities);
  /// Writes how probably a class is within its bounds given each of its cells, [cell][lane]; nothing where no
  /// question has any. `bounds` begin with its own of the first question. False when aborted.
  bool InsideOf(Class& own, std::span<const double> bounds, std::size_t lanes, ThreadTeam& team,
                const JobControl& control, std::vector<double>& inside);
  static void MakeTable(Class& own, ThreadTeam& team, const JobControl& control);
  void AddRow(std::int32_t row, std::int32_t first_column, std::span<const double> probabilities);

  std::vector<Class> classes_;
  JointCells joint_;  // pairs of thresholds, and the numbers of each class's pair of cells
};

}  // namespace scoring_bias

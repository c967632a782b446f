// The estimate against operations that are counted in what is really made: never timed, so that it holds on
// any machine.

#include "kernels/exact/family_cost.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "kernels/exact/class_readings.h"
#include "kernels/exact/paired_cells.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/special/discrete.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

struct Question {
  std::size_t n_normal, n_anomalous, n_classes;
  Design design;
};

struct Samples {
  std::vector<float> scores[4];  // normal and anomalous ones of each detector
  std::vector<std::int32_t> classes;

  explicit Samples(const Question& question) {
    Philox random(5, 0, static_cast<std::uint32_t>(question.n_normal));
    for (const bool anomalous : {false, true}) {
      const std::size_t n = anomalous ? question.n_anomalous : question.n_normal;
      for (std::size_t i = 0; i < n; ++i) {
        const double shared = 1.2 * NormalVariate(random);
        for (std::size_t d = 0; d < 2; ++d) {
          const double shift = anomalous ? 2.5 + 0.3 * static_cast<double>(d) : 0;
          scores[2 * d + (anomalous ? 1 : 0)].push_back(
              static_cast<float>(shared + NormalVariate(random) + shift));
        }
        if (anomalous) classes.push_back(static_cast<std::int32_t>(i % question.n_classes));
      }
    }
  }
};

// The terms of a question about one pair of an independent class's cells: numbers flagged that count.
double TermsOf(std::int64_t flagged, std::int64_t n) {
  double terms = 0;
  for (std::int64_t j = 0; j <= n; ++j) {
    terms += BinomialPmf(j, n, static_cast<double>(flagged) / static_cast<double>(n)) >= 1e-17 ? 1 : 0;
  }
  return terms;
}

// Nanoseconds of the tables: of each class the pairs of cells that have a weight, and what each takes.
double TablesOf(const Question& question, const Samples& samples, const std::vector<Side>& sides,
                const PairedCells& grid) {
  const double questions = FamilyQuestions(question.n_classes);
  double sum = 0;
  for (std::size_t k = 0; k < question.n_classes; ++k) {
    const auto wanted = static_cast<std::int32_t>(k);
    const ClassAxis first = AxisOf(sides[0], samples.classes, wanted),
                    second = AxisOf(sides[1], samples.classes, wanted);
    const bool paired = question.design == Design::kPaired;
    const std::vector<double> weights =
        paired ? ProbabilitiesOf(grid, first, second)
               : ProductsOf(AxisProbabilities(first, CellProbabilities(sides[0])),
                            AxisProbabilities(second, CellProbabilities(sides[1])));
    for (std::size_t row = 0; row < first.size(); ++row) {
      double pairs = 0;
      for (std::size_t column = 0; column < second.size(); ++column) {
        pairs += weights[row * second.size() + column] > 0 ? 1 : 0;
      }
      if (pairs == 0) continue;
      // A paired cell has some 40 frequencies: 20 ns to make one, 0.6 for each question. 0.18 ns a term.
      const double each = paired ? 40 * (20 + 0.6 * questions)
                                 : questions * (10 + 0.18 * TermsOf(first.flagged[row], first.n));
      sum += pairs * each;
    }
  }
  return sum;
}

// Nanoseconds of the products over classes: cells of the grid, and in each the classes that change.
double ProductsOfClasses(const Question& question, const Samples& samples, const std::vector<Side>& sides) {
  std::vector<bool> seen;
  double changes = 0, columns = static_cast<double>(sides[1].edges.size());
  for (std::size_t column = 1; column <= sides[1].edges.size(); ++column) {
    seen.assign(question.n_classes, false);
    for (std::size_t i = 0; i < samples.classes.size(); ++i) {
      if (sides[1].anomalous[i] != static_cast<std::int32_t>(column)) continue;
      const auto own = static_cast<std::size_t>(samples.classes[i]);
      changes += seen[own] ? 0 : 1;
      seen[own] = true;
    }
  }
  const double depth = std::log2(static_cast<double>(question.n_classes));
  const auto rows = static_cast<double>(sides[0].edges.size());
  return rows * FamilyQuestions(question.n_classes) * (columns + changes * depth) +
         rows * columns * (20 + 2.5 * static_cast<double>(question.n_classes));
}

void EstimatesCountOperations() {
  std::vector<Question> questions;
  for (const std::size_t n_classes : {2, 5, 20}) {
    for (const Design design : {Design::kPaired, Design::kIndependent}) {
      questions.push_back({3000, 1000, n_classes, design});
      if (!check::kWatched) questions.push_back({40000, 10000, n_classes, design});
    }
  }
  for (const Question& question : questions) {
    const Samples samples(question);
    const ScoreSpan spans[4] = {
        std::span<const float>(samples.scores[0]), std::span<const float>(samples.scores[1]),
        std::span<const float>(samples.scores[2]), std::span<const float>(samples.scores[3])};
    const std::size_t index = question.n_normal / 20;
    const JointThresholds law(static_cast<std::int64_t>(question.n_normal), static_cast<std::int64_t>(index));
    std::vector<Side> sides(2);
    for (std::size_t d = 0; d < 2; ++d) {
      CHECK(SideOf({spans[2 * d], spans[2 * d + 1], 2 * d, 2 * d + 1}, index, 1, law, sides[d]).ok());
    }
    PairedCells grid;
    double made = ProductsOfClasses(question, samples, sides);
    if (question.design == Design::kPaired) {
      ThreadTeam team(1);
      CHECK(CellsOf(sides[0], sides[1], law, team, {}, grid));
      made += 220 * static_cast<double>(sides[0].edges.size() * sides[1].edges.size());
    }
    made += TablesOf(question, samples, sides, grid);
    FamilyInput input{{spans[0], spans[1], spans[2], spans[3]},
                      question.design,
                      {},
                      0.05,
                      samples.classes,
                      samples.classes,
                      question.n_classes,
                      std::numeric_limits<double>::infinity()};
    const double ratio = FamilyCost(input, sides) / made;
    CHECK(ratio > 0.5);
    CHECK(ratio < 2.5);
  }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::EstimatesCountOperations();
  return scoring_bias::check::Finish();
}

#include "kernels/exact/confidence_recalls.h"

#include <cmath>
#include <vector>

#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;

const Prior kPrior{{{0.5, 1, 0}, {0.5, 0, 1}}, 1};

FlaggedLaw LawOf(std::int32_t n, std::int32_t first, std::size_t size) {
  FlaggedLaw law{n, first, {}};
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const double z =
        (static_cast<double>(i) + 0.5 - 0.5 * static_cast<double>(size)) / static_cast<double>(size);
    law.weights.push_back(std::exp(-8 * z * z));
    sum += law.weights.back();
  }
  for (double& weight : law.weights) weight /= sum;
  return law;
}

Values Table(const RecallDifferences& law, double z, bool mirrored) {
  Values table(law.n_cells());
  law.AddAbove(1, z, mirrored, table);
  return table;
}

// What cells have, times their weights, is what the mixture has; both tails at once are one after the other.
void CellsAgree(const FlaggedLaw& first, const FlaggedLaw& second, bool inside_at_once) {
  const RecallDifferences law(first, second, kPrior);
  for (const double z : {0.0, 0.03, 0.2, 0.6}) {
    for (const bool mirrored : {false, true}) {
      const Values table = Table(law, z, mirrored);
      double sum = 0;
      for (std::size_t i = 0; i < table.size(); ++i) {
        sum +=
            first.weights[i / second.weights.size()] * second.weights[i % second.weights.size()] * table[i];
      }
      CHECK(std::abs(sum - law.Above(z, mirrored)) < 1e-11);
    }
    Values inside(law.n_cells());
    CHECK(law.Inside(-z, z + 0.1, inside) == inside_at_once);
    if (!inside_at_once) continue;
    const Values above = Table(law, z + 0.1, false), below = Table(law, z, true);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      CHECK(std::abs(inside[i] - (1 - above[i] - below[i])) < 1e-12);
    }
  }
}

// A law that is turned round has the other's tails.
void TurnedRound(const FlaggedLaw& first, const FlaggedLaw& second) {
  const RecallDifferences law(first, second, kPrior);
  const Prior turned{{{0.5, 0, 1}, {0.5, 1, 0}}, 1};
  const RecallDifferences other(second, first, turned);
  for (const double z : {0.0, 0.01, 0.15, 0.4}) {
    for (const bool mirrored : {false, true}) {
      CHECK(std::abs(law.Above(z, mirrored) - other.Above(z, !mirrored)) < 1e-12);
    }
  }
}

void RecallsOfAllSizesAgree() {
  CellsAgree(LawOf(22, 7, 9), LawOf(22, 11, 10), false);
  CellsAgree(LawOf(5, 0, 6), LawOf(30, 22, 9), false);
  CellsAgree(LawOf(60, 0, 20), LawOf(41, 30, 12), false);
  CellsAgree(LawOf(445, 210, 40), LawOf(390, 230, 35), true);
  CellsAgree(LawOf(2222, 1100, 80), LawOf(2222, 1300, 70), true);
  CellsAgree(LawOf(445, 400, 40), LawOf(390, 230, 35), false);
  for (const std::int32_t n : {22, 39, 40, 100, 445, 2222}) {
    TurnedRound(LawOf(n, n / 3, 9), LawOf(n + 1, n / 2, 7));
    TurnedRound(LawOf(n, n - 8, 9), LawOf(n - 1, 0, 7));
  }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  RecallsOfAllSizesAgree();
  return check::Finish();
}

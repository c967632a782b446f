#include "kernels/exact/recall_curve.h"

#include <array>
#include <cmath>
#include <vector>

#include "kernels/exact/binomial_terms.h"
#include "kernels/special/beta.h"
#include "kernels/special/discrete.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

constexpr int kSteps = 400;

double DensityOf(std::int32_t flagged, std::int32_t total, double t) {
  if (flagged == 0 || flagged == total) return 0;
  return (total - 1) * BinomialPmf(flagged - 1, total - 2, t);
}

double TailOf(std::int32_t flagged, std::int32_t total, double x) {
  if (flagged == 0) return 0;
  return flagged == total ? 1 : BetaTails(x, flagged, total - flagged).upper;
}

void CheckAgainstBeta(std::int32_t total, std::int32_t first, const std::vector<double>& weights) {
  const RecallCurve curve(Recall{total, first, weights});
  double most = 1;
  std::vector<std::array<double, 2>> pairs;
  for (int i = 0; i < kSteps; ++i) {
    const double t = (i + 0.37) / kSteps;
    double density = 0, tail = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) {
      density += weights[j] * DensityOf(first + static_cast<std::int32_t>(j), total, t);
      tail += weights[j] * TailOf(first + static_cast<std::int32_t>(j), total, t);
    }
    most = std::max(most, density);
    pairs.push_back({density, curve.Density(t)});
    CHECK(std::abs(curve.Tail(t) - tail) < 1e-12);
  }
  for (const auto& [expected, found] : pairs) CHECK(std::abs(found - expected) < 2e-12 * most);
}

void CurvesAreThoseOfBetaLaws() {
  for (const std::int32_t total : {1, 2, 3, 6, 21, 170, 445, 4001, 100001}) {
    for (const double share : {0.0, 0.001, 0.02, 0.3, 0.5, 0.9, 1.0}) {
      CheckAgainstBeta(total, static_cast<std::int32_t>(share * total), {1});
    }
  }
}

void MixturesHaveAtoms() {
  CheckAgainstBeta(5, 0, {0.1, 0.2, 0.3, 0.1, 0.1, 0.2});
  CheckAgainstBeta(21, 19, {0.5, 0.25, 0.25});
  CheckAgainstBeta(445, 100, std::vector<double>(70, 1.0 / 70));
  CheckAgainstBeta(1001, 0, std::vector<double>(1002, 1.0 / 1002));
}

void RunsAreBinomialProbabilities() {
  for (const std::int32_t n : {1, 2, 20, 170, 171, 5000}) {
    for (const std::int32_t first : {-1, 0, n / 3, n}) {
      const std::size_t size = 12;
      const BinomialRun run(n, first, size);
      for (const double t : {1e-6, 0.1, 0.33, 0.5, 0.999}) {
        std::vector<double> values(2 * size);
        run(t, values.data(), 2);
        for (std::size_t i = 0; i < size; ++i) {
          const std::int32_t j = first + static_cast<std::int32_t>(i);
          CHECK(std::abs(values[2 * i] - (j < 0 ? 0 : BinomialPmf(j, n, t))) < 1e-13);
          CHECK_EQUAL(values[2 * i + 1], 0);
        }
      }
      if (first < 0) continue;
      std::vector<double> at_zero(size);
      run(0, at_zero.data(), 1);
      for (std::size_t i = 0; i < size; ++i)
        CHECK_EQUAL(at_zero[i], first + static_cast<int>(i) == 0 ? 1 : 0);
    }
  }
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  CurvesAreThoseOfBetaLaws();
  MixturesHaveAtoms();
  RunsAreBinomialProbabilities();
  return check::Finish();
}

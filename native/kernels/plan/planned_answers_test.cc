#include "kernels/plan/planned_answers.h"

#include <cmath>
#include <vector>

#include "kernels/special/normal.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

void InterpolatesTheNormalLaw() {
  for (double x = -9; x < 9; x += 0.0137) {
    CHECK(std::abs(QuickNormalCdf(x) - NormalTails(x).lower) < 3e-7);
  }
  CHECK_EQUAL(QuickNormalCdf(std::nan("")), 0);
}

struct Answer {
  Status status;
  bool above;
  double length;
};

constexpr double kCritical = 1.96;

/// One data set of `n` anomalies with flat curves: 2 of 10 flagged by the baseline, 4 by the candidate, 4 by
/// one of them alone. So thresholds do not matter.
Answer FlatCurves(int n, std::size_t stride) {
  const std::vector<double> high(10, 10.0), low(10, -10.0), none;
  PlannedInput input{};
  input.normals = {{{low, low}, {none, none}, {none, none}, {high, high}}};
  input.anomalies = {{{low, low}, {high, low}, {low, high}, {high, high}}};
  const std::vector<std::int32_t> counts{95, 0, 0, 5, n * 5 / 10, n / 10, n * 3 / 10, n / 10};
  const std::vector<double> starts(8, 0.95), readings{0.2, 0.4, 0.4, 0};
  input.counts = counts;
  input.starts = starts;
  input.start_stride = stride;
  input.readings = readings;
  const std::vector<double> first{-1, 1, -1, 1}, second{-1, -1, 1, 1}, family{kCritical, kCritical};
  input.draws = {first, second};
  input.family_values = family;
  input.spreads = {0, 0};
  input.top = 2;
  input.floor = 1;
  input.low = 0.05;
  input.high = 0.05 + 1e-9;
  input.fpr = 0.05;
  input.n_normal = input.drawn_normal = 100;
  input.n_anomalous = input.drawn_anomalous = n;
  input.normal_scale = input.anomalous_scale = 1;
  input.resamples = 1e12;
  std::uint8_t above = 2;
  double length = 0;
  const Status status = PlannedAnswers(input, {std::span(&above, 1), std::span(&length, 1)});
  return {status, above == 1, length};
}

// xi = 0.2 with a standard error of sqrt(0.4 / n) under the null: an arrow from 1.96^2 * 0.4 / 0.2^2 = 38.4
// anomalies on.
void IsTheSignTestOfFlatCurves() {
  for (const int n : {10, 30, 40, 100, 1000}) {
    const Answer answer = FlatCurves(n, 8);
    CHECK(answer.status.ok());
    CHECK_EQUAL(answer.above, n >= 39);
    const double share = (0.4 * n + 1) / (n + 1) - 0.04;
    const double length = 2 * kCritical * std::sqrt(share / (n + 2) + 1.0 / ((n + 1.0) * (n + 1.0)));
    CHECK(std::abs(answer.length / length - 1) < 0.01);
  }
}

void RefusesShortArrays() { CHECK_EQUAL(FlatCurves(10, 9).status.code == StatusCode::kLengthMismatch, true); }

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::InterpolatesTheNormalLaw();
  scoring_bias::IsTheSignTestOfFlatCurves();
  scoring_bias::RefusesShortArrays();
  return scoring_bias::check::Finish();
}

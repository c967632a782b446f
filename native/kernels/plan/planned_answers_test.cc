#include "kernels/plan/planned_answers.h"

#include <array>
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

/// How many anomalies are flagged by neither detector, the baseline, the candidate, both.
using Flagged = std::array<int, 4>;

/// One data set of anomalies with flat curves, so that thresholds do not matter.
Answer FlatCurves(const Flagged& flagged, std::size_t stride, bool few) {
  const auto [neither, baseline, candidate, both] = flagged;
  const int n = neither + baseline + candidate + both;
  const auto share = [n](int count) { return static_cast<double>(count) / n; };
  const std::vector<double> high(10, 10.0), low(10, -10.0), none;
  PlannedInput input{};
  input.normals = {{{low, low}, {none, none}, {none, none}, {high, high}}};
  input.anomalies = {{{low, low}, {high, low}, {low, high}, {high, high}}};
  const std::vector<std::int32_t> counts{95, 0, 0, 5, neither, baseline, candidate, both};
  const std::vector<double> starts(8, 0.95);
  const std::vector<double> readings{share(baseline + both), share(candidate + both),
                                     share(baseline + candidate), 0};
  input.two_sided = true;
  input.few = few;
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
  input.bound = 0;
  std::uint8_t above = 2;
  double length = 0;
  const Status status = PlannedAnswers(input, {std::span(&above, 1), std::span(&length, 1)});
  return {status, above == 1, length};
}

// xi = 0.2 with a standard error of sqrt(0.4 / n) under the null: an arrow from 1.96^2 * 0.4 / 0.2^2 = 38.4
// anomalies on.
void IsTheSignTestOfFlatCurves() {
  for (const int n : {10, 30, 40, 100, 1000}) {
    const Answer answer = FlatCurves({n * 5 / 10, n / 10, n * 3 / 10, n / 10}, 8, false);
    CHECK(answer.status.ok());
    CHECK_EQUAL(answer.above, n >= 39);
    const double share = (0.4 * n + 1) / (n + 1) - 0.04;
    const double length = 2 * kCritical * std::sqrt(share / (n + 2) + 1.0 / ((n + 1.0) * (n + 1.0)));
    CHECK(std::abs(answer.length / length - 1) < 0.01);
  }
}

// All anomalies are flagged by the candidate alone. P(xi <= 0) is half of 2^-n, and the lower limit l has
// P(2 B - 1 < l) = 5 % for B of Beta(n, 1), because half of the law is at xi = 1.
void IsTheSignTestOfFewAnomalies() {
  for (const int n : {1, 4, 5, 6, 30}) {
    const Answer answer = FlatCurves({0, 0, n, 0}, 8, true);
    CHECK_EQUAL(answer.above, n >= 5);
    CHECK(std::abs(answer.length / (2 - 2 * std::pow(0.05, 1.0 / n)) - 1) < 0.02);
  }
  // Five of six for the candidate, one for the baseline: p = 2 * (1 + 3) / 64.
  CHECK(!FlatCurves({0, 1, 5, 0}, 8, true).above);
  // All alike: ends where half of Beta(1, n) has 2.5 %, on either side.
  const double alike = FlatCurves({10, 0, 0, 30}, 8, true).length;
  CHECK(std::abs(alike / (2 - 2 * std::pow(0.05, 1.0 / 40)) - 1) < 0.02);
}

void RefusesShortArrays() {
  CHECK_EQUAL(FlatCurves({5, 1, 3, 1}, 9, false).status.code == StatusCode::kLengthMismatch, true);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::InterpolatesTheNormalLaw();
  scoring_bias::IsTheSignTestOfFlatCurves();
  scoring_bias::IsTheSignTestOfFewAnomalies();
  scoring_bias::RefusesShortArrays();
  return scoring_bias::check::Finish();
}

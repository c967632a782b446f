#include "kernels/exact/threshold_pairs.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "kernels/bootstrap/bootstrap_tree.h"
#include "kernels/exact/paired_law.h"
#include "kernels/testing/bootstrap_case.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using namespace bootstrap_case;

Values Tprs(const Case& c, const ReplicateRange& range) {
  const BootstrapInput input = c.Input();
  Values tpr(range.count * input.n_detectors() * input.n_classes());
  TreeIndex index;
  CHECK(TreeIndex::Build(input, TreeIndex::kReachesFarEnough, range.threads, index).ok());
  CHECK(MakeThresholdTable(input, index, range.threads, {}, index.table).ok());
  CHECK(BootstrapTree(input, index, range, {.tpr = tpr}, {}).ok());
  return tpr;
}

// Pearson's chi-square of drawn counts against expected ones of one sum: six standard deviations above its
// mean.
void CheckChiSquare(const Values& counts, const Values& expected) {
  double statistic = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    statistic += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
  }
  const double freedom = static_cast<double>(counts.size()) - 1;
  CHECK(statistic <= freedom + 6 * std::sqrt(2 * freedom));
}

// Both recalls against all resamples counted out.
void CheckByEnumeration(const Case& c) {
  const std::uint32_t n = 100000;
  std::map<Values, double> expected, counts;
  for (const auto& [readings, probability] : ExactLaw(c))
    expected[{readings[2], readings[3]}] += n * probability;
  const Values tpr = Tprs(c, {.seed = 17, .first = 0, .count = n, .threads = 2});
  for (std::size_t b = 0; b < n; ++b) {
    CHECK(expected.contains({tpr[2 * b], tpr[2 * b + 1]}));
    ++counts[{tpr[2 * b], tpr[2 * b + 1]}];
  }
  Values in_law, drawn;
  for (const auto& [outcome, number] : expected) {
    in_law.push_back(number);
    drawn.push_back(counts[outcome]);
  }
  CheckChiSquare(drawn, in_law);
}

void LawAgreesWithEnumeration() {
  Case c;
  c.normal = {{0.1, 0.7, 0.4, 0.2}, {3, 1, 4, 2}};
  c.anomalous = {{{0.3, 0.9, 0.15}}, {{2.5, 0, 3.5}}};
  for (const double fpr : {0.05, 0.25, 0.5, 0.75, 0.95}) {
    c.fprs = {fpr};
    CheckByEnumeration(c);
  }
  c.normal = {{1, 2, 2, 1}, {-1, -2, -2, -1}};
  c.anomalous = {{{1, 2, 3}}, {{-1, -2, -3}}};
  c.fprs = {0.5};
  CheckByEnumeration(c);
  c.normal = {{7, 7, 7, 7}, {0.0, -0.0, 0.0, -0.0}};
  c.anomalous = {{{7, 8, 6}}, {{0.0, 1, -1}}};
  CheckByEnumeration(c);
  c.normal = {{0.1}, {3}};
  c.anomalous = {{{0.3}}, {{2.5}}};
  CheckByEnumeration(c);
}

// xi of the draws against its law in closed form: Kolmogorov's distance, which exceeds 2.7 / sqrt(draws) with
// probability 1e-6, and chi-square in bins of 1 / 100 and more.
void CheckByClosedForm(const Case& c, std::uint32_t n) {
  const std::size_t anomalies = c.anomalous[0][0].size();
  Values law(2 * anomalies + 1), counts(law.size());
  PairedMoments moments;
  const PairedScores scores{std::span<const double>(c.normal[0]), std::span<const double>(c.normal[1]),
                            std::span<const double>(c.anomalous[0][0]),
                            std::span<const double>(c.anomalous[1][0])};
  CHECK(PairedLaw(scores, c.rule, c.fprs[0], 2, {}, law, moments).ok());
  const Values tpr = Tprs(c, {.seed = 5, .first = 0, .count = n, .threads = 2});
  const auto whole = static_cast<double>(anomalies);
  for (std::size_t b = 0; b < n; ++b) {
    ++counts[static_cast<std::size_t>(std::llround(whole * (tpr[2 * b + 1] - tpr[2 * b])) +
                                      static_cast<std::int64_t>(anomalies))];
  }
  double distance = 0, expected = 0, drawn = 0;
  Values in_bins{0}, drawn_in_bins{0};
  for (std::size_t j = 0; j < law.size(); ++j) {
    expected += law[j];
    drawn += counts[j] / n;
    distance = std::max(distance, std::abs(expected - drawn));
    in_bins.back() += n * law[j];
    drawn_in_bins.back() += counts[j];
    if (in_bins.back() < 0.01 * n || 1 - expected < 0.01) continue;
    in_bins.push_back(0);
    drawn_in_bins.push_back(0);
  }
  CHECK(distance < 2.7 / std::sqrt(n));
  CheckChiSquare(drawn_in_bins, in_bins);
}

Case CaseAtFivePercent(std::size_t n_normal, std::size_t n_anomalous, double rho, double grid) {
  Case c = GaussianCase(n_normal, n_anomalous, rho, grid);
  c.fprs = {0.05};
  return c;
}

void LawAgreesWithClosedForm() {
  for (const double rho : {-1.0, -0.5, 0.0, 0.7, 0.99})
    CheckByClosedForm(CaseAtFivePercent(1000, 200, rho, 1e12), 100000);
  CheckByClosedForm(CaseAtFivePercent(40, 1000, 0.5, 1e12), 100000);
  CheckByClosedForm(CaseAtFivePercent(8000, 2000, 0.7, 1e12), 100000);
  CheckByClosedForm(CaseAtFivePercent(3000, 300, 0.5, 5), 100000);  // Ties of a hundred scores and more.
  Case c = CaseAtFivePercent(400, 60, 0.3, 1e12);
  for (const double fpr : {0.001, 0.5, 0.999}) {
    c.fprs = {fpr};
    CheckByClosedForm(c, 100000);
  }
  c.rule = ThresholdRule::kSupremum;
  c.fprs = {0.05};
  CheckByClosedForm(c, 100000);
}

void EqualDetectorsGiveEqualReadings() {
  Case c = CaseAtFivePercent(5000, 1000, 0.2, 20);
  c.normal[1] = c.normal[0];
  c.anomalous[1] = c.anomalous[0];
  const Values tpr = Tprs(c, {.seed = 1, .first = 0, .count = 20000, .threads = 2});
  for (std::size_t i = 0; i < tpr.size(); i += 2) CHECK_EQUAL(tpr[i], tpr[i + 1]);
}

void BitsDoNotDependOnThreadsOrRanges() {
  Case c = CaseAtFivePercent(5000, 700, 0.6, 50);
  const Case other = CaseAtFivePercent(5000, 300, 0.9, 30);
  for (std::size_t d = 0; d < 2; ++d) c.anomalous[d].push_back(other.anomalous[d][0]);
  const Values whole = Tprs(c, {.seed = 5, .first = 40, .count = 1001, .threads = 1});
  for (const int threads : {2, 7}) {
    CHECK(Tprs(c, {.seed = 5, .first = 40, .count = 1001, .threads = threads}) == whole);
  }
  const Values end = Tprs(c, {.seed = 5, .first = 41, .count = 1000, .threads = 2});
  CHECK(std::equal(end.begin(), end.end(), whole.begin() + 4));
}

// Every class has the law that it has by itself, and all read one pair of thresholds.
void ClassesShareThresholds() {
  Case c = CaseAtFivePercent(2000, 500, 0.6, 1e12);
  for (auto& detector : c.anomalous) detector.push_back(detector[0]);
  const std::uint32_t n = 20000;
  const Values tpr = Tprs(c, {.seed = 5, .first = 0, .count = n, .threads = 2});
  double sums[4] = {}, product = 0, squares[2] = {};
  for (std::size_t b = 0; b < n; ++b) {
    for (std::size_t i = 0; i < 4; ++i) sums[i] += tpr[4 * b + i] / n;
  }
  for (std::size_t b = 0; b < n; ++b) {
    const double first = tpr[4 * b] - sums[0], second = tpr[4 * b + 2] - sums[2];
    product += first * second / n;
    squares[0] += first * first / n;
    squares[1] += second * second / n;
  }
  // Of the variance of a recall the thresholds' own part is common to both classes.
  const double correlation = product / std::sqrt(squares[0] * squares[1]);
  CHECK(correlation > 0.3 && correlation < 0.9);
  CHECK(std::abs(sums[0] - sums[2]) < 5 * std::sqrt(squares[0] / n));
}

void WhatItDoesNotCoverIsRefused() {
  Case c = CaseAtFivePercent(100, 30, 0.5, 30);
  const auto status_of = [&](const TreeOutputs& outputs, const JobControl& control = {}) {
    const BootstrapInput input = c.Input();
    TreeIndex index;
    CHECK(TreeIndex::Build(input, TreeIndex::kReachesFarEnough, 1, index).ok());
    const Status status = MakeThresholdTable(input, index, 1, control, index.table);
    return status.ok() ? BootstrapTree(input, index, {.seed = 1, .first = 0, .count = 1, .threads = 1},
                                       outputs, control)
                       : status;
  };
  Values tpr(2), thresholds(2);
  CHECK(status_of({.tpr = tpr}).ok());
  CHECK(status_of({.thresholds = thresholds, .tpr = tpr}).code == StatusCode::kOutOfRange);
  std::int32_t abort = 1, done = 0;
  CHECK(status_of({.tpr = tpr}, {&abort, &done}).code == StatusCode::kAborted);
  c.rule = ThresholdRule::kLinear;
  CHECK(status_of({.tpr = tpr}).code == StatusCode::kOutOfRange);
  c.rule = ThresholdRule::kInverseCdf;
  c.design = Design::kIndependent;
  CHECK(status_of({.tpr = tpr}).code == StatusCode::kOutOfRange);
  c.design = Design::kPaired;
  c.fprs = {0.05, 0.1};
  CHECK(status_of({.tpr = tpr}).code == StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  LawAgreesWithEnumeration();
  LawAgreesWithClosedForm();
  EqualDetectorsGiveEqualReadings();
  BitsDoNotDependOnThreadsOrRanges();
  ClassesShareThresholds();
  WhatItDoesNotCoverIsRefused();
  return check::Finish();
}

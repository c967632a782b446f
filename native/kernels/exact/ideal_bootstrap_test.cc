// The ideal bootstrap against what it is the limit of: all resamples counted out, many resamples drawn, and
// laws by other formulas.

#include "kernels/exact/ideal_bootstrap.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kernels/bootstrap/bootstrap_direct.h"
#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/special/special.h"
#include "kernels/testing/check.h"
#include "kernels/testing/chi_square.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;

constexpr ThresholdRule kRules[] = {ThresholdRule::kInverseCdf, ThresholdRule::kSupremum,
                                    ThresholdRule::kLinear};

struct Ideal {
  Values law;
  IdealReadings readings;
};

Values Sorted(Values values) {
  std::sort(values.begin(), values.end());
  return values;
}

template <typename N, typename A>
Ideal IdealOf(const std::vector<N>& normal, const std::vector<A>& anomalous, ThresholdRule rule, double fpr) {
  Ideal ideal{Values(anomalous.size() + 1, -1.0), {}};
  CHECK(IdealTpr(std::span<const N>(normal), std::span<const A>(anomalous), rule, fpr, {},
                 std::span(ideal.law), ideal.readings)
            .ok());
  return ideal;
}

double Sum(const Values& values) {
  double sum = 0;
  for (const double x : values) sum += x;
  return sum;
}

/// The law's own moments are the closed forms that the kernel gives, and its probabilities sum to 1.
void CheckMoments(const Ideal& ideal) {
  const auto n = static_cast<double>(ideal.law.size() - 1);
  CHECK(std::abs(Sum(ideal.law) - 1) < 1e-12);
  double mean = 0, variance = 0;
  for (std::size_t j = 0; j < ideal.law.size(); ++j) mean += ideal.law[j] * static_cast<double>(j) / n;
  for (std::size_t j = 0; j < ideal.law.size(); ++j)
    variance += ideal.law[j] * (static_cast<double>(j) / n - mean) * (static_cast<double>(j) / n - mean);
  CHECK(std::abs(ideal.readings.mean - mean) < 1e-12);
  CHECK(std::abs(ideal.readings.standard_error - std::sqrt(variance)) < 1e-12 + 1e-10 * std::sqrt(variance));
}

/// Calls visit(resample) for each of the n^n ways to draw from the sample.
template <typename Visit>
void ForEachResample(const Values& sample, const Visit& visit) {
  std::vector<std::size_t> draws(sample.size(), 0);
  Values resample(sample.size());
  while (true) {
    for (std::size_t i = 0; i < draws.size(); ++i) resample[i] = sample[draws[i]];
    visit(resample);
    std::size_t i = 0;
    while (i < draws.size() && ++draws[i] == sample.size()) draws[i++] = 0;
    if (i == draws.size()) return;
  }
}

/// The law by counting all resamples, each read by the definitions of threshold.h.
Values EnumeratedLaw(const Values& normal, const Values& anomalous, ThresholdRule rule, double fpr) {
  std::map<double, double> thresholds;
  ForEachResample(normal, [&](const Values& resample) {
    const Values sorted = Sorted(resample);
    double threshold = 0;
    std::uint32_t tolerated = 0;
    CHECK(Thresholds(std::span<const double>(sorted), std::span(&fpr, 1), rule, std::span(&threshold, 1),
                     std::span(&tolerated, 1))
              .ok());
    thresholds[threshold] +=
        std::pow(static_cast<double>(normal.size()), -static_cast<double>(normal.size()));
  });
  Values law(anomalous.size() + 1);
  const auto n = static_cast<double>(anomalous.size());
  for (const auto& [threshold, probability] : thresholds) {
    ForEachResample(anomalous, [&](const Values& resample) {
      const auto above = [&](double x) { return x > threshold; };
      law[static_cast<std::size_t>(std::count_if(resample.begin(), resample.end(), above))] +=
          probability * std::pow(n, -n);
    });
  }
  return law;
}

void LawIsThatOfAllResamples() {
  const Values distinct{0.3, 2, -1, 0.9, 1.4}, tied{1, 2, 2, 1, -1}, infinite{-INFINITY, 0, 1, INFINITY, 1};
  const Values anomalies{1.2, 0.5, 2, 3, -2}, tied_anomalies{1, 1, 2, 2, 5};
  for (const ThresholdRule rule : kRules)
    for (const double fpr : {0.05, 0.2, 0.25, 0.3, 0.4, 0.5, 0.72, 0.8, 0.97})
      for (const Values& normals : {distinct, tied, infinite})
        for (std::size_t n0 = 1; n0 <= 5; ++n0)
          for (const auto& [sample, n1] :
               {std::pair(anomalies, 1), {anomalies, 3}, {tied_anomalies, 4}, {anomalies, n0 == 4 ? 5 : 2}}) {
            const Values normal(normals.begin(), normals.begin() + static_cast<std::ptrdiff_t>(n0));
            const Values anomalous(sample.begin(), sample.begin() + n1);
            const Ideal ideal = IdealOf(normal, anomalous, rule, fpr);
            const Values expected = EnumeratedLaw(normal, anomalous, rule, fpr);
            for (std::size_t j = 0; j < expected.size(); ++j)
              CHECK(std::abs(ideal.law[j] - expected[j]) < 1e-13);
            CheckMoments(ideal);
          }
}

/// The terms P(Bin(n, p) = k) from k to `end`, one way or the other.
double BinomialSum(std::int64_t k, std::int64_t end, std::int64_t n, double p, double q) {
  double sum = 0;
  for (const std::int64_t step = k < end ? 1 : -1; k != end; k += step) {
    const double term = BinomialPmf(k, n, p, q);
    sum += term;
    if (term < 1e-20 * sum) break;
  }
  return sum;
}

/// The place is at most t when more than `index` of n draws are, and each is with probability (t + 1) / n.
void PlacesFollowBinomialTails() {
  struct Case {
    std::size_t index, n;
  };
  for (const auto [index, n] : {Case{0, 1}, Case{0, 2}, Case{1, 2}, Case{0, 30}, Case{29, 30}, Case{3, 100},
                                Case{50, 1000}, Case{999, 1000}, Case{5000, 100'000}}) {
    DiscreteLaw law;
    CHECK(OrderStatisticLaw(index, n, {}, law).ok());
    const Values& p = law.probabilities;
    CHECK(std::abs(Sum(p) - 1) < 1e-13);
    CHECK(std::all_of(p.begin(), p.end(), [](double x) { return x >= 0; }));
    Values below(p.size() + 1), above(p.size() + 1);
    for (std::size_t i = 0; i < p.size(); ++i) below[i + 1] = below[i] + p[i];
    for (std::size_t i = p.size(); i-- > 0;) above[i] = above[i + 1] + p[i];
    const auto trials = static_cast<std::int64_t>(n), last = static_cast<std::int64_t>(index);
    for (std::size_t i = 0; i <= p.size(); i += 1 + n / 500) {
      const double places = static_cast<double>(law.first) + static_cast<double>(i);
      const double share = places / static_cast<double>(n);
      const double rest = (static_cast<double>(n) - places) / static_cast<double>(n);
      const double more = BinomialSum(last + 1, trials + 1, trials, share, rest);
      const double fewer = BinomialSum(last, -1, trials, share, rest);
      CHECK(std::abs(below[i] - more) < 1e-9 * more + 1e-19);
      CHECK(std::abs(above[i] - fewer) < 1e-9 * fewer + 1e-19);
    }
  }
}

Values Normals(std::size_t n, std::uint32_t stream, double shift) {
  Philox rng(31, stream, 0);
  Values values(n);
  for (double& x : values) x = NormalVariate(rng) + shift;
  return values;
}

Values Rounded(Values values) {
  for (double& x : values) x = std::round(4 * x) / 4;
  return values;
}

/// Pearson's chi-square of draws against a law on 0, 1, ..., neighbours pooled until each cell expects ten.
void CheckDraws(const std::vector<std::int64_t>& observed, const Values& law, const std::string& name) {
  double draws = 0, statistic = 0, cells = 0, seen = 0, expected = 0, left = 0;
  for (const auto count : observed) draws += static_cast<double>(count);
  left = draws;
  for (std::size_t j = 0; j < law.size(); ++j) {
    seen += static_cast<double>(observed[j]);
    expected += draws * law[j];
    if ((expected < 10 || left - expected < 10) && j + 1 < law.size()) continue;
    statistic += (seen - expected) * (seen - expected) / expected;
    left -= expected;
    seen = expected = 0;
    ++cells;
  }
  CHECK(cells >= 5);
  const double p = ChiSquareTails(statistic, cells - 1).upper;
  if (p < 1e-5) std::fprintf(stderr, "%s: chi-square %.1f in %.0f cells\n", name.c_str(), statistic, cells);
  CHECK(p >= 1e-5);
}

/// 40,000 resamples of two detectors of 211 + 60 and 150 + 45 samples, with and without ties.
void LawIsThatOfDrawnResamples() {
  for (const bool ties : {false, true})
    for (const ThresholdRule rule : kRules) {
      const auto sample = [&](std::size_t n, std::uint32_t stream, double shift) {
        return ties ? Rounded(Normals(n, stream, shift)) : Normals(n, stream, shift);
      };
      const std::vector<Values> normal{sample(211, 1, 0), sample(150, 2, 0)};
      const std::vector<Values> anomalous{sample(60, 3, 1), sample(45, 4, 1.2)};
      BootstrapInput input;
      input.design = Design::kIndependent;
      input.definition = rule;
      input.fprs = {0.06};
      for (std::size_t d = 0; d < 2; ++d) {
        input.detectors.push_back(
            {std::span<const double>(normal[d]), {std::span<const double>(anomalous[d])}, {{}}});
      }
      std::vector<RankedDetector> ranked;
      CHECK(RankInput(input, 1, ranked).ok());
      constexpr std::uint32_t kResamples = 40'000;
      Values tpr(2 * kResamples);
      CHECK(BootstrapDirect(input, ranked, {.seed = 3, .first = 0, .count = kResamples, .threads = 2}, {},
                            std::span(tpr), {})
                .ok());
      const Ideal ideal[] = {IdealOf(normal[0], anomalous[0], rule, 0.06),
                             IdealOf(normal[1], anomalous[1], rule, 0.06)};
      for (std::size_t d = 0; d < 2; ++d) {
        CheckMoments(ideal[d]);
        std::vector<std::int64_t> observed(ideal[d].law.size());
        for (std::size_t b = 0; b < kResamples; ++b) {
          ++observed[static_cast<std::size_t>(
              std::lround(tpr[2 * b + d] * static_cast<double>(observed.size() - 1)))];
        }
        CheckDraws(observed, ideal[d].law, "TPR");
      }

      // The Kolmogorov distance of the difference at a hundred of its quantiles, and its sign.
      Values xi(kResamples);
      for (std::size_t b = 0; b < kResamples; ++b) xi[b] = tpr[2 * b + 1] - tpr[2 * b];
      Values probabilities, quantiles(99);
      for (int i = 1; i < 100; ++i) probabilities.push_back(i / 100.0);
      SignProbabilities signs;
      CHECK(IdealDifference(ideal[0].law, ideal[1].law, probabilities, {}, quantiles, signs).ok());
      const auto fraction = [&](const auto& holds) {
        return static_cast<double>(std::count_if(xi.begin(), xi.end(), holds)) / kResamples;
      };
      const double five_sigma = 5 * 0.5 / std::sqrt(kResamples);
      for (std::size_t i = 0; i < 99; ++i) {
        CHECK(fraction([&](double x) { return x <= quantiles[i] + 1e-9; }) > probabilities[i] - five_sigma);
        CHECK(fraction([&](double x) { return x < quantiles[i] - 1e-9; }) < probabilities[i] + five_sigma);
      }
      CHECK(std::abs(fraction([](double x) { return x <= 1e-9; }) - signs.at_most_zero) < five_sigma);
      CHECK(std::abs(fraction([](double x) { return x >= -1e-9; }) - signs.at_least_zero) < five_sigma);
    }
}

void QuantilesAreTheSmallestThatReach() {
  const Values law{0.25, 0.5, 0.25};
  CHECK_EQUAL(IdealQuantile(law, 0), 0);
  CHECK_EQUAL(IdealQuantile(law, 0.25), 0);
  CHECK_EQUAL(IdealQuantile(law, 0.2500001), 0.5);
  CHECK_EQUAL(IdealQuantile(law, 0.75 + 1e-15), 0.5);
  CHECK_EQUAL(IdealQuantile(law, 0.76), 1);
  CHECK_EQUAL(IdealQuantile(law, 1), 1);
}

/// Against the sorted list of all pairs of counts.
void DifferenceIsThatOfAllPairs() {
  const Values zero{1, 0, 0}, one{0, 0, 0, 1};
  const Values a = IdealOf(Normals(40, 5, 0), Normals(6, 6, 1), ThresholdRule::kInverseCdf, 0.1).law;
  const Values b = IdealOf(Normals(30, 7, 0), Normals(9, 8, 2), ThresholdRule::kLinear, 0.1).law;
  const Values cut{0, 0, 0.4, 0, 0.6, 0, 0};
  const Values probabilities{1e-9, 0.01, 0.025, 0.05, 0.3, 0.5, 0.7, 0.95, 0.975, 0.999, 1};
  for (const auto& [baseline, candidate] :
       {std::pair(a, b), {b, a}, {a, a}, {a, cut}, {cut, b}, {zero, one}, {one, zero}, {zero, zero}}) {
    std::map<std::int64_t, double> pairs;
    const auto n = static_cast<std::int64_t>(baseline.size()) - 1,
               m = static_cast<std::int64_t>(candidate.size()) - 1;
    for (std::int64_t j = 0; j <= n; ++j)
      for (std::int64_t k = 0; k <= m; ++k) pairs[k * n - j * m] += baseline[j] * candidate[k];
    SignProbabilities signs;
    Values quantiles(probabilities.size());
    CHECK(IdealDifference(baseline, candidate, probabilities, {}, quantiles, signs).ok());
    double at_most = 0, at_least = 0;
    for (const auto& [numerator, p] : pairs) {
      if (numerator <= 0) at_most += p;
      if (numerator >= 0) at_least += p;
    }
    CHECK(std::abs(signs.at_most_zero - at_most) < 1e-14 + 1e-10 * at_most);
    CHECK(std::abs(signs.at_least_zero - at_least) < 1e-14 + 1e-10 * at_least);
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      double sum = 0;
      auto pair = pairs.begin();
      for (; std::next(pair) != pairs.end(); ++pair) {
        sum += pair->second;
        if (pair->second > 0 && sum >= probabilities[i] - 1e-12) break;
      }
      CHECK_EQUAL(quantiles[i], static_cast<double>(pair->first) / static_cast<double>(n * m));
    }
  }
}

void SmallProbabilitiesOfASignAreKept() {
  // The baseline flags Bin(10, 1/2) of 10, the candidate all of 200 or, with probability 1e-15, none.
  Values baseline(11), candidate(201);
  for (std::int64_t j = 0; j <= 10; ++j) baseline[static_cast<std::size_t>(j)] = BinomialPmf(j, 10, 0.5);
  candidate[200] = 1;
  candidate[0] = 1e-15;
  SignProbabilities signs;
  CHECK(IdealDifference(baseline, candidate, {}, {}, {}, signs).ok());
  CHECK(std::abs(signs.at_most_zero - (1e-15 + 1.0 / 1024)) < 1e-17);
  baseline[10] = 0;
  CHECK(IdealDifference(baseline, candidate, {}, {}, {}, signs).ok());
  CHECK(std::abs(signs.at_most_zero / (1e-15 * (1 - 1.0 / 1024)) - 1) < 1e-12);
  CHECK(IdealDifference(candidate, baseline, {}, {}, {}, signs).ok());
  CHECK(std::abs(signs.at_least_zero / (1e-15 * (1 - 1.0 / 1024)) - 1) < 1e-12);
}

void LargeSamples() {
  const Values normal = Normals(1'000'000, 9, 0), anomalous = Normals(100'000, 10, 1.5);
  for (const ThresholdRule rule : kRules) {
    const Ideal ideal = IdealOf(normal, anomalous, rule, 0.05);
    CheckMoments(ideal);
    // The delta method (Linnet, Statistics in Medicine 6, 1987): slope of the ROC curve times the noise of
    // the FPR, and the binomial noise of the TPR.
    const double z = NormalQuantile(0.95), tpr = NormalTails(1.5 - z).lower;
    const double slope = std::exp(0.5 * z * z - 0.5 * (z - 1.5) * (z - 1.5));
    const double variance = slope * slope * 0.05 * 0.95 / 1e6 + tpr * (1 - tpr) / 1e5;
    CHECK(std::abs(ideal.readings.standard_error / std::sqrt(variance) - 1) < 0.02);
    CHECK(std::abs(ideal.readings.mean - tpr) < 5 * std::sqrt(variance));
    CHECK(std::abs(IdealQuantile(ideal.law, 0.975) - IdealQuantile(ideal.law, 0.025) -
                   2 * 1.959964 * ideal.readings.standard_error) < 2e-5);
  }
}

void FloatsAreReadAsTheirDoubles() {
  const Values normal = Rounded(Normals(50, 11, 0)), anomalous = Rounded(Normals(20, 12, 1));
  const std::vector<float> normal_floats(normal.begin(), normal.end()),
      anomalous_floats(anomalous.begin(), anomalous.end());
  for (const ThresholdRule rule : kRules) {
    const Ideal expected = IdealOf(normal, anomalous, rule, 0.13);
    CHECK(IdealOf(normal_floats, anomalous, rule, 0.13).law == expected.law);
    CHECK(IdealOf(normal, anomalous_floats, rule, 0.13).law == expected.law);
    const Ideal both = IdealOf(normal_floats, anomalous_floats, rule, 0.13);
    CHECK(both.law == expected.law);
    CHECK_EQUAL(both.readings.threshold, expected.readings.threshold);
  }
}

void ObservedReadings() {
  const Values normal{5, 1, 4, 2, 3, 6, 8, 7, 10, 9}, anomalous{9.5, 8, 20, 1};
  const IdealReadings readings = IdealOf(normal, anomalous, ThresholdRule::kInverseCdf, 0.1).readings;
  CHECK_EQUAL(readings.threshold, 9);
  CHECK_EQUAL(readings.fpr, 0.1);
  CHECK_EQUAL(readings.tpr, 0.5);
  CHECK(std::abs(IdealOf(normal, anomalous, ThresholdRule::kLinear, 0.05).readings.threshold - 9.55) < 1e-12);
}

void BadInputIsRefused() {
  const Values some{1, 2, 3}, none;
  Values law(4);
  IdealReadings readings;
  std::int32_t abort = 1, done = 0;
  const auto status_of = [&](const Values& normal, const Values& anomalous, double fpr, std::span<double> out,
                             const JobControl& control = {}) {
    return IdealTpr(std::span<const double>(normal), std::span<const double>(anomalous),
                    ThresholdRule::kInverseCdf, fpr, control, out, readings);
  };
  CHECK(status_of(some, some, 0.1, law).ok());
  CHECK(status_of(none, some, 0.1, law) == (Status{StatusCode::kEmptySample, 0}));
  CHECK(status_of(some, none, 0.1, law) == (Status{StatusCode::kEmptySample, 1}));
  CHECK(status_of(some, some, 1, law) == (Status{StatusCode::kOutOfRange, 2}));
  CHECK(status_of({1, std::nan("")}, some, 0.1, law) == (Status{StatusCode::kNotANumber, 0, 1}));
  CHECK(status_of(some, {1, 2, std::nan("")}, 0.1, law) == (Status{StatusCode::kNotANumber, 1, 2}));
  CHECK(status_of(some, some, std::nan(""), law) == (Status{StatusCode::kOutOfRange, 2}));
  CHECK(status_of(some, some, 0.1, std::span(law).first(3)) == (Status{StatusCode::kLengthMismatch, 3}));
  CHECK(status_of(some, some, 0.1, law, JobControl(&abort, &done)).code == StatusCode::kAborted);

  SignProbabilities signs;
  Values quantiles(1);
  const Values sure{0, 1}, zeros{0, 0}, half{0.5};
  CHECK(IdealDifference(sure, sure, half, {}, quantiles, signs).ok());
  CHECK(IdealDifference(half, sure, half, {}, quantiles, signs) == (Status{StatusCode::kEmptySample, 0}));
  CHECK(IdealDifference(sure, none, half, {}, quantiles, signs) == (Status{StatusCode::kEmptySample, 1}));
  CHECK(IdealDifference(zeros, sure, half, {}, quantiles, signs) == (Status{StatusCode::kEmptySample, 0}));
  CHECK(IdealDifference(sure, zeros, half, {}, quantiles, signs) == (Status{StatusCode::kEmptySample, 1}));
  CHECK(IdealDifference(sure, sure, half, {}, {}, signs) == (Status{StatusCode::kLengthMismatch, 3}));
  const Values wide{0.5, 0.5};
  CHECK(IdealDifference(wide, wide, half, JobControl(&abort, &done), quantiles, signs).code ==
        StatusCode::kAborted);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  LawIsThatOfAllResamples();
  PlacesFollowBinomialTails();
  LawIsThatOfDrawnResamples();
  QuantilesAreTheSmallestThatReach();
  DifferenceIsThatOfAllPairs();
  SmallProbabilitiesOfASignAreKept();
  LargeSamples();
  FloatsAreReadAsTheirDoubles();
  ObservedReadings();
  BadInputIsRefused();
  return check::Finish();
}

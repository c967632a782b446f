// The law of the paired difference against all resamples counted out, against many drawn, and against what it
// must be where that is known.

#include "kernels/exact/paired_law.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "kernels/exact/ideal_bootstrap.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

using Values = std::vector<double>;

struct Samples {
  Values first_normal, second_normal, first_anomalous, second_anomalous;
};

struct Paired {
  Values law;
  PairedMoments moments;
};

PairedScores ScoresOf(const Samples& samples) {
  const auto span = [](const Values& values) { return std::span<const double>(values); };
  return {span(samples.first_normal), span(samples.second_normal), span(samples.first_anomalous),
          span(samples.second_anomalous)};
}

Paired LawOf(const Samples& samples, double fpr, ThresholdDefinition definition = {}, int threads = 1) {
  Paired paired{Values(2 * samples.first_anomalous.size() + 1, -1.0), {}};
  CHECK(PairedLaw(ScoresOf(samples), definition, fpr, threads, {}, paired.law, paired.moments).ok());
  return paired;
}

double Farthest(const Values& law, const Values& expected) {
  double farthest = law.size() == expected.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < std::min(law.size(), expected.size()); ++i) {
    farthest = std::max(farthest, std::abs(law[i] - expected[i]));
  }
  return farthest;
}

/// Calls visit(draws) for each of the n^n ways to draw n of n.
template <typename Visit>
void ForEachResample(std::size_t n, const Visit& visit) {
  std::vector<std::size_t> draws(n, 0);
  while (true) {
    visit(draws);
    std::size_t i = 0;
    while (i < n && ++draws[i] == n) draws[i++] = 0;
    if (i == n) return;
  }
}

/// The law by counting all resamples; the threshold is the draw number `index` from the largest.
Values EnumeratedLaw(const Samples& samples, std::size_t index) {
  std::map<std::pair<double, double>, double> thresholds;
  const std::size_t n0 = samples.first_normal.size(), n1 = samples.first_anomalous.size();
  const auto threshold = [index](const Values& scores, const std::vector<std::size_t>& draws) {
    Values drawn;
    for (const std::size_t i : draws) drawn.push_back(scores[i]);
    std::sort(drawn.rbegin(), drawn.rend());
    return drawn[index];
  };
  const double each0 = std::pow(static_cast<double>(n0), -static_cast<double>(n0));
  const double each1 = std::pow(static_cast<double>(n1), -static_cast<double>(n1));
  ForEachResample(n0, [&](const auto& draws) {
    thresholds[{threshold(samples.first_normal, draws), threshold(samples.second_normal, draws)}] += each0;
  });
  Values law(2 * n1 + 1);
  for (const auto& [pair, probability] : thresholds) {
    ForEachResample(n1, [&, probability = probability, pair = pair](const auto& draws) {
      std::size_t at = n1;
      for (const std::size_t i : draws) {
        at += samples.second_anomalous[i] > pair.second ? 1 : 0;
        at -= samples.first_anomalous[i] > pair.first ? 1 : 0;
      }
      law[at] += probability * each1;
    });
  }
  return law;
}

/// The target of which n normals tolerate `index` alarms.
double Fpr(std::size_t index, std::size_t n) {
  return (static_cast<double>(index) + 0.5) / static_cast<double>(n);
}

void Rationals() {
  const Samples tied{{3, 2, 2, 1}, {2, 2, 1, 2}, {2, 3, 1}, {2, 1, 3}};
  CHECK(Farthest(LawOf(tied, 0.25).law, {35.0 / 864, 163.0 / 2304, 101.0 / 576, 559.0 / 2304, 7.0 / 24,
                                         33.0 / 256, 347.0 / 6912}) < 1e-12);
  const Samples opposite{{4, 3, 2, 1}, {1, 2, 3, 4}, {3.5, 2.5, 1.5}, {1.5, 2.5, 3.5}};
  CHECK(Farthest(LawOf(opposite, 0.25).law, {83.0 / 576, 35.0 / 384, 77.0 / 384, 37.0 / 288, 77.0 / 384,
                                             35.0 / 384, 83.0 / 576}) < 1e-12);
  // Every anomaly is flagged by exactly one: even differences of three cannot be.
  const Samples parity{{4, 3, 2, 1}, {1, 4, 2, 3}, {9, 9, 0}, {0, 0, 9}};
  CHECK(Farthest(LawOf(parity, 0.25).law, {8.0 / 27, 0, 4.0 / 9, 0, 2.0 / 9, 0, 1.0 / 27}) < 1e-12);
  CHECK(Farthest(LawOf({{1}, {1}, {2, 0}, {0, 2}}, 0.5).law, {0.25, 0, 0.5, 0, 0.25}) < 1e-12);
}

void AllResamplesOfSmallSamples() {
  Philox random(1, 2, 3);
  const auto below = [&](std::size_t limit) {
    return static_cast<std::size_t>(random.NextUniform() * static_cast<double>(limit));
  };
  for (int round = 0; round < 150; ++round) {
    const std::size_t n0 = 1 + below(4), n1 = 1 + below(4), index = below(n0), values = 2 + below(4);
    const auto draw = [&](std::size_t n) {
      Values scores(n);
      for (double& score : scores) score = static_cast<double>(below(values));
      return scores;
    };
    Samples samples{draw(n0), draw(n0), draw(n1), draw(n1)};
    if (round % 5 == 0) samples.second_normal = samples.first_normal;
    if (round % 7 == 0) {
      for (std::size_t i = 0; i < n0; ++i) samples.second_normal[i] = -samples.first_normal[i];
    }
    const Values expected = EnumeratedLaw(samples, index);
    const Paired paired = LawOf(samples, Fpr(index, n0));
    CHECK(Farthest(paired.law, expected) < 1e-12);
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double xi = (static_cast<double>(i) - static_cast<double>(n1)) / static_cast<double>(n1);
      mean += expected[i] * xi;
      square += expected[i] * xi * xi;
    }
    CHECK(std::abs(paired.moments.mean - mean) < 1e-12);
    CHECK(std::abs(paired.moments.standard_error * paired.moments.standard_error - (square - mean * mean)) <
          1e-12);
  }
}

/// Correlated normal scores, the second detector's anomalies further out.
Samples Normals(std::size_t n0, std::size_t n1, double correlation) {
  Samples samples;
  const auto draw = [&](std::uint32_t stream, std::size_t n, double first_shift, double second_shift,
                        Values& first, Values& second) {
    Philox random(7, stream, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const double z = NormalVariate(random), own = NormalVariate(random);
      first.push_back(z + first_shift);
      second.push_back(correlation * z + std::sqrt(1 - correlation * correlation) * own + second_shift);
    }
  };
  draw(0, n0, 0, 0, samples.first_normal, samples.second_normal);
  draw(1, n1, 1.5, 2, samples.first_anomalous, samples.second_anomalous);
  return samples;
}

void EqualDetectorsNeverDiffer() {
  for (const std::size_t n : {5, 1'000, 20'000}) {
    Samples samples = Normals(n, 300, 0.5);
    samples.second_normal = samples.first_normal;
    samples.second_anomalous = samples.first_anomalous;
    const Paired paired = LawOf(samples, 0.05);
    CHECK(std::abs(paired.law[300] - 1) < 1e-12);
    CHECK_EQUAL(paired.moments.mean, 0);
    CHECK_EQUAL(paired.moments.standard_error, 0);
  }
}

void ExchangeMirrorsTheLaw() {
  for (const double correlation : {-0.9, 0.0, 0.7, 0.99}) {
    const Samples samples = Normals(700, 90, correlation);
    const Samples exchanged{samples.second_normal, samples.first_normal, samples.second_anomalous,
                            samples.first_anomalous};
    const Paired one = LawOf(samples, 0.05), other = LawOf(exchanged, 0.05);
    Values mirrored = other.law;
    std::reverse(mirrored.begin(), mirrored.end());
    CHECK(Farthest(one.law, mirrored) < 1e-12);
    CHECK(std::abs(one.moments.mean + other.moments.mean) < 1e-12);
  }
}

void OrderIsAllThatCounts() {
  const Samples samples = Normals(500, 80, 0.6);
  Samples mapped = samples;
  for (Values* scores : {&mapped.first_normal, &mapped.first_anomalous}) {
    for (double& score : *scores) score = std::exp(score);
  }
  CHECK(LawOf(samples, 0.1).law == LawOf(mapped, 0.1).law);
  CHECK(LawOf(samples, 0.1).law == LawOf(samples, 0.1, {}, 4).law);
}

/// The means of both TPRs are those of the laws of one detector each.
void MeansAreThoseOfEachDetector() {
  for (const ThresholdDefinition definition :
       {ThresholdDefinition(), ThresholdDefinition(ThresholdRule::kSupremum),
        ThresholdDefinition(ThresholdRule::kCertified, 0.1)}) {
    for (const double correlation : {-0.5, 0.8}) {
      const Samples samples = Normals(3'000, 400, correlation);
      const Paired paired = LawOf(samples, 0.02, definition);
      double sum = 0, mean = 0;
      for (std::size_t i = 0; i < paired.law.size(); ++i) {
        sum += paired.law[i];
        mean += paired.law[i] * (static_cast<double>(i) - 400) / 400;
      }
      CHECK(std::abs(sum - 1) < 1e-12);
      CHECK(std::abs(mean - paired.moments.mean) < 1e-12);
      Values law(401);
      IdealReadings first, second;
      const auto span = [](const Values& values) { return std::span<const double>(values); };
      CHECK(IdealTpr(span(samples.first_normal), span(samples.first_anomalous), definition, 0.02, {}, law,
                     first)
                .ok());
      CHECK(IdealTpr(span(samples.second_normal), span(samples.second_anomalous), definition, 0.02, {}, law,
                     second)
                .ok());
      CHECK(std::abs(paired.moments.mean - (second.mean - first.mean)) < 1e-11);
    }
  }
}

void BadInputIsRefused() {
  const Samples samples{{1, 2}, {2, 1}, {3, 1, 2}, {1, 2, 3}};
  Values law(7);
  PairedMoments moments;
  std::int32_t abort = 1, done = 0;
  const auto status_of = [&](const Samples& scores, double fpr, std::span<double> out,
                             ThresholdDefinition definition = {}, const JobControl& control = {}) {
    return PairedLaw(ScoresOf(scores), definition, fpr, 1, control, out, moments);
  };
  CHECK(status_of(samples, 0.5, law).ok());
  CHECK(status_of({{}, {}, {1}, {1}}, 0.5, law) == (Status{StatusCode::kEmptySample, 0}));
  CHECK(status_of({{1}, {1}, {}, {}}, 0.5, law) == (Status{StatusCode::kEmptySample, 1}));
  CHECK(status_of({{1}, {1, 2}, {1}, {1}}, 0.5, law) == (Status{StatusCode::kLengthMismatch, 2, 2}));
  CHECK(status_of({{1}, {1}, {1}, {1, 2}}, 0.5, law) == (Status{StatusCode::kLengthMismatch, 3, 2}));
  CHECK(status_of(samples, 0, law) == (Status{StatusCode::kOutOfRange, 4}));
  CHECK(status_of(samples, 0.5, law, ThresholdRule::kLinear) == (Status{StatusCode::kOutOfRange, 5}));
  CHECK(status_of(samples, 0.5, std::span(law).first(6)) == (Status{StatusCode::kLengthMismatch, 6}));
  CHECK(status_of(samples, 0.5, law, {}, JobControl(&abort, &done)).code == StatusCode::kAborted);
  CHECK(status_of({{1, std::numeric_limits<double>::quiet_NaN()}, {1, 2}, {1}, {1}}, 0.5,
                  std::span(law).first(3)) == (Status{StatusCode::kNotANumber, 0, 1}));
}

}  // namespace
}  // namespace scoring_bias

int main() {
  using namespace scoring_bias;
  Rationals();
  AllResamplesOfSmallSamples();
  EqualDetectorsNeverDiffer();
  ExchangeMirrorsTheLaw();
  OrderIsAllThatCounts();
  MeansAreThoseOfEachDetector();
  BadInputIsRefused();
  return check::Finish();
}

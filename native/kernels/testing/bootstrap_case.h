#pragma once

// What the tests of the bootstrap engines share: small cases, their exact law by enumeration, and Pearson's
// chi-square of an engine's replicates against it.

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/replicate_range.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "kernels/testing/check.h"

namespace scoring_bias::bootstrap_case {

using Values = std::vector<double>;
using Mask = std::vector<std::uint8_t>;

// A test case that owns its scores: normal[d], anomalous[d][k], excluded[d][k] (empty: none).
struct Case {
  std::vector<Values> normal;
  std::vector<std::vector<Values>> anomalous;
  std::vector<std::vector<Mask>> excluded;
  Design design = Design::kPaired;
  ThresholdRule rule = ThresholdRule::kInverseCdf;
  Values fprs{0.5};

  BootstrapInput Input() const {
    BootstrapInput input;
    input.design = design;
    input.definition = rule;
    input.fprs = fprs;
    for (std::size_t d = 0; d < normal.size(); ++d) {
      DetectorScores detector;
      detector.normal = std::span<const double>(normal[d]);
      for (std::size_t k = 0; k < anomalous[d].size(); ++k) {
        detector.classes.push_back(std::span<const double>(anomalous[d][k]));
        detector.excluded.push_back(excluded.empty() ? std::span<const std::uint8_t>() : excluded[d][k]);
      }
      input.detectors.push_back(detector);
    }
    return input;
  }
};

struct Replicates {
  Values thresholds, tpr;
  friend bool operator==(const Replicates&, const Replicates&) = default;
};

// Every sequence of n indices below n.
inline std::vector<std::vector<std::size_t>> AllResamples(std::size_t n) {
  std::vector<std::vector<std::size_t>> all{{}};
  for (std::size_t draw = 0; draw < n; ++draw) {
    std::vector<std::vector<std::size_t>> longer;
    for (const auto& indices : all) {
      for (std::size_t i = 0; i < n; ++i) {
        longer.push_back(indices);
        longer.back().push_back(i);
      }
    }
    all = std::move(longer);
  }
  return all;
}

// The thresholds [f][d] that resamples of the normal scores give, from the definition.
inline Values ThresholdsOf(const Case& c, const std::vector<std::vector<std::size_t>>& draws) {
  Values thresholds;
  for (const double fpr : c.fprs) {
    for (std::size_t d = 0; d < c.normal.size(); ++d) {
      Values sorted;
      for (const std::size_t i : draws[d]) sorted.push_back(c.normal[d][i]);
      std::sort(sorted.begin(), sorted.end());
      double threshold = 0;
      std::uint32_t tolerated = 0;
      CHECK(Thresholds(std::span<const double>(sorted), std::span(&fpr, 1), c.rule, std::span(&threshold, 1),
                       std::span(&tolerated, 1))
                .ok());
      thresholds.push_back(threshold);
    }
  }
  return thresholds;
}

// The thresholds, then the TPRs [f][d] that resamples of the anomalies have at them, from the definition. Empty
// when some detector tested none of the draws.
inline Values ReadingsOf(const Case& c, const Values& thresholds,
                         const std::vector<std::vector<std::size_t>>& draws) {
  Values readings = thresholds;
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const std::size_t d = i % c.normal.size();
    int tested = 0, flagged = 0;
    for (const std::size_t drawn : draws[d]) {
      if (!c.excluded.empty() && !c.excluded[d][0].empty() && c.excluded[d][0][drawn] != 0) continue;
      ++tested;
      flagged += c.anomalous[d][0][drawn] > thresholds[i] ? 1 : 0;
    }
    if (tested == 0) return {};
    readings.push_back(static_cast<double>(flagged) / tested);
  }
  return readings;
}

// Calls `visit` with every pair of resamples of two samples: the same for both in a paired design.
template <typename Visit>
void ForResamples(const Case& c, std::size_t n_first, std::size_t n_second, const Visit& visit) {
  const auto second = AllResamples(n_second);
  for (const auto& own : AllResamples(n_first)) {
    if (c.design == Design::kPaired) {
      visit(std::vector{own, own});
    } else {
      for (const auto& other : second) visit(std::vector{own, other});
    }
  }
}

// The exact law of the readings, by counting all resamples of two detectors with one class: those of the normal
// scores, and for each of their thresholds those of the anomalies.
inline std::map<Values, double> ExactLaw(const Case& c) {
  std::map<Values, double> thresholds, law;
  ForResamples(c, c.normal[0].size(), c.normal[1].size(),
               [&](const auto& draws) { thresholds[ThresholdsOf(c, draws)] += 1; });
  double total = 0;
  for (const auto& [at, count] : thresholds) {
    ForResamples(c, c.anomalous[0][0].size(), c.anomalous[1][0].size(), [&](const auto& draws) {
      const Values readings = ReadingsOf(c, at, draws);
      if (readings.empty()) return;
      law[readings] += count;
      total += count;
    });
  }
  for (auto& [readings, probability] : law) probability /= total;
  return law;
}

// Pearson's chi-square of the replicates against the exact law; the bound is six standard deviations above
// the mean.
template <typename Engine>
void CheckLawOf(const Engine& engine, const Case& c) {
  const std::map<Values, double> law = ExactLaw(c);
  const std::uint32_t n = 200000;
  const Replicates replicates = engine(c, ReplicateRange{.seed = 12, .first = 0, .count = n, .threads = 2});
  const std::size_t width = c.fprs.size() * c.normal.size();
  std::map<Values, int> counts;
  for (std::size_t b = 0; b < n; ++b) {
    Values readings(replicates.thresholds.begin() + static_cast<std::ptrdiff_t>(b * width),
                    replicates.thresholds.begin() + static_cast<std::ptrdiff_t>((b + 1) * width));
    readings.insert(readings.end(), replicates.tpr.begin() + static_cast<std::ptrdiff_t>(b * width),
                    replicates.tpr.begin() + static_cast<std::ptrdiff_t>((b + 1) * width));
    ++counts[readings];
  }
  double statistic = 0;
  for (const auto& [readings, count] : counts) CHECK(law.contains(readings));
  for (const auto& [readings, probability] : law) {
    const double expected = probability * n;
    const auto found = counts.find(readings);
    const double observed = found == counts.end() ? 0 : found->second;
    statistic += (observed - expected) * (observed - expected) / expected;
  }
  const double freedom = static_cast<double>(law.size()) - 1;
  CHECK(statistic <= freedom + 6 * std::sqrt(2 * freedom));
}

// The same bits for any number of threads and any cut into ranges; other bits for another seed.
template <typename Engine>
void CheckBitsOf(const Engine& engine, const Case& c) {
  const Replicates whole = engine(c, ReplicateRange{.seed = 5, .first = 40, .count = 1001, .threads = 1});
  for (const int threads : {2, 7}) {
    CHECK(engine(c, ReplicateRange{.seed = 5, .first = 40, .count = 1001, .threads = threads}) == whole);
  }
  Replicates pieces;
  for (const auto& [first, count] : {std::pair{40u, 1u}, {41u, 600u}, {641u, 400u}}) {
    const Replicates piece =
        engine(c, ReplicateRange{.seed = 5, .first = first, .count = count, .threads = 2});
    pieces.thresholds.insert(pieces.thresholds.end(), piece.thresholds.begin(), piece.thresholds.end());
    pieces.tpr.insert(pieces.tpr.end(), piece.tpr.begin(), piece.tpr.end());
  }
  CHECK(pieces == whole);
  CHECK(engine(c, ReplicateRange{.seed = 6, .first = 40, .count = 1001, .threads = 1}) != whole);
}

inline Case RandomCase(std::size_t n_detectors, std::size_t n_normal,
                       const std::vector<std::size_t>& class_sizes) {
  Philox random(77, 0, 0);
  Case c;
  c.fprs = {0.05, 0.2, 0.1};
  const auto sample = [&](std::size_t n, double shift) {
    Values scores(n);
    for (double& x : scores) x = std::round(100 * (random.NextUniform() + shift));  // Ties.
    return scores;
  };
  for (std::size_t d = 0; d < n_detectors; ++d) {
    c.normal.push_back(sample(n_normal, 0));
    c.anomalous.emplace_back();
    c.excluded.emplace_back();
    for (const std::size_t n : class_sizes) {
      c.anomalous.back().push_back(sample(n, 0.3));
      Mask mask(n);
      for (auto& out : mask) out = random.NextBelow(4) == 0 ? 1 : 0;
      c.excluded.back().push_back(d % 2 == 0 ? mask : Mask());
    }
  }
  return c;
}

// Scores of two detectors with correlation about `rho`, anomalies shifted, rounded to a grid that makes ties.
inline Case GaussianCase(std::size_t n_normal, std::size_t n_anomalous, double rho, double grid) {
  Philox random(31, 4, 0);
  Case c;
  c.normal.resize(2);
  c.anomalous = {{{}}, {{}}};
  const auto add = [&](Values& first, Values& second, double shift) {
    const double x = NormalVariate(random), y = rho * x + std::sqrt(1 - rho * rho) * NormalVariate(random);
    first.push_back(std::round(grid * (x + shift)) / grid);
    second.push_back(std::round(grid * (y + shift)) / grid);
  };
  for (std::size_t i = 0; i < n_normal; ++i) add(c.normal[0], c.normal[1], 0);
  for (std::size_t i = 0; i < n_anomalous; ++i) add(c.anomalous[0][0], c.anomalous[1][0], 1.5);
  return c;
}

}  // namespace scoring_bias::bootstrap_case

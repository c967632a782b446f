#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "kernels/base/status.h"

namespace scoring_bias {

/// Scores of many samples by two detectors: [neither flags them, the baseline, the candidate,
/// both][detector].
using ScorePools = std::array<std::array<std::span<const double>, 2>, 4>;

/// Simulated data sets, as far as the method `confidence` looks at them: docs/theory.md has the model.
struct PlannedInput {
  ScorePools normals, anomalies;
  /// [data set, 8]: samples of each cell of the pools, normals first, and where in their pools these begin,
  /// as a fraction in [0, 1). Rows of `starts` are `start_stride` apart.
  std::span<const std::int32_t> counts;
  std::span<const double> starts;
  std::size_t start_stride;
  /// [data set, 4]: fractions of the anomalies that the baseline flags at its true threshold, the candidate,
  /// and exactly one of them, and the correlation of the flags over normals.
  std::span<const double> readings;
  /// [2][draw]: standard normal draws of both thresholds.
  std::array<std::span<const double>, 2> draws;
  /// The critical value of a family of intervals, at even steps of the correlation from 0 to 1.
  std::span<const double> family_values;
  /// TPR(FPR) = Phi(intercept + spread * Phi^-1(FPR)) of either detector.
  std::array<double, 2> intercepts, spreads;
  /// Scores are read in stretches between `floor` and `top`, recalls at FPRs between `low` and `high`.
  double top, floor, low, high;
  double fpr;
  double n_normal, n_anomalous;
  /// Samples of the data sets, and what their deviations from their laws are multiplied by.
  double drawn_normal, drawn_anomalous, normal_scale, anomalous_scale;
  /// What an anomaly that a detector flags by another threshold adds to those that one detector alone flags.
  std::array<double, 2> turns;
  /// The part of the thresholds' variance that classes do not share.
  double own_thresholds;
  /// Draws that p-values are means over.
  double resamples;
  /// What an interval, or a limit, is asked to lie above: 0, or what a gate allows to be lost.
  double bound;
  /// Whether the family is of intervals; of limits on one side otherwise.
  bool two_sided;
  /// Whether so few anomalies decide that the law of xi given the thresholds is not nearly normal. Then it is
  /// that of whole numbers of anomalies, by `DifferenceTail`.
  bool few;
};

/// [data set], the first ones: whether the interval of xi lies above the bound, and how long it is.
struct PlannedOutputs {
  std::span<std::uint8_t> above;
  std::span<double> lengths;
};

/// What the simultaneous intervals say of each data set: the p-value is the mean over draws of both
/// thresholds of the sign test of the anomalies that these leave to one detector alone; the ends are where
/// the law of xi, a mixture over the draws, has the tails, to 1 % of half the length. Its parts are normal,
/// or Dirichlet's where few anomalies decide.
///
/// Errors: kLengthMismatch, kOutOfMemory. Thread safe. O(samples + draws) a data set, some 10 us; of few
/// anomalies 100.
Status PlannedAnswers(const PlannedInput& input, const PlannedOutputs& outputs);

/// Phi(x) by linear interpolation, to 2e-7; 0 and 1 beyond 8 standard deviations.
double QuickNormalCdf(double x);

}  // namespace scoring_bias

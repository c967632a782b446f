#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "kernels/random/beta.h"
#include "kernels/random/binomial.h"
#include "kernels/special/elementary.h"
#include "kernels/special/gamma.h"

namespace scoring_bias {

/// The t-th smallest of several sets of points at once, each of m points that are uniform on a line of its
/// own, where t is far below every m: by rejection from Poisson processes of the same intensities. Their t-th
/// point comes where the expected number of points, summed over the lines, is a gamma variate of shape t; the
/// caller maps that to places on the lines. docs/tree-engine.md derives it.
class NearOrderStatistic {
 public:
  /// A set of points, and the share of its line that lies before the proposed place.
  struct Line {
    double points = 0, share = 0;
    std::int64_t before = 0;  // points before the place, where Accept had to draw them
    double expected() const { return points * share; }
  };

  /// The expected number of points before the t-th is larger with a probability below 1e-30: Chernoff's
  /// bound.
  static double Reach(double t) { return t + kLogTail + std::sqrt(2 * kLogTail * t); }

  /// Whether this is the way when no set has fewer points: all shares are then below 1/2.
  static bool Covers(double t, double fewest) { return 2 * Reach(t) <= fewest; }

  /// t >= 1, Covers(t, fewest).
  NearOrderStatistic(double t, double fewest)
      : gamma_(t), t_(t), reach_(Reach(t)), tilt_(kTilt / fewest), stretch_(1 / (1 - tilt_)) {}

  /// How many points are expected before the place that is proposed.
  template <UniformSource Rng>
  double Propose(Rng& random) const {
    while (true) {
      const double expected = gamma_(random) * stretch_;
      if (expected < reach_) return expected;
    }
  }

  /// Whether the place is taken; the t-th point is on line `hit`. Lines without points count for nothing.
  ///
  /// With j of m points before the share p, binomial and Poisson probabilities are in the ratio R, at most
  /// (1 - p)^(-1/2) exp(1 / (6 m (1 - p))), and so is R times the ratio of the intensities,
  /// (1 - j / m) / (1 - p). As p < 1/2, the tilt takes that back. R is nearly 1, so that a bound of it mostly
  /// decides before the j are drawn.
  template <UniformSource Rng>
  bool Accept(Rng& random, double expected, std::span<Line> lines, std::size_t hit) const {
    const double u = random.NextUniform(), most = std::max(t_, expected);
    const double off = std::abs(t_ - 1 - expected);
    // A binomial count of t - 1 is farther from its mean with a probability below 1e-30 (Hoeffding).
    const double far = std::sqrt(0.5 * (kLogTail + 1) * (t_ - 1)) + off;
    double fixed = tilt_ * expected + most / (lines[hit].points - most), inverse = 0;
    for (const Line& line : lines) {
      if (line.points > 0) inverse += 1 / (line.points - most);
    }
    fixed += inverse * (kSpare + 1.0 / 12);
    if (u <= 1 - fixed - 0.5 * far * far * inverse) return true;
    DrawBefore(random, expected, lines);
    double squares = 0;
    for (const Line& line : lines) {
      const double difference = static_cast<double>(line.before) - line.expected();
      if (line.points > 0) squares += difference * difference / (line.points - most);
    }
    if (u <= 1 - fixed - 0.5 * squares) return true;
    return portable::Log(u) <= LogAcceptance(expected, lines, hit);
  }

  /// The logarithm of the probability with which a place is taken, given the points before.
  double LogAcceptance(double expected, std::span<const Line> lines, std::size_t hit) const {
    const auto& [points, share, before] = lines[hit];
    double sum = portable::Log1p(-static_cast<double>(before) / points) - portable::Log1p(-share);
    for (const Line& line : lines) {
      if (line.points > 0) sum += LogRatio(line) - kSpare / line.points;
    }
    return sum - tilt_ * expected;
  }

 private:
  static constexpr double kLogTail = 69.1;  // -log 1e-30
  static constexpr double kTilt = 0.7;      // -log(1 - p) / 2 <= 0.7 p up to p = 1/2
  static constexpr double kSpare = 1.0 / 3;

  // log R, R = m! / ((m - j)! m^j) (1 - p)^(m - j) e^(m p).
  static double LogRatio(const Line& line) {
    const double m = line.points, j = static_cast<double>(line.before), left = m - j;
    return -0.5 * portable::Log1p(-j / m) - Deviance(left, m * (1 - line.share), m * line.share - j) +
           (StirlingError(m) - StirlingError(left));
  }

  // Where the t - 1 points before the place are.
  template <UniformSource Rng>
  void DrawBefore(Rng& random, double expected, std::span<Line> lines) const {
    auto left = static_cast<std::int64_t>(t_) - 1;
    for (Line& line : lines) {
      line.before = 0;
      if (line.points == 0) continue;
      line.before = BinomialVariate(random, left, std::clamp(line.expected() / expected, 0.0, 1.0));
      left -= line.before;
      expected -= line.expected();
    }
  }

  GammaSampler gamma_;
  double t_, reach_, tilt_, stretch_;
};

}  // namespace scoring_bias

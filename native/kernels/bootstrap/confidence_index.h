#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/dominance_counts.h"
#include "kernels/bootstrap/score_window.h"

namespace scoring_bias {

/// One detector near its true thresholds: the normal scores at the positions that these reach with a
/// probability above 1e-30, and the anomalies of each class from the first to the last of the gaps there.
struct ConfidenceDetector {
  std::size_t n_normal = 0;
  std::vector<double> targets;  // [f]: the true FPR at the threshold of target f
  ScoreWindow normal;
  std::vector<std::size_t> n_anomalous;  // [class]
  std::vector<ScoreWindow> classes;
  /// [class][place in `normal`]: the anomalies strictly above the normal score there.
  std::vector<std::vector<std::uint32_t>> flagged;

  /// A number of normals above a threshold, brought into reach.
  std::size_t Reached(std::size_t above) const;

  /// The anomalies of class k above a threshold below which `above` normals do not lie: at least as many as
  /// above the upper end of that gap, at most as many as above its lower end.
  struct Gap {
    std::size_t least, most;
  };
  Gap GapOf(std::size_t k, std::size_t above) const;
};

/// What Confidence knows of the samples of two detectors. Ties of paired samples are in an order of their own
/// (tie_order.h).
struct ConfidenceIndex {
  std::vector<ConfidenceDetector> detectors;
  bool paired = false;
  DominanceCounts normal;                // when paired
  std::vector<DominanceCounts> classes;  // when paired

  /// The probability that a paired normal sample is above the first detector's threshold at FPR a and the
  /// second's at FPR b, with K the checkerboard copula of the normal scores (each sample spread evenly over
  /// its cell of the two rank axes):
  ///
  ///   C(a, b) = ab + g(a) g(b) (K(a, b) - ab),    g(q)^2 = n q (1 - q) / (n q (1 - q) + 1),
  ///
  /// at a = b = q the mean of K, weighing the n q (1 - q) samples that it is read off, and of independence,
  /// weighing one. C is a copula for every n: its margins are those of K, and no rectangle gets less than 0,
  /// because |q' g'(q)| <= g (1 - g^2) / 2 with q' the smaller of q and 1 - q. Requires both in reach.
  double Both(double a, double b) const;

  /// Anomalies of class k among the first x of the first detector's order and the first y of the second's.
  std::size_t Flagged(std::size_t k, std::size_t x, std::size_t y) const;

  /// Builds the index of checked input. Errors: kNotANumber, kOutOfMemory; kOutOfRange where it reaches
  /// normals that are counted alone.
  static Status Build(const BootstrapInput& input, int threads, ConfidenceIndex& index);
};

}  // namespace scoring_bias

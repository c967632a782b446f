#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/base/vectors.h"

namespace scoring_bias {

/// Positions that a threshold passes with less than this probability are left out, and corrections below it.
inline constexpr double kNegligible = 1e-15;

/// The joint law of the thresholds of two detectors in one bootstrap resample of n paired normal samples.
///
/// Positions count from the largest score down, each detector in its own order. In a resample X is the
/// position of the first detector's threshold, its draw number `index` from the largest (from 0), and Y that
/// of the second's. X < x exactly when more than `index` of the n draws fall on the first x positions. With
/// `both` the number of samples that are among the first x of the one order and the first y of the other, the
/// draws are multinomial on four cells, and with a = x / n, b = y / n
///
///   P(X < x, Y < y) = Q(x) Q(y) + n * integral from a b to both / n of P(N_a = N_b = index; t) dt,
///
/// where N_a and N_b count n - 1 draws of margins a and b and the probability t of falling on both: for a
/// multinomial the derivative of an expectation by a cell is n times that of n - 1 draws with one more in the
/// cell, and at t = a b the counts are independent (Plackett, Biometrika 41, 1954, has it for normals).
/// docs/exact-law.md derives it.
///
/// The integrand is (p10 p01)^m p00^(n-1-2m) W(p11 p00 / (p10 p01)), m = `index`, with one function W for all
/// x, y and `both`: log W is tabulated where it is needed, in Chebyshev panels.
///
/// Absolute error below 1e-13 up to n = 10^4, 1e-11 up to n = 10^6. Thread safe.
class JointThresholds {
 public:
  /// Requires index < n. Cost: none to speak of; panels are made on first use, at about 9 * 20 sqrt(index)
  /// additions each.
  JointThresholds(std::int64_t n, std::int64_t index);
  ~JointThresholds();
  JointThresholds(const JointThresholds&) = delete;
  JointThresholds& operator=(const JointThresholds&) = delete;

  /// Q(x) = P(X < x) for 0 <= x <= n.
  double Below(std::int64_t x) const;

  /// P(X < x, Y < y) for 0 <= x, y <= n and `both` possible; `below_x` and `below_y` are Q(x) and Q(y).
  /// Symmetric in its two sides. Cost: a panel of 8 values of the integrand, about 0.2 us, for correlations
  /// below 0.8 (two panels for n up to 2,048), one more for each halving of the distance to the end of the
  /// path, none where the margins decide.
  double Both(std::int64_t x, std::int64_t y, std::int64_t both, double below_x, double below_y) const;

 private:
  // Of Gauss-Legendre's rule on a panel: eight leave 1e-12 where its ends are as 1 to 2.
  static constexpr std::size_t kNodes = 8;

  struct Nodes;
  struct Rule;
  struct Path;
  struct Panel;
  enum class Turn;

  double FromIndependence(const Path& path, Turn turn) const;
  double ToEnd(const Path& path) const;
  double PanelIntegral(const Path& path, Turn turn, double from, double to) const;
  double IntegralOf(const Path& path, Turn turn, double from, double to) const;
#ifdef SCORING_BIAS_AVX2
  double IntegralByAvx2(const Path& path, Turn turn, double from, double to) const;
#endif
  void Integrand(const Nodes& nodes, std::array<double, kNodes>& values) const;
  double LogW(double log_odds) const;
  double SumLogW(double log_odds) const;
  const Panel& PanelAt(std::size_t number) const;

  std::int64_t n_, index_;
  bool flipped_;                             // the counts of the samples below are used, which are the fewer
  double m_;                                 // the count, of n - 1 draws, on one margin
  double remain_;                            // n - 1 - 2 m_
  double finer_;                             // panels for each halving of the distance
  double apart_;                             // squared difference of roots that decides by Chernoff's bound
  double log_low_, log_high_;                // beyond these log W is a straight line
  double at_low_, at_high_;                  // its value there
  double scale_discordant_, scale_neither_;  // 1 / typical p10 p01 and 1 / typical p00, for small logarithms
  mutable std::vector<std::atomic<const Panel*>> panels_;
};

}  // namespace scoring_bias

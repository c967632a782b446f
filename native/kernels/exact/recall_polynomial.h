#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/exact/recall_curve.h"

namespace scoring_bias {

/// One member of a mixture of pairs of independent recalls.
struct RecallPair {
  double weight;
  Recall lower, upper;
};

/// P(T' - T > z) of a mixture of independent T ~ Beta(a, N - a) and T' ~ Beta(b, N' - b), for small N and N'.
///
/// T is the a-th smallest of N - 1 uniform variates, T' the b-th of N' - 1 others. With i of the former below
/// 1 - z and j of the latter above z, both as good as uniform on a stretch of one length, T' - T > z when
/// among these i + j in random order the a-th of the former comes before the (b - (N' - 1 - j))-th of the
/// latter, whatever z is. So it is a sum over i and j of Bin(N - 1, 1 - z) at i, Bin(N' - 1, 1 - z) at j and
/// the share of such orders, in which nothing cancels.
///
/// Absolute error 1e-14. Time of a value: N N' products; to make: N N'^2 sums for each member.
class RecallPolynomial {
 public:
  /// The largest N for which it is worth its while; with it no number below exceeds a double.
  static constexpr std::int32_t kMost = 40;

  RecallPolynomial() = default;
  /// Requires at least one member, all of the same N and the same N'. Throws std::bad_alloc.
  explicit RecallPolynomial(std::span<const RecallPair> mixture);

  /// 0 <= z < 1. Throws std::bad_alloc.
  double Above(double z) const;

 private:
  void SetColumn(std::size_t j, std::span<const RecallPair> mixture, std::span<const double> orders);

  std::size_t n_lower_ = 0, n_upper_ = 0;  // N and N'
  std::vector<double> reached_;            // [member][i]: the weight of a at most i
  std::vector<double> shares_;             // [i][j]
};

}  // namespace scoring_bias

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace scoring_bias {

/// The law of how many of n normals lie above a true threshold, Bin(n, q), without what is below 1e-18.
struct CountLaw {
  std::size_t first = 0;
  std::vector<double> probabilities;

  static CountLaw Of(std::size_t n, double q);
  std::size_t size() const { return probabilities.size(); }
};

/// The joint law of (A, A'), the numbers of n paired normals above the two true thresholds: A ~ Bin(n, q),
/// A' ~ Bin(n, q'), and a sample is above both with probability `both`. Given A, A' is the sum of Bin(A, s)
/// and Bin(n - A, t), s = both / q, t = (q' - both) / (1 - q), so its generating functions satisfy
///
///   g_(A+1)(z) (1 - t + t z) = g_A(z) (1 - s + s z),
///
/// a recurrence of two terms from row to row. On |z| = 1 the factor from one row to the next is at most 1
/// upwards where s (1 - s) >= t (1 - t), and downwards elsewhere; that way no error grows. Division by
/// 1 - p + p z runs upwards in A' for p <= 1/2 and downwards for larger p.
///
/// Absolute error below 1e-14. Time: 3 ns an entry. Memory: 8 bytes each.
class PairedCounts {
 public:
  /// Requires 0 < q, q' < 1 and a possible `both`. Throws std::bad_alloc.
  PairedCounts(std::size_t n, double q, double q_second, double both);

  const CountLaw& first() const { return first_; }
  const CountLaw& second() const { return second_; }

  /// p(A, A') over A', for the A at this place of the first law.
  std::span<const double> Row(std::size_t place) const {
    return {table_.data() + place * second_.size(), second_.size()};
  }

 private:
  CountLaw first_, second_;
  std::vector<double> table_;
};

}  // namespace scoring_bias

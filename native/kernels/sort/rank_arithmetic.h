#pragma once

#include <cmath>
#include <cstddef>

namespace scoring_bias {

/// p * n split into whole ranks: `floor` and whether p * n is that integer exactly.
struct RankProduct {
  std::size_t floor;
  bool exact;
  std::size_t ceil() const { return exact ? floor : floor + 1; }
};

/// floor(p * n) free of binary rounding: 0.07 * 100 is 7, 0.3 * 10 is 3, although the double products are
/// not.
///
/// Defined as the largest k whose fraction k/n, divided in double precision, is at most p; `exact` when it
/// equals p. So a target given as a decimal and a fraction that a program computed both mean what they say
/// (1/3 of 3 is 1), and a fraction counted elsewhere in double precision never exceeds p by rounding. It is
/// the rational floor of the decimal number a / 10^d written for p whenever p * n * 10^d < 2^52: two
/// different rationals k/n and a / 10^d differ by at least 1 / (n 10^d), which is then more than the spacing
/// of doubles at p.
///
/// Requires 0 <= p <= 1 and n < 2^52. floor is 0 and exact for n = 0.
inline RankProduct MultiplyRank(double p, std::size_t n) {
  if (n == 0) return {0, true};
  const auto whole = static_cast<double>(n);
  double k = std::floor(p * whole);  // Off by one at most.
  if (k / whole > p) k -= 1;
  if ((k + 1) / whole <= p) k += 1;
  return {static_cast<std::size_t>(k), k / whole == p};
}

}  // namespace scoring_bias

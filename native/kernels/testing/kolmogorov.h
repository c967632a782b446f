#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace scoring_bias {

/// The largest distance between the distribution functions of two samples (Kolmogorov and Smirnov). Two of n
/// draws of one law exceed 2.7 sqrt(2 / n) once in 10^6.
inline double KolmogorovDistance(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double largest = 0;
  for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
    while (j < b.size() && b[j] <= a[i]) ++j;
    if (i + 1 < a.size() && a[i + 1] == a[i]) continue;
    largest = std::max(largest, std::abs(static_cast<double>(i + 1) / static_cast<double>(a.size()) -
                                         static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return largest;
}

}  // namespace scoring_bias

#pragma once

#include <cstddef>
#include <cstring>

namespace scoring_bias {

namespace inner_product_detail {

#if defined(__GNUC__)
// Loops over numbers that lie side by side are not always turned into this.
using Pair = double __attribute__((vector_size(16)));
#else
struct Pair {
  double first, second;

  Pair& operator+=(Pair other) {
    first += other.first;
    second += other.second;
    return *this;
  }
  friend Pair operator*(Pair a, Pair b) { return {a.first * b.first, a.second * b.second}; }
};
#endif

inline Pair PairAt(const double* values) {
  Pair pair;
  std::memcpy(&pair, values, sizeof(pair));
  return pair;
}

inline double SumOf(Pair pair) {
  double values[2];
  std::memcpy(values, &pair, sizeof(pair));
  return values[0] + values[1];
}

}  // namespace inner_product_detail

/// The sum of a[i] b[i], in eight sums at once, whose order does not depend on the machine.
inline double InnerProduct(const double* a, const double* b, std::size_t size) {
  using namespace inner_product_detail;
  Pair sums[4] = {};
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    for (std::size_t j = 0; j < 4; ++j) sums[j] += PairAt(a + i + 2 * j) * PairAt(b + i + 2 * j);
  }
  double sum = 0;
  for (; i < size; ++i) sum += a[i] * b[i];
  return ((SumOf(sums[0]) + SumOf(sums[1])) + (SumOf(sums[2]) + SumOf(sums[3]))) + sum;
}

}  // namespace scoring_bias

#pragma once

#include <cstring>
#include <functional>

#include "kernels/base/vectors.h"

namespace scoring_bias {

// Four doubles, of which operations take as many at a time as the processor can. Never passed or returned by
// value: how, depends on the processor that is compiled for.
#if defined(__GNUC__)
// Loops over numbers that lie side by side are not always turned into this.
using Quad = double __attribute__((vector_size(32)));
#else
struct Quad {
  double values[4];

  static Quad All(double value) { return {value, value, value, value}; }
  template <typename Operation>
  static Quad Each(const Quad& a, const Quad& b, Operation of) {
    return {of(a.values[0], b.values[0]), of(a.values[1], b.values[1]), of(a.values[2], b.values[2]),
            of(a.values[3], b.values[3])};
  }
  friend Quad operator+(const Quad& a, const Quad& b) { return Each(a, b, std::plus<double>()); }
  friend Quad operator-(const Quad& a, const Quad& b) { return Each(a, b, std::minus<double>()); }
  friend Quad operator*(const Quad& a, const Quad& b) { return Each(a, b, std::multiplies<double>()); }
  friend Quad operator+(double a, const Quad& b) { return All(a) + b; }
  friend Quad operator-(double a, const Quad& b) { return All(a) - b; }
  friend Quad operator*(double a, const Quad& b) { return All(a) * b; }
  Quad& operator+=(const Quad& other) { return *this = *this + other; }
};
#endif

SCORING_BIAS_INLINE void Load(const double* values, Quad& quad) { std::memcpy(&quad, values, sizeof(quad)); }
SCORING_BIAS_INLINE void Store(const Quad& quad, double* values) { std::memcpy(values, &quad, sizeof(quad)); }

}  // namespace scoring_bias

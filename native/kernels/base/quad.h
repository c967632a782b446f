#pragma once

#include <cstring>

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

  Quad& operator+=(const Quad& other) { return *this = *this + other; }
  friend Quad operator+(const Quad& a, const Quad& b) {
    return {a.values[0] + b.values[0], a.values[1] + b.values[1], a.values[2] + b.values[2],
            a.values[3] + b.values[3]};
  }
  friend Quad operator-(const Quad& a, const Quad& b) {
    return {a.values[0] - b.values[0], a.values[1] - b.values[1], a.values[2] - b.values[2],
            a.values[3] - b.values[3]};
  }
  friend Quad operator*(const Quad& a, const Quad& b) {
    return {a.values[0] * b.values[0], a.values[1] * b.values[1], a.values[2] * b.values[2],
            a.values[3] * b.values[3]};
  }
};
#endif

SCORING_BIAS_INLINE void Load(const double* values, Quad& quad) { std::memcpy(&quad, values, sizeof(quad)); }
SCORING_BIAS_INLINE void Store(const Quad& quad, double* values) { std::memcpy(values, &quad, sizeof(quad)); }

}  // namespace scoring_bias

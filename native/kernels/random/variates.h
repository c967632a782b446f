#pragma once

// Random variates over a generator of uniform ones, usually philox.h.
//
// Common contract. Every sampler is a template over the generator, so that it inlines into the loop that
// calls it; it draws from the exact law, up to the 2^-53 grid of the uniforms and the rounding of one double
// comparison. It uses only operations that IEEE 754 defines to the last bit, and special/elementary.h for
// logarithms and exponentials: the same words give the same variates on every machine. Counts go up to
// 2^31 - 1. Nothing allocates or throws; parameters are the caller's to check.

#include <concepts>
#include <cstdint>

#include "kernels/special/normal.h"

namespace scoring_bias {

/// A source of uniform doubles strictly inside (0, 1): neither u nor 1 - u is ever 0.
template <typename Rng>
concept UniformSource = requires(Rng& rng) {
  { rng.NextUniform() } -> std::same_as<double>;
};

/// A standard normal variate, by inversion: exactly one uniform each, and monotone in it. |x| <= 8.3.
/// Cost: about 12 ns.
template <UniformSource Rng>
double NormalVariate(Rng& rng) {
  return NormalQuantile(rng.NextUniform());
}

}  // namespace scoring_bias

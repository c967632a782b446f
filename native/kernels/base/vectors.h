#pragma once

// Code for processors with AVX2 beside that for all of x86-64, where the compiler can have both in one
// binary: a function marked SCORING_BIAS_AVX2, which is called where HasAvx2() alone. It must give the same
// bits.

#if defined(__x86_64__) && defined(__GNUC__)
#define SCORING_BIAS_AVX2 __attribute__((target("avx2")))
#endif

// What both kinds of code are made of becomes part of each.
#if defined(__GNUC__)
#define SCORING_BIAS_INLINE __attribute__((always_inline)) inline
#else
#define SCORING_BIAS_INLINE inline
#endif

namespace scoring_bias {

/// Whether the processor has AVX2, and the system keeps its registers. Asked once.
bool HasAvx2();

}  // namespace scoring_bias

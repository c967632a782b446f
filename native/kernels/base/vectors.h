#pragma once

// Code for processors with AVX2 beside that for all of x86-64, where the compiler can have both in one
// binary: a function marked SCORING_BIAS_AVX2, which is called where HasAvx2() alone. It must give the same
// bits.

#if defined(__x86_64__) && defined(__GNUC__)
#define SCORING_BIAS_AVX2 __attribute__((target("avx2")))
#endif

namespace scoring_bias {

/// Whether the processor has AVX2, and the system keeps its registers. Asked once.
bool HasAvx2();

}  // namespace scoring_bias

#include "kernels/base/vectors.h"

#ifdef SCORING_BIAS_AVX2
#include <cpuid.h>
#endif

namespace scoring_bias {
namespace {

bool AskProcessor() {
#ifdef SCORING_BIAS_AVX2
  // Intel's manual, volume 1, section 14.7.1. The compilers' own question needs a library that not all have.
  constexpr unsigned kSystemSaves = 1u << 27, kAvx = 1u << 28, kAvx2 = 1u << 5, kRegisters = 6;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c & kSystemSaves) == 0 || (c & kAvx) == 0) return false;
  unsigned saved = 0;
  __asm__("xgetbv" : "=a"(saved), "=d"(d) : "c"(0));
  return (saved & kRegisters) == kRegisters && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & kAvx2) != 0;
#else
  return false;
#endif
}

}  // namespace

bool HasAvx2() {
  static const bool has = AskProcessor();
  return has;
}

}  // namespace scoring_bias

#include "kernels/random/exponential.h"

#include "kernels/base/vectors.h"

namespace scoring_bias {
namespace {

// Logarithms of their own loop are taken several at a time; uniforms are normal numbers.
inline void NegativeLogs(std::span<double> values) {
  for (double& value : values) value = -portable::LogOfNormal(value);
}

#ifdef SCORING_BIAS_AVX2
SCORING_BIAS_AVX2 void NegativeLogsByAvx2(std::span<double> values) {
  for (double& value : values) value = -portable::LogOfNormal(value);
}
#endif

}  // namespace

void ExponentialVariates(Philox& random, std::span<double> out) {
  random.NextUniforms(out);
#ifdef SCORING_BIAS_AVX2
  if (HasAvx2()) return NegativeLogsByAvx2(out);
#endif
  NegativeLogs(out);
}

}  // namespace scoring_bias

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/base/job_control.h"
#include "kernels/base/named.h"
#include "kernels/base/status.h"
#include "kernels/random/philox.h"
#include "kernels/random/streams.h"
#include "kernels/random/variates.h"

namespace scoring_bias {

inline constexpr std::size_t kGaussian9dSize = 9;

/// kNormal: N(0, I). kAnomalous: N(0, I) but for 3 coordinates (with probability 0.4) or 4 (0.6), every
/// choice of them equally likely, which are N(1.6, 0.8), 0.8 the standard deviation.
enum class Gaussian9dKind { kNormal, kAnomalous };

template <>
inline constexpr Named<Gaussian9dKind> kNamed<Gaussian9dKind>[] = {{Gaussian9dKind::kNormal, "normal"},
                                                                   {Gaussian9dKind::kAnomalous, "anomalous"}};

/// Which samples of the synthetic data set of Ye, Chen and Zheng (IJCAI 2021, section 4.2): `first`,
/// first + 1, ... of a stream below kGaussian9dStreams. Samples of different kinds, streams or seeds are
/// independent.
struct Gaussian9dRange {
  Gaussian9dKind kind = Gaussian9dKind::kNormal;
  std::uint64_t seed = 0;
  std::uint32_t stream = 0;
  std::uint32_t first = 0;
};

/// Every stream has one of Philox's streams for each kind.
inline constexpr std::uint32_t kGaussian9dStreams = kStreamsPerEngine / 2;

/// One sample, in double precision; returns the set of shifted coordinates, bit j for coordinate j.
///
/// The nine standard normals come first, then the number of shifted coordinates, then which (Floyd's
/// algorithm: Bentley and Floyd, CACM 30, 1987): no draw depends on what a rejected one was.
inline unsigned Gaussian9dSample(Philox& random, Gaussian9dKind kind,
                                 std::array<double, kGaussian9dSize>& x) {
  for (double& coordinate : x) coordinate = NormalVariate(random);
  if (kind == Gaussian9dKind::kNormal) return 0;
  const std::uint32_t n_shifted = random.NextBelow(5) < 2 ? 3 : 4;
  unsigned shifted = 0;
  for (std::uint32_t last = kGaussian9dSize - n_shifted; last < kGaussian9dSize; ++last) {
    const std::uint32_t pick = random.NextBelow(last + 1);
    shifted |= 1u << ((shifted >> pick & 1u) == 0 ? pick : last);
  }
  for (std::size_t j = 0; j < kGaussian9dSize; ++j) {
    if ((shifted >> j & 1u) != 0) x[j] = 1.6 + 0.8 * x[j];
  }
  return shifted;
}

/// Fills `out`, row-major [n, 9], with samples rounded to single precision.
///
/// Sample i reads Philox(seed, kGaussian9dBaseStream + 2 stream + kind, i): any sample can be drawn alone,
/// and results depend neither on the number of threads nor on how ranges are cut. Time: about 0.2 us a sample
/// and thread. Allocates only threads. Polls `control` every kGaussian9dBlock samples and advances it by
/// their number.
///
/// Errors: kLengthMismatch unless 9 divides out.size(); kOutOfRange when the stream, or the samples of one,
/// run out of numbers; kOutOfMemory; kAborted. The output is then unspecified.
Status Gaussian9d(const Gaussian9dRange& range, int threads, std::span<float> out, const JobControl& control);

inline constexpr std::size_t kGaussian9dBlock = 1024;

}  // namespace scoring_bias

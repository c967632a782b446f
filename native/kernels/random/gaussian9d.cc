#include "kernels/random/gaussian9d.h"

#include <atomic>
#include <new>

#include "kernels/base/parallel.h"

namespace scoring_bias {

Status Gaussian9d(const Gaussian9dRange& range, int threads, std::span<float> out,
                  const JobControl& control) {
  if (out.size() % kGaussian9dSize != 0) return {StatusCode::kLengthMismatch};
  const std::size_t n = out.size() / kGaussian9dSize;
  if (range.stream >= kGaussian9dStreams || range.first + std::uint64_t{n} > std::uint64_t{1} << 32) {
    return {StatusCode::kOutOfRange};
  }
  const std::uint32_t stream =
      kGaussian9dBaseStream + 2 * range.stream + (range.kind == Gaussian9dKind::kAnomalous ? 1 : 0);
  try {
    ThreadTeam team(ThreadCount(threads, n, kGaussian9dBlock));
    std::atomic<bool> aborted{false};
    ForEachBlock(team, n, kGaussian9dBlock, [&](std::size_t begin, std::size_t end, int /*member*/) {
      if (control.aborted()) aborted.store(true, std::memory_order_relaxed);
      if (aborted.load(std::memory_order_relaxed)) return;
      std::array<double, kGaussian9dSize> x;
      for (std::size_t i = begin; i < end; ++i) {
        Philox random(range.seed, stream, range.first + static_cast<std::uint32_t>(i));
        Gaussian9dSample(random, range.kind, x);
        for (std::size_t j = 0; j < x.size(); ++j) out[i * x.size() + j] = static_cast<float>(x[j]);
      }
      control.Advance(static_cast<std::int32_t>(end - begin));
    });
    return {aborted ? StatusCode::kAborted : StatusCode::kOk};
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory};
  }
}

}  // namespace scoring_bias

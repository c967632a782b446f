#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "kernels/base/job_control.h"
#include "kernels/base/parallel.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/replicate_range.h"

namespace scoring_bias {

/// How draws are handed to threads: so many at once, and no thread for fewer than so many.
struct DrawBlocks {
  std::size_t at_once, per_thread;
};

/// Draws all of a range, on up to range.threads threads. `draws` has MakeScratch(), called before any thread
/// starts, and bool Draw(b, scratch), false when it was aborted, which writes only to places that draw number
/// b owns: the result does not depend on the number of threads. Polls `control` before each draw and advances
/// it by one for each. Errors: kOutOfMemory, kAborted.
template <typename Draws>
Status DrawInBlocks(const Draws& draws, const ReplicateRange& range, DrawBlocks blocks,
                    const JobControl& control) try {
  ThreadTeam team(ThreadCount(range.threads, range.count, blocks.per_thread));
  std::vector<decltype(draws.MakeScratch())> scratch;
  for (int member = 0; member < team.size(); ++member) scratch.push_back(draws.MakeScratch());
  std::atomic<bool> aborted{false};
  ForEachBlock(team, range.count, blocks.at_once, [&](std::size_t begin, std::size_t end, int member) {
    for (std::size_t b = begin; b < end; ++b) {
      if (aborted.load(std::memory_order_relaxed)) return;
      if (control.aborted() || !draws.Draw(b, scratch[static_cast<std::size_t>(member)])) {
        aborted = true;
        return;
      }
    }
    control.Advance(static_cast<std::int32_t>(end - begin));
  });
  return {aborted ? StatusCode::kAborted : StatusCode::kOk};
} catch (const std::bad_alloc&) {
  return {StatusCode::kOutOfMemory};
}

}  // namespace scoring_bias

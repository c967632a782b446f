#pragma once

#include <atomic>
#include <cstdint>

namespace scoring_bias {

/// The line between a running kernel and whoever waits for it: an abort flag that the kernel polls and a
/// count of finished pieces of work that it adds to. Both are plain 32-bit integers that the caller owns and
/// may read and write from another thread while the kernel runs. A default-constructed control is never
/// aborted.
class JobControl {
 public:
  JobControl() = default;
  JobControl(std::int32_t* abort, std::int32_t* done) : abort_(abort), done_(done) {}

  bool aborted() const {
    return abort_ != nullptr && std::atomic_ref(*abort_).load(std::memory_order_relaxed) != 0;
  }

  void Advance(std::int32_t pieces) const {
    if (done_ != nullptr) std::atomic_ref(*done_).fetch_add(pieces, std::memory_order_relaxed);
  }

 private:
  std::int32_t* abort_ = nullptr;
  std::int32_t* done_ = nullptr;
};

}  // namespace scoring_bias

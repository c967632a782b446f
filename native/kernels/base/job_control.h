#pragma once

#include <atomic>
#include <cstdint>

namespace scoring_bias {

namespace job_control_detail {

#ifdef __cpp_lib_atomic_ref
inline std::int32_t Load(std::int32_t& value) {
  return std::atomic_ref(value).load(std::memory_order_relaxed);
}
inline void Add(std::int32_t& value, std::int32_t n) {
  std::atomic_ref(value).fetch_add(n, std::memory_order_relaxed);
}
#else
// LLVM's standard library has it from version 19 on; its compiler has these.
inline std::int32_t Load(std::int32_t& value) { return __atomic_load_n(&value, __ATOMIC_RELAXED); }
inline void Add(std::int32_t& value, std::int32_t n) { __atomic_fetch_add(&value, n, __ATOMIC_RELAXED); }
#endif

}  // namespace job_control_detail

/// The line between a running kernel and whoever waits for it: an abort flag that the kernel polls and a
/// count of finished pieces of work that it adds to. Both are plain 32-bit integers that the caller owns and
/// may read and write from another thread while the kernel runs. A default-constructed control is never
/// aborted.
class JobControl {
 public:
  JobControl() = default;
  JobControl(std::int32_t* abort, std::int32_t* done) : abort_(abort), done_(done) {}

  bool aborted() const { return abort_ != nullptr && job_control_detail::Load(*abort_) != 0; }

  void Advance(std::int32_t pieces) const {
    if (done_ != nullptr) job_control_detail::Add(*done_, pieces);
  }

 private:
  std::int32_t* abort_ = nullptr;
  std::int32_t* done_ = nullptr;
};

}  // namespace scoring_bias

#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace scoring_bias {

/// Threads that work on one task after another, the constructing thread among them.
///
/// Starting a thread costs tens of microseconds, waking one a few: kernels with several phases keep a team.
/// If the system grants fewer threads than asked for, the team is smaller; no kernel's result depends on its
/// size.
///
/// One task at a time, from the thread that made the team. Tasks must not throw.
class ThreadTeam {
 public:
  explicit ThreadTeam(int size);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  /// Calls task(member) once for each member 0, ..., size() - 1, each on its own thread, and returns when all
  /// have. Allocates nothing, so that a kernel that has its memory can no longer fail.
  template <typename Task>
  void Run(const Task& task) {
    RunTask({&task, [](const void* self, int member) { (*static_cast<const Task*>(self))(member); }});
  }

 private:
  /// A task without its type, borrowed.
  struct TaskRef {
    const void* self;
    void (*call)(const void* self, int member);
  };

  void RunTask(TaskRef task);
  void Work(int member);

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  TaskRef task_{};
  std::uint64_t round_ = 0;
  int running_ = 0;
  bool stop_ = false;
};

/// Cuts [0, n) into blocks of `block` and calls body(begin, end, member) for each, on whichever member is
/// free. Which member takes which block is not determined: a body that writes only to places which its range
/// owns gives the same result for any team.
template <typename Body>
void ForEachBlock(ThreadTeam& team, std::size_t n, std::size_t block, const Body& body) {
  std::atomic<std::size_t> next{0};
  team.Run([&](int member) {
    for (;;) {
      const std::size_t begin = next.fetch_add(block, std::memory_order_relaxed);
      if (begin >= n) return;
      body(begin, std::min(begin + block, n), member);
    }
  });
}

/// The range of [0, n) that member number `member` of `size` owns: contiguous, in order, sizes within one.
inline std::pair<std::size_t, std::size_t> ShareOf(std::size_t n, int member, int size) {
  const auto parts = static_cast<std::size_t>(size);
  const auto part = static_cast<std::size_t>(member);
  const std::size_t each = n / parts, extra = n % parts;
  const std::size_t begin = part * each + std::min(part, extra);
  return {begin, begin + each + (part < extra ? 1 : 0)};
}

/// The number of threads to use: `requested`, or the machine's when that is 0; never more than one for each
/// `grain` of the n items of work, so that small inputs do not pay for threads.
int ThreadCount(int requested, std::size_t n, std::size_t grain);

}  // namespace scoring_bias

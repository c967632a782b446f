#include "kernels/base/parallel.h"

#include <exception>

namespace scoring_bias {

ThreadTeam::ThreadTeam(int size) {
  if (size < 2) return;
  threads_.reserve(static_cast<std::size_t>(size) - 1);
  for (int member = 1; member < size; ++member) {
    try {
      threads_.emplace_back([this, member] { Work(member); });
    } catch (const std::exception&) {
      return;  // The system has no more threads, or no memory for them, to give: those that run will do.
    }
  }
}

ThreadTeam::~ThreadTeam() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadTeam::RunTask(TaskRef task) {
  if (!threads_.empty()) {
    {
      const std::lock_guard lock(mutex_);
      task_ = task;
      running_ = static_cast<int>(threads_.size());
      ++round_;
    }
    wake_.notify_all();
  }
  task.call(task.self, 0);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return running_ == 0; });
}

void ThreadTeam::Work(int member) {
  std::uint64_t seen = 0;
  for (;;) {
    TaskRef task;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stop_ || round_ != seen; });
      if (stop_) return;
      seen = round_;
      task = task_;
    }
    task.call(task.self, member);
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) done_.notify_one();
  }
}

int ThreadCount(int requested, std::size_t n, std::size_t grain) {
  const int available = requested > 0 ? requested : static_cast<int>(std::thread::hardware_concurrency());
  const std::size_t useful = std::min<std::size_t>(n / grain, 256);
  return std::clamp(static_cast<int>(useful), 1, std::max(available, 1));
}

}  // namespace scoring_bias

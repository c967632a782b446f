// Every kernel that allocates, with each of its allocations failing in turn: it must say so, and neither end
// the process nor leave a thread behind.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <span>
#include <vector>

#include "kernels/bootstrap/bootstrap_direct.h"
#include "kernels/bootstrap/bootstrap_tree.h"
#include "kernels/bootstrap/jackknife.h"
#include "kernels/bootstrap/observe.h"
#include "kernels/bootstrap/ranked_scores.h"
#include "kernels/exact/ideal_bootstrap.h"
#include "kernels/sort/sort.h"
#include "kernels/sort/threshold.h"
#include "kernels/testing/check.h"

namespace {

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

// How many more allocations succeed, and how many fail after those.
std::atomic<std::int64_t> allowance{kAll};
std::atomic<std::int64_t> failures{0};

}  // namespace

// Not inlined: compilers that see through one half of a pair warn about the other. Arrays too, whose default
// calls the above except under a sanitizer.
[[gnu::noinline]] void* operator new(std::size_t size) {
  const std::int64_t left = allowance.fetch_sub(1);
  if (left <= 0 && left > -failures) throw std::bad_alloc();
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }

namespace scoring_bias {
namespace {

// Lets allocation number 0, 1, ... fail, alone and then with all after it, until the kernel makes none such.
template <typename Kernel>
void FailEachAllocation(const Kernel& kernel) {
  for (const std::int64_t fail : {std::int64_t{1}, kAll}) {
    std::int64_t number = 0;
    for (bool failed = true; failed; ++number) {
      failures = fail;
      allowance = number;
      const Status status = kernel();
      failed = allowance.exchange(kAll) < 0;
      // A team takes a thread less for an answer.
      const bool may_succeed = !failed || fail == 1;
      const bool right = status.code == StatusCode::kOutOfMemory ? failed : status.ok() && may_succeed;
      CHECK(right);
      if (!right) return;
    }
    CHECK(number > 1);
  }
}

void TestAll() {
  const int threads = 3;
  std::vector<float> floats(1 << 18);
  for (std::size_t i = 0; i < floats.size(); ++i) floats[i] = static_cast<float>(i * 7919 % 10007);
  const std::span<const float> values(floats);
  std::vector<float> sorted(floats.size());
  FailEachAllocation([&] {
    std::copy(floats.begin(), floats.end(), sorted.begin());
    const Status status = Sort(std::span(sorted), threads);
    CHECK(status.ok() ? std::is_sorted(sorted.begin(), sorted.end()) : sorted == floats);
    return status;
  });
  std::vector<std::uint32_t> order(floats.size());
  FailEachAllocation([&] { return Argsort(values, std::span(order), threads); });
  std::vector<double> ranks(floats.size());
  FailEachAllocation([&] { return Rank(values, TieRule::kMin, std::span(ranks), threads); });
  std::vector<double> taus(20, 1.0);
  std::vector<std::uint32_t> flagged(20);
  FailEachAllocation([&] { return CountAbove(values, std::span<const double>(taus), std::span(flagged)); });

  BootstrapInput input;
  input.fprs = {0.1};
  const std::vector<std::uint8_t> excluded(1000, 0);
  for (int d = 0; d < 2; ++d) {
    input.detectors.push_back({values.first(5000), {values.subspan(5000, 1000)}, {excluded}});
  }
  std::vector<RankedDetector> detectors;
  FailEachAllocation([&] { return RankInput(input, threads, detectors); });
  std::vector<double> tpr(2 * 100);
  const ReplicateRange range{.seed = 1, .first = 0, .count = 100, .threads = threads};
  FailEachAllocation([&] { return BootstrapDirect(input, detectors, range, {}, std::span(tpr), {}); });
  const std::vector<double> contrast{-1, 1};
  double acceleration = 0;
  FailEachAllocation(
      [&] { return JackknifeAcceleration(input, detectors, contrast, std::span(&acceleration, 1)); });

  input.detectors[0].excluded = input.detectors[1].excluded = {{}};
  TreeIndex index;
  FailEachAllocation([&] { return TreeIndex::Build(input, TreeIndex::kReachesFarEnough, threads, index); });
  FailEachAllocation(
      [&] { return JackknifeAcceleration(input, index, contrast, std::span(&acceleration, 1)); });
  FailEachAllocation(
      [&] { return ObserveStandardErrors(input, index, contrast, std::span(&acceleration, 1)); });
  FailEachAllocation([&] { return BootstrapTree(input, index, range, {.tpr = tpr}, {}); });

  std::sort(floats.begin(), floats.end());
  DiscreteLaw places;
  FailEachAllocation([&] {
    places = {};
    return OrderStatisticLaw(100, 2000, {}, places);
  });
  std::vector<double> law(1001);
  IdealReadings readings;
  FailEachAllocation([&] {
    return IdealTpr(values.first(5000), values.first(1000), ThresholdRule::kLinear, 0.1, {}, std::span(law),
                    readings);
  });
  SignProbabilities signs;
  FailEachAllocation([&] { return IdealDifference(law, law, {}, {}, {}, signs); });
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::TestAll();
  return scoring_bias::check::Finish();
}

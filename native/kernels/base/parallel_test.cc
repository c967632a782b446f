#include "kernels/base/parallel.h"

#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

void EveryMemberRunsOnceARound() {
  for (const int size : {-1, 0, 1, 2, 7}) {
    ThreadTeam team(size);
    CHECK_EQUAL(team.size(), std::max(size, 1));
    std::vector<int> calls(static_cast<std::size_t>(team.size()));
    for (int round = 1; round <= 100; ++round) {
      team.Run([&](int member) { ++calls[static_cast<std::size_t>(member)]; });
      for (const int count : calls) CHECK_EQUAL(count, round);
    }
  }
}

void BlocksCoverTheRangeOnce() {
  ThreadTeam team(3);
  for (const std::size_t n : {0, 1, 99, 100, 1001}) {
    std::vector<int> visits(n);
    ForEachBlock(team, n, 100, [&](std::size_t begin, std::size_t end, int) {
      for (std::size_t i = begin; i < end; ++i) ++visits[i];
    });
    for (const int count : visits) CHECK_EQUAL(count, 1);
  }
}

void SharesAreContiguousAndEven() {
  for (const std::size_t n : {0, 1, 6, 7, 8, 1000}) {
    std::size_t at = 0;
    for (int member = 0; member < 7; ++member) {
      const auto [begin, end] = ShareOf(n, member, 7);
      CHECK_EQUAL(begin, at);
      CHECK(end - begin == n / 7 || end - begin == n / 7 + 1);
      at = end;
    }
    CHECK_EQUAL(at, n);
  }
}

void SmallWorkTakesOneThread() {
  CHECK_EQUAL(ThreadCount(8, 999, 1000), 1);
  CHECK_EQUAL(ThreadCount(8, 3000, 1000), 3);
  CHECK_EQUAL(ThreadCount(2, 1000000, 1000), 2);
  CHECK_EQUAL(ThreadCount(1, 1000000, 1000), 1);
  CHECK(ThreadCount(0, 1000000, 1000) >= 1);
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::EveryMemberRunsOnceARound();
  scoring_bias::BlocksCoverTheRangeOnce();
  scoring_bias::SharesAreContiguousAndEven();
  scoring_bias::SmallWorkTakesOneThread();
  return scoring_bias::check::Finish();
}

// The sorting kernels and their rivals in C++, on normal variates:
//   sort CONTESTANT float32|float64 N THREADS REPETITIONS
// prints {"ms": median}, or {"missing": why}. CONTESTANT is kernel, argsort, std, vqsort or vqsort-avx2;
// `sort versions` prints the versions of g++ and of Highway.

#include "kernels/sort/sort.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <span>
#include <string_view>
#include <vector>
#ifdef WITH_HIGHWAY
#include <hwy/contrib/sort/vqsort.h>
#include <hwy/highway.h>
#endif

namespace {

template <typename T, typename Work>
void Measure(std::size_t n, int repetitions, const Work& work) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::vector<T> values(n);
  for (T& value : values) value = static_cast<T>(normal(random));
  std::vector<T> copy(n);
  std::vector<double> times;
  for (int r = 0; r <= repetitions; ++r) {
    std::copy(values.begin(), values.end(), copy.begin());
    const auto start = std::chrono::steady_clock::now();
    work(copy);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    if (r > 0) times.push_back(time.count());
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"ms\": %.6g}\n", times[times.size() / 2]);
}

int Missing(const char* why) {
  std::printf("{\"missing\": \"%s\"}\n", why);
  return 0;
}

template <typename T>
int Run(std::string_view contestant, std::size_t n, int threads, int repetitions) {
  const auto require = [](scoring_bias::Status status) {
    if (!status.ok()) std::abort();
  };
  if (contestant == "kernel") {
    Measure<T>(n, repetitions, [&](auto& v) { require(scoring_bias::Sort(std::span<T>(v), threads)); });
  } else if (contestant == "argsort") {
    std::vector<std::uint32_t> order(n);
    Measure<T>(n, repetitions, [&](auto& v) {
      require(scoring_bias::Argsort(std::span<const T>(v), std::span(order), threads));
    });
  } else if (contestant == "std") {
    Measure<T>(n, repetitions, [](auto& v) { std::sort(v.begin(), v.end()); });
  } else if (contestant == "vqsort" || contestant == "vqsort-avx2") {
#ifdef WITH_HIGHWAY
    if (contestant == "vqsort-avx2") {
#ifdef HWY_AVX2
      if ((hwy::SupportedTargets() & HWY_AVX2) == 0) return Missing("the processor has no AVX2");
      hwy::SetSupportedTargetsForTest(HWY_AVX2);
      hwy::GetChosenTarget().Update(HWY_AVX2);
#else
      return Missing("Highway has no AVX2 target here");
#endif
    }
    hwy::Sorter sorter;
    Measure<T>(n, repetitions, [&](auto& v) { sorter(v.data(), v.size(), hwy::SortAscending()); });
#else
    return Missing("Highway (Debian's libhwy-dev) is not installed");
#endif
  } else {
    return Missing("there is no such contestant");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "versions") {
    std::printf("{\"g++\": \"%s\"", __VERSION__);
#ifdef WITH_HIGHWAY
    std::printf(", \"highway\": \"%d.%d.%d\"", HWY_MAJOR, HWY_MINOR, HWY_PATCH);
#endif
    std::printf("}\n");
    return 0;
  }
  if (argc != 6) return 2;
  const std::size_t n = std::strtoull(argv[3], nullptr, 10);
  const int threads = std::atoi(argv[4]), repetitions = std::atoi(argv[5]);
  return std::string_view(argv[2]) == "float32" ? Run<float>(argv[1], n, threads, repetitions)
                                                : Run<double>(argv[1], n, threads, repetitions);
}

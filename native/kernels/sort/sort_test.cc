#include "kernels/sort/sort.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "kernels/random/philox.h"
#include "kernels/sort/float_key.h"
#include "kernels/testing/check.h"

namespace scoring_bias {
namespace {

// Samples that stress a radix sort: every bit pattern, few distinct values, equal values, equal high or low
// digits; the last two, as doubles, share their leading halves by twos and threes, and by thousands.
template <typename T>
std::vector<std::vector<T>> Samples(std::size_t n) {
  Philox random(11, 0, static_cast<std::uint32_t>(n));
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  std::vector<std::vector<T>> samples(8, std::vector<T>(n));
  for (std::size_t i = 0; i < n; ++i) {
    T any;
    do {
      const std::uint64_t bits = random.NextUint64();
      std::memcpy(&any, &bits, sizeof any);
    } while (any != any);
    samples[0][i] = any;
    const T few[] = {-kInfinity, -1, T{-0.0}, T{0.0}, std::numeric_limits<T>::denorm_min(), 1, kInfinity};
    samples[1][i] = few[random.NextBelow(7)];
    samples[2][i] = T{3.5};
    samples[3][i] = T{1} + static_cast<T>(random.NextBelow(2000)) * std::numeric_limits<T>::epsilon();
    samples[4][i] = std::ldexp(T{1}, static_cast<int>(random.NextBelow(60)) - 30);
    samples[5][i] = static_cast<T>(i);
    samples[6][i] = static_cast<T>(1 + std::ldexp(static_cast<double>(random.NextBelow(1u << 31)), -33));
    samples[7][i] =
        static_cast<T>(std::ldexp(1 + std::ldexp(static_cast<double>(random.NextBelow(1u << 31)), -51),
                                  static_cast<int>(random.NextBelow(9)) - 4));
  }
  return samples;
}

template <typename T>
bool SameBits(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), [](T x, T y) { return ToKey(x) == ToKey(y); });
}

template <typename T>
void SortAgreesWithTheStandardLibrary() {
  for (const std::size_t n : {0, 1, 2, 3, 1000, 200003}) {
    for (const std::vector<T>& sample : Samples<T>(n)) {
      std::vector<T> expected = sample;
      std::sort(expected.begin(), expected.end(),
                [](T a, T b) { return a < b || (a == b && std::signbit(a) && !std::signbit(b)); });
      for (const int threads : {1, 2, 3}) {
        std::vector<T> actual = sample;
        CHECK(Sort(std::span(actual), threads).ok());
        CHECK(SameBits(actual, expected));
      }
    }
  }
}

template <typename T>
void ArgsortIsStable() {
  for (const std::size_t n : {0, 1, 2, 3, 1000, 200003}) {
    for (const std::vector<T>& sample : Samples<T>(n)) {
      std::vector<std::uint32_t> expected(n);
      std::iota(expected.begin(), expected.end(), 0u);
      std::stable_sort(expected.begin(), expected.end(),
                       [&](std::uint32_t a, std::uint32_t b) { return sample[a] < sample[b]; });
      for (const int threads : {1, 2, 3}) {
        std::vector<std::uint32_t> actual(n);
        CHECK(Argsort(std::span<const T>(sample), std::span(actual), threads).ok());
        CHECK(actual == expected);
      }
    }
  }
}

template <typename T>
void RanksOfTies() {
  const std::vector<T> values{3, T{-0.0}, 1, T{0.0}, 3, 3, -2};
  const auto ranks = [&](TieRule ties) {
    std::vector<double> result(values.size());
    CHECK(Rank(std::span<const T>(values), ties, std::span(result), 1).ok());
    return result;
  };
  CHECK(ranks(TieRule::kAverage) == (std::vector<double>{6, 2.5, 4, 2.5, 6, 6, 1}));
  CHECK(ranks(TieRule::kMin) == (std::vector<double>{5, 2, 4, 2, 5, 5, 1}));
  CHECK(ranks(TieRule::kMax) == (std::vector<double>{7, 3, 4, 3, 7, 7, 1}));
  CHECK(ranks(TieRule::kDense) == (std::vector<double>{4, 2, 3, 2, 4, 4, 1}));
  CHECK(ranks(TieRule::kOrdinal) == (std::vector<double>{5, 2, 4, 3, 6, 7, 1}));
}

template <typename T>
void NanIsRefusedWithItsIndex() {
  for (const std::size_t index : {0, 1023, 1024, 2999}) {
    for (const T nan : {std::numeric_limits<T>::quiet_NaN(), -std::numeric_limits<T>::quiet_NaN()}) {
      std::vector<T> values(3000, T{1});
      values[index] = nan;
      values[2999] = nan;
      const std::vector<T> before = values;
      std::vector<std::uint32_t> order(3000, 77);
      CHECK(Sort(std::span(values), 1) == (Status{StatusCode::kNotANumber, 0, index}));
      CHECK(SameBits(values, before));
      CHECK(Argsort(std::span<const T>(values), std::span(order), 1) ==
            (Status{StatusCode::kNotANumber, 0, index}));
      CHECK_EQUAL(order[0], 77u);
    }
  }
}

void LengthsMustAgree() {
  const std::vector<float> values(3);
  std::vector<std::uint32_t> order(2);
  std::vector<double> ranks(4);
  CHECK(Argsort(std::span(values), std::span(order), 1).code == StatusCode::kLengthMismatch);
  CHECK(Rank(std::span(values), TieRule::kMin, std::span(ranks), 1).code == StatusCode::kLengthMismatch);
}

template <typename T>
void TestAll() {
  SortAgreesWithTheStandardLibrary<T>();
  ArgsortIsStable<T>();
  RanksOfTies<T>();
  NanIsRefusedWithItsIndex<T>();
}

}  // namespace
}  // namespace scoring_bias

int main() {
  scoring_bias::TestAll<float>();
  scoring_bias::TestAll<double>();
  scoring_bias::LengthsMustAgree();
  return scoring_bias::check::Finish();
}

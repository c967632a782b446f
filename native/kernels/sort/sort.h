#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/named.h"
#include "kernels/base/status.h"

namespace scoring_bias {

/// Rules for the rank of tied values; see Rank.
enum class TieRule { kAverage, kMin, kMax, kDense, kOrdinal };

template <>
inline constexpr Named<TieRule> kNamed<TieRule>[] = {{TieRule::kAverage, "average"},
                                                     {TieRule::kMin, "min"},
                                                     {TieRule::kMax, "max"},
                                                     {TieRule::kDense, "dense"},
                                                     {TieRule::kOrdinal, "ordinal"}};

/// The longest array that the sorting kernels take: 2^31 - 1.
inline constexpr std::size_t kMaxSortLength = 0x7fffffff;

/// Sorts `values` in place, ascending: -Inf first, -0 before +0 (which compare equal), +Inf last.
///
/// LSD radix sort, 11 bits a pass. O(n) time: about 5 ms for 10^6 floats on one thread, 10 ms for as many
/// doubles, which are sorted by their leading 32 bits and then put in order where those agree (up to twice
/// that when they nearly always do); up to `threads` threads (0: one per core) for inputs beyond 2^17.
/// Allocates sizeof(T) * n bytes. The result does not depend on the number of threads. Thread safe.
///
/// Errors: kNotANumber with the index of the first NaN, kOutOfRange beyond kMaxSortLength; `values` is then
/// unchanged. kOutOfMemory, after which `values` holds anything.
template <typename T>
Status Sort(std::span<T> values, int threads);

/// Writes to `order` the indices that sort `values`: values[order[0]] <= values[order[1]] <= ... Stable: tied
/// values, -0 and +0 among them, keep the order of their indices.
///
/// Threads and errors as for Sort; about 10 ms for 10^6 floats, 18 ms for as many doubles, up to three times
/// that when many agree in their leading 32 bits; allocates 16 n bytes.
/// Requires order.size() == values.size() (else kLengthMismatch); kNotANumber leaves `order` unchanged.
template <typename T>
Status Argsort(std::span<const T> values, std::span<std::uint32_t> order, int threads);

/// Writes to `ranks` the rank of each value among all, from 1. Tied values (-0 and +0 too) all get
/// - kAverage: the mean of the ranks they span (midranks),
/// - kMin: the smallest, which is 1 + the number of smaller values,
/// - kMax: the largest, which is the number of values not larger,
/// - kDense: 1 + the number of distinct smaller values,
/// - kOrdinal: not the same rank: the order of their indices decides.
///
/// Cost and errors as for Argsort, and 4 n bytes more.
template <typename T>
Status Rank(std::span<const T> values, TieRule ties, std::span<double> ranks, int threads);

extern template Status Sort(std::span<float>, int);
extern template Status Sort(std::span<double>, int);
extern template Status Argsort(std::span<const float>, std::span<std::uint32_t>, int);
extern template Status Argsort(std::span<const double>, std::span<std::uint32_t>, int);
extern template Status Rank(std::span<const float>, TieRule, std::span<double>, int);
extern template Status Rank(std::span<const double>, TieRule, std::span<double>, int);

}  // namespace scoring_bias

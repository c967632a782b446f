#pragma once

#include <cstdint>

namespace scoring_bias {

// Which of Philox's 2^32 streams belong to whom. Streams below 2^31 are the callers'; each engine owns 2^28
// of the others, so that two engines under one seed never share a random word.

inline constexpr std::uint32_t kStreamsPerEngine = std::uint32_t{1} << 28;
inline constexpr std::uint32_t kDirectBootstrapStreams = std::uint32_t{8} << 28;
inline constexpr std::uint32_t kTreeBootstrapStreams = std::uint32_t{9} << 28;
inline constexpr std::uint32_t kGaussian9dBaseStream = std::uint32_t{10} << 28;
inline constexpr std::uint32_t kConfidenceStreams = std::uint32_t{11} << 28;
inline constexpr std::uint32_t kRunConfidenceStreams = std::uint32_t{12} << 28;
inline constexpr std::uint32_t kGroupConfidenceStreams = std::uint32_t{13} << 28;
inline constexpr std::uint32_t kTableBootstrapStreams = std::uint32_t{14} << 28;
inline constexpr std::uint32_t kTieStream = std::uint32_t{15} << 28;

}  // namespace scoring_bias

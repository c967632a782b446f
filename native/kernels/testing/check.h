#pragma once

// The kernels' test harness: CHECK counts failures and goes on, so that one run shows more than the first.

#include <cstdio>
#include <sstream>

namespace scoring_bias::check {

/// Whether sanitizers watch this build: what they look for shows in a few cases, and each takes ten times
/// as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kWatched = true;
#else
inline constexpr bool kWatched = false;
#endif

inline int failures = 0;
inline constexpr int kShownFailures = 20;

/// To be returned from main: 0 when every check held.
inline int Finish() {
  if (failures != 0) std::fprintf(stderr, "%d check(s) failed\n", failures);
  return failures == 0 ? 0 : 1;
}

template <typename A, typename B>
void Equal(const A& actual, const B& expected, const char* text, const char* file, int line) {
  if (actual == expected) return;
  if (++failures > kShownFailures) return;
  std::ostringstream message;
  message.precision(17);
  message << file << ':' << line << ": " << text << ": got " << actual << ", expected " << expected << '\n';
  std::fputs(message.str().c_str(), stderr);
}

inline void True(bool holds, const char* text, const char* file, int line) {
  if (holds) return;
  if (++failures > kShownFailures) return;
  std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
}

}  // namespace scoring_bias::check

#define CHECK(condition) ::scoring_bias::check::True((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(actual, expected) \
  ::scoring_bias::check::Equal((actual), (expected), #actual " == " #expected, __FILE__, __LINE__)

#pragma once

#include <cstddef>

#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/score_window.h"

namespace scoring_bias {

/// The window of the positions first, ..., last - 1 and of all that ties with the first or the last of them.
/// O(n). Errors: those of SelectPositions.
Status SelectWithTies(const ScoreSpan& scores, std::size_t first, std::size_t last, std::size_t array,
                      int threads, ScoreWindow& window);

/// Puts the tied samples of each window, which has all that tie with any of it, in an order that does not
/// depend on their numbers: no answer depends on the order of the rows. `a` and `b` are the scores of two
/// detectors.
///
/// Sorted by the other detector's scores, the samples of a tie are shuffled, by a permutation that depends on
/// the tie's position and size alone. So neither detector's ties follow the other's scores, monotone maps of
/// the scores change nothing, and the detectors count alike. What ties in both is sorted one way for the one
/// and the other way for the other, or it would be shuffled alike where the ties themselves are alike.
/// O(size), and a sort of the tied samples. Throws std::bad_alloc.
void OrderTies(const ScoreSpan& a, ScoreWindow& window_a, const ScoreSpan& b, ScoreWindow& window_b);

}  // namespace scoring_bias

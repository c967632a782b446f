#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/replicate_range.h"
#include "kernels/bootstrap/tree_index.h"

namespace scoring_bias {

/// Where BootstrapTree writes; what is not wanted is empty. With D detectors, F targets, K classes and B
/// replicates:
struct TreeOutputs {
  std::span<double> thresholds = {};  // [B][F][D]
  std::span<double> tpr = {};         // [B][F][K][D]
  /// [B][F][K]: standard errors of the contrast sum_d contrast[d] TPR_d in each replicate (ContrastVariance).
  std::span<double> standard_errors = {};
  std::span<const double> contrast = {};  // [D], when standard errors are wanted
};

/// The bootstrap of BootstrapDirect, exact in distribution, at a cost that does not grow with the samples: no
/// index is drawn. docs/tree-engine.md derives it.
///
/// 1. The first detector's order statistics. The draws are n0 uniforms; their k-th smallest, U_(k) ~
///    Beta(k, n0 - k + 1), falls in the cell of the sample at position x = floor(n0 U_(k)). Several ranks are
///    the partial sums of gamma variates.
/// 2. Given these, the other draws are uniform on the intervals between them: whole samples, and a part of
/// the
///    sample at either end.
/// 3. The second detector's order statistics, by descent: the stretch of its positions that holds the wanted
///    draw is split where that is expected, and the draws of each interval split binomially in proportion to
///    the samples that the interval has on either side (DominanceCounts). Once the wanted draw is one of few
///    at an end of its stretch, which at many normals one split brings about, its position is drawn at once
///    (NearOrderStatistic).
/// 4. At both thresholds the anomalies of a class fall into four cells, (F + 1)^2 for F targets, whose
///    multinomial counts in the resample are binomials given each other.
///
/// With one detector, or detectors on samples of their own, steps 1 and 4 are all. With a table of both
/// thresholds' joint law (`index.table`) one draw from it is steps 1 to 3.
///
/// Random words: replicate r of sample set s, numbered as for BootstrapDirect, reads
/// Philox(seed, kTreeBootstrapStreams + s, r), with a table kTableBootstrapStreams. Results depend neither on
/// the number of threads, nor on how replicates are cut into ranges, nor on how far the index reaches: a
/// replicate that leaves it (which takes an event of probability 1e-30) is drawn again from an index of
/// everything.
///
/// Time: 0.6 to 0.9 us a replicate for two paired detectors, one target and one class, 0.25 us for each
/// further class; O(F^2) in the targets; with a table 0.35 us. Memory: that of the index. Polls `control`
/// before each replicate and advances it by one for each.
///
/// `index` is the input's; TreeCanDo(input) must hold. Errors: kLengthMismatch when an output has the wrong
/// size; kOutOfRange when TreeCanDo does not hold, a table is there and more than TPRs are wanted, or
/// replicates or streams run out of numbers; kOutOfMemory; kAborted. The outputs are then unspecified.
Status BootstrapTree(const BootstrapInput& input, const TreeIndex& index, const ReplicateRange& range,
                     const TreeOutputs& outputs, const JobControl& control);

}  // namespace scoring_bias

#pragma once

#include "kernels/base/job_control.h"
#include "kernels/base/status.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/threshold_table.h"
#include "kernels/bootstrap/tree_index.h"

namespace scoring_bias {

/// Whether both thresholds' joint law can be tabulated: two paired detectors that tested every sample, one
/// target, a rule that does not interpolate.
bool TableCanDo(const BootstrapInput& input);

/// Makes that table from the corners of JointThresholds. What rounding leaves below 0 counts as 0, so that a
/// draw's law is the exact one up to a total of 1e-8.
///
/// Time: 0.2 us a cell on one thread: of each detector as many as positions near its threshold where some
/// class's number of flagged anomalies changes. Memory: 24 bytes a cell. Equal bits for any number of
/// threads. Polls `control`. `index` is the input's. Errors: kOutOfRange unless TableCanDo(input);
/// kOutOfMemory; kAborted.
Status MakeThresholdTable(const BootstrapInput& input, const TreeIndex& index, int threads,
                          const JobControl& control, ThresholdTable& table);

}  // namespace scoring_bias

#pragma once

#include <cstddef>
#include <span>

#include "kernels/bootstrap/tree_index.h"

namespace scoring_bias {

/// What the variance of a contrast of TPRs is made of, at one target and class.
struct ContrastReading {
  double fpr;
  std::size_t k;                           // class
  std::span<const std::size_t> positions;  // [d]: of the thresholds among the normal scores
  std::span<const double> tpr;             // [d]
  double both;                             // fraction of the anomalies that both of two paired detectors flag
};

/// The delta-method variance of sum_d w_d TPR_d(tau_d), thresholds estimated: with p the TPRs, q the target
/// FPR, L_d the slope of detector d's ROC curve there, n0 and n1 the sample sizes,
///   Var = sum_d w_d^2 (p_d (1 - p_d) / n1 + L_d^2 q (1 - q) / n0)
///         + 2 w_0 w_1 ((p_01 - p_0 p_1) / n1 + L_0 L_1 (q_01 - q^2) / n0),
/// the second line for two paired detectors, p_01 and q_01 the fractions of anomalies and of normals above
/// both thresholds (Linnet, Statistics in Medicine 6, 1987; Pepe, The Statistical Evaluation of Medical
/// Tests, 2003, section 5.2). The variance of a TPR at an estimated threshold has the slope because moving
/// the threshold by the noise of its rank, q (1 - q) / n0, moves the TPR L times as far.
///
/// L_d is the number of anomalies between the normal scores SlopeReach places above and below the threshold,
/// over that of normals, each as a fraction of its sample. Never negative; O(1). The index must reach so far:
/// false when it does not, and `variance` is then unchanged.
bool ContrastVariance(const TreeIndex& index, std::span<const double> weights, const ContrastReading& reading,
                      double& variance);

}  // namespace scoring_bias

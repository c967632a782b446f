#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/exact/confidence_differences.h"
#include "kernels/exact/gauss_legendre.h"
#include "kernels/exact/recall_curve.h"
#include "kernels/exact/recall_polynomial.h"

namespace scoring_bias {

/// Of detectors with samples of their own: the difference of two recalls, given a cell
/// Beta(flagged', n' - flagged') less Beta(flagged, n - flagged), after the prior. The weight of a cell is
/// the product of both detectors'.
///
/// P(T' - T > z) is the integral of the density of T at t times P(T' > t + z). Both are polynomials in t
/// whose coefficients are binomial: P(Beta(a, b) > x) = P(Bin(a + b - 1, x) < a). Gauss-Legendre with 12
/// nodes on panels of three standard deviations leaves 1e-13. Of the whole mixture both are RecallCurves.
///
/// Where neither recall comes near 0 or 1, nodes do not depend on z, and one integral over the densities at
/// these has both tails.
///
/// Of few anomalies the mixture is a RecallPolynomial, and one panel of as many nodes as anomalies is exact.
class RecallDifferences final : public CellDifferences {
 public:
  /// Throws std::bad_alloc.
  RecallDifferences(FlaggedLaw first, FlaggedLaw second, Prior prior);

  std::size_t NumberOf(std::int32_t flagged, std::int32_t flagged_second) const {
    return static_cast<std::size_t>(flagged - sides_[0].first) * sides_[1].weights.size() +
           static_cast<std::size_t>(flagged_second - sides_[1].first);
  }

  double Above(double z, bool mirrored) const override;
  double AtOne(bool mirrored) const override { return mirrored ? at_minus_one_ : at_one_; }
  double AtZero() const override { return at_zero_; }
  ConfidenceMoments Moments() const override { return moments_; }
  std::size_t n_cells() const override { return sides_[0].weights.size() * sides_[1].weights.size(); }
  void AddAbove(double factor, double z, bool mirrored, std::span<double> table) const override;
  void AddAtOne(double factor, bool mirrored, std::span<double> table) const override;
  bool Inside(double low, double high, std::span<double> table) const override;

 private:
  /// Both detectors' numbers flagged after any sample of the prior.
  using Numbers = std::array<std::vector<double>, 2>;

  void SetCurves();
  void SetGrid();
  Numbers AfterPrior() const;
  void SetPolynomials();
  void SetMoments();
  std::vector<QuadratureNode> NodesAt(const Recall& upper, const Recall& lower, double z) const;
  void AddProducts(double factor, std::span<const double> first, std::span<const double> second,
                   std::span<double> table) const;
  bool Counts(std::size_t flagged, std::size_t flagged_second) const;

  FlaggedLaw sides_[2];
  Prior prior_;
  std::vector<std::array<RecallCurve, 2>> curves_;  // [sample of the prior][detector]
  std::vector<RecallCurve> firsts_;  // [detector]: of the first number flagged, before the prior
  // Where neither recall comes near 0 or 1: nodes for the first, its density times the part of the integral
  // given each number flagged [number][node], and of the mixture [sample of the prior][node].
  std::vector<double> grid_, densities_;
  std::vector<std::vector<double>> mixed_;
  std::vector<RecallPolynomial> polynomials_;  // [mirrored]; none where there are curves
  std::vector<QuadratureNode> exact_nodes_;    // then, on the unit interval
  double at_one_ = 0, at_minus_one_ = 0, at_zero_ = 0;
  ConfidenceMoments moments_;
};

}  // namespace scoring_bias

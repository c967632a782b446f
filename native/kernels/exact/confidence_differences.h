#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace scoring_bias {

/// Samples that a prior adds to one detector alone: to the second (`gained`) or to the first (`lost`).
struct PriorSample {
  double weight;
  std::int32_t gained, lost;
};

/// What the prior of the anomalies' cells is: one of these, with the weights as probabilities. All add as
/// many samples, `mass`.
struct Prior {
  std::vector<PriorSample> samples;
  std::int32_t mass = 0;
};

/// Mean, standard deviation and the part of the variance that is the thresholds' own.
struct ConfidenceMoments {
  double mean = 0, standard_error = 0, threshold_variance = 0;
};

/// The law of xi on one set of anomalies, a mixture over cells, and what of it each cell has.
class CellDifferences {
 public:
  virtual ~CellDifferences() = default;

  /// P(xi > z) or, mirrored, P(xi < -z), for 0 <= z < 1. Throws std::bad_alloc.
  virtual double Above(double z, bool mirrored) const = 0;

  /// The atoms: P(xi = 1) or, mirrored, P(xi = -1); P(xi = 0).
  virtual double AtOne(bool mirrored) const = 0;
  virtual double AtZero() const = 0;

  virtual ConfidenceMoments Moments() const = 0;

  /// Tables have an entry for each cell. Adds `factor` times Above(z, mirrored), or AtOne(mirrored), given
  /// the cell to its entry. Throws std::bad_alloc.
  virtual std::size_t n_cells() const = 0;
  virtual void AddAbove(double factor, double z, bool mirrored, std::span<double> table) const = 0;
  virtual void AddAtOne(double factor, bool mirrored, std::span<double> table) const = 0;

  /// Writes P(low <= xi <= high) given each cell. False where the sum of AddAbove of either side is not
  /// longer. Throws std::bad_alloc.
  virtual bool Inside([[maybe_unused]] double low, [[maybe_unused]] double high,
                      [[maybe_unused]] std::span<double> table) const {
    return false;
  }
};

/// Of paired detectors: D_u - D_d, given a cell Dirichlet (gained, lost, the rest of n) after the prior.
///
/// Let N be all samples, u gained, d lost, s = u + d. D_u - D_d > z means that N - s waits of rate 1 / z and
/// d of rate 1 / (1 + z) are over before the u-th point of a process of rate 1 / (1 - z). Among N - 1 events
/// each is a point whatever it waits for with probability z, say i of them; the first N - s others end waits,
/// and each of the s - 1 - i that are left ends one with probability 1/2. So
///
///   P(D_u - D_d > z) = sum_i P(Bin(N - 1, z) = i) T(s - 1 - i, d),    T(m, d) = P(Bin(m, 1/2) >= d),
///
/// with T(m, 0) = 1 for m >= 0, and 0 for m < 0. Only the binomial law depends on z, and only T on the cell:
/// the mixture has one coefficient for each i. All terms are positive: no digits are lost.
class PairedDifferences final : public CellDifferences {
 public:
  /// The first and last of the numbers that cells have.
  struct Range {
    std::int32_t first, last;

    std::int32_t size() const { return last - first + 1; }
  };

  /// Of n anomalies. Throws std::bad_alloc.
  PairedDifferences(std::int32_t n, Prior prior, Range gained, Range lost);

  /// The number of a cell in tables.
  std::size_t NumberOf(std::int32_t gained, std::int32_t lost) const {
    return static_cast<std::size_t>(gained - gained_.first) * static_cast<std::size_t>(lost_.size()) +
           static_cast<std::size_t>(lost - lost_.first);
  }

  void Add(std::size_t number, double weight) { weights_[number] += weight; }

  /// After the last cell. Time: an average for each sum up to the largest and number lost, and gained.
  /// Throws std::bad_alloc.
  void Finish();

  /// Time: 5 ns for each value of Bin(n, z) that counts.
  double Above(double z, bool mirrored) const override;
  double AtOne(bool mirrored) const override { return mirrored ? at_minus_one_ : at_one_; }
  double AtZero() const override { return at_zero_; }
  ConfidenceMoments Moments() const override { return moments_; }
  std::size_t n_cells() const override { return weights_.size(); }
  /// Time: that of Finish at most.
  void AddAbove(double factor, double z, bool mirrored, std::span<double> table) const override;
  void AddAtOne(double factor, bool mirrored, std::span<double> table) const override;

 private:
  std::vector<double> Coefficients(bool mirrored) const;
  void SetMoments();
  /// Calls visit(number, gained, lost) for the cells of a sum.
  template <typename Visit>
  void ForEachOfSum(std::int32_t sum, const Visit& visit) const;

  std::int32_t n_;
  Prior prior_;
  Range gained_, lost_, sums_;
  std::vector<double> weights_;          // [gained - first][lost - first]
  std::vector<double> coefficients_[2];  // [mirrored][i]
  double at_one_ = 0, at_minus_one_ = 0, at_zero_ = 0;
  ConfidenceMoments moments_;
};

}  // namespace scoring_bias

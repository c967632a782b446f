#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/bootstrap/confidence_index.h"
#include "kernels/exact/confidence_axis.h"
#include "kernels/exact/confidence_counts.h"
#include "kernels/exact/confidence_law.h"
#include "kernels/exact/confidence_recalls.h"

namespace scoring_bias {

/// Makes a law set by set, then the joint one. Borrows all that it is given. Methods throw std::bad_alloc.
class ConfidenceLaw::Maker {
 public:
  Maker(const ConfidenceIndex& index, const ConfidenceModel& model, const JobControl& control,
        ConfidenceLaw& law);

  /// Nanoseconds of an answer on one thread, about, beside the sorts: pairs of numbers of normals, the cells
  /// of each set and of the joint law, and the questions asked of it (FamilyQuestions). Fitted once to 48
  /// answers of 1,000 + 200 to 1,000,000 + 100,000 samples and one to 30 classes: 0.4 to 2.5 times those of
  /// more than 10 ms, up to 5 times where many classes have 30 anomalies or fewer each.
  double Cost() const;

  /// Errors: kAborted.
  Status Make();

 private:
  ConfidenceAxis AxisOf(std::size_t d, std::span<const std::size_t> sets) const;
  PairedDifferences& AddPaired(std::size_t set, std::span<const std::uint32_t> flagged,
                               std::span<const std::uint32_t> flagged_second);
  // False when aborted.
  bool MakePaired();
  bool AddWhole(const PairedCounts& counts);
  bool MakeIndependent();
  // The cells of all classes, and of each class what its own cells weigh.
  bool JoinPaired(const ConfidenceAxis& a, const ConfidenceAxis& b, const PairedCounts& counts);
  bool JoinIndependent(const ConfidenceAxis& a, const ConfidenceAxis& b,
                       std::span<const RecallDifferences* const> laws);

  const ConfidenceIndex& index_;
  const ConfidenceModel& model_;
  const JobControl& control_;
  ConfidenceLaw& law_;
  CountLaw laws_[2];
  std::vector<std::size_t> others_;  // the sets of the joint law
};

}  // namespace scoring_bias

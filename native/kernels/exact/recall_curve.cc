#include "kernels/exact/recall_curve.h"

#include <algorithm>

#include "kernels/exact/binomial_terms.h"
#include "kernels/exact/inner_product.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

// The density of a mixture at 0 < t < 1, without its atoms: (total - 1) times the probabilities of flagged -
// 1 among total - 2.
class RecallDensity {
 public:
  explicit RecallDensity(const Recall& recall)
      : recall_(recall),
        run_(recall.total - 2, recall.first - 1, recall.weights.size()),
        probabilities_(recall.weights.size()) {}

  double operator()(double t) {
    run_(t, probabilities_.data(), 1);
    return (recall_.total - 1) *
           InnerProduct(probabilities_.data(), recall_.weights.data(), probabilities_.size());
  }

 private:
  const Recall& recall_;
  BinomialRun run_;
  std::vector<double> probabilities_;
};

// Clenshaw's sum of c_k T_k(x).
template <std::size_t kSize>
double ChebyshevSum(const std::array<double, kSize>& coefficients, double x) {
  double one = 0, two = 0;
  for (std::size_t k = kSize; k-- > 1;) {
    const double next = 2 * x * one - two + coefficients[k];
    two = one;
    one = next;
  }
  return x * one - two + coefficients[0];
}

// The coefficients of the polynomial that has these values at the nodes cos((i + 1/2) pi / kSize).
template <std::size_t kSize>
std::array<double, kSize> ChebyshevCoefficients(const std::array<double, kSize>& values) {
  static const auto kCosines = [] {
    std::array<double, 4 * kSize> cosines{};
    for (std::size_t i = 0; i < cosines.size(); ++i)
      cosines[i] = portable::CosPi(static_cast<double>(i) / (2 * kSize));
    return cosines;
  }();
  std::array<double, kSize> coefficients{};
  for (std::size_t k = 0; k < kSize; ++k) {
    for (std::size_t i = 0; i < kSize; ++i)
      coefficients[k] += values[i] * kCosines[(2 * i + 1) * k % (4 * kSize)];
    coefficients[k] *= (k == 0 ? 1.0 : 2.0) / kSize;
  }
  return coefficients;
}

}  // namespace

double Recall::Width(double t) const {
  const double y = std::clamp(t, 0.0, 1.0);
  return std::sqrt(y * (1 - y) / total) + 1.0 / total;
}

RecallCurve::RecallCurve(const Recall& recall) : atom_(recall.WeightAt(recall.total)) {
  const double total = recall.total, from = recall.first / total, to = recall.last() / total;
  const double end = std::min(1.0, to + recall.Reach(to));
  double begin = std::max(0.0, from - recall.Reach(from));
  constexpr std::size_t kNodes = kDegree + 1;
  RecallDensity density_at(recall);
  while (recall.total > 1 && begin < end) {
    double length = 1.5 * recall.Width(begin);
    length = std::min(length, 1.5 * recall.Width(begin + length));
    if (begin + 1.2 * length > end) length = end - begin;
    Panel panel{begin + 0.5 * length, 0.5 * length, {}, {}, 0};
    std::array<double, kNodes> values{};
    for (std::size_t i = 0; i < kNodes; ++i) {
      const double node = portable::CosPi((static_cast<double>(i) + 0.5) / kNodes);
      values[i] = density_at(panel.middle + panel.half * node);
    }
    panel.density = ChebyshevCoefficients(values);
    // The integral of T_k is (T_(k+1) / (k + 1) - T_(k-1) / (k - 1)) / 2.
    const auto at = [&](std::size_t k) { return k < kNodes ? panel.density[k] : 0.0; };
    for (std::size_t k = 1; k < panel.tail.size(); ++k) {
      panel.tail[k] = -panel.half * ((k == 1 ? 2 : 1) * at(k - 1) - at(k + 1)) / (2 * static_cast<double>(k));
    }
    panel.tail[0] = 0;
    for (std::size_t k = 1; k < panel.tail.size(); ++k) panel.tail[0] -= panel.tail[k];
    panels_.push_back(panel);
    begin = begin + length >= end ? end : begin + length;
  }
  all_ = atom_;
  for (std::size_t i = panels_.size(); i-- > 0;) {
    panels_[i].at_end = all_;
    all_ += ChebyshevSum(panels_[i].tail, -1.0);
  }
}

const RecallCurve::Panel* RecallCurve::At(double t) const {
  const auto panel = std::upper_bound(panels_.begin(), panels_.end(), t,
                                      [](double x, const Panel& own) { return x < own.middle - own.half; });
  if (panel == panels_.begin() || t > panel[-1].middle + panel[-1].half) return nullptr;
  return &panel[-1];
}

double RecallCurve::Density(double t) const {
  const Panel* const panel = At(t);
  return panel == nullptr ? 0 : ChebyshevSum(panel->density, (t - panel->middle) / panel->half);
}

double RecallCurve::Tail(double x) const {
  const Panel* const panel = At(x);
  if (panel != nullptr) return panel->at_end + ChebyshevSum(panel->tail, (x - panel->middle) / panel->half);
  return panels_.empty() || x > panels_.back().middle ? atom_ : all_;
}

}  // namespace scoring_bias

#include "kernels/exact/class_tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "kernels/base/quad.h"
#include "kernels/exact/difference_powers.h"
#include "kernels/exact/inner_product.h"
#include "kernels/special/discrete.h"
#include "kernels/special/elementary.h"

namespace scoring_bias {
namespace {

// A characteristic function below e^-34 = 2e-15 is left out.
constexpr double kLogNegligibleTerm = -34;
constexpr std::size_t kPairsAtOnce = 64;
constexpr std::size_t kLanes = 4;  // of a Quad
// A probability of one number flagged that is left out.
constexpr double kNegligibleCount = 1e-17;

struct Interval {
  std::int64_t first, last;
};

/// The numbers that some row of an axis has in a resample.
Interval SpanOf(const ClassAxis& axis) {
  const auto n = static_cast<double>(axis.n);
  double low = n, high = 0;
  for (const std::int32_t flagged : axis.flagged) {
    const double reach = 9 * std::sqrt(flagged * (n - flagged) / n) + 15;
    low = std::min(low, flagged - reach);
    high = std::max(high, flagged + reach);
  }
  return {static_cast<std::int64_t>(std::max(0.0, low)), static_cast<std::int64_t>(std::min(n, high))};
}

}  // namespace

PairedTable::PairedTable(const ClassAxis& first, const ClassAxis& second, std::span<const std::int32_t> both,
                         std::span<const double> weights, ThreadTeam& team, const JobControl& control) {
  const std::size_t columns = second.size();
  const auto n = static_cast<double>(first.n);
  std::vector<DrawsOnCircle> laws;
  double low = n, high = -n;
  for (std::size_t place = 0; place < both.size(); ++place) {
    if (weights[place] == 0) continue;
    const std::int32_t gained = second.flagged[place % columns] - both[place];
    const std::int32_t lost = first.flagged[place / columns] - both[place];
    const double mean = gained - lost, sum = (gained + lost) / n;
    const double reach = 9 * std::sqrt(std::max(0.0, n * sum - mean * mean / n)) + 15;
    low = std::min(low, mean - reach);
    high = std::max(high, mean + reach);
    pairs_.push_back({place, 0, 0, 0});
    laws.emplace_back(static_cast<std::size_t>(first.n), sum, mean / n, 1, kLogNegligibleTerm);
  }
  first_ = std::max(-first.n, static_cast<std::int64_t>(std::floor(low)));
  const std::int64_t last = std::min(first.n, static_cast<std::int64_t>(std::ceil(high)));
  points_ = static_cast<std::size_t>(std::max<std::int64_t>(last - first_ + 1, 1)) | 1;
  middle_ = points_ / 2;
  const Circle circle(points_);
  std::size_t values = 0;
  for (std::size_t i = 0; i < laws.size(); ++i) {
    std::size_t k = 1, top = middle_ + 1;
    while (k <= middle_ && laws[i].Matters(circle, k)) ++k;
    while (top > k && laws[i].Matters(circle, top - 1)) --top;
    pairs_[i].first_value = values;
    pairs_[i].low = static_cast<std::uint32_t>(k);
    pairs_[i].high = static_cast<std::uint32_t>(top);
    values += k - 1 + middle_ + 1 - top;
  }
  real_ = std::make_unique_for_overwrite<double[]>(values);
  imaginary_ = std::make_unique_for_overwrite<double[]>(values);
  for (std::size_t k = 0; k <= middle_; ++k) {
    sine_.push_back(portable::SinPi(static_cast<double>(k) / static_cast<double>(points_)));
  }
  ForEachBlock(team, laws.size(), kPairsAtOnce, [&](std::size_t begin, std::size_t end, int) {
    if (control.aborted()) return;
    DrawsOnCircle::Values real, imaginary;
    for (std::size_t i = begin; i < end; ++i) {
      std::size_t at = pairs_[i].first_value;
      const auto add = [&](std::size_t from, std::size_t to) {
        for (std::size_t k = from; k < to; k += DrawsOnCircle::kAtOnce) {
          const std::size_t count = std::min(DrawsOnCircle::kAtOnce, to - k);
          laws[i].At(circle, k, count, real, imaginary);
          for (std::size_t j = 0; j < count; ++j, ++at) {
            real_[at] = 1 + real[j];
            imaginary_[at] = imaginary[j];
          }
        }
      };
      add(1, pairs_[i].low);
      add(pairs_[i].high, middle_ + 1);
    }
  });
}

/// Of the sums of e^(-i angle d) over the d within the bounds of each lane, twice over the points:
/// [frequency][lane], and the constant part. Lanes that leave out all numerators or none have no more.
struct PairedTable::Waves {
  std::vector<double> real, imaginary;
  std::array<double, kLanes> constant, left_out;
};

/// Some of the pairs, and where their answers go.
struct PairedTable::Stretch {
  std::span<const Waves> waves;  // of four lanes each
  std::size_t lanes, begin, end;
  double* inside;
};

PairedTable::Waves PairedTable::WavesOf(LaneBounds bounds) const {
  const auto points = static_cast<std::int64_t>(points_);
  const std::size_t values = kLanes * (middle_ + 1);
  Waves waves{std::vector<double>(values), std::vector<double>(values), {}, {}};
  for (std::size_t lane = 0; lane < bounds.size(); ++lane) {
    waves.constant[lane] = waves.left_out[lane] = 1;
    if (!bounds[lane]) continue;
    const std::int64_t low = std::max(bounds[lane]->low, first_);
    const std::int64_t high = std::min(bounds[lane]->high, first_ + points - 1), length = high - low + 1;
    waves.left_out[lane] = 0;
    waves.constant[lane] = length <= 0 ? 0 : static_cast<double>(length) / static_cast<double>(points);
    if (length <= 0 || length == points) continue;
    // Sines at multiples of pi / points.
    for (std::size_t k = 1; k <= middle_; ++k) {
      const auto multiple = [&](std::int64_t times) {
        return portable::HalfTurn(static_cast<double>(static_cast<std::int64_t>(k) * times % (2 * points)) /
                                  static_cast<double>(points));
      };
      const portable::HalfTurn turn = multiple(low + high);
      const double scale = 2 * multiple(length).sine() / sine_[k] / static_cast<double>(points);
      waves.real[kLanes * k + lane] = scale * turn.cosine();
      waves.imaginary[kLanes * k + lane] = -scale * turn.sine();
    }
  }
  return waves;
}

namespace {

/// Adds to each lane the sum of values[i] * wave[i][lane]: in the order of InnerProduct.
SCORING_BIAS_INLINE void SumWave(const double* values, const double* wave, std::size_t count, Quad& sum) {
  Quad sums[8] = {}, own;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (std::size_t j = 0; j < 8; ++j) {
      Load(wave + kLanes * (i + j), own);
      sums[j] += values[i + j] * own;
    }
  }
  Quad rest = {};
  for (; i < count; ++i) {
    Load(wave + kLanes * i, own);
    rest += values[i] * own;
  }
  sum = (((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))) + rest;
}

}  // namespace

SCORING_BIAS_INLINE void PairedTable::InsideOfPairs(const Stretch& stretch) const {
  const auto& [waves, lanes, begin, end, inside] = stretch;
  for (std::size_t i = begin; i < end; ++i) {
    const auto [place, value, from, top] = pairs_[i];
    double* out = inside + place * lanes;
    for (std::size_t lane = 0; lane < lanes; lane += kLanes) {
      const Waves& own = waves[lane / kLanes];
      const auto add = [&](std::size_t at, std::size_t k, std::size_t count, Quad& sum) {
        Quad real, imaginary;
        SumWave(&real_[at], &own.real[kLanes * k], count, real);
        SumWave(&imaginary_[at], &own.imaginary[kLanes * k], count, imaginary);
        sum += real - imaginary;
      };
      Quad sum;
      Load(own.constant.data(), sum);
      if (from > 1) add(value, 1, from - 1, sum);
      if (top <= middle_) add(value + from - 1, top, middle_ + 1 - top, sum);
      double values[kLanes];
      Store(sum, values);
      std::copy_n(values, std::min(kLanes, lanes - lane), out + lane);
    }
  }
}

#ifdef SCORING_BIAS_AVX2
SCORING_BIAS_AVX2 void PairedTable::InsideByAvx2(const Stretch& stretch) const { InsideOfPairs(stretch); }
#endif

void PairedTable::Inside(LaneBounds bounds, ThreadTeam& team, std::span<double> inside) const {
  const std::size_t lanes = bounds.size();
  std::vector<Waves> waves;
  std::vector<double> left_out;
  for (std::size_t lane = 0; lane < lanes; lane += kLanes) {
    waves.push_back(WavesOf(bounds.subspan(lane, std::min(kLanes, lanes - lane))));
    left_out.insert(left_out.end(), waves.back().left_out.begin(), waves.back().left_out.end());
  }
  for (std::size_t i = 0; i < inside.size(); i += lanes) std::copy_n(left_out.begin(), lanes, &inside[i]);
  ForEachBlock(team, pairs_.size(), kPairsAtOnce, [&](std::size_t begin, std::size_t end, int) {
    const Stretch stretch{waves, lanes, begin, end, inside.data()};
#ifdef SCORING_BIAS_AVX2
    if (HasAvx2()) return InsideByAvx2(stretch);
#endif
    InsideOfPairs(stretch);
  });
}

IndependentTable::IndependentTable(const ClassAxis& first, const ClassAxis& second,
                                   std::span<const double> weights)
    : n_first_(first.n),
      n_second_(second.n),
      reaches_(second.size()),
      counts_(BinomialLaws(first)),
      at_most_(BinomialLaws(second)) {
  for (Law& law : at_most_) {
    double sum = 0;
    for (double& value : law.values) sum += std::exchange(value, sum);
    law.values.push_back(sum);
  }
  for (std::size_t place = 0; place < weights.size(); ++place) {
    if (weights[place] == 0) continue;
    const std::size_t row = place / second.size();
    Reach& reach = reaches_[place % second.size()];
    if (reach.end_row == 0) reach.first_row = row;
    reach.end_row = row + 1;
  }
  for (Reach& reach : reaches_) {
    reach.first = n_first_;
    for (std::size_t row = reach.first_row; row < reach.end_row; ++row) {
      reach.first = std::min(reach.first, counts_[row].first);
      reach.end = std::max(reach.end, counts_[row].end());
    }
  }
}

std::vector<IndependentTable::Law> IndependentTable::BinomialLaws(const ClassAxis& axis) {
  const auto [from, last] = SpanOf(axis);
  const auto n = static_cast<double>(axis.n);
  std::vector<double> up, down;  // [i]: what leads from one number to the next, and back, without the odds
  for (std::int64_t j = from; j < last; ++j) {
    up.push_back((n - static_cast<double>(j)) / (static_cast<double>(j) + 1));
    down.push_back(1 / up.back());
  }
  std::vector<Law> laws;
  std::vector<double> below;
  for (const std::int64_t flagged : axis.flagged) {
    const double good = static_cast<double>(flagged) / n, bad = static_cast<double>(axis.n - flagged) / n;
    const double odds = good / bad, back = bad / good;
    const double at_mode = BinomialPmf(flagged, axis.n, good, bad);
    const auto mode = static_cast<std::size_t>(flagged - from);
    below.clear();
    double p = at_mode;
    for (std::size_t i = mode; i-- > 0 && (p *= down[i] * back) >= kNegligibleCount;) below.push_back(p);
    Law& law = laws.emplace_back();
    law.first = flagged - static_cast<std::int64_t>(below.size());
    law.values.assign(below.rbegin(), below.rend());
    law.values.push_back(p = at_mode);
    for (std::size_t i = mode; i < up.size() && (p *= up[i] * odds) >= kNegligibleCount; ++i)
      law.values.push_back(p);
  }
  return laws;
}

void IndependentTable::Inside(LaneBounds bounds, ThreadTeam& team, std::span<double> inside) const {
  const std::size_t lanes = bounds.size();
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    for (std::size_t i = lane; i < inside.size(); i += lanes) inside[i] = bounds[lane] ? 0 : 1;
    if (bounds[lane]) InsideOf(*bounds[lane], team, lane, lanes, inside);
  }
}

void IndependentTable::InsideOf(Numerators bounds, ThreadTeam& team, std::size_t lane, std::size_t lanes,
                                std::span<double> inside) const {
  if (bounds.low > bounds.high) return;
  const auto floor_of = [](std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); };
  // V n_first - U n_second is within the bounds for V in (below, upto], for each U that any row has.
  std::int64_t first = n_first_, end = 0;
  for (const Law& row : counts_) {
    first = std::min(first, row.first);
    end = std::max(end, row.end());
  }
  std::vector<std::int64_t> below, upto;
  for (std::int64_t u = first; u < end; ++u) {
    below.push_back(floor_of(bounds.low + u * n_second_ - 1, n_first_));
    upto.push_back(floor_of(bounds.high + u * n_second_, n_first_));
  }
  const auto place = [&](std::int64_t u) { return static_cast<std::size_t>(u - first); };
  const std::size_t columns = reaches_.size();
  ForEachBlock(team, columns, 8, [&](std::size_t begin, std::size_t end_column, int) {
    std::vector<double> within(below.size());
    for (std::size_t column = begin; column < end_column; ++column) {
      const auto [first_row, end_row, from, last] = reaches_[column];
      const Law& law = at_most_[column];
      const auto most = static_cast<std::int64_t>(law.values.size()) - 1;
      const auto share = [&](std::int64_t v) {
        return law.values[static_cast<std::size_t>(std::clamp<std::int64_t>(v + 1 - law.first, 0, most))];
      };
      for (std::int64_t u = from; u < last; ++u) {
        within[place(u)] = share(upto[place(u)]) - share(below[place(u)]);
      }
      for (std::size_t row = first_row; row < end_row; ++row) {
        const Law& counts = counts_[row];
        inside[(row * columns + column) * lanes + lane] =
            InnerProduct(counts.values.data(), &within[place(counts.first)], counts.values.size());
      }
    }
  });
}

}  // namespace scoring_bias

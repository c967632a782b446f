#include <cmath>
#include <new>
#include <vector>

#include "args.h"
#include "bindings.h"
#include "kernels/random/beta.h"
#include "kernels/random/binomial.h"
#include "kernels/random/gaussian9d.h"
#include "kernels/random/hypergeometric.h"
#include "kernels/random/multinomial.h"
#include "kernels/random/permutation.h"
#include "kernels/random/philox.h"
#include "kernels/random/variates.h"
#include "promise_worker.h"

namespace scoring_bias {
namespace {

// The largest count of the samplers.
constexpr std::uint64_t kMaxCount = 0x7fffffff;

// Arguments 0, 1 and 2 of the functions that draw one sequence: seed, stream, replicate.
Philox GeneratorArg(const Napi::CallbackInfo& info) {
  return {IntegerArg(info[0], "seed"), Uint32Arg(info[1], "stream"), Uint32Arg(info[2], "replicate")};
}

std::int64_t CountArg(const Napi::Value& value, const char* name) {
  return static_cast<std::int64_t>(IntegerArg(value, name, kMaxCount));
}

// A number in [low, high]: samplers are only bound to end for parameters inside their range.
double BoundedArg(const Napi::Value& value, const char* name, double low, double high) {
  const double number = NumberArg(value, name);
  if (!(number >= low && number <= high)) {
    throw Napi::RangeError::New(value.Env(), std::string(name) + " is out of range");
  }
  return number;
}

}  // namespace

// uniform(seed, stream, replicate, out, low, high)
Napi::Value Uniform(const Napi::CallbackInfo& info) {
  Philox random = GeneratorArg(info);
  const std::span<double> out = ArrayArg<double>(info[3], "out");
  const double low = NumberArg(info[4], "low");
  const double width = NumberArg(info[5], "high") - low;
  for (double& x : out) x = low + width * random.NextUniform();
  return info.Env().Undefined();
}

// normal(seed, stream, replicate, out, mean, sd)
Napi::Value Normal(const Napi::CallbackInfo& info) {
  Philox random = GeneratorArg(info);
  const std::span<double> out = ArrayArg<double>(info[3], "out");
  const double mean = NumberArg(info[4], "mean"), sd = NumberArg(info[5], "sd");
  for (double& x : out) x = mean + sd * NormalVariate(random);
  return info.Env().Undefined();
}

// beta(seed, stream, replicate, out, a, b)
Napi::Value Beta(const Napi::CallbackInfo& info) {
  Philox random = GeneratorArg(info);
  const std::span<double> out = ArrayArg<double>(info[3], "out");
  constexpr double kLargest = 0x1p53;
  const BetaSampler sampler(BoundedArg(info[4], "a", 1, kLargest), BoundedArg(info[5], "b", 1, kLargest));
  for (double& x : out) x = sampler(random).x;
  return info.Env().Undefined();
}

// binomial(seed, stream, replicate, out, n, p)
Napi::Value Binomial(const Napi::CallbackInfo& info) {
  Philox random = GeneratorArg(info);
  const std::span<std::uint32_t> out = ArrayArg<std::uint32_t>(info[3], "out");
  const std::int64_t n = CountArg(info[4], "n");
  const double p = BoundedArg(info[5], "p", 0, 1);
  for (std::uint32_t& k : out) k = static_cast<std::uint32_t>(BinomialVariate(random, n, p));
  return info.Env().Undefined();
}

// gaussian9d(seed, stream, first, kind, out, threads, control)
Napi::Value Gaussian9d(const Napi::CallbackInfo& info) {
  const Gaussian9dRange range{EnumArg<Gaussian9dKind>(info[3], "kind"), IntegerArg(info[0], "seed"),
                              Uint32Arg(info[1], "stream"), Uint32Arg(info[2], "first")};
  return PromiseWorker::Queue(
      info, [range, out = ArrayArg<float>(info[4], "out"), threads = ThreadsArg(info[5]),
             control = ControlArg(info[6])] { return Gaussian9d(range, threads, out, control); });
}

// multinomial(seed, stream, replicate, out, n, weights): out holds weights.length counts for each variate
Napi::Value Multinomial(const Napi::CallbackInfo& info) {
  Philox random = GeneratorArg(info);
  const std::span<std::uint32_t> out = ArrayArg<std::uint32_t>(info[3], "out");
  const std::int64_t n = CountArg(info[4], "n");
  const std::span<double> weights = ArrayArg<double>(info[5], "weights");
  double sum = 0;
  for (const double weight : weights) sum += weight >= 0 ? weight : NAN;
  if (!(sum > 0 && std::isfinite(sum)) || out.size() % weights.size() != 0) {
    throw Napi::RangeError::New(info.Env(), "weights is out of range");
  }
  try {
    const MultinomialSampler sampler(weights);
    std::vector<std::int64_t> counts(weights.size());
    for (std::size_t at = 0; at < out.size(); at += counts.size()) {
      sampler(random, n, counts);
      for (std::size_t i = 0; i < counts.size(); ++i) out[at + i] = static_cast<std::uint32_t>(counts[i]);
    }
  } catch (const std::bad_alloc&) {
    throw ToError(info.Env(), {StatusCode::kOutOfMemory});
  }
  return info.Env().Undefined();
}

// hypergeometric(seed, stream, replicate, out, good, bad, draws)
Napi::Value Hypergeometric(const Napi::CallbackInfo& info) {
  Philox random = GeneratorArg(info);
  const std::span<std::uint32_t> out = ArrayArg<std::uint32_t>(info[3], "out");
  const std::int64_t good = CountArg(info[4], "good");
  const auto bad =
      static_cast<std::int64_t>(IntegerArg(info[5], "bad", kMaxCount - static_cast<std::uint64_t>(good)));
  const auto draws =
      static_cast<std::int64_t>(IntegerArg(info[6], "draws", static_cast<std::uint64_t>(good + bad)));
  for (std::uint32_t& k : out) {
    k = static_cast<std::uint32_t>(HypergeometricVariate(random, good, bad, draws));
  }
  return info.Env().Undefined();
}

// permutation(seed, stream, replicate, out)
Napi::Value Permutation(const Napi::CallbackInfo& info) {
  const std::uint64_t seed = IntegerArg(info[0], "seed");
  const std::uint32_t stream = Uint32Arg(info[1], "stream");
  const std::uint32_t replicate = Uint32Arg(info[2], "replicate");
  const std::span<std::uint32_t> out = ArrayArg<std::uint32_t>(info[3], "out");
  if (out.size() >= std::uint64_t{1} << 32) throw Napi::RangeError::New(info.Env(), "out is too long");
  RandomPermutation(seed, stream, replicate, out);
  return info.Env().Undefined();
}

}  // namespace scoring_bias

#include "args.h"
#include "bindings.h"
#include "kernels/permutation.h"
#include "kernels/philox.h"

namespace scoring_bias {

// uniform(seed, stream, replicate, out, low, high)
Napi::Value Uniform(const Napi::CallbackInfo& info) {
  Philox random(IntegerArg(info[0], "seed"), Uint32Arg(info[1], "stream"), Uint32Arg(info[2], "replicate"));
  const std::span<double> out = ArrayArg<double>(info[3], "out");
  const double low = NumberArg(info[4], "low");
  const double width = NumberArg(info[5], "high") - low;
  for (double& x : out) x = low + width * random.NextUniform();
  return info.Env().Undefined();
}

// permutation(seed, stream, replicate, n)
Napi::Value Permutation(const Napi::CallbackInfo& info) {
  const std::uint64_t seed = IntegerArg(info[0], "seed");
  const std::uint32_t stream = Uint32Arg(info[1], "stream");
  const std::uint32_t replicate = Uint32Arg(info[2], "replicate");
  Napi::Uint32Array order = Napi::Uint32Array::New(info.Env(), Uint32Arg(info[3], "n"));
  RandomPermutation(seed, stream, replicate, {order.Data(), order.ElementLength()});
  return order;
}

}  // namespace scoring_bias

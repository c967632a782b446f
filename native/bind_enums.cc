#include "bindings.h"
#include "kernels/bootstrap/bootstrap_input.h"
#include "kernels/bootstrap/engine.h"
#include "kernels/random/gaussian9d.h"
#include "kernels/sort/quantile.h"
#include "kernels/sort/sort.h"
#include "kernels/sort/threshold.h"

namespace scoring_bias {
namespace {

template <typename Enum>
void AddNames(Napi::Object enums, const char* name) {
  const Napi::Array names = Napi::Array::New(enums.Env());
  for (const auto& named : kNamed<Enum>) names.Set(names.Length(), named.name);
  enums.Set(name, names);
}

}  // namespace

Napi::Object EnumNames(Napi::Env env) {
  const Napi::Object enums = Napi::Object::New(env);
  AddNames<Design>(enums, "design");
  AddNames<Engine>(enums, "engine");
  AddNames<QuantileRule>(enums, "quantileDefinition");
  AddNames<Gaussian9dKind>(enums, "syntheticKind");
  AddNames<ThresholdRule>(enums, "thresholdRule");
  AddNames<TieRule>(enums, "tieRule");
  return enums;
}

}  // namespace scoring_bias

#include "args.h"
#include "bindings.h"
#include "kernels/exact/bias_family.h"
#include "promise_worker.h"

namespace scoring_bias {
namespace {

using FamilyHandle = Napi::External<BiasFamily>;

/// The family of a handle, which the call's arguments keep alive.
BiasFamily* FamilyArg(const Napi::Value& value) {
  if (!value.IsExternal()) throw WrongType(value.Env(), "family", "what biasFamily() returns");
  return value.As<FamilyHandle>().Data();
}

ScoreSpan ConstScores(const Napi::Value& value) {
  return std::visit([](auto span) -> ScoreSpan { return AsConst(span); }, ScoresArg(value, "scores"));
}

// { scores: [first normal, first anomalous, second normal, second anomalous], design, definition, fpr,
// classes: [first, second], nClasses, budget, fewest }
FamilyInput InputArg(const Napi::Value& value) {
  const Napi::Object object = ObjectArg(value, "input");
  const Napi::Array scores = ListArg(object.Get("scores"), "scores");
  const Napi::Array classes = ListArg(object.Get("classes"), "classes");
  if (scores.Length() != 4) throw WrongType(value.Env(), "scores", "four arrays");
  if (classes.Length() != 2) throw WrongType(value.Env(), "classes", "two arrays");
  FamilyInput input;
  input.scores = {ConstScores(scores.Get(0u)), ConstScores(scores.Get(2u)), ConstScores(scores.Get(1u)),
                  ConstScores(scores.Get(3u))};
  input.design = EnumArg<Design>(object.Get("design"), "design");
  input.definition = DefinitionArg(object.Get("definition"));
  input.fpr = NumberArg(object.Get("fpr"), "fpr");
  input.first_classes = ArrayArg<std::int32_t>(classes.Get(0u), "classes");
  input.second_classes = ArrayArg<std::int32_t>(classes.Get(1u), "classes");
  input.n_classes = Uint32Arg(object.Get("nClasses"), "nClasses");
  input.budget = NumberArg(object.Get("budget"), "budget");
  input.fewest = NumberArg(object.Get("fewest"), "fewest");
  return input;
}

// { laws: [array], readings, observed, cost }
FamilyOutputs FamilyOutputsArg(const Napi::Value& value) {
  const Napi::Object object = ObjectArg(value, "outputs");
  const Napi::Array laws = ListArg(object.Get("laws"), "laws");
  FamilyOutputs outputs;
  for (std::uint32_t i = 0; i < laws.Length(); ++i) {
    outputs.laws.push_back(ArrayArg<double>(laws.Get(i), "laws"));
  }
  outputs.readings = ArrayArg<double>(object.Get("readings"), "readings");
  outputs.observed = ArrayArg<double>(object.Get("observed"), "observed");
  outputs.cost = ArrayArg<double>(object.Get("cost"), "cost");
  return outputs;
}

}  // namespace

// biasFamily(): a handle for the calls below, which keeps what they find
Napi::Value NewBiasFamily(const Napi::CallbackInfo& info) {
  return FamilyHandle::New(info.Env(), new BiasFamily(),
                           [](Napi::Env, BiasFamily* family) { delete family; });
}

// biasFamilyLaws(family, input, outputs, threads, control)
Napi::Value BiasFamilyLaws(const Napi::CallbackInfo& info) {
  BiasFamily* const family = FamilyArg(info[0]);
  const FamilyInput input = InputArg(info[1]);
  const FamilyOutputs outputs = FamilyOutputsArg(info[2]);
  const int threads = ThreadsArg(info[3]);
  const JobControl control = ControlArg(info[4]);
  return PromiseWorker::Queue(info, [=] { return family->Build(input, outputs, threads, control); });
}

// biasFamilyOutside(family, bounds, probabilities, threads, control)
Napi::Value BiasFamilyOutside(const Napi::CallbackInfo& info) {
  BiasFamily* const family = FamilyArg(info[0]);
  const auto bounds = ArrayArg<double>(info[1], "bounds");
  const auto probabilities = ArrayArg<double>(info[2], "probabilities");
  const int threads = ThreadsArg(info[3]);
  const JobControl control = ControlArg(info[4]);
  return PromiseWorker::Queue(info, [=] { return family->Outside(bounds, threads, control, probabilities); });
}

}  // namespace scoring_bias

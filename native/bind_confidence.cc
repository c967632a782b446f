#include "bindings.h"
#include "bootstrap_args.h"
#include "kernels/bootstrap/observe.h"
#include "kernels/bootstrap/tree_index.h"
#include "kernels/exact/confidence_law.h"
#include "promise_worker.h"

namespace scoring_bias {
namespace {

using LawHandle = Napi::External<ConfidenceLaw>;

/// The law of a handle, which the call's arguments keep alive.
ConfidenceLaw* LawArg(const Napi::Value& value) {
  if (!value.IsExternal()) throw WrongType(value.Env(), "law", "what confidenceLaw() returns");
  return value.As<LawHandle>().Data();
}

/// A set of a law that is made.
std::size_t SetArg(const ConfidenceLaw& law, const Napi::Value& value) {
  const std::size_t set = Uint32Arg(value, "set");
  if (!law.has(set)) throw WrongType(value.Env(), "set", "one of the law's");
  return set;
}

bool FlagArg(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) throw WrongType(value.Env(), name, "a boolean");
  return value.As<Napi::Boolean>();
}

template <typename Function>
Napi::Value Number(const Napi::CallbackInfo& info, const Function& function) {
  try {
    return Napi::Number::New(info.Env(), function());
  } catch (const std::bad_alloc&) {
    throw ToError(info.Env(), {StatusCode::kOutOfMemory});
  }
}

}  // namespace

// confidenceLaw(): a handle for the calls below, which keeps what makeConfidenceLaw finds
Napi::Value NewConfidenceLaw(const Napi::CallbackInfo& info) {
  return LawHandle::New(info.Env(), new ConfidenceLaw(), [](Napi::Env, ConfidenceLaw* law) { delete law; });
}

// makeConfidenceLaw(law, input, budget, whole, { observedThresholds, observedFpr, observedTpr, moments, cost
// }, threads, control): moments are mean, standard error and threshold variance of each set
Napi::Value MakeConfidenceLaw(const Napi::CallbackInfo& info) {
  ConfidenceLaw* const law = LawArg(info[0]);
  BootstrapInput input = BootstrapInputArg(info[1]);
  const double budget = NumberArg(info[2], "budget");
  ConfidenceModel model;
  model.whole = FlagArg(info[3], "whole");
  const Napi::Object outputs = ObjectArg(info[4], "outputs");
  const auto output = [&](const char* name) { return ArrayArg<double>(outputs.Get(name), name); };
  const auto thresholds = output("observedThresholds"), fpr = output("observedFpr"),
             tpr = output("observedTpr"), moments = output("moments"), cost = output("cost");
  const int threads = ThreadsArg(info[5]);
  const JobControl control = ControlArg(info[6]);
  if (moments.size() != 3 * input.n_classes()) throw WrongType(info.Env(), "moments", "three for each set");
  if (cost.size() != 1) throw WrongType(info.Env(), "cost", "a Float64Array of length 1");
  return PromiseWorker::Queue(info, [=, input = std::move(input)] {
    Status status = CheckInput(input);
    if (!status.ok()) return status;
    if (!TreeCanDo(input)) return Status{StatusCode::kOutOfRange};
    TreeIndex index;
    status = TreeIndex::Build(input, TreeIndex::kReachesFarEnough, threads, index);
    if (!status.ok()) return status;
    status = Observe(input, index, thresholds, fpr, tpr);
    if (!status.ok()) return status;
    status = ConfidenceLaw::Make(input, model, budget, threads, control, *law);
    if (!status.ok()) return status;
    cost[0] = law->cost();
    for (std::size_t set = 0; set < law->n_sets(); ++set) {
      if (!law->has(set)) continue;
      const ConfidenceMoments own = law->Moments(set);
      moments[3 * set] = own.mean;
      moments[3 * set + 1] = own.standard_error;
      moments[3 * set + 2] = own.threshold_variance;
    }
    return status;
  });
}

// confidenceAbove(law, set, x, mirrored): P(xi > x), or P(-xi > x)
Napi::Value ConfidenceAbove(const Napi::CallbackInfo& info) {
  const ConfidenceLaw& law = *LawArg(info[0]);
  const std::size_t set = SetArg(law, info[1]);
  const double x = NumberArg(info[2], "x");
  const bool mirrored = FlagArg(info[3], "mirrored");
  return Number(info, [&] { return law.Above(set, x, mirrored); });
}

// confidenceQuantile(law, set, p, mirrored): inf{x: P(xi <= x) >= p}, or of -xi
Napi::Value ConfidenceQuantile(const Napi::CallbackInfo& info) {
  const ConfidenceLaw& law = *LawArg(info[0]);
  const std::size_t set = SetArg(law, info[1]);
  const double p = NumberArg(info[2], "p");
  const bool mirrored = FlagArg(info[3], "mirrored");
  return Number(info, [&] { return law.Quantile(set, p, mirrored); });
}

// confidenceOutside(law, bounds, probabilities, control)
Napi::Value ConfidenceOutside(const Napi::CallbackInfo& info) {
  const ConfidenceLaw* const law = LawArg(info[0]);
  const auto bounds = ArrayArg<double>(info[1], "bounds");
  const auto probabilities = ArrayArg<double>(info[2], "probabilities");
  const JobControl control = ControlArg(info[3]);
  return PromiseWorker::Queue(info, [=] { return law->Outside(bounds, control, probabilities); });
}

}  // namespace scoring_bias

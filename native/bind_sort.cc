#include "args.h"
#include "bindings.h"
#include "kernels/sort/sort.h"
#include "promise_worker.h"

namespace scoring_bias {

// sort(values, threads): in place
Napi::Value Sort(const Napi::CallbackInfo& info) {
  return PromiseWorker::Queue(info, [values = ScoresArg(info[0], "values"), threads = ThreadsArg(info[1])] {
    return std::visit([&](auto span) { return Sort(span, threads); }, values);
  });
}

// sortSync(values): in place, on the calling thread
Napi::Value SortSync(const Napi::CallbackInfo& info) {
  const Status status = std::visit([](auto span) { return Sort(span, 1); }, ScoresArg(info[0], "values"));
  if (!status.ok()) throw ToError(info.Env(), status);
  return info.Env().Undefined();
}

// argsort(values, order, threads)
Napi::Value Argsort(const Napi::CallbackInfo& info) {
  return PromiseWorker::Queue(
      info, [values = ScoresArg(info[0], "values"), order = ArrayArg<std::uint32_t>(info[1], "order"),
             threads = ThreadsArg(info[2])] {
        return std::visit([&](auto span) { return Argsort(AsConst(span), order, threads); }, values);
      });
}

// rank(values, ties, ranks, threads)
Napi::Value Rank(const Napi::CallbackInfo& info) {
  return PromiseWorker::Queue(
      info, [values = ScoresArg(info[0], "values"), ties = EnumArg<TieRule>(info[1], "ties"),
             ranks = ArrayArg<double>(info[2], "ranks"), threads = ThreadsArg(info[3])] {
        return std::visit([&](auto span) { return Rank(AsConst(span), ties, ranks, threads); }, values);
      });
}

}  // namespace scoring_bias

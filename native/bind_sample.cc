#include "args.h"
#include "bindings.h"
#include "kernels/sort/ecdf.h"
#include "kernels/sort/quantile.h"
#include "kernels/sort/rank_arithmetic.h"
#include "kernels/sort/sort.h"
#include "kernels/sort/threshold.h"
#include "promise_worker.h"

namespace scoring_bias {
namespace {

// Sorts the sample in place and goes on to read something off it.
template <typename Read>
Status SortAnd(const ScoreArray& sample, int threads, const Read& read) {
  return std::visit(
      [&](auto span) {
        if (const Status status = Sort(span, threads); !status.ok()) return status;
        return read(AsConst(span));
      },
      sample);
}

}  // namespace

// ecdf(sample, at, values, threads): sorts the sample in place
Napi::Value Ecdf(const Napi::CallbackInfo& info) {
  return PromiseWorker::Queue(
      info, [sample = ScoresArg(info[0], "sample"), at = ScoresArg(info[1], "at"),
             values = ArrayArg<double>(info[2], "values"), threads = ThreadsArg(info[3])] {
        return SortAnd(sample, threads, [&](auto sorted) {
          return std::visit([&](auto points) { return Ecdf(sorted, AsConst(points), values); }, at);
        });
      });
}

// quantiles(sample, probabilities, definition, values, threads): sorts the sample in place
Napi::Value Quantiles(const Napi::CallbackInfo& info) {
  return PromiseWorker::Queue(
      info,
      [sample = ScoresArg(info[0], "sample"), probabilities = ArrayArg<double>(info[1], "probabilities"),
       rule = EnumArg<QuantileRule>(info[2], "definition"), values = ArrayArg<double>(info[3], "values"),
       threads = ThreadsArg(info[4])] {
        return SortAnd(sample, threads,
                       [&](auto sorted) { return Quantiles(sorted, AsConst(probabilities), rule, values); });
      });
}

// thresholds(normal, fprs, definition, taus, tolerated, flagged, threads): sorts the scores in place
Napi::Value Thresholds(const Napi::CallbackInfo& info) {
  return PromiseWorker::Queue(
      info, [normal = ScoresArg(info[0], "normal"), fprs = ArrayArg<double>(info[1], "fprs"),
             definition = DefinitionArg(info[2]), taus = ArrayArg<double>(info[3], "taus"),
             tolerated = ArrayArg<std::uint32_t>(info[4], "tolerated"),
             flagged = ArrayArg<std::uint32_t>(info[5], "flagged"), threads = ThreadsArg(info[6])] {
        return SortAnd(normal, threads, [&](auto sorted) {
          if (const Status status = Thresholds(sorted, AsConst(fprs), definition, taus, tolerated);
              !status.ok()) {
            return status;
          }
          return CountAbove(sorted, AsConst(taus), flagged);
        });
      });
}

// countAbove(scores, thresholds, flagged)
Napi::Value CountAbove(const Napi::CallbackInfo& info) {
  return PromiseWorker::Queue(
      info, [scores = ScoresArg(info[0], "scores"), thresholds = ArrayArg<double>(info[1], "thresholds"),
             flagged = ArrayArg<std::uint32_t>(info[2], "flagged")] {
        return std::visit([&](auto span) { return CountAbove(AsConst(span), AsConst(thresholds), flagged); },
                          scores);
      });
}

// toleratedAlarms(fpr, n)
Napi::Value ToleratedAlarms(const Napi::CallbackInfo& info) {
  const double fpr = NumberArg(info[0], "fpr");
  if (!(fpr >= 0 && fpr <= 1)) throw Napi::RangeError::New(info.Env(), "fpr is out of range");
  const std::size_t n = IntegerArg(info[1], "n", std::uint64_t{1} << 51);
  return Napi::Number::New(info.Env(), static_cast<double>(MultiplyRank(fpr, n).floor));
}

// fewestCertified(fpr, delta)
Napi::Value FewestCertified(const Napi::CallbackInfo& info) {
  const double fpr = NumberArg(info[0], "fpr"), delta = NumberArg(info[1], "delta");
  if (!(fpr > 0 && fpr < 1 && delta > 0 && delta < 1)) {
    throw Napi::RangeError::New(info.Env(), "fpr and delta must lie between 0 and 1");
  }
  return Napi::Number::New(info.Env(), FewestCertified(fpr, delta));
}

}  // namespace scoring_bias

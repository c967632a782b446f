#pragma once

#include <functional>
#include <new>
#include <utility>

#include "kernels/base/status.h"
#include "napi_setup.h"

namespace scoring_bias {

/// The JavaScript error of a status: `code` as in src/errors.ts, `array` and `index` as in Status.
/// TypeScript, which knows what the caller named the arrays, writes the message.
Napi::Error ToError(Napi::Env env, const Status& status);

/// Runs a kernel on libuv's thread pool and settles a promise with its status.
///
/// All arguments of the call stay referenced until then, so what they hold of typed arrays stays in memory.
/// It is up to the caller to keep their buffers attached: src/stats passes arrays that no one else can reach.
class PromiseWorker : public Napi::AsyncWorker {
 public:
  using Job = std::function<Status()>;

  /// Queues the job and returns the promise: undefined when the status is ok, else rejected with ToError.
  static Napi::Promise Queue(const Napi::CallbackInfo& info, Job job);

 protected:
  void Execute() override;
  void OnOK() override;
  void OnError(const Napi::Error& error) override;

 private:
  PromiseWorker(const Napi::CallbackInfo& info, Job job);

  Napi::Promise::Deferred deferred_;
  Napi::ObjectReference arguments_;
  Job job_;
  Status status_;
};

}  // namespace scoring_bias

#include "promise_worker.h"

namespace scoring_bias {
namespace {

const char* CodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      break;
    case StatusCode::kEmptySample:
      return "EMPTY_SAMPLE";
    case StatusCode::kLengthMismatch:
      return "LENGTH_MISMATCH";
    case StatusCode::kNotANumber:
      return "NOT_A_NUMBER";
    case StatusCode::kOutOfRange:
      return "OUT_OF_RANGE";
    case StatusCode::kOutOfMemory:
      return "OUT_OF_MEMORY";
    case StatusCode::kAborted:
      return "ABORTED";
  }
  return "OK";
}

}  // namespace

Napi::Error ToError(Napi::Env env, const Status& status) {
  const char* const code = CodeOf(status.code);
  Napi::Error error = Napi::Error::New(env, code);
  error.Set("code", Napi::String::New(env, code));
  error.Set("array", Napi::Number::New(env, static_cast<double>(status.array)));
  error.Set("index", Napi::Number::New(env, static_cast<double>(status.index)));
  return error;
}

PromiseWorker::PromiseWorker(const Napi::CallbackInfo& info, Job job)
    : AsyncWorker(info.Env(), "scoring-bias"), deferred_(info.Env()), job_(std::move(job)) {
  const Napi::Array arguments = Napi::Array::New(info.Env(), info.Length());
  for (std::uint32_t i = 0; i < info.Length(); ++i) arguments.Set(i, info[i]);
  arguments_ = Napi::Persistent(arguments.As<Napi::Object>());
}

Napi::Promise PromiseWorker::Queue(const Napi::CallbackInfo& info, Job job) {
  auto* const worker = new PromiseWorker(info, std::move(job));  // Deletes itself when settled.
  const Napi::Promise promise = worker->deferred_.Promise();
  worker->AsyncWorker::Queue();
  return promise;
}

void PromiseWorker::Execute() {
  try {
    status_ = job_();
  } catch (const std::bad_alloc&) {
    status_ = {StatusCode::kOutOfMemory};
  }
}

void PromiseWorker::OnOK() {
  const Napi::HandleScope scope(Env());
  if (status_.ok()) {
    deferred_.Resolve(Env().Undefined());
  } else {
    deferred_.Reject(ToError(Env(), status_).Value());
  }
}

void PromiseWorker::OnError(const Napi::Error& error) { deferred_.Reject(error.Value()); }

}  // namespace scoring_bias

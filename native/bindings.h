#pragma once

#include "napi_setup.h"

namespace scoring_bias {

// bind_random.cc
Napi::Value Permutation(const Napi::CallbackInfo& info);
Napi::Value Uniform(const Napi::CallbackInfo& info);

}  // namespace scoring_bias

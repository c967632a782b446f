#pragma once

// The only include of napi.h: every binding sees the same configuration. Errors cross the boundary as C++
// exceptions of class Napi::Error, which node-addon-api turns into JavaScript exceptions.
#define NODE_ADDON_API_CPP_EXCEPTIONS
// Work may end after its worker thread was told to terminate, when nothing can be thrown any more. Without
// this the attempt to settle the promise would end the process.
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>

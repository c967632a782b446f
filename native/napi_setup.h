#pragma once

// The only include of napi.h: every binding sees the same configuration. Errors cross the boundary as C++
// exceptions of class Napi::Error, which node-addon-api turns into JavaScript exceptions.
#define NODE_ADDON_API_CPP_EXCEPTIONS
#include <napi.h>

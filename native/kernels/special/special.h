#pragma once

// The special functions of the statistics: distribution functions accurate in both tails, and their inverses.
//
// Common contract. All are pure, thread safe (log-gamma keeps no sign in a global) and allocate nothing. The
// relative error is below 1e-12 in both tails wherever the result is a normal double; special_test.cc holds
// that against test/oracle/special.json, which R and mpmath made. A parameter outside its documented range,
// or NaN, gives NaN; nothing throws.

#include "kernels/special/beta.h"
#include "kernels/special/discrete.h"
#include "kernels/special/gamma.h"
#include "kernels/special/normal.h"
#include "kernels/special/student.h"

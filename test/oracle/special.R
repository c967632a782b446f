# Values of R's distribution functions over wide parameters, tails included. Writes one JSON row per value,
# [function, arguments, value], with 17 digits, to standard output:
#
#   Rscript special.R | python3 special_mpmath.py > special.json
#
# The second program adds what mpmath makes of the same arguments, because R itself is off in places.

row <- function(name, arguments, value) {
  # Below the normal doubles no relative error can be asked for.
  if (!is.finite(value) || abs(value) < 1e-300) return(invisible())
  cat(sprintf('["%s", [%s], %.17g]\n', name, paste(sprintf("%.17g", arguments), collapse = ", "), value))
}
each <- function(name, f, ...) {
  grid <- expand.grid(...)
  for (i in seq_len(nrow(grid))) {
    arguments <- as.numeric(grid[i, ])
    row(name, arguments, do.call(f, as.list(arguments)))
  }
}

x <- c(-37.5, -37, -30.1, -20.3, -12.7, -8.1, -5.3, -3.7, -2, -1.1, -0.9, -0.3, -1e-5, 0, 1e-9, 0.5, 0.67, 1, 2.2, 5.9, 8.2)
each("normalLower", function(x) pnorm(x), x = x)
each("normalUpper", function(x) pnorm(x, lower.tail = FALSE), x = x)
p <- c(1e-305, 1e-200, 1e-100, 1e-50, 1e-20, 1e-12, 1e-10, 1e-7, 1e-5, 1e-3, 0.01, 0.025, 0.05, 0.074, 0.0751, 0.1, 0.2,
       0.3, 0.4, 0.45, 0.49, 0.4999, 0.4999999)
tails <- c(p, 0.5000001, 0.51, 0.6, 0.7, 0.9, 0.924, 0.926, 0.95, 0.975, 0.99, 0.999, 1 - 1e-6, 1 - 1e-10, 1 - 1e-15)
each("normalQuantile", qnorm, p = tails)

each("logGamma", lgamma, x = c(1e-300, 1e-20, 1e-8, 1e-3, 0.1, 0.3, 0.49, 0.5, 0.7, 0.9, 0.999, 1 - 1e-9, 1 + 1e-12, 1 + 1e-7,
  1.01, 1.3, 1.46, 1.5, 1.8, 1.99, 2 - 1e-10, 2 + 1e-9, 2.001, 2.4, 2.5, 2.6, 3, 4.7, 7.3, 9.99, 10, 10.3, 15, 33.3, 100, 1e3,
  12345.6, 1e6, 1e9, 1e12, 1e15, 1e100, 1e300))
each("logBeta", lbeta, a = c(1e-3, 0.2, 0.5, 1.7, 5, 9.9, 10.1, 77, 1e4, 1e8), b = c(1e-3, 0.3, 2.2, 8, 12, 500, 1e5, 1e9))

# Arguments of the beta laws at whole numbers of standard deviations from the mean, and outside.
for (a in c(0.05, 0.5, 1, 2.5, 7, 50.5, 100, 495, 1000, 49000.5, 1e6, 2e8))
  for (b in c(0.05, 0.5, 1, 2.5, 20, 300, 499, 501, 2000, 1e5, 1e6, 1e9)) {
    mean <- a / (a + b)
    sd <- sqrt(a * b / (a + b + 1)) / (a + b)
    x <- mean + c(-35, -12, -4, -1, 0, 0.01, 2, 7, 30) * sd
    x <- c(x[x > 0 & x < 1], mean * 1e-3, mean * 1e-12, 1 - (1 - mean) * 0.01)
    for (at in x) {
      row("betaLower", c(at, a, b), pbeta(at, a, b))
      row("betaUpper", c(at, a, b), pbeta(at, a, b, lower.tail = FALSE))
    }
  }
each("betaQuantile", qbeta, p = c(1e-200, 1e-30, 1e-6, 0.01, 0.05, 0.3, 0.5, 0.77, 0.975, 1 - 1e-9),
  a = c(0.5, 1, 2.5, 50.5, 3000, 1e6), b = c(0.5, 1, 2.5, 49, 777, 1e5))

each("studentQuantile", qt, p = tails, df = c(0.3, 1, 2, 3.5, 7, 29, 200, 1e4, 1e7, 1e10))

each("chiSquareUpper", function(x, df) pchisq(x, df, lower.tail = FALSE), x = c(1e-8, 0.01, 0.5, 3, 11, 50, 130, 400, 1200),
  df = c(0.1, 1, 2, 3, 10, 100, 350, 999, 1001, 1300))
each("chiSquareLower", function(x, df) pchisq(x, df), x = c(1e-8, 0.01, 0.5, 3, 11, 50, 130, 400, 1200),
  df = c(0.1, 1, 2, 3, 10, 100, 350, 999, 1001, 1300))

for (n in c(1, 2, 7, 30, 1000, 1e6, 2147483647))
  for (p in c(1e-9, 1e-4, 0.03, 0.3, 0.5, 0.81, 0.9999)) {
    sd <- sqrt(n * p * (1 - p))
    for (k in unique(floor(c(0, 1, n, n * p + c(-30, -8, -2, 0, 1, 5, 20) * sd)))) if (k >= 0 && k <= n) {
      pmf <- dbinom(k, n, p)
      lower <- pbinom(k, n, p)
      upper <- pbinom(k, n, p, lower.tail = FALSE)
      row("binomialPmf", c(k, n, p), pmf)
      row("binomialLower", c(k, n, p), lower)
      if (k < n) row("binomialUpper", c(k, n, p), upper)
    }
  }
for (total in c(2, 10, 500, 1e6, 2147483647))
  for (share in c(0.001, 0.2, 0.5, 0.93)) for (taken in c(0.0005, 0.1, 0.5, 0.97)) {
    good <- floor(total * share)
    draws <- floor(total * taken)
    sd <- sqrt(draws * share * (1 - share) * (1 - taken))
    for (k in unique(floor(draws * good / total + c(-20, -3, 0, 1, 6) * sd))) {
      pmf <- dhyper(k, good, total - good, draws)
      row("hypergeometricPmf", c(k, good, total - good, draws), pmf)
    }
  }

# The other tails and the density.
each("normalDensity", dnorm, x = c(0, x, 17.3, 36.9))
each("betaQuantileUpper", function(q, a, b) qbeta(q, a, b, lower.tail = FALSE),
  q = c(1e-200, 1e-30, 1e-12, 1e-3, 0.025, 0.4, 0.99), a = c(0.5, 1, 2.5, 50.5, 1e5), b = c(0.5, 1, 20, 777, 1e6))
each("binomialLogPmf", function(k, n, p) dbinom(k, n, p, log = TRUE), k = c(0, 3, 30), size = c(30, 1000, 2147483647),
  p = c(1e-9, 0.03, 0.5, 0.9))

# Oracles of src/theory, by R's own functions and root finders. One JSON row per value, [name, arguments, values]:
#
#   Rscript theory.R > theory.json

rows <- character(0)
row <- function(name, arguments, values) {
  number <- function(x) paste(sprintf("%.17g", x), collapse = ", ")
  rows <<- c(rows, sprintf('["%s", [%s], [%s]]', name, number(arguments), number(values)))
}

# successes, n, level
for (n in c(1, 7, 20, 1000, 123456)) for (share in c(0, 0.03, 0.5, 0.99, 1)) for (level in c(0.5, 0.95, 1 - 1e-9)) {
  k <- round(share * n)
  limits <- binom.test(k, n, conf.level = level)$conf.int
  # binom.test subtracts the tail from 1 first.
  if (level > 0.99 && k < n) limits[2] <- qbeta((1 - level) / 2, k + 1, n - k, lower.tail = FALSE)
  row("binomialInterval", c(k, n, level), limits)
}

# fpr, four means, four standard deviations: baseline normal and anomalous, candidate normal and anomalous
laws <- list(c(0, 1, 0, 2, 1, 1, 1, 1), c(3, 5, -1, 0.5, 2, 0.7, 0.1, 4), c(0, -1, 10, 10, 1, 3, 2, 2))
for (fpr in c(1e-12, 0.001, 0.05, 0.5, 0.9)) for (l in laws) {
  tau <- qnorm(fpr, l[c(1, 3)], l[c(5, 7)], lower.tail = FALSE)
  tpr <- pnorm(tau, l[c(2, 4)], l[c(6, 8)], lower.tail = FALSE)
  slope <- dnorm(tau, l[c(2, 4)], l[c(6, 8)]) / dnorm(tau, l[c(1, 3)], l[c(5, 7)])
  row("gaussianBias", c(fpr, l), c(diff(tpr), tau, tpr, slope))
}

# alpha, ratio, ratio', epsilon, delta -> n
for (alpha in c(0.01, 0.1, 0.5, 0.95)) for (r in list(c(0, 0), c(2, 3), c(0.1, 20))) for (delta in c(1e-9, 0.05, 0.5)) {
  eps <- 0.07
  n <- 8 / eps^2 * (log(2 / (1 - sqrt(1 - delta))) * ((2 - alpha) / alpha)^2 + log(2 / delta) / (1 - alpha) * sum(r^2))
  # R's own subtraction has few digits left at small delta.
  if (delta > 1e-8) row("published", c(alpha, r, eps, delta), ceiling(n))
  row("correctedEven", c(alpha, r, eps, delta),
    ceiling(max(8 * log(8 / delta) / (alpha * eps^2), 8 * max(r)^2 * log(8 / delta) / ((1 - alpha) * eps^2))))
  # The best split of epsilon, found by search: e for each recall, (epsilon - 2e)/(L + L') for each threshold.
  need <- function(e) max(log(8 / delta) / (2 * alpha * e^2),
    if (sum(r) == 0) 0 else log(8 / delta) / (2 * (1 - alpha) * ((eps - 2 * e) / sum(r))^2))
  best <- if (sum(r) == 0) need(eps / 2) else {
    gap <- function(e) sqrt(alpha) * e - sqrt(1 - alpha) * (eps - 2 * e) / sum(r)
    need(uniroot(gap, c(1e-9, eps / 2), tol = 1e-15)$root)
  }
  row("correctedOptimal", c(alpha, r, eps, delta), best)
}

deviation <- function(fpr, n, delta) {
  m <- floor(fpr * n + 1e-9)
  outside <- function(eta) pbeta(fpr - eta, m + 1, n - m) + pbeta(fpr + eta, m + 1, n - m, lower.tail = FALSE)
  uniroot(function(eta) outside(eta) - delta, c(0, 1), tol = 1e-15)$root
}
# fpr, n, delta
for (fpr in c(0.001, 0.05, 0.3)) for (n in c(10, 100, 5000)) for (delta in c(1e-6, 0.05, 0.4))
  row("fprDeviation", c(fpr, n, delta), deviation(fpr, n, delta))
# fpr, L, L', n0, n1, delta -> epsilon by Hoeffding
for (s in list(c(0.05, 2, 3, 900, 100, 0.05), c(0.2, 0.5, 0, 100, 100, 0.1), c(0.01, 10, 30, 50000, 50, 0.01))) {
  total <- function(u) (s[2] + s[3]) * deviation(s[1], s[4], (1 - u) * s[6] / 2) + sqrt(2 * log(2 / (u * s[6])) / s[5])
  row("sharp", s, optimize(total, c(0, 1), tol = 1e-10)$objective)
}
# fpr, n, delta -> fewest and most normals above the bracketing thresholds
for (fpr in c(0.01, 0.05, 0.4)) for (n in c(3, 59, 100, 4321)) for (delta in c(0.001, 0.05)) {
  cdf <- pbinom(0:n, n, fpr)
  row("quantileBracket", c(fpr, n, delta), c(sum(cdf <= delta) - 1, min(n, which(pbinom(0:n, n, fpr, FALSE) <= delta)[1] - 1)))
}
# fpr, t, t', slope, slope', rho_a, rho_0, n0, n1, level -> half width and power
for (p in list(c(0.05, 0.4, 0.6, 4, 3, 0, 0, 5000, 500, 0.95), c(0.01, 0.2, 0.15, 9, 7, 0.5, 0.3, 20000, 3000, 0.9))) {
  both <- p[2] * p[3] + p[6] * sqrt(p[2] * (1 - p[2]) * p[3] * (1 - p[3]))
  # The variance of a difference is the sum of variances less twice the covariance.
  anomalies <- p[2] * (1 - p[2]) + p[3] * (1 - p[3]) - 2 * (both - p[2] * p[3])
  normals <- p[1] * (1 - p[1]) * c(p[4], -p[5]) %*% matrix(c(1, p[7], p[7], 1), 2) %*% c(p[4], -p[5])
  se <- sqrt(anomalies / p[9] + normals / p[8])
  z <- qnorm((1 + p[10]) / 2)
  shift <- (p[3] - p[2]) / se
  row("power", p, c(z * se, pnorm(-z - shift) + pnorm(z - shift, lower.tail = FALSE)))
}

cat("[\n", paste(rows, collapse = ",\n"), "\n]\n", sep = "")

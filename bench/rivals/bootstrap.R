# Paired bootstraps in R of the difference in recall at a fixed false-positive rate:
#   Rscript bootstrap.R pROC|boot|fbroc N_NORMAL N_ANOMALOUS RESAMPLES
# prints microseconds a replicate as JSON; for pROC with SEEDS after it, milliseconds of processor time of a whole test and
# how far the ends of its 95 % interval, estimate +- 1.96 sd, move between seeds. pROC: roc.test(method = "specificity").
# boot: a statistic that reads both thresholds anew by partial sorting.

arguments <- commandArgs(trailingOnly = TRUE)
has <- function(package) requireNamespace(package, quietly = TRUE)
if (arguments[1] == "versions") {
  packages <- Filter(has, c("pROC", "boot", "fbroc"))
  versions <- c(R = as.character(getRversion()), sapply(packages, function(p) as.character(packageVersion(p))))
  cat("{", paste0('"', names(versions), '": "', versions, '"', collapse = ", "), "}\n", sep = "")
  quit()
}

package <- arguments[1]
if (!has(package)) {
  debian <- if (package == "fbroc") "which Debian does not have" else paste0("Debian's r-cran-", tolower(package))
  cat('{"missing": "the R package ', package, " (", debian, ') is not installed"}\n', sep = "")
  quit()
}

nNormal <- as.integer(arguments[2])
nAnomalous <- as.integer(arguments[3])
resamples <- as.integer(arguments[4])
fpr <- 0.05
set.seed(1)
pair <- function(n, mean) {
  shared <- 1.5 * rnorm(n)
  list(shared + rnorm(n) + mean, shared + rnorm(n) + 1.2 * mean)
}
normal <- pair(nNormal, 0)
anomalous <- pair(nAnomalous, 3)
labels <- rep(0:1, c(nNormal, nAnomalous))
scores <- lapply(1:2, function(d) c(normal[[d]], anomalous[[d]]))

run <- switch(package,
  pROC = {
    curves <- lapply(scores, function(s) {
      pROC::roc(labels, s, levels = c(0, 1), direction = "<", quiet = TRUE)
    })
    function(b) {
      suppressWarnings(pROC::roc.test(curves[[1]], curves[[2]],
        method = "specificity", specificity = 1 - fpr, paired = TRUE, boot.n = b, boot.stratified = TRUE,
        progress = "none"
      ))
    }
  },
  boot = {
    rank <- nNormal - floor(fpr * nNormal + 1e-9)
    tpr <- function(s, i, j) mean(s[j] > sort(s[i], partial = rank)[rank])
    xi <- function(data, index) {
      i <- index[seq_len(nNormal)]
      j <- index[-seq_len(nNormal)]
      tpr(scores[[2]], i, j) - tpr(scores[[1]], i, j)
    }
    function(b) boot::boot(seq_along(labels), xi, R = b, strata = labels)
  }
)
seconds <- function(b) {
  start <- Sys.time()
  run(b)
  as.numeric(Sys.time() - start, units = "secs")
}
endsOf <- function(test) {
  difference <- unname(test$estimate[2] - test$estimate[1])
  difference + c(-1, 1) * qnorm(0.975) * abs(difference / unname(test$statistic))
}
processor <- function() sum(proc.time()[c("user.self", "sys.self")])
if (length(arguments) > 4) {
  ends <- NULL
  ms <- numeric()
  for (seed in seq_len(as.integer(arguments[5]))) {
    start <- processor()
    ends <- rbind(ends, endsOf(run(resamples)))
    ms <- c(ms, 1e3 * (processor() - start))
  }
  cat('{"ms": ', median(ms), ', "sd of the lower end between seeds": ', sd(ends[, 1]),
    ', "sd of the upper end between seeds": ', sd(ends[, 2]), "}\n", sep = "")
} else if (is.null(run)) {
  cat('{"missing": "there is no bench for this package"}\n')
} else {
  first <- max(2L, resamples %/% 10L)
  invisible(seconds(2L))
  few <- seconds(first)
  cat('{"µs a replicate": ', 1e6 * (seconds(first + resamples) - few) / resamples, "}\n", sep = "")
}

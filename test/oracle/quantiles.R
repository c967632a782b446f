# R's nine sample quantiles at probabilities that are whole ranks of the sample and at others. Writes one JSON row per
# sample and definition, [sample, definition (R's type), probabilities, quantiles], with 17 digits, to standard output:
#
#   Rscript quantiles.R > quantiles.json

numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
p <- c(0, 0.001, 0.05, 0.07, 0.1, 0.125, 0.2, 0.25, 0.29, 0.3, 1 / 3, 0.375, 0.5, 0.6, 0.625, 0.7, 0.75, 0.9, 0.95, 0.999, 1)
samples <- list(7, c(1, 2), c(-1, 0, 4), c(1, 2, 4, 8), 1:10 * 1.5, c(3, 3, 3, 1, 1, 9, 9, 2), sqrt(1:20), 1:100 / 7)
rows <- character()
# R's types 1 to 3 take 0.07 of 100 for more than 7, as the product of the two doubles is: left out where it matters.
misrounded <- function(n) abs(2 * n * p - round(2 * n * p)) < 1e-9 & 2 * n * p != round(2 * n * p)
for (x in samples) {
  for (type in 1:9) {
    at <- if (type <= 3) p[!misrounded(length(x))] else p
    q <- quantile(x, at, type = type, names = FALSE)
    rows <- c(rows, sprintf("[%s, %d, %s, %s]", numbers(x), type, numbers(at), numbers(q)))
  }
}
cat("[\n", paste(rows, collapse = ",\n"), "\n]\n", sep = "")

# pROC on the first file of compare_numpy.json: sensitivities at a specificity that the normals attain, and the paired
# bootstrap test of their difference (stratified, thresholds read anew in every resample), z of each of 12 runs. Writes
# JSON to standard output:
#
#   python3 -c "import json; print(json.load(open('compare_numpy.json'))[0]['csv'], end='')" |
#     Rscript compare_proc.R > compare_proc.json
suppressMessages(library(pROC))
data <- read.csv(file("stdin"))
specificity <- 0.95
rocs <- lapply(data[c("baseline", "candidate")], function(scores) {
  roc(data$label, scores, levels = c(0, 1), direction = "<", quiet = TRUE)
})
sensitivity <- sapply(rocs, function(one) coords(one, specificity, "specificity", ret = "sensitivity")[[1]])
set.seed(3)
z <- sapply(1:12, function(i) {
  test <- roc.test(rocs$candidate, rocs$baseline, method = "specificity", specificity = specificity,
                   boot.n = 2000, boot.stratified = TRUE, paired = TRUE, progress = "none")
  unname(test$statistic)
})
numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
cat(sprintf("{ \"sensitivity\": %s, \"z\": %s }\n", numbers(sensitivity), numbers(z)))

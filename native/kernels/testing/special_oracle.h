#pragma once

// Reads the fixtures under test/oracle, which hold one JSON array a line: ["name", value,
// ...], each value a number or an array of numbers.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace scoring_bias::check {

struct OracleRow {
  std::string name;
  std::vector<std::vector<double>> values;  // a plain number is an array of one
  std::string text;
};

inline OracleRow ParseOracleRow(const std::string& line) {
  OracleRow row;
  row.text = line;
  const auto open = line.find('"'), close = line.find('"', open + 1);
  row.name = line.substr(open + 1, close - open - 1);
  bool in_array = false;
  for (const char* at = line.c_str() + close + 1; *at != '\0';) {
    if (*at == '[') {
      row.values.emplace_back();
      in_array = true;
      ++at;
    } else if (*at == ']') {
      if (!in_array) break;
      in_array = false;
      ++at;
    } else if (*at == ',' || *at == ' ') {
      ++at;
    } else {
      char* after;
      const double value = std::strtod(at, &after);
      if (after == at) throw std::runtime_error("not a number in the fixture: " + line);
      if (!in_array) row.values.emplace_back();
      row.values.back().push_back(value);
      at = after;
    }
  }
  return row;
}

inline std::vector<OracleRow> ReadOracle(const char* name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../../test/oracle" / name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::vector<OracleRow> rows;
  for (std::string line; std::getline(file, line);)
    if (line.find('"') != std::string::npos) rows.push_back(ParseOracleRow(line));
  return rows;
}

}  // namespace scoring_bias::check

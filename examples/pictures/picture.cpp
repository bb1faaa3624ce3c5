#include "picture.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace pictures {
namespace {

// All in units of the picture. A digit of the type of values is 7.8 wide.
constexpr int kWidth = 900;
constexpr int kMargin = 24;
constexpr int kPadding = 12;
constexpr int kLine = 19;
constexpr int kFirstLane = 78;  // where the boxes of the phone begin
constexpr int kLaneGap = 22;
constexpr int kBeforeX = 96;
constexpr int kPhoneX = 280;
constexpr int kTabletX = 320;  // five minutes later
constexpr int kSyncX = 566;
constexpr int kAfterX = 618;
constexpr int kBeforeWidth = 166;
constexpr int kEditWidth = 214;
constexpr int kAfterWidth = kWidth - kMargin - kAfterX;

// Colours for both modes, on a ground of its own, so that it can be read on any page.
constexpr std::string_view kStyle = R"(<style>
.ground { fill: #ffffff; stroke: #d0d7de; }
.lane { stroke: #afb8c1; stroke-width: 2; }
.sync { stroke: #0969da; stroke-width: 2; }
.dot { fill: #0969da; }
.box { fill: #f6f8fa; stroke: #afb8c1; }
.after { fill: #ddf4ff; stroke: #0969da; }
.lost { fill: #fff8c5; stroke: #9a6700; stroke-dasharray: 5 3; }
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.name { font-weight: 600; }
.small { fill: #59636e; }
.value { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117; stroke: #3d444d; }
.lane { stroke: #59636e; }
.sync { stroke: #4493f8; }
.dot { fill: #4493f8; }
.box { fill: #151b23; stroke: #59636e; }
.after { fill: #12233b; stroke: #4493f8; }
.lost { fill: #2b2310; stroke: #d29922; }
text { fill: #f0f6fc; }
.small { fill: #9198a1; }
}
</style>
)";

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

std::string attribute(std::string_view name, int value) {
  return " " + std::string(name) + "=\"" + std::to_string(value) + "\"";
}

std::string text_at(int x, int y, std::string_view kind, std::string_view text,
                    std::string_view anchor = "start") {
  return "<text" + attribute("x", x) + attribute("y", y) + " class=\"" + std::string(kind) +
         "\" text-anchor=\"" + std::string(anchor) + "\">" + escaped(text) + "</text>\n";
}

std::string line_from(int x1, int y1, int x2, int y2, std::string_view kind) {
  return "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) +
         attribute("y2", y2) + " class=\"" + std::string(kind) + "\"/>\n";
}

std::string rectangle(int x, int y, int width, int height, std::string_view kind) {
  return "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", width) +
         attribute("height", height) + " rx=\"6\" class=\"" + std::string(kind) + "\"/>\n";
}

// Lines of at most so many characters, broken at spaces; a line feed begins a new one.
std::vector<std::string> wrapped(std::string_view text, std::size_t most) {
  std::vector<std::string> lines(1);
  std::string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > most) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
    word.clear();
  };
  for (const char c : text) {
    if (c == ' ' || c == '\n')
      end_word();
    else
      word += c;
    if (c == '\n') lines.emplace_back();
  }
  end_word();
  return lines;
}

struct Box {
  int x;
  int width;
  std::string_view kind;
  std::string head;  // when it is
  std::string text;

  [[nodiscard]] std::vector<std::string> lines() const {
    return wrapped(text, static_cast<std::size_t>((width - 2 * kPadding) * 10 / 79));
  }
  [[nodiscard]] int height() const {
    return (static_cast<int>(lines().size()) + 1) * kLine + 2 * kPadding - 8;
  }
  // The middle of it is at `y`.
  [[nodiscard]] std::string draw(int y) const {
    const int top = y - height() / 2;
    std::string drawn = rectangle(x, top, width, height(), kind);
    int base = top + kPadding + 9;
    drawn += text_at(x + kPadding, base, "small", head);
    for (const std::string& line : lines())
      drawn += text_at(x + kPadding, base += kLine, "value", line);
    return drawn;
  }
};

using Lane = std::vector<Box>;

int height_of(const Lane& lane) {
  int most = 0;
  for (const Box& box : lane) most = std::max(most, box.height());
  return most;
}

std::string draw_lane(const Lane& lane, std::string_view name, int middle) {
  std::string drawn = line_from(kBeforeX, middle, kAfterX, middle, "lane");
  drawn += text_at(kMargin, middle + 4, "name", name);
  for (const Box& box : lane) drawn += box.draw(middle);
  return drawn;
}

std::string draw_sync(int first, int second) {
  const auto dot = [](int y) {
    return "<circle" + attribute("cx", kSyncX) + attribute("cy", y) + " r=\"6\" class=\"dot\"/>\n";
  };
  return line_from(kSyncX, first, kSyncX, second, "sync") + dot(first) + dot(second);
}

// What the journal keeps, a line of what lost and one of what it lost to.
std::string draw_journal(const Story& story, int top) {
  const int x = kBeforeX + kPadding;
  if (story.losses.empty()) {
    return rectangle(kBeforeX, top, kWidth - kMargin - kBeforeX, kLine + 2 * kPadding - 4, "box") +
           text_at(kMargin, top + 25, "name", "journal") +
           text_at(x, top + 25, "small", "nothing: no value was lost");
  }
  const int lines = static_cast<int>(story.losses.size()) * 2;
  std::string drawn = rectangle(kBeforeX, top, kWidth - kMargin - kBeforeX,
                                lines * kLine + 2 * kPadding - 4, "lost");
  int base = top + 25;
  drawn += text_at(kMargin, base, "name", "journal");
  for (const Loss& loss : story.losses) {
    drawn += text_at(x, base, "small", "lost") + text_at(x + 48, base, "value", loss.lost);
    base += kLine;
    drawn += text_at(x, base, "small", "to") + text_at(x + 48, base, "value", loss.kept);
    base += kLine;
  }
  return drawn;
}

int journal_height(const Story& story) {
  const int lines = std::max(1, static_cast<int>(story.losses.size()) * 2);
  return lines * kLine + 2 * kPadding - 4;
}

}  // namespace

std::string draw(const Scene& scene, const Story& story) {
  bool phone_lost = false;
  bool tablet_lost = false;
  for (const Loss& loss : story.losses) (loss.is_phones ? phone_lost : tablet_lost) = true;
  const auto before = [&] {
    return Box{kBeforeX, kBeforeWidth, "box", "8:00, both", story.before};
  };
  const Lane phone{
      before(),
      {kPhoneX, kEditWidth, phone_lost ? "lost" : "box", "9:00, offline", scene.phone.text},
      {kAfterX, kAfterWidth, "after", "9:30, after the sync", story.phone}};
  const Lane tablet{
      before(),
      {kTabletX, kEditWidth, tablet_lost ? "lost" : "box", "9:05, offline", scene.tablet.text},
      {kAfterX, kAfterWidth, "after", "9:30, after the sync", story.tablet}};

  const int first = kFirstLane + height_of(phone) / 2;
  const int second = kFirstLane + height_of(phone) + kLaneGap + height_of(tablet) / 2;
  const int journal = kFirstLane + height_of(phone) + height_of(tablet) + 2 * kLaneGap;
  const int height = journal + journal_height(story) + kMargin;

  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
                    std::to_string(kWidth) + " " + std::to_string(height) + "\"" +
                    attribute("width", kWidth) + attribute("height", height) + " role=\"img\">\n";
  svg += "<title>" + escaped(scene.name + ": " + scene.title) + "</title>\n";
  svg += kStyle;
  svg += "<rect x=\"0.5\" y=\"0.5\"" + attribute("width", kWidth - 1) +
         attribute("height", height - 1) + " rx=\"8\" class=\"ground\"/>\n";
  svg += text_at(kMargin, 38, "title", scene.name + ": " + scene.title);
  svg += text_at(kMargin, 60, "value small", scene.rule);
  svg += draw_lane(phone, "phone", first) + draw_lane(tablet, "tablet", second);
  svg += draw_sync(first, second) + draw_journal(story, journal);
  return svg + "</svg>\n";
}

}  // namespace pictures

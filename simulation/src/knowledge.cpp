#include "knowledge.hpp"

#include "syncline/slot.hpp"

namespace syncline::simulation {

std::string record_prefix(const std::string& slot) {
  const auto parts = split_slot_key(slot);
  return std::string(parts->collection) + '\0' + std::string(parts->record) + '\0';
}

std::string deletion_slot(const std::string& slot) {
  return record_prefix(slot) + '\0' + std::string(kDeadElement);
}

std::set<Knowledge::Write> Knowledge::seen_of(const std::string& slot, const Seen& seen) {
  std::set<Write> known;
  const auto add = [&](const std::string& of, const std::set<Stamp>& stamps) {
    for (const Stamp& stamp : stamps) known.emplace(of, stamp);
  };
  const std::string deletion = deletion_slot(slot);
  if (slot != deletion) {
    for (const std::string& of : {slot, deletion}) {
      if (const auto found = seen.find(of); found != seen.end()) add(of, found->second);
    }
    return known;
  }
  // A deletion is of all that the record has.
  const std::string prefix = record_prefix(slot);
  for (auto of = seen.lower_bound(prefix); of != seen.end() && of->first.starts_with(prefix); ++of)
    add(of->first, of->second);
  return known;
}

void Knowledge::wrote(const Op& op, const Seen& seen) {
  known_[{op.key.bytes(), op.stamp}].merge(seen_of(op.key.bytes(), seen));
}

void Knowledge::carried_over(const Op& op, const Seen& seen) {
  const Write write{op.key.bytes(), op.stamp};
  std::set<Write> known = seen_of(write.first, seen);
  const auto by_others = known_.find(write);
  if (by_others != known_.end()) {
    const auto others = known_to_all_.try_emplace(write, by_others->second).first;
    std::erase_if(others->second, [&](const Write& one) { return !known.contains(one); });
  }
  known_[write].merge(known);
}

void Knowledge::stamped_anew(const std::string& slot, const Stamp& before, const Stamp& anew) {
  const auto found = known_.find({slot, before});
  // A clock that may not go back gives the same stamp again.
  if (found == known_.end() || before == anew) return;
  before_[{slot, anew}].merge(stamps_of(slot, before));
  std::set<Write> known = found->second;
  known.emplace(slot, before);
  known_.insert_or_assign({slot, anew}, std::move(known));
  known_to_all_.erase({slot, anew});
  // Who knew it before it was stamped anew knows it by either name.
  for (auto& [write, knows] : known_) {
    if (knows.contains({slot, before})) knows.emplace(slot, anew);
  }
  for (auto& [write, knows] : known_to_all_) {
    if (knows.contains({slot, before})) knows.emplace(slot, anew);
  }
}

void Knowledge::renamed(const std::string& before, const Stamp& stamp_before,
                        const std::string& slot, const Stamp& anew) {
  const auto found = known_.find({before, stamp_before});
  if (found == known_.end()) return;
  const std::set<Write> known = found->second;
  known_.insert_or_assign({slot, anew}, known);
  for (auto& [write, knows] : known_) {
    if (knows.contains({before, stamp_before})) knows.emplace(slot, anew);
  }
}

std::set<Stamp> Knowledge::stamps_of(const std::string& slot, const Stamp& stamp) const {
  std::set<Stamp> stamps{stamp};
  if (const auto found = before_.find({slot, stamp}); found != before_.end())
    stamps.insert(found->second.begin(), found->second.end());
  return stamps;
}

bool Knowledge::knew(const std::string& slot, const Stamp& stamp, const std::string& other_slot,
                     const Stamp& other) const {
  const auto found = known_.find({slot, stamp});
  return found != known_.end() && found->second.contains({other_slot, other});
}

bool Knowledge::all_knew(const std::string& slot, const Stamp& stamp, const std::string& other_slot,
                         const Stamp& other) const {
  const auto found = known_to_all_.find({slot, stamp});
  if (found == known_to_all_.end()) return knew(slot, stamp, other_slot, other);
  return found->second.contains({other_slot, other});
}

}  // namespace syncline::simulation
